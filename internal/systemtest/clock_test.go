package systemtest_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
)

// wrong is a clock that is off by so much.
type wrong time.Duration

// Now is the machine's time and the error.
func (w wrong) Now() time.Time { return clock.System{}.Now().Add(time.Duration(w)) }

// TestAWrongClock runs the agent inside the test, because only there its clock
// can be made wrong; the server is the real program. Whatever the clock says,
// the server knows when things happened, and shows by how much it is off.
func TestAWrongClock(t *testing.T) {
	t.Parallel()
	s := install(t)
	for name, off := range map[string]time.Duration{"five hours behind": -5 * time.Hour, "a day ahead": 26 * time.Hour, "years behind": -4000 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, b := s.seenBy(t), newBench(t, 1)
			sh := openShop(s, "Часы "+name, b.registers...)
			runInside(t, sh, wrong(off))
			s.well(sh.devices...)
			complete(s, sh.devices[0], turns(b, 0, 4, nil))
			for _, c := range told(s, sh.devices[0]) {
				if c.Late {
					t.Errorf("%+v counts as late", c)
				}
			}
			const slack = 3 * time.Second
			var a client.AgentDetail // hellos are written every few seconds
			until(t, "the agent's page shows its clock", func() bool {
				a = get[client.AgentDetail](s, "/agents/"+sh.agent)
				return a.ClockSkewMs != 0
			})
			d := s.device(sh.devices[0])
			if got := time.Duration(d.AgentSkewMs) * time.Millisecond; (got + off).Abs() > slack {
				t.Errorf("the device's page shows %v", got)
			}
			if got := time.Duration(a.ClockSkewMs) * time.Millisecond; (got - off).Abs() > slack {
				t.Errorf("the agent's page shows %v", got)
			}
			if a.Refused != 0 || len(s.alerts(sh.devices[0])) != 0 {
				t.Errorf("%d refused, alerts %+v", a.Refused, s.alerts(sh.devices[0]))
			}
		})
	}
}

// seenBy is the same server for another test.
func (s *server) seenBy(t *testing.T) *server {
	other := *s
	other.t = t
	return &other
}

// runInside is the agent as its program would run it, but for its clock.
func runInside(t *testing.T, sh *shop, c clock.Clock) {
	t.Helper()
	sh.configure()
	path := filepath.Join(sh.dir, "agent.toml")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := agent.ParseFile(path, data)
	if err != nil {
		t.Fatal(err)
	}
	cfg := f.Config()
	cfg.Data = sh.dir
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- agent.New(cfg, agent.Deps{Protocols: map[string]kkt.Protocol{atol.Name: atol.Protocol{}}, Clock: c}).Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}
