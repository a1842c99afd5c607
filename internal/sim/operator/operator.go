// Package operator is a test operator of fiscal data (ОФД): it takes what the
// bench's registers send, looks at it as far as one can without a drive's key,
// keeps the last documents for people to read and answers. It falls ill on
// demand. See DESIGN.md.
//
// It is a bench and says so: it takes documents of dummies of drives alone, and
// nothing that it has taken has been handed to the tax service.
package operator

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
)

// Options are how an operator is made. The zero value does.
type Options struct {
	Clock    clock.Clock    // nil is the machine's
	Location *time.Location // of the times in its answers; nil is the machine's
	INN      string         // its own, tag 1017; "" is an invented one
	Keep     int            // documents kept of each drive; 0 is 200
	Drives   int            // drives remembered; the one silent longest is forgotten; 0 is 2000
	// Idle is how long a drive may say nothing on an open connection; 0 is two
	// minutes.
	Idle time.Duration
	// Heard is told of every message after it was judged and before it is
	// answered; nil is nobody. It must not call the operator's Stop.
	Heard func(Verdict)
}

// benchINN is an invented taxpayer's number with right check digits.
const benchINN = "9999078901"

// maxConnections bounds what strangers can make the operator hold.
const maxConnections = 4096

// Operator is one operator on one port. It is safe for concurrent use.
type Operator struct {
	opt  Options
	book book
	ills ills
	off  atomic.Int64 // how far its clock is before the machine's, in nanoseconds

	mu       sync.Mutex
	listener net.Listener // nil while stopped or gone
	address  string       // the one really listened on
	conns    map[net.Conn]bool
	started  bool // and not stopped
	ended    chan struct{}
	running  sync.WaitGroup
}

// New makes an operator; it listens from Start on.
func New(opt Options) *Operator {
	if opt.Clock == nil {
		opt.Clock = clock.System{}
	}
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.INN == "" {
		opt.INN = benchINN
	}
	opt.Keep, opt.Drives = orElse(opt.Keep, 200), orElse(opt.Drives, 2000)
	opt.Idle = orElse(opt.Idle, 2*time.Minute)
	o := &Operator{opt: opt, conns: map[net.Conn]bool{}, ended: make(chan struct{})}
	o.book.keep, o.book.most, o.book.drives = opt.Keep, opt.Drives, map[string]*drive{}
	o.ills.of = map[string]Trouble{}
	return o
}

func orElse[T int | time.Duration](v, usual T) T {
	if v <= 0 {
		return usual
	}
	return v
}

// SetClock moves the time that stands in its answers; it goes on from there.
func (o *Operator) SetClock(t time.Time) { o.off.Store(int64(t.Sub(o.opt.Clock.Now()))) }

func (o *Operator) now() time.Time { return o.opt.Clock.Now().Add(time.Duration(o.off.Load())) }

// Start listens on the address; port 0 takes any free one. An operator is
// started once.
func (o *Operator) Start(address string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.address, o.started = address, true
	if o.ills.id("") == Gone {
		return nil
	}
	return o.listen()
}

// listen opens the port. The caller holds the lock.
func (o *Operator) listen() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", o.address)
	if err != nil {
		return fmt.Errorf("operator: %w", err)
	}
	o.listener, o.address = l, l.Addr().String()
	o.running.Add(1)
	go o.accept(l)
	return nil
}

// Addr is the address listened on, also while the operator is gone.
func (o *Operator) Addr() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.address
}

// Stop closes everything and waits until nothing of the operator runs. What it
// has kept can still be read.
func (o *Operator) Stop() {
	o.mu.Lock()
	if o.started {
		o.started = false
		close(o.ended)
	}
	o.shut()
	o.mu.Unlock()
	o.running.Wait()
}

// shut closes the port and hangs up on everybody. The caller holds the lock.
func (o *Operator) shut() {
	if o.listener != nil {
		_ = o.listener.Close() // it can only say that it was closed already
		o.listener = nil
	}
	for c := range o.conns {
		_ = c.Close()
	}
}

func (o *Operator) accept(l net.Listener) {
	defer o.running.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed by shut
		}
		if !o.enter(c) {
			_ = c.Close()
			continue
		}
		go o.serve(c)
	}
}

func (o *Operator) enter(c net.Conn) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.listener == nil || len(o.conns) >= maxConnections {
		return false
	}
	o.conns[c] = true
	o.running.Add(1)
	return true
}

func (o *Operator) leave(c net.Conn) {
	_ = c.Close()
	o.mu.Lock()
	delete(o.conns, c)
	o.mu.Unlock()
	o.running.Done()
}

// Turn makes the operator ill for all drives; the zero Trouble makes it well.
// Connections that are open go on as they were, but for Gone, which ends them.
func (o *Operator) Turn(t Trouble) error {
	if err := t.check(""); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ills.set("", t)
	switch {
	case t.ID == Gone:
		o.shut()
	case o.started && o.listener == nil:
		return o.listen()
	}
	return nil
}

// TurnDrive makes the operator ill for one drive; the zero Trouble makes it
// well. It fails on a trouble that comes before a drive has said its number.
func (o *Operator) TurnDrive(serial string, t Trouble) error {
	if err := t.check(serial); err != nil {
		return err
	}
	o.ills.set(serial, t)
	return nil
}

// Forget drops a drive and its documents: its next one may have any number.
func (o *Operator) Forget(serial string) {
	o.ills.set(serial, Trouble{})
	o.book.forget(serial)
}
