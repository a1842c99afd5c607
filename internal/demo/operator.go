package demo

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/tillwright/tillwright/internal/ofd"
	test "github.com/tillwright/tillwright/internal/sim/operator"
)

// The ways in which the demo's operator of fiscal data can stand.
const (
	OperatorOpen   = "open"   // waits for drives, as operators do
	OperatorCloses = "closes" // hangs up at once: the contract is not paid
	OperatorGone   = "gone"   // nobody listens
)

// operator is where the demo's registers send to: the bench's test operator on
// this machine stands for the one that the registers name, so that the demo
// needs no internet and asks nobody out there.
type operator struct {
	*test.Operator

	mu   sync.Mutex
	gone bool
}

func startOperator() (*operator, error) {
	o := &operator{Operator: test.New(test.Options{})}
	if err := o.Start("127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return o, nil
}

// turn changes how the operator stands for those who come from now on. One that
// is gone keeps its port, which another program could take meanwhile: nobody is
// led to it.
func (o *operator) turn(mode string) {
	o.mu.Lock()
	o.gone = mode == OperatorGone
	o.mu.Unlock()
	var t test.Trouble
	if mode == OperatorCloses {
		t.ID = test.Unpaid
	}
	_ = o.Turn(t) // both are known, and the port is open already
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
	gone := r.to.gone
	r.to.mu.Unlock()
	if gone && address != "127.0.0.1:1" {
		address = "127.0.0.1:1" // a port on which nobody listens
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return (&net.Dialer{}).DialContext(ctx, network, r.to.Addr())
}

// TurnOperator changes how the demo's operator of fiscal data stands.
func (d *Demo) TurnOperator(mode string) { d.operator.turn(mode) }
