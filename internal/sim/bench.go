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
	// Machine gives register i itself, when it is not one of ours.
	Machine func(i int) Machine
	// Station gives register i with what it stands on, when that is no line.
	Station func(i int) Station
	// Sending lets documents go to a test operator; nil keeps them on the bench.
	Sending *Sending
}

// Bench is a number of registers in one process, each on its own port.
type Bench struct {
	opt      BenchOptions
	stations []Station
	unpost   func() // ends the courier; nil while there is none
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
		b.stations = append(b.stations, opt.station(i))
	}
	return b
}

func (o *BenchOptions) station(i int) Station {
	switch {
	case o.Station != nil:
		return o.Station(i)
	case o.Machine != nil:
		return &Server{Machine: o.Machine(i)}
	default:
		return &Server{Register: NewRegister(o.Make(i))}
	}
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
	for i, s := range b.stations {
		next := 0
		if first != 0 {
			next = first + i*b.opt.PortStep
		}
		if err := s.Start(net.JoinHostPort(host, strconv.Itoa(next))); err != nil {
			b.stop(i)
			return err
		}
	}
	if b.opt.Sending != nil {
		b.unpost = b.opt.Sending.post(b.stations)
	}
	return nil
}

// Stop ends all registers and waits for them.
func (b *Bench) Stop() {
	if b.unpost != nil {
		b.unpost()
		b.unpost = nil
	}
	b.stop(len(b.stations))
}

func (b *Bench) stop(n int) {
	for _, s := range b.stations[:n] {
		s.Stop()
	}
}

// Len is how many registers there are.
func (b *Bench) Len() int { return len(b.stations) }

// Addr is where register i listens.
func (b *Bench) Addr(i int) string { return b.stations[i].Addr() }

// Station is register i on its port: to make it ill, or to look into it.
func (b *Bench) Station(i int) Station { return b.stations[i] }

// Server is register i on its line; nil for one that stands on none.
func (b *Bench) Server(i int) *Server {
	s, _ := b.stations[i].(*Server)
	return s
}

// SetClock moves the time of every register.
func (b *Bench) SetClock(t time.Time) {
	for _, s := range b.stations {
		s.Patient().SetClock(t)
	}
}

// Faults lists what the registers of this bench can have, in a fixed order.
func (b *Bench) Faults() []Fault { return b.stations[0].Patient().Faults() }

// find is register i, or a problem for a number that there is not.
func (b *Bench) find(number string) (int, error) {
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(b.stations) {
		return 0, problem.New(problem.NotFound, "sim_unknown_register")
	}
	return i, nil
}

// state is register i with its address.
func (b *Bench) state(i int) State {
	s := b.stations[i].Patient().State()
	s.Address = b.Addr(i)
	return s
}
