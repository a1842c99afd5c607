package demo_test

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	simfptr "github.com/tillwright/tillwright/internal/sim/fptr"
	"github.com/tillwright/tillwright/internal/wire"
)

// outage is a demo with one more register: behind the maker's service, read by
// an agent of its own that can be killed. The line between the two can be cut.
type outage struct {
	*world
	reg    *simfptr.Server
	device registry.Device
	cut    atomic.Bool                   // the line carries nothing
	after  atomic.Pointer[func(nth int)] // called when the register has made its nth correction
	made   atomic.Int64                  // corrections carried out
	dir    string                        // of the agent
	stop   func()                        // kills the agent and waits
	shop   scope.Scope                   // the cashier's
}

func newOutage(t *testing.T) *outage {
	t.Helper()
	o := &outage{world: start(t, 1), dir: filepath.Join(t.TempDir(), "agent")}
	o.reg = simfptr.New(simfptr.Options{
		Seed: 7, Location: time.UTC, Wrap: o.line,
		After: func(_, kind string) {
			if kind != "sellCorrection" {
				return
			}
			n := int(o.made.Add(1))
			if hook := o.after.Load(); hook != nil {
				(*hook)(n)
			}
		},
	})
	if err := o.reg.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.reg.Stop)
	o.enrol()
	o.start()
	t.Cleanup(func() { o.stop() })
	o.shop = scope.Person(o.Scope.Tenant(), "k1", "Лиза", o.device.Client, scope.Cashier)
	return o
}

// line is what lies between the agent and the register's service.
func (o *outage) line(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	})
}

