package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim/fptr"
)

// services puts registers behind driver 10's HTTP service, says so and waits
// for the end. What only a register with a line of its own can do is refused.
func (k *kktCommand) services(env environment) error {
	bench, err := k.serviceBench()
	if err != nil {
		return err
	}
	if err := bench.Start(); err != nil {
		return err
	}
	defer bench.Stop()
	for i := range bench.Len() {
		if _, err := fmt.Fprintf(env.out, "register=%s\n", bench.Server(i).Addr()); err != nil {
			return fmt.Errorf("writing: %w", err)
		}
	}
	if k.Control != "" {
		if err := serveControl(env, k.Control, bench.Control(env.texts)); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintln(env.out, "ready"); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	<-env.ctx.Done()
	return nil
}

func (k *kktCommand) serviceBench() (*fptr.Bench, error) {
	for flag, given := range map[string]bool{"serial-pty": k.SerialPTY != "", "inline": k.Inline, "evotor": k.Evotor, "life": k.Life, "quirk": len(k.Quirk) > 0, "ofd": k.OFD != ""} {
		if given {
			return nil, problem.New(problem.Invalid, "sim_flag_unfit").With("flag", flag).With("protocol", k.Protocol)
		}
	}
	zone, err := k.zone()
	if err != nil {
		return nil, err
	}
	listen := k.Listen
	if listen == "127.0.0.1:5555" { // the usual one of registers with a line of their own
		listen = "127.0.0.1:16732"
	}
	bench := fptr.NewBench(k.Count, k.PortStep, listen, func(i int) fptr.Options {
		return fptr.Options{Seed: k.Seed + uint64(i), Location: zone, Clock: k.running()}
	})
	for i := range bench.Len() {
		for _, id := range k.Fault {
			if err := bench.Server(i).Inject(id); err != nil {
				return nil, err
			}
		}
	}
	return bench, nil
}

// shifted is the machine's clock, some time away.
type shifted time.Duration

// Now is the machine's time and the shift.
func (s shifted) Now() time.Time { return time.Now().Add(time.Duration(s)) }

// running is the bench's clock: registers are born at the time that was asked
// for, so that none has documents from its future.
func (k *kktCommand) running() clock.Clock {
	if k.Clock == nil {
		return clock.System{}
	}
	return shifted(time.Until(*k.Clock))
}

// zone is the zone of the registers' clocks.
func (k *kktCommand) zone() (*time.Location, error) { return zoneOf(k.Zone) }

// zoneOf is a zone by its name, the machine's for none.
func zoneOf(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("zone: %w", err)
	}
	return zone, nil
}

// serveControl serves a bench's control until the end.
func serveControl(env environment, address string, handler http.Handler) error {
	l, err := (&net.ListenConfig{}).Listen(env.ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("control: %w", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(env.ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			_, _ = fmt.Fprintln(env.out, "control:", err)
		}
	}()
	if _, err := fmt.Fprintf(env.out, "control=http://%s\n", l.Addr()); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	return nil
}
