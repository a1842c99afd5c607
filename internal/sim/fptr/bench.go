package fptr

import (
	"fmt"
	"net"
	"strconv"
)

// Bench is a number of registers in one process, each with its own service on
// its own port.
type Bench struct {
	listen   string
	portStep int
	servers  []*Server
}

// NewBench makes the registers; nothing listens before Start. make gives
// register i its options; listen is the first one's address, whose port 0
// gives every register a free one, and portStep the way to the next.
func NewBench(count, portStep int, listen string, make func(i int) Options) *Bench {
	b := &Bench{listen: listen, portStep: portStep}
	for i := range max(count, 1) {
		b.servers = append(b.servers, New(make(i)))
	}
	return b
}

// Start begins to listen, for all registers or for none.
func (b *Bench) Start() error {
	host, port, err := net.SplitHostPort(b.listen)
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
			next = first + i*b.portStep
		}
		if err := s.Start(net.JoinHostPort(host, strconv.Itoa(next))); err != nil {
			for _, started := range b.servers[:i] {
				started.Stop()
			}
			return err
		}
	}
	return nil
}

// Stop ends all registers and waits for them.
func (b *Bench) Stop() {
	for _, s := range b.servers {
		s.Stop()
	}
}

// Len is how many registers there are.
func (b *Bench) Len() int { return len(b.servers) }

// Server is register i with its service: to make it ill, or to look into it.
func (b *Bench) Server(i int) *Server { return b.servers[i] }