func (o *outage) enrol() {
	t, ctx := o.t, o.t.Context()
	t.Helper()
	c, err := o.App.Agents.CreateCode(ctx, o.Scope, link.NewCode{Outlet: o.Outlet(0).ID, Name: "касса 2"})
	if err != nil {
		t.Fatal(err)
	}
	e, err := wire.ParseEnrolment(o.App.EnrolmentAt("", c.Code))
	if err != nil {
		t.Fatal(err)
	}
	f, err := folder.Open(o.dir)
	if err != nil {
		t.Fatal(err)
	}
	id, err := identity.Enrol(ctx, f, e, identity.About{Host: "касса 2", OS: "linux", Arch: "amd64", Build: "test"}, channel.Client(e.Pin), true, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	o.device, err = o.App.Registry.AddDevice(ctx, o.Scope, o.Outlet(0).ID, id.Agent, registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: "ККТ 2", Model: "АТОЛ 55Ф", Poll: time.Second, TaxSystems: []registry.TaxSystem{registry.OSN}, FFD: "1.2",
		Endpoint: &kkt.Endpoint{Protocol: fptr.Name, Transport: fptr.TransportTCP, Address: o.reg.Addr()},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// start switches the agent on.
func (o *outage) start() {
	ctx, cancel := context.WithCancel(context.Background())
	a := agent.New(agent.Config{Data: o.dir, Server: "https://" + o.App.Addr(), Build: "test", Host: "касса 2", MaxBytes: 8 << 20, Search: agent.SearchNone},
		agent.Deps{Protocols: map[string]kkt.Protocol{fptr.Name: fptr.Protocol{Timing: fptr.Timing{Limit: 2 * time.Second, Answer: time.Second}}}, Log: logTo(o.t)})
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.Run(ctx); err != nil && ctx.Err() == nil {
			o.t.Error(err)
		}
	}()
	o.stop = func() { cancel(); <-done }
}

// journal is an outage of two hours with so many sales, written down by the
// cashier and drafted by the engineer.
func (o *outage) journal(sales int) powercut.View {
	t, ctx := o.t, o.t.Context()
	t.Helper()
	now := time.Now()
	v, err := o.App.PowerCut.Start(ctx, o.shop, powercut.StartRequest{
		Device: o.device.ID, About: powercut.About{Reason: powercut.Power, From: now.Add(-3 * time.Hour), To: now.Add(-time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	var forms []powercut.Form
	for i := range sales {
		sum := int64(100_00 + 11*i)
		forms = append(forms, powercut.Form{
			At: now.Add(-2 * time.Hour).Add(time.Duration(i) * time.Minute), Operation: fptr.Income,
			Items:    []powercut.Item{{Name: fmt.Sprint("Товар ", i+1), Price: sum, Quantity: 1000, VAT: fptr.VAT10}},
			Payments: []fptr.Payment{{Kind: fptr.PaidCash, Sum: sum}},
		})
	}
	if v, err = o.App.PowerCut.Enter(ctx, o.shop, v.ID, forms); err != nil {
		t.Fatal(err)
	}
	o.until("the register's format is read", 20*time.Second, func() bool {
		v, err = o.App.PowerCut.View(ctx, o.engineer, v.ID)
		return err == nil && v.Suggested.FFD == fptr.FFD12 && v.Read.Len() > 0
	})
	plan := v.Suggested
	plan.Operator.Name = "Лиза"
	if v, err = o.App.PowerCut.Prepare(ctx, o.engineer, v.ID, v.Version, plan); err != nil {
		t.Fatal(err)
	}
	return v
}

func (o *outage) send(v powercut.View) {
	o.t.Helper()
	v, err := o.App.PowerCut.View(o.t.Context(), o.engineer, v.ID)
	if err == nil {
		_, err = o.App.PowerCut.Send(o.t.Context(), o.engineer, v.ID, v.Version, "Лиза")
	}
	if err != nil {
		o.t.Fatal(err)
	}
}

// awaits waits for the journal to be in a state.
func (o *outage) awaits(id string, state powercut.State, within time.Duration) (v powercut.View) {
	o.t.Helper()
	o.until("the journal is "+string(state), within, func() (ok bool) {
		var err error
		if v, err = o.App.PowerCut.View(o.t.Context(), o.engineer, id); err != nil {
			o.t.Fatal(err)
		}
		return v.State == state
	})
	return v
}

// registered compares a closed journal with the register's own books.
func (o *outage) registered(v powercut.View) {
	o.t.Helper()
	if !v.Balance.Equal() || v.Balance.AsIs != 0 {
		o.t.Errorf("%+v", v.Balance)
	}
	for _, d := range v.Drafts {
		if n := o.reg.CarriedOut(d.UUID); n != 1 {
			o.t.Errorf("draft %d was made %d times", d.No, n)
		}
		if d.Said == nil || d.Said.Document == 0 || d.Said.Sign == "" || d.Said.Sum != d.Correction.Total || d.Said.Drive != o.reg.State().FN.Serial {
			o.t.Errorf("draft %d: the register said %+v", d.No, d.Said)
		}
	}
}

// TestSalesOfAPowerCutAreRegistered goes the whole way over a real agent: the
// bench registers exactly the documents of the journal. The second journal is
// sent over a line that is cut while the register makes a document, and by an
// agent that is killed while it makes the next: none is made twice.
func TestSalesOfAPowerCutAreRegistered(t *testing.T) {
	t.Parallel()
	o := newOutage(t)
	v := o.journal(3)
	o.send(v)
	o.registered(o.awaits(v.ID, powercut.Closed, 30*time.Second))
	if n := o.reg.Register.Executed("sellCorrection"); n != 3 || o.reg.State().FN.LastSum != 100_22 {
		t.Fatalf("%d corrections, the last of %d", n, o.reg.State().FN.LastSum)
	}

	killed := make(chan struct{})
	trouble := func(nth int) {
		switch nth {
		case 5: // the second of this journal: the answer never comes
			o.cut.Store(true)
		case 6: // the third: the agent dies while the register prints
			o.stop()
			close(killed)
		}
	}
	o.after.Store(&trouble)
	v = o.journal(4)
	o.send(v)
	stopped := o.awaits(v.ID, powercut.Open, 60*time.Second)
	if stopped.Stopped == "" || stopped.Drafts[1].State != powercut.Unknown || stopped.Waiting() != 3 {
		t.Fatalf("stopped for %q, %+v", stopped.Stopped, stopped.Drafts[1].Draft)
	}
	o.cut.Store(false)
	o.send(v)
	select {
	case <-killed:
	case <-time.After(30 * time.Second):
		t.Fatal("the third was never made")
	}
	o.start()
	// The agent's journal says that the command had begun: unknown, and looked
	// for. Should the service not have the task's end yet, the run stops there.
	o.until("the run is over", 60*time.Second, func() bool {
		var err error
		if v, err = o.App.PowerCut.View(t.Context(), o.engineer, v.ID); err != nil {
			t.Fatal(err)
		}
		if v.State == powercut.Open {
			if _, err := o.App.PowerCut.Send(t.Context(), o.engineer, v.ID, v.Version, "Лиза"); err != nil && problem.Of(err).Kind != problem.Conflict {
				t.Fatal(err) // a conflict: it moved on meanwhile
			}
		}
		return v.State == powercut.Closed
	})
	o.registered(v)
	if n := o.reg.Register.Executed("sellCorrection"); n != 7 {
		t.Errorf("%d corrections for 7 sales", n)
	}
}
