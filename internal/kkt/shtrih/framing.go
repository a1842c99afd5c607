package shtrih

import (
	"context"
	"errors"
	"net"
	"strconv"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// framing is how a register packs its messages.
type framing int

const (
	framingNone framing = iota // not found out yet
	framingV1
	framingV2
)

// slowBaud is the speed that serial registers leave the works with; most are
// set to 115200 later, which is tried first.
const slowBaud = 4800

// withPort adds the usual port to a network address that names none.
func withPort(e kkt.Endpoint) kkt.Endpoint {
	if e.Transport != "" && e.Transport != port.TCP {
		return e
	}
	if _, _, err := net.SplitHostPort(e.Address); err != nil {
		e.Address = net.JoinHostPort(e.Address, strconv.Itoa(DefaultPort))
	}
	return e
}

// find opens the line and begins a talk in the framing that the register
// answers to. What was found is remembered by address and tried first the next
// time. A serial register at an unnamed speed is looked for at the usual ones.
func (p *Protocol) find(ctx context.Context, e kkt.Endpoint) (talker, error) {
	known := p.recall(e.Address)
	talk, err := p.findAt(ctx, e, known)
	if !errors.Is(err, kkt.ErrNoAnswer) && !isGarbage(err) || e.Transport != port.Serial || e.Baud != 0 {
		return talk, err
	}
	if ctx.Err() != nil {
		return nil, err
	}
	other := known
	if other.baud = slowBaud; known.baud == slowBaud {
		other.baud = 0
	}
	if talk, slow := p.findAt(ctx, e, other); slow == nil {
		return talk, nil
	}
	return nil, err
}

// findAt opens the line at one speed.
func (p *Protocol) findAt(ctx context.Context, e kkt.Endpoint, known memory) (talker, error) {
	if e.Baud == 0 && e.Transport == port.Serial {
		e.Baud = known.baud
	}
	t := p.Timing.filled()
	dial := p.Dial
	if dial == nil {
		dial = port.Open
	}
	line, err := dial(ctx, e, t.Dial)
	if err != nil {
		return nil, err
	}
	talk, kind, err := begin(ctx, line, t, known.framing)
	if err != nil {
		return nil, errors.Join(err, line.Close())
	}
	p.remember(e.Address, func(m *memory) { m.framing, m.baud = kind, e.Baud })
	return talk, nil
}

// begin tries both framings, the one that worked before first. Nothing but ENQ
// and a frame that changes nothing is said.
func begin(ctx context.Context, line port.Line, t Timing, before framing) (talker, framing, error) {
	order := []framing{framingV1, framingV2}
	if before == framingV2 {
		order = []framing{framingV2, framingV1}
	}
	var first error
	for _, kind := range order {
		talk := newTalker(line, t, kind)
		err := talk.begin(ctx)
		if err == nil {
			return talk, kind, nil
		}
		if !isGarbage(err) && (!errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, port.ErrCut) || ctx.Err() != nil) {
			return nil, kind, err
		}
		if first == nil || isGarbage(err) && !isGarbage(first) {
			first = err
		}
	}
	return nil, framingNone, first
}

func newTalker(line port.Line, t Timing, kind framing) talker {
	w := wire{Wire: port.Wire{Line: line}, timing: t}
	if kind == framingV2 {
		return &line2{wire: w}
	}
	return &line1{wire: w}
}

func isGarbage(err error) bool {
	var garbage *kkt.GarbageError
	return errors.As(err, &garbage)
}

func isSpoilt(err error) bool { return errors.Is(err, errSpoilt) }
