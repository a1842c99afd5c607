package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// Server puts a register on a TCP port. Like a register with a network, it has
// one place: a second client is taken by the network but not listened to, and
// is hung up on when the first has not left within Patience.
type Server struct {
	Register *Register
	// Machine is a register of another protocol, instead of Register.
	Machine Machine
	// Patience is how long a second client may wait for the place; 0 is one
	// second.
	Patience time.Duration
	// Idle is how long a client may say nothing before it is dropped; 0 is one
	// minute.
	Idle time.Duration

	mu       sync.Mutex
	listener io.Closer // the port or the terminal; nil while unplugged
	address  string    // the one really listened on, kept over an unplugging
	pty      string    // the name of the serial line instead of a port
	conns    map[Line]bool
	stopped  bool
	place    chan struct{}
	port     Port
	running  sync.WaitGroup
}

// Start listens on the address; port 0 takes any free one.
func (s *Server) Start(address string) error { return s.start(address, "") }

// StartPTY puts the register on a pseudo terminal instead, which a client
// opens like a serial port under the given name. Linux only. The name becomes
// a link; whatever link stands there is replaced.
func (s *Server) StartPTY(name string) error { return s.start(name, name) }

func (s *Server) start(address, pty string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address, s.pty, s.stopped = address, pty, false
	s.conns, s.place, s.port = map[Line]bool{}, make(chan struct{}, 1), s.machine().NewPort()
	if s.has(FaultUnplugged) {
		return nil
	}
	return s.listen()
}

func (s *Server) listen() error {
	if s.pty != "" {
		return s.listenPTY()
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", s.address)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	s.listener, s.address = l, l.Addr().String()
	s.running.Add(1)
	go s.accept(l)
	return nil
}

// Addr is the address listened on, also while unplugged.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.address
}

// Stop closes everything and waits until nothing of the server runs.
func (s *Server) Stop() {
	s.mu.Lock()
	s.stopped = true
	s.unplug()
	s.mu.Unlock()
	s.running.Wait()
}

// unplug closes the port and hangs up. The caller holds the lock.
func (s *Server) unplug() {
	if s.listener != nil {
		_ = s.listener.Close() // it can only say that it was closed already
		s.listener = nil
	}
	for c := range s.conns {
		_ = c.Close()
	}
}

// Inject makes the register or its line ill; see Register.Inject.
func (s *Server) Inject(id string) error {
	if err := s.machine().Inject(id); err != nil {
		return err
	}
	if id == FaultUnplugged {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.unplug()
	}
	return nil
}

// Clear mends; see Register.Clear. Plugging in again fails when another
// program has taken the port meanwhile; the fault then stays.
func (s *Server) Clear(id string) error {
	if id != FaultUnplugged || !s.has(id) {
		return s.machine().Clear(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.stopped && s.listener == nil {
		if err := s.listen(); err != nil {
			return err
		}
	}
	return s.machine().Clear(id)
}

func (s *Server) accept(l net.Listener) {
	defer s.running.Done()
	for {
		c, err := l.Accept()
		if err != nil {
			return // closed by unplug
		}
		if !s.enter(c) {
			_ = c.Close()
			continue
		}
		go s.serve(c)
	}
}

// listenPTY opens the terminal and talks on it until it is unplugged. A serial
// line has no clients that come and go: whoever opens it talks.
func (s *Server) listenPTY() error {
	l, err := openPTY(s.pty)
	if err != nil {
		return err
	}
	s.listener = l
	s.conns[l] = true
	s.running.Add(1)
	go func() {
		defer s.running.Done()
		for !l.closed() {
			s.talk(l)
		}
	}()
	return nil
}

func (s *Server) enter(c Line) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped || s.listener == nil {
		return false
	}
	s.conns[c] = true
	s.running.Add(1)
	return true
}

// serve waits for the place and then talks until the client leaves.
func (s *Server) serve(c Line) {
	defer s.running.Done()
	defer func() {
		_ = c.Close()
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
	}()
	wait := time.NewTimer(orElse(s.Patience, time.Second))
	defer wait.Stop()
	select {
	case s.place <- struct{}{}:
		defer func() { <-s.place }()
	case <-wait.C:
		return
	}
	s.talk(c)
}

func (s *Server) talk(c Line) { s.port.Talk(c, orElse(s.Idle, time.Minute)) }

func orElse(d, usual time.Duration) time.Duration {
	if d == 0 {
		return usual
	}
	return d
}

var errHungUp = errors.New("sim: the register hung up")
