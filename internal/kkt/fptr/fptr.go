// Package fptr speaks with cash registers through the HTTP service of their
// maker's driver 10 (ATOL: "web server", "Web Requests"): JSON tasks that are
// posted under a UUID, carried out one after another and asked for by that
// UUID. See DESIGN.md.
package fptr

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
)

// Name is the protocol's name in an endpoint.
const Name = "fptr"

// TransportTCP is the only transport: HTTP over TCP.
const TransportTCP = "tcp"

// DefaultPort is the service's usual port.
const DefaultPort = "16732"

var (
	_ kkt.Protocol = Protocol{}
	_ kkt.Driver   = (*Driver)(nil)
)

// Timing is the driver's patience. The zero value of a field means the usual
// one, given in brackets.
type Timing struct {
	Dial    time.Duration // to connect (1 s)
	Answer  time.Duration // for the answer to one HTTP request (5 s)
	Poll    time.Duration // before the first question for a result (20 ms); doubles
	PollMax time.Duration // between questions for a result (400 ms)
	Limit   time.Duration // for a task that changes something, from its posting (50 s)
	Clean   time.Duration // to take a task back that nobody waits for any more (500 ms)
	Hold    time.Duration // of the service's queue by one request of a reading (250 ms)
}

func (t Timing) filled() Timing {
	set := func(d *time.Duration, usual time.Duration) {
		if *d == 0 {
			*d = usual
		}
	}
	set(&t.Dial, time.Second)
	set(&t.Answer, 5*time.Second)
	set(&t.Poll, 20*time.Millisecond)
	set(&t.PollMax, 400*time.Millisecond)
	set(&t.Limit, 50*time.Second)
	set(&t.Clean, 500*time.Millisecond)
	set(&t.Hold, 250*time.Millisecond)
	return t
}

// Protocol opens registers behind the service and explains its JSON. The zero
// Protocol is ready to use.
type Protocol struct {
	// Location, when set, is the zone of the registers' clocks; the offset
	// that the service writes behind their times is then not believed. nil
	// believes it: it is the zone of the machine that the service runs on.
	Location *time.Location
	// Clock dates exchanges and gives the time that set_clock sets; nil is
	// the machine's.
	Clock clock.Clock
	// Timing is how long to wait for what.
	Timing Timing
	// Operator signs documents that procedures make (closing a shift); the
	// zero one leaves it to the register.
	Operator Operator
	// NewID makes the UUIDs of tasks; nil makes random ones.
	NewID func() string
}

func (p Protocol) clock() clock.Clock { return cmp.Or[clock.Clock](p.Clock, clock.System{}) }

func (p Protocol) newID() string {
	if p.NewID == nil {
		return ids.New()
	}
	return p.NewID()
}

func (p Protocol) location() *time.Location { return cmp.Or(p.Location, time.Local) }

// Open finds out whether the service is there and which of its two APIs it
// speaks. The register behind it is not asked. It fails with kkt.ErrRefused
// (also for a wrong name or password), ErrNoAnswer or a *kkt.GarbageError.
//
// The endpoint's password is what the service asks for, "name:password". A
// service with several registers takes the device's id before an @:
// "2@name:password", or "2@" alone. A name that has an @ in it needs one
// before it: "@name@shop:password".
func (p Protocol) Open(ctx context.Context, e kkt.Endpoint) (kkt.Driver, error) {
	d, err := p.Dial(ctx, e)
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Dial is Open for a caller that wants the typed calls: corrections, the
// registration, the replacement of the drive.
func (p Protocol) Dial(ctx context.Context, e kkt.Endpoint) (*Driver, error) {
	if e.Transport != TransportTCP {
		return nil, fmt.Errorf("fptr: transport %q: %w", e.Transport, kkt.ErrUnsupported)
	}
	t := p.Timing.filled()
	s := newService(e, t)
	if err := s.find(ctx); err != nil {
		s.close()
		return nil, fmt.Errorf("fptr: opening: %w", err)
	}
	return &Driver{proto: p, timing: t, service: s}, nil
}

func newService(e kkt.Endpoint, t Timing) *service {
	address := e.Address
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), DefaultPort)
	}
	s := &service{base: "http://" + address, timing: t, api: v2{}}
	login := e.Password
	if device, rest, found := strings.Cut(login, "@"); found && !strings.Contains(device, ":") {
		s.device, login = device, rest
	}
	s.user, s.password, s.login = cutLogin(login)
	dialer := net.Dialer{Timeout: t.Dial}
	s.http = &http.Client{
		// A request is never sent again by the library: every one has its own
		// connection, and a redirection is not followed.
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, DisableCompression: true,
			ResponseHeaderTimeout: t.Answer, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return s
}

func cutLogin(login string) (user, password string, given bool) {
	if login == "" {
		return "", "", false
	}
	user, password, _ = strings.Cut(login, ":")
	return user, password, true
}
