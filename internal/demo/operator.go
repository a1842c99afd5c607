package demo

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/tillwright/tillwright/internal/ofd"
)

// The ways in which the demo's operator of fiscal data can stand.
const (
	OperatorOpen   = "open"   // waits for drives, as operators do
	OperatorCloses = "closes" // hangs up at once: the contract is not paid
	OperatorGone   = "gone"   // nobody listens
)

// operator is where the demo's registers send to: an address on this machine
// that stands for the one the registers name, so that the demo needs no
// internet and asks nobody out there.
type operator struct {
	mu    sync.Mutex
	mode  string
	addr  string
	l     net.Listener
	conns map[net.Conn]bool
}

func startOperator(ctx context.Context) (*operator, error) {
	o := &operator{mode: OperatorOpen, conns: map[net.Conn]bool{}}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	o.l, o.addr = l, l.Addr().String()
	go o.serve(l)
	return o, nil
}

func (o *operator) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		o.mu.Lock()
		if o.mode == OperatorOpen {
			o.conns[c] = true
			go o.hold(c)
		} else {
			_ = c.Close()
		}
		o.mu.Unlock()
	}
}

// hold keeps a connection until the other side ends it.
func (o *operator) hold(c net.Conn) {
	var b [256]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			break
		}
	}
	o.mu.Lock()
	delete(o.conns, c)
	o.mu.Unlock()
	_ = c.Close()
}

// turn changes how the operator stands for those who come from now on.
func (o *operator) turn(mode string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.mode = mode
}

func (o *operator) stop() {
	o.mu.Lock()
	defer o.mu.Unlock()
	_ = o.l.Close()
	for c := range o.conns {
		_ = c.Close()
	}
}

// look is how the demo's agents look: every name is this machine, and every
// connection ends at the demo's operator.
func (o *operator) look(ctx context.Context, t ofd.Target) ofd.Result {
	return ofd.Looker{Resolver: home{}, Dialer: redirect{o}, Others: []ofd.Target{{Host: "other.example.org", Port: 1}}}.Look(ctx, t)
}

type home struct{}

// LookupHost knows every name.
func (home) LookupHost(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }

type redirect struct{ to *operator }

// DialContext goes to the operator, or nowhere while it is gone. The other
// address is always there: the shop's internet works.
func (r redirect) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	r.to.mu.Lock()
	gone := r.to.mode == OperatorGone
	r.to.mu.Unlock()
	if gone && address != "127.0.0.1:1" {
		address = "127.0.0.1:1" // a port on which nobody listens
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, r.to.addr)
}

// TurnOperator changes how the demo's operator of fiscal data stands.
func (d *Demo) TurnOperator(mode string) { d.operator.turn(mode) }
