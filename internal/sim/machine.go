package sim

import (
	"io"
	"slices"
	"time"
)

// Patient is what the bench does to a register of any protocol.
type Patient interface {
	// Inject makes the register ill and Clear mends it from outside; both fail
	// only on an id that Faults does not list.
	Inject(id string) error
	Clear(id string) error
	// Faults lists what can be injected, in a fixed order; Active what the
	// register has now, sorted.
	Faults() []Fault
	Active() []string
	State() State
	SetClock(t time.Time)
	// Live is one step of a life: send, open or close the shop, sell for these
	// sums in kopecks.
	Live(h Habits, sums []int64)
}

// Station is a register on its port, as a bench has it: on a line, or behind a
// service of its own.
type Station interface {
	// Start listens on the address, of which port 0 takes any free one; Stop
	// ends everything and waits for it. Addr is the address listened on.
	Start(address string) error
	Stop()
	Addr() string
	// Inject makes the register ill, or what it stands on; Clear mends.
	Inject(id string) error
	Clear(id string) error
	// Patient is the register.
	Patient() Patient
}

// Machine is a register of any protocol that a Server can put on a line.
type Machine interface {
	Patient
	// NewPort is asked for once each time that a server starts.
	NewPort() Port
}

// Port is one place to talk to a register at. What it remembers outlives a
// connection. Only one conversation runs on it at a time.
type Port interface {
	// Talk holds the conversation until the client leaves or has said nothing
	// for as long as idle.
	Talk(line Line, idle time.Duration)
}

// Line is the register's end of a line.
type Line interface {
	io.ReadWriteCloser
	SetReadDeadline(t time.Time) error
}

// Faults lists what this kind of register can have.
func (r *Register) Faults() []Fault { return Faults() }

// Patient is the register, of whatever kind.
func (s *Server) Patient() Patient { return s.machine() }

// machine is the register, of whatever kind.
func (s *Server) machine() Machine {
	if s.Machine != nil {
		return s.Machine
	}
	return s.Register
}

// has says whether the register has a fault now.
func (s *Server) has(id string) bool { return slices.Contains(s.machine().Active(), id) }
