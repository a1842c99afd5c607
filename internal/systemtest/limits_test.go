package systemtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// maxAgent is what the agent's program may weigh, in bytes.
const maxAgent = 12 << 20

// TestFigures measures what the handbook promises and prints it. Only sizes
// are held, because this machine may have other things to do.
func TestFigures(t *testing.T) {
	t.Parallel()
	for _, name := range []string{progServer, progAgent, progSim} {
		info, err := os.Stat(program(t, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.1f MB", name, float64(info.Size())/1e6)
		if name == progAgent && info.Size() > maxAgent {
			t.Errorf("the agent weighs %d bytes, more than %d", info.Size(), maxAgent)
		}
	}
	s := &server{t: t, data: filepath.Join(t.TempDir(), "server"), listen: "127.0.0.1:0"}
	s.flags = []string{"--data", s.data}
	began := time.Now()
	must(t, progServer, append([]string{"seed", "--devices", "2000", "--cases", "5000"}, s.flags...)...)
	t.Logf("seeding 2,000 devices and 5,000 cases: %v", time.Since(began).Round(time.Millisecond))
	must(t, progServer, append([]string{"user", "add", "--email", "admin@example.org", "--name", "Инна"}, s.flags...)...)
	s.token = strings.TrimSpace(must(t, progServer, append([]string{"user", "token", "--email", "admin@example.org"}, s.flags...)...))
	began = time.Now()
	s.up()
	t.Logf("the server is ready after %v", time.Since(began).Round(time.Millisecond))
	b := newBench(t, 1)
	sh := openShop(s, "Весы", b.registers...)
	sh.on()
	s.well(sh.devices...)
	b.seen(0)
	t.Logf("server: %s, agent: %s resident", resident(t, s.process), resident(t, sh.process))
}

// resident is the memory that a process holds.
func resident(t *testing.T, p *process) string {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return "unknown (" + err.Error() + ")"
	}
	for _, l := range lines(string(status)) {
		if rest, ok := strings.CutPrefix(l, "VmRSS:"); ok {
			return strings.TrimSpace(rest)
		}
	}
	return "unknown"
}
