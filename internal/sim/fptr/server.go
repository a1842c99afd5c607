package fptr

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Server puts a register and its service on a TCP port.
type Server struct {
	Register *Register

	queue   *queue
	mu      sync.Mutex
	http    *http.Server // nil while nobody listens
	port    net.Listener
	address string // the one really listened on, kept over a time of not listening
	stopped bool
	idle    bool // somebody took the register out of work, see serveDevices
	running sync.WaitGroup
}

// New makes a register with its service; nothing listens before Start.
func New(opt Options) *Server {
	r := NewRegister(opt)
	return &Server{Register: r, queue: newQueue(r)}
}

// Start listens on the address; port 0 takes any free one.
func (s *Server) Start(address string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address, s.stopped = address, false
	if s.Register.Has(FaultServiceDown) {
		return nil
	}
	return s.listen()
}

// listen begins a run of the service. The caller holds the lock.
func (s *Server) listen() error {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	s.address = l.Addr().String()
	handler := s.Handler()
	if s.Register.opt.Wrap != nil {
		handler = s.Register.opt.Wrap(handler)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	s.http, s.port = server, l
	run := s.queue.begin()
	s.running.Go(func() { s.queue.work(run, hook(s.Register.opt.Before), hook(s.Register.opt.After)) })
	s.running.Go(func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			s.down() // the port went away under us: nothing is served any more
		}
	})
	return nil
}

func hook(f func(uuid, kind string)) func(uuid, kind string) {
	if f == nil {
		return func(string, string) {}
	}
	return f
}

// down ends a run of the service at once, as a crash does: what it was doing
// is not noted. The caller need not hold the lock.
func (s *Server) down() {
	s.mu.Lock()
	server, port := s.http, s.port
	s.http = nil
	s.mu.Unlock()
	s.queue.end()
	if server != nil {
		// Both can only say that they were closed already. A server that has not
		// come to serving yet does not know its port.
		_, _ = server.Close(), port.Close()
	}
}

// Addr is the address listened on, also while nobody listens.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Restart ends the service in the middle of whatever it does and starts it
// anew. Its queue outlives that, as the real one's file does.
func (s *Server) Restart() error {
	s.down()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listen()
}

// Stop closes everything and waits until nothing of the server runs.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	s.mu.Unlock()
	s.down()
	s.running.Wait()
}

// Inject makes the register or its service ill; see Register.Inject.
func (s *Server) Inject(id string) error {
	if err := s.Register.Inject(id); err != nil {
		return err
	}
	if id == FaultServiceDown {
		s.down()
	}
	s.queue.stir()
	return nil
}

// Clear mends; see Register.Clear. A service that was down listens again on
// its old address; that fails when another program has taken it meanwhile, and
// the fault then stays.
func (s *Server) Clear(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == FaultServiceDown && s.Register.Has(id) && !s.stopped && s.http == nil {
		if err := s.listen(); err != nil {
			return err
		}
	}
	if err := s.Register.Clear(id); err != nil {
		return err
	}
	s.queue.stir()
	return nil
}

// SetClock moves the register's time; see Register.SetClock.
func (s *Server) SetClock(t time.Time) { s.Register.SetClock(t) }

// CarriedOut is how often the register carried out a task that was posted
// under a UUID. More than once for a posting of one task must never be.
func (s *Server) CarriedOut(uuid string) int {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return s.queue.carried[uuid]
}
