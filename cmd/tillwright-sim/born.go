package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// born is what registers of every kind are born with, by the flags.
func (k *kktCommand) born() (opt sim.Options, err error) {
	if opt.Location, err = k.zone(); err != nil {
		return opt, err
	}
	if k.FFD != "" && paper.Version(k.FFD) == 0 {
		return opt, problem.New(problem.Invalid, "sim_unknown_format").With("format", k.FFD)
	}
	opt.Clock, opt.FFD = k.running(), k.FFD
	return opt, k.sendTo(&opt)
}

// unfit refuses flags that this kind of register has no use for.
func (k *kktCommand) unfit(given map[string]bool) error {
	for _, flag := range slices.Sorted(maps.Keys(given)) {
		if given[flag] {
			return problem.New(problem.Invalid, "sim_flag_unfit").With("flag", flag).With("protocol", k.Protocol)
		}
	}
	return nil
}

// usualListen is the address when none was asked for; its port is ATOL's.
const usualListen = "127.0.0.1:5555"

// listen is the first register's address: the one asked for, or the kind's own
// port on this machine.
func (k *kktCommand) listen(port string) string {
	if k.Listen == usualListen {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return k.Listen
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
