package systemtest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestAFreshInstall goes the way of the handbook, from an empty folder to a
// fault that shows as a case and is gone again.
func TestAFreshInstall(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	me := get[struct {
		Email string   `json:"email"`
		Roles []string `json:"roles"`
	}](s, "/me")
	if me.Email != "admin@example.org" || len(me.Roles) != 1 || me.Roles[0] != "admin" {
		t.Errorf("the token is that of %+v", me)
	}
	sh := openShop(s, "Пекарня", b.registers...)
	sh.on()
	s.well(sh.devices...)
	d := s.device(sh.devices[0])
	truth := b.control(http.MethodGet, "/state")
	if d.Values["serial"] != truth.Serial || d.Values["fn.serial"] != truth.FN.Serial {
		t.Errorf("the server knows %v of a register that is %s with %s", d.Values, truth.Serial, truth.FN.Serial)
	}
	if a := get[client.AgentDetail](s, "/agents/"+sh.agent); !a.Connected || a.State != "ok" || a.Devices != 1 || a.Build == "" || a.OS == "" {
		t.Errorf("the agent is %+v", a)
	}
	sound(t, s, sh)
	b.inject(0, sim.FaultFNLink)
	until(t, "the fault is a case", func() bool { return len(s.cases(sh.devices[0])) == 1 })
	b.clear(0, sim.FaultFNLink)
	s.well(sh.devices...)
	until(t, "the case is closed", func() bool { return s.cases(sh.devices[0])[0].State == "closed" })
	sh.off()
	s.down()
	for _, p := range []*process{sh.process, s.process} {
		if strings.Contains(p.said.String(), "level=ERROR") || strings.Contains(p.said.String(), `"level":"ERROR"`) {
			t.Errorf("%s logged an error:\n%s", p.name, p.said)
		}
	}
}

// sound asks both doctors, while everything runs.
func sound(t *testing.T, s *server, sh *shop) {
	t.Helper()
	out := must(t, progAgent, "doctor", "--data", sh.dir)
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if strings.HasPrefix(strings.ToLower(line), "fail") {
			t.Errorf("the agent's doctor: %s", out)
		}
	}
	if out := must(t, progServer, append([]string{"doctor"}, s.flags...)...); strings.Contains(out, "WRONG") || strings.Count(out, "ok ") < 5 {
		t.Errorf("the server's doctor: %s", out)
	}
}
