package systemtest_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/tillwright/tillwright/client"
)

// TestTheDemo holds what others count on: the lines, the address, the shops,
// the folder.
func TestTheDemo(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	t.Run("in a folder of its own", func(t *testing.T) {
		t.Parallel()
		p := start(t, progServer, "demo", "--listen", "127.0.0.1:0", "--shops", "3")
		p.cmd.Env = append(p.cmd.Env, "TMPDIR="+temp)
		s := demoServer(t, p.ready())
		if left, err := filepath.Glob(filepath.Join(temp, "tillwright-demo-*")); err != nil || len(left) != 1 {
			t.Errorf("while it runs there is %v, %v", left, err)
		}
		for _, role := range []string{"admin", "dispatcher", "engineer", "manager", "owner", "cashier"} {
			if p.fact(role+"_email") == "" || len(p.fact(role+"_password")) < 12 {
				t.Errorf("nobody can sign in as %s: %v", role, p.facts)
			}
		}
		until(t, "all three report", func() bool {
			o := get[client.Overview](s, "/overview")
			return o.Devices == 3 && o.States["unknown"] == 0 && o.States["silent"] == 0
		})
		if code := p.stop(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
			t.Errorf("it leaves %v, %v", left, err)
		}
	})
	t.Run("in a folder that is kept", func(t *testing.T) {
		t.Parallel()
		data := filepath.Join(t.TempDir(), "kept")
		var before []string
		for round := range 2 {
			p := start(t, progServer, "demo", "--listen", "127.0.0.1:0", "--shops", "2", "--data", data, "--quiet").ready()
			s := demoServer(t, p)
			var ids []string
			for _, d := range all[client.Device](s, "/devices") {
				ids = append(ids, d.ID)
			}
			s.well(ids...)
			if round == 1 && (len(ids) != 2 || ids[0] != before[0] || ids[1] != before[1]) {
				t.Errorf("devices %v became %v", before, ids)
			}
			before = ids
			if code := p.stop(); code != 0 {
				t.Errorf("it ended with %d", code)
			}
		}
	})
}

// demoServer is the demo seen through its API and its bench.
func demoServer(t *testing.T, p *process) *server {
	t.Helper()
	s := &server{t: t, process: p, listen: p.fact("url")[len("http://"):], token: p.fact("admin_token")}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/login"} {
		if code, _ := s.plain(path); code != http.StatusOK {
			t.Errorf("%s: %d", path, code)
		}
	}
	var state struct{ Protocol string }
	if err := request(&s.http, http.MethodGet, p.fact("bench_url")+"/state", &state); err != nil || state.Protocol != "atol" {
		t.Errorf("the bench is %+v, %v", state, err)
	}
	return s
}
