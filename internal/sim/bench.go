package sim

import (
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
)

// BenchOptions say how many registers stand on a bench and where.
type BenchOptions struct {
	Count    int    // at least 1
	Listen   string // "127.0.0.1:5555"; with port 0 every register takes a free one
	PortStep int    // from one register's port to the next; 0 is 1
	// Make gives register i its options; nil gives each its own seed.
	Make func(i int) Options
}

// Bench is a number of registers in one process, each on its own port.
type Bench struct {
	opt     BenchOptions
	servers []*Server
}

// NewBench makes the registers; nothing listens before Start.
func NewBench(opt BenchOptions) *Bench {
	opt.Count = max(opt.Count, 1)
	if opt.PortStep == 0 {
		opt.PortStep = 1
	}
	if opt.Make == nil {
		opt.Make = func(i int) Options { return Options{Seed: uint64(i)} }
	}
	b := &Bench{opt: opt}
	for i := range opt.Count {
		b.servers = append(b.servers, &Server{Register: NewRegister(opt.Make(i))})
	}
	return b
}

// Start begins to listen, for all registers or for none.
func (b *Bench) Start() error {
	host, port, err := net.SplitHostPort(b.opt.Listen)
	if err != nil {
		return fmt.Errorf("sim: %w", err)
	}
	first, err := strconv.Atoi(port)
	if err != nil {
		return fmt.Errorf("sim: port: %w", err)
	}
	for i, s := range b.servers {
		next := 0
		if first != 0 {
			next = first + i*b.opt.PortStep
		}
		if err := s.Start(net.JoinHostPort(host, strconv.Itoa(next))); err != nil {
			b.stop(i)
			return err
		}
	}
	return nil
}

// Stop ends all registers and waits for them.
func (b *Bench) Stop() { b.stop(len(b.servers)) }

func (b *Bench) stop(n int) {
	for _, s := range b.servers[:n] {
		s.Stop()
	}
}

// Len is how many registers there are.
func (b *Bench) Len() int { return len(b.servers) }

// Addr is where register i listens.
func (b *Bench) Addr(i int) string { return b.servers[i].Addr() }

// Server is register i with its port: to make it ill, or to look into it.
func (b *Bench) Server(i int) *Server { return b.servers[i] }

// SetClock moves the time of every register.
func (b *Bench) SetClock(t time.Time) {
	for _, s := range b.servers {
		s.Register.SetClock(t)
	}
}

// find is register i, or a problem for a number that there is not.
func (b *Bench) find(number string) (int, error) {
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(b.servers) {
		return 0, problem.New(problem.NotFound, "sim_unknown_register")
	}
	return i, nil
}

// state is register i with its address.
func (b *Bench) state(i int) State {
	s := b.servers[i].Register.State()
	s.Address = b.Addr(i)
	return s
}
