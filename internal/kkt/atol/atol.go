// Package atol speaks with cash registers of ATOL and with those whose fiscal
// core speaks ATOL's commands (Evotor): the low-level protocol over TCP, USB
// and serial lines. See DESIGN.md for the layers.
package atol

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// Name is the protocol's name in an endpoint.
const Name = "atol"

// The transports of an endpoint. A serial line is spoken to in transport v3,
// as the maker's driver 10 does; the older ENQ/ACK talk must be asked for.
const (
	TransportTCP      = port.TCP
	TransportSerial   = port.Serial
	TransportSerialV2 = "serial-v2"
)

// DefaultPort is the TCP port of registers with a network.
const DefaultPort = 5555

var (
	_ kkt.Protocol = Protocol{}
	_ kkt.Driver   = (*Driver)(nil)
)

// Timing is the driver's patience. The zero value of a field means the usual
// one, given in brackets.
type Timing struct {
	Dial    time.Duration // to connect (2 s)
	Silence time.Duration // without any answer before asking again (350 ms)
	Poll    time.Duration // before the first question for a running task (20 ms); doubles
	PollMax time.Duration // between questions for a running task (500 ms)
	Ack     time.Duration // for the answer to an acknowledgement (250 ms)
	Hold    time.Duration // of the port in one go while reading (250 ms); see port.Visit
	Rest    time.Duration // between two goes, on average (200 ms)
	Tries   int           // silent waits before giving up (3)
}

func (t Timing) filled() Timing {
	set := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	set(&t.Silence, 350*time.Millisecond)
	set(&t.Poll, 20*time.Millisecond)
	set(&t.PollMax, 500*time.Millisecond)
	set(&t.Ack, 250*time.Millisecond)
	if t.Tries == 0 {
		t.Tries = 3
	}
	return t
}

// Protocol opens ATOL registers and explains their bytes. The zero Protocol
// is ready to use.
type Protocol struct {
	// Location is the zone that the register's clock shows; nil is the
	// machine's own. A register knows no zones.
	Location *time.Location
	// Clock dates exchanges and gives the time that set_clock sets; nil is
	// the machine's.
	Clock clock.Clock
	// Timing is how long to wait for what.
	Timing Timing
}

func (p Protocol) location() *time.Location { return cmp.Or(p.Location, time.Local) }

func (p Protocol) clock() clock.Clock { return cmp.Or[clock.Clock](p.Clock, clock.System{}) }

// Open opens the line and clears the register's task buffer, which also
// proves that the other side speaks the protocol. It fails with kkt.ErrRefused,
// ErrMissing, ErrBusy, ErrNoAnswer or a *kkt.GarbageError.
func (p Protocol) Open(ctx context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	pw, err := password(e.Password)
	if err != nil {
		return nil, err
	}
	d := &Driver{proto: p, pw: pw}
	pace := port.Pace{Hold: p.Timing.Hold, Rest: p.Timing.Rest}
	d.visit, err = port.Begin(ctx, pace, func(ctx context.Context) (talker, error) { return p.begin(ctx, e) })
	if err != nil {
		return nil, err
	}
	return d, nil
}

// talker carries one command's payload to the register and its reply back.
// An error that is kkt.ErrUnknownOutcome means that the command may have been
// carried out.
type talker interface {
	begin(ctx context.Context) error
	run(ctx context.Context, payload []byte, limit time.Duration) ([]byte, error)
	Close() error
}

// begin opens the line and begins to talk.
func (p Protocol) begin(ctx context.Context, e kkt.Endpoint) (talker, error) {
	older := e.Transport == TransportSerialV2
	if older {
		e.Transport = TransportSerial
	}
	t := p.Timing.filled()
	raw, err := port.Open(ctx, e, t.Dial)
	if err != nil {
		return nil, fmt.Errorf("atol: opening: %w", err)
	}
	talk := newTalker(raw, older, t)
	if err := talk.begin(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("atol: opening: %w", err), raw.Close())
	}
	return talk, nil
}

func newTalker(raw port.Line, older bool, t Timing) talker {
	if older {
		// Serial lines have no second client that is hung up on.
		return &talker2{wire: port.Wire{Line: raw, Heard: true}}
	}
	// The first numbers are drawn, so that a late packet for an earlier
	// conversation on the same line hardly ever fits this one.
	first := rand.Uint32()
	return &talker3{
		line:   line{wire: port.Wire{Line: raw}, nextID: byte(first % (LastID + 1))},
		timing: t,
		tid:    byte(first >> 8 % (LastTask + 1)),
	}
}

// talker3 is transport v3 with its task layer.
type talker3 struct {
	line   line
	timing Timing
	tid    byte
}

func (t *talker3) begin(ctx context.Context) error {
	return t.line.request(ctx, t.timing.Tries, t.timing.Silence, taskAbort)
}

func (t *talker3) run(ctx context.Context, payload []byte, limit time.Duration) ([]byte, error) {
	tid := t.tid
	if t.tid++; t.tid > LastTask {
		t.tid = 0
	}
	return t.line.runTask(ctx, t.timing, tid, payload, limit)
}

func (t *talker3) Close() error { return t.line.wire.Close() }
