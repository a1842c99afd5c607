// Package shtrih speaks with cash registers of Shtrih-M: the maker's published
// protocol for registers with a fiscal drive in both framings, over TCP, USB
// and serial lines. See DESIGN.md for the layers.
package shtrih

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// Name is the protocol's name in an endpoint.
const Name = "shtrih"

// DefaultPort is the TCP port that registers listen on; an endpoint whose
// address names none gets it.
const DefaultPort = 7778

var (
	_ kkt.Protocol = (*Protocol)(nil)
	_ kkt.Driver   = (*Driver)(nil)
)

// Timing is the driver's patience. The zero value of a field means the usual
// one, given in brackets.
type Timing struct {
	Dial    time.Duration // to connect (2 s)
	Silence time.Duration // for the answer to ENQ, to a frame's end or to a sync (350 ms)
	Byte    time.Duration // between two bytes of one frame, and for a line to be called quiet (100 ms)
	Inquire time.Duration // for an answer before ENQ asks for it (1 s)
	Busy    time.Duration // how long a register may work on somebody's earlier command (4 s)
	Print   time.Duration // how long a print is waited for before what prints (15 s)
	Hold    time.Duration // of the port in one go while reading (250 ms); see port.Visit
	Rest    time.Duration // between two goes, on average (200 ms)
	Tries   int           // silent waits before giving up, and times a reading is sent (3)
}

func (t Timing) filled() Timing {
	set := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	set(&t.Silence, 350*time.Millisecond)
	set(&t.Byte, 100*time.Millisecond)
	set(&t.Inquire, time.Second)
	set(&t.Busy, 4*time.Second)
	set(&t.Print, 15*time.Second)
	if t.Tries == 0 {
		t.Tries = 3
	}
	return t
}

// Protocol opens Shtrih-M registers and explains their bytes. It remembers by
// address which framing a register speaks and where its tables are, so it is
// used by pointer. The zero Protocol is ready to use.
type Protocol struct {
	// Dial opens the endpoint's line without sending a byte and wraps kkt's
	// errors; limit is for connecting. nil is port.Open.
	Dial func(ctx context.Context, e kkt.Endpoint, limit time.Duration) (port.Line, error)
	// Location is the zone that the register's clock shows; nil is the
	// machine's own. A register knows no zones.
	Location *time.Location
	// Clock dates exchanges and gives the time that set_clock sets; nil is
	// the machine's.
	Clock clock.Clock
	// Timing is how long to wait for what.
	Timing Timing

	mu    sync.Mutex
	known map[string]memory // by address
}

// memory is what an earlier opening found out about an address.
type memory struct {
	framing framing
	baud    int
	tables  *layout // nil: not looked for yet
}

func (p *Protocol) recall(address string) memory {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.known[address]
}

func (p *Protocol) remember(address string, change func(*memory)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil {
		p.known = map[string]memory{}
	}
	m := p.known[address]
	change(&m)
	p.known[address] = m
}

func (p *Protocol) location() *time.Location { return cmp.Or(p.Location, time.Local) }

func (p *Protocol) clock() clock.Clock { return cmp.Or[clock.Clock](p.Clock, clock.System{}) }

// Open opens the line and finds out which framing the register speaks, by ENQ
// and by a frame that only asks for a number. It fails with kkt.ErrRefused,
// ErrMissing, ErrBusy, ErrNoAnswer or a *kkt.GarbageError.
func (p *Protocol) Open(ctx context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	pw, err := password(e.Password)
	if err != nil {
		return nil, err
	}
	d := &Driver{proto: p, pw: pw, endpoint: withPort(e)}
	pace := port.Pace{Hold: p.Timing.Hold, Rest: p.Timing.Rest}
	d.visit, err = port.Begin(ctx, pace, func(ctx context.Context) (talker, error) { return p.find(ctx, d.endpoint) })
	if err != nil {
		return nil, fmt.Errorf("shtrih: opening: %w", err)
	}
	return d, nil
}
