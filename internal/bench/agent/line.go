package main

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// line stands between the agent and its registers and notes for how long each
// register's port is held, from the agent's opening to its hanging up.
type line struct {
	answer time.Duration // before each answer goes on

	mu        sync.Mutex
	from      time.Time // of the span that is measured; zero = none
	took      []time.Duration
	listeners []net.Listener
	running   sync.WaitGroup
}

// to lays a line to a register and gives the address to call instead.
func (l *line) to(ctx context.Context, register string) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	l.listeners = append(l.listeners, listener)
	l.running.Go(func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return // closed
			}
			l.running.Go(func() { l.conversation(near, register) })
		}
	})
	return listener.Addr().String(), nil
}

func (l *line) conversation(near net.Conn, register string) {
	began := time.Now()
	far, err := net.Dial("tcp", register)
	if err != nil {
		_ = near.Close()
		return
	}
	var answers sync.WaitGroup
	answers.Go(func() { pass(near, far, l.answer) })
	pass(far, near, 0) // until the agent hangs up
	l.note(began)
	_, _ = far.Close(), near.Close()
	answers.Wait()
}

// pass carries bytes until one side is gone.
func pass(to, from net.Conn, after time.Duration) {
	room := make([]byte, 4096)
	for {
		n, err := from.Read(room)
		if n > 0 {
			time.Sleep(after)
			if _, err := to.Write(room[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (l *line) note(began time.Time) {
	took := time.Since(began)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.from.IsZero() && began.After(l.from) {
		l.took = append(l.took, took)
	}
}

// begin starts noting.
func (l *line) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = time.Now()
}

// end stops noting and gives how long each conversation was, the shortest
// first.
func (l *line) end() []time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.from = time.Time{}
	slices.Sort(l.took)
	return l.took
}

// close takes the lines away; the agent must have ended.
func (l *line) close() {
	for _, listener := range l.listeners {
		_ = listener.Close()
	}
	l.running.Wait()
}
