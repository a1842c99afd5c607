package sim_test

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/operator"
)

// post is a bench whose registers send to an operator.
type post struct {
	*sim.Bench
	*operator.Operator
	clock    *clock.Manual
	heard    chan operator.Verdict
	outcomes chan courier.Outcome
}

// newPost puts n registers on a standing clock, and an operator. Registers try
// again after 20 ms.
func newPost(t *testing.T, n int, seed uint64) *post {
	t.Helper()
	p := &post{clock: clock.NewManual(noon()), heard: make(chan operator.Verdict, 10_000), outcomes: make(chan courier.Outcome, 10_000)}
	p.Operator = operator.New(operator.Options{Clock: p.clock, Heard: func(v operator.Verdict) { p.heard <- v }})
	if err := p.Operator.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Operator.Stop)
	host, port := split(t, p.Operator.Addr())
	p.Bench = sim.NewBench(sim.BenchOptions{
		Count: n, Listen: "127.0.0.1:0",
		Make: func(i int) sim.Options {
			return sim.Options{Seed: seed + uint64(i), Clock: p.clock, Location: time.UTC, OFDHost: host, OFDPort: port}
		},
		Sending: &sim.Sending{
			Retry: 20 * time.Millisecond, Timeout: 5 * time.Second,
			Done: func(_ int, _ courier.Letter, o courier.Outcome) {
				select {
				case p.outcomes <- o:
				default: // a test that lets it fail for long counts no outcomes
				}
			},
		},
	})
	if err := p.Bench.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Bench.Stop)
	return p
}

func split(t *testing.T, address string) (string, int) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return host, n
}

// register is register i as the other tests drive one.
func (p *post) register(i int) *bundle {
	return &bundle{server: p.Server(i), clock: p.clock, proto: atol.Protocol{Location: time.UTC, Clock: p.clock}}
}

// drive is the fiscal drive of register i.
func (p *post) drive(i int) sim.FNState { return p.Server(i).Register.State().FN }

// taken waits until the operator has taken n documents more.
func (p *post) taken(t *testing.T, n int) {
	t.Helper()
	late := time.After(20 * time.Second)
	for n > 0 {
		select {
		case v := <-p.heard:
			if v.Code == 0 && !v.Again && (v.Trouble == "" || v.Trouble == operator.CutAnswer) {
				n--
			}
		case <-late:
			t.Fatalf("%d documents never came", n)
		}
	}
}

// outcome waits for an exchange that ended as asked.
func (p *post) outcome(t *testing.T, want courier.Outcome) {
	t.Helper()
	late := time.After(20 * time.Second)
	for {
		select {
		case o := <-p.outcomes:
			if o == want {
				return
			}
		case <-late:
			t.Fatalf("never ended as %+v", want)
		}
	}
}

// drained waits until the registers have the operator's word for everything.
func (p *post) drained(t *testing.T) {
	t.Helper()
	for i := range p.Len() {
		for deadline := time.Now().Add(20 * time.Second); p.drive(i).Unsent > 0; {
			select {
			case <-p.outcomes:
			case <-time.After(time.Until(deadline)):
				t.Fatalf("register %d keeps %d", i, p.drive(i).Unsent)
			}
		}
	}
}

// forms are the operator's documents of a drive: number after number, each once.
func (p *post) forms(t *testing.T, i int) (forms []uint8) {
	t.Helper()
	list := p.Documents(p.drive(i).Serial)
	for k, d := range list {
		if k > 0 && d.Number != list[k-1].Number+1 {
			t.Errorf("register %d: %d follows %d", i, d.Number, list[k-1].Number)
		}
		if _, found := d.Fields(); len(found) > 0 {
			t.Errorf("register %d, document %d: %+v", i, d.Number, found)
		}
		forms = append(forms, d.Form)
	}
	if n := len(list); n > 0 && int64(list[n-1].Number) != p.drive(i).LastDocument {
		t.Errorf("register %d: the operator's last is %d, the drive's %d", i, list[n-1].Number, p.drive(i).LastDocument)
	}
	return forms
}

// sell makes a receipt on register i and fails the test when it is refused.
func (p *post) sell(t *testing.T, i int) {
	t.Helper()
	if code := p.register(i).sell(t); code != 0 {
		t.Fatalf("register %d refuses with %d", i, code)
	}
}

// State is the operator's, not the bench's.
func (p *post) State() operator.State { return p.Operator.State() }
