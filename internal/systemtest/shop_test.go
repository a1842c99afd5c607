package systemtest_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/sim"
)

// bench is the test bench with its registers and its control.
type bench struct {
	*process
	http      http.Client
	registers []string
}

// newBench switches registers on.
func newBench(t *testing.T, count int) *bench {
	t.Helper()
	b := &bench{process: start(t, progSim, "kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--count", fmt.Sprint(count),
		"--seed", "7", "--control", "127.0.0.1:0").ready()}
	b.registers = b.facts["register"]
	return b
}

func (b *bench) control(method, path string) (s sim.State) {
	b.t.Helper()
	if err := request(&b.http, method, b.fact("control")+path, &s); err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *bench) inject(n int, fault string) {
	b.t.Helper()
	b.control(http.MethodPost, fmt.Sprintf("/registers/%d/faults/%s", n, fault))
}

func (b *bench) clear(n int, fault string) {
	b.t.Helper()
	b.control(http.MethodDelete, fmt.Sprintf("/registers/%d/faults/%s", n, fault))
}

// executed is how often a register carried out commands that begin with that
// byte.
func (b *bench) executed(n int, first string) int {
	b.t.Helper()
	return b.control(http.MethodGet, fmt.Sprintf("/registers/%d/state", n)).Executed[first]
}

// count is executed for another goroutine than the test's, 0 when nobody
// answers.
func (b *bench) count(n int, first string) int {
	var s sim.State
	if request(&b.http, http.MethodGet, fmt.Sprintf("%s/registers/%d/state", b.facts["control"][0], n), &s) != nil {
		return 0
	}
	return s.Executed[first]
}

// stateCommand begins every reading.
const stateCommand = "3F"

// seen waits until somebody has read the register in its present state: of two
// more readings that begin, the first is over when the second begins.
func (b *bench) seen(n int) {
	b.t.Helper()
	want := b.executed(n, stateCommand) + 2
	until(b.t, fmt.Sprintf("register %d is read", n), func() bool { return b.executed(n, stateCommand) >= want })
}

// shop is an outlet with its agent's folder and its registers as the server
// knows them.
type shop struct {
	*process // the running agent
	t        *testing.T
	dir      string
	outlet   string
	agent    string
	devices  []string
	address  []string // of the registers
	server   string   // instead of the enrolment's, "" = as enrolled
}

// openShop adds a client with an outlet, enrols an agent there and gives it
// the registers. The agent does not run yet.
func openShop(s *server, name string, registers ...string) *shop {
	s.t.Helper()
	return openShopIn(s, filepath.Join(s.t.TempDir(), "agent"), name, registers...)
}

func openShopIn(s *server, dir, name string, registers ...string) *shop {
	s.t.Helper()
	sh := &shop{t: s.t, dir: dir, address: registers}
	c := ask[client.Client](s, http.MethodPost, "/clients", client.ClientForm{Name: name, Kind: "company", Country: "RU"})
	o := ask[client.Outlet](s, http.MethodPost, "/outlets", client.NewOutlet{Client: c.ID, OutletForm: client.OutletForm{Name: name, Zone: "Asia/Omsk"}})
	sh.outlet = o.ID
	code := ask[client.EnrolmentCode](s, http.MethodPost, "/enrolments", client.NewEnrolment{Outlet: o.ID, Name: name})
	if out := must(s.t, progAgent, "enrol", code.Enrolling, "--data", sh.dir); !strings.Contains(out, name) {
		s.t.Fatalf("enrol printed %q", out)
	}
	sh.agent = sh.identity().Agent
	for i, r := range registers {
		d := ask[client.Device](s, http.MethodPost, "/devices", client.NewDevice{Outlet: o.ID, Agent: sh.agent, DeviceForm: client.DeviceForm{
			Kind: "fiscal_printer", Name: fmt.Sprintf("ККТ %d", i+1), Endpoint: &client.Endpoint{Protocol: "atol", Transport: "tcp", Address: r},
		}})
		sh.devices = append(sh.devices, d.ID)
	}
	return sh
}

func (sh *shop) identity() identity.Identity {
	sh.t.Helper()
	id, err := identity.Load(func(name ...string) string { return filepath.Join(append([]string{sh.dir}, name...)...) })
	if err != nil {
		sh.t.Fatal(err)
	}
	return id
}

// configure writes the agent's own file: registers read five times a second,
// and the server's address where it is not the enrolment's.
func (sh *shop) configure() {
	sh.t.Helper()
	var b strings.Builder
	b.WriteString("search = \"none\"\nlook_ofd = false\n") // this machine's network is not a shop
	if sh.server != "" {
		fmt.Fprintf(&b, "server = %q\n", sh.server)
	}
	for i, id := range sh.devices {
		fmt.Fprintf(&b, "[[device]]\nid = %q\npoll = \"200ms\"\nprotocol = \"atol\"\ntransport = \"tcp\"\naddress = %q\n", id, sh.address[i])
	}
	if err := os.WriteFile(filepath.Join(sh.dir, "agent.toml"), []byte(b.String()), 0o600); err != nil {
		sh.t.Fatal(err)
	}
}

// on switches the agent on.
func (sh *shop) on() {
	sh.t.Helper()
	sh.configure()
	sh.process = start(sh.t, progAgent, "run", "--data", sh.dir).background()
}

// off stops it in order.
func (sh *shop) off() {
	sh.t.Helper()
	if code := sh.stop(); code != 0 {
		sh.t.Fatalf("the agent ended with %d:\n%s", code, sh.said)
	}
}
