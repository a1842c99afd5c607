package fptr_test

import (
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// TestProceduresCureWhatTheyAreFor injects each fault that a procedure cures
// and wants it gone, with one task carried out.
func TestProceduresCureWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	cured := 0
	for _, f := range sim.Faults() {
		if f.CuredBy == "" {
			continue
		}
		cured++
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 31})
			d := dial(t, s, clk)
			if err := s.Inject(f.ID); err != nil {
				t.Fatal(err)
			}
			x, err := d.Do(t.Context(), kkt.Procedure{Name: f.CuredBy})
			if err != nil {
				t.Fatal(err)
			}
			if s.Register.Has(f.ID) {
				t.Error("not cured")
			}
			p := fptr.Protocol{}
			for _, e := range x {
				m := p.Explain(e.Sent, e.Got)
				if !m.OK || m.Code != 0 || m.Text == "" || !e.At.Equal(noon) {
					t.Errorf("%s: %+v", e.Got, m)
				}
				if n := s.Register.Executed(fptr.TypeOf(e.Sent)); n != 1 {
					t.Errorf("%s carried out %d times", e.Sent, n)
				}
			}
		})
	}
	if cured < 6 {
		t.Errorf("only %d faults have a cure", cured)
	}
}

func TestProceduresThatRead(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 32})
	d := dial(t, s, clk)
	for name, want := range map[string]int{kkt.ProcFNStatus: 1, kkt.ProcLastDocument: 2} {
		x, err := d.Do(t.Context(), kkt.Procedure{Name: name})
		if err != nil || len(x) != want {
			t.Fatalf("%s: %d exchanges, %v", name, len(x), err)
		}
		last := fptr.Protocol{}.Explain(x[want-1].Sent, x[want-1].Got)
		if !last.OK || len(last.Fields) == 0 {
			t.Errorf("%s: %+v", name, last)
		}
	}
}

func TestAProcedureThatIsRefusedTellsTheCode(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 33})
	x, err := dial(t, s, clk).Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift})
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != 73 || string(refused.Command) != `{"type":"closeShift"}` {
		t.Fatal(err)
	}
	m := fptr.Protocol{}.Explain(x[0].Sent, x[0].Got)
	if x[0].Failure != "" || !m.OK || m.Code != 73 || m.Text != "kkt.error.143" || m.Fields["identifier"] != "LIBFPTR_ERROR_DENIED_IN_CLOSED_SHIFT" {
		t.Errorf("%+v, %+v", x, m)
	}
}

func TestPlansAreWhatIsSent(t *testing.T) {
	t.Parallel()
	p := fptr.Protocol{Clock: fixed{noon}, Location: moscow(t), Operator: fptr.Operator{Name: "Иванова А. А."}}
	for name, want := range map[string]string{
		kkt.ProcFNStatus:   `{"type":"ofdExchangeStatus"}`,
		kkt.ProcSetClock:   `{"type":"setDateTime","dateTime":"2026.03.10 15:00:00"}`,
		kkt.ProcOFDChannel: `{"type":"setDeviceParameters","deviceParameters":[{"key":276,"value":"1"}]}`,
		kkt.ProcCloseShift: `{"type":"closeShift","operator":{"name":"Иванова А. А."}}`,
		kkt.ProcContinue:   `{"type":"continuePrint"}`,
	} {
		plan, err := p.Plan(kkt.Procedure{Name: name})
		if err != nil || len(plan) != 1 || string(plan[0]) != want {
			t.Errorf("%s: %q, %v", name, plan, err)
		}
	}
	for _, name := range []string{kkt.ProcCancel, kkt.ProcReboot, kkt.ProcLeaveMode, kkt.ProcInfoPrint, kkt.ProcClearAgent, "dance"} {
		if _, err := p.Plan(kkt.Procedure{Name: name}); !errors.Is(err, kkt.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, raw := range []string{"", "91 34", `[{"type":"sell"}]`, `{"kind":"sell"}`} {
		if _, err := p.Plan(kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte(raw)}); !errors.Is(err, kkt.ErrUnsupported) {
			t.Errorf("%q: %v", raw, err)
		}
	}
}

type fixed struct{ at time.Time }

func (f fixed) Now() time.Time { return f.at }

// TestTheReplacementOfADrive goes all the way: close the shift, wait for the
// OFD, close the archive, change the drive, register anew, sell.
func TestTheReplacementOfADrive(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 34})
	d := dial(t, s, clk)
	o := fptr.Operator{Name: "Петров П. П."}
	if _, err := d.Correct(t.Context(), ids.New(), outage(), noon); err != nil {
		t.Fatal(err)
	}
	before, err := d.Registration(t.Context())
	if err != nil || before.Organization.VATIN != "7707083893" || len(before.Device.RegistrationNumber) != 16 {
		t.Fatalf("%+v, %v", before, err)
	}
	refusedWith(t, 83, func() error { _, err := d.CloseArchive(t.Context(), ids.New(), o); return err }) // the shift is open
	if _, err := d.CloseShift(t.Context(), ids.New(), o); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, 139, func() error { _, err := d.CloseArchive(t.Context(), ids.New(), o); return err }) // not all is sent
	clk.Set(noon.Add(time.Minute))
	if e, err := d.ExchangeStatus(t.Context()); err != nil || e.Unsent != 0 {
		t.Fatalf("%+v, %v", e, err)
	}
	closed, err := d.CloseArchive(t.Context(), ids.New(), o)
	if err != nil {
		t.Fatal(err)
	}
	refusedWith(t, 117, func() error { _, err := d.Correct(t.Context(), ids.New(), outage(), noon); return err })
	s.Register.ReplaceDrive()
	changed, err := d.ChangeFN(t.Context(), ids.New(), o, before)
	if err != nil || changed.FN == closed.FN || changed.Document != 1 {
		t.Fatalf("%+v after %+v, %v", changed, closed, err)
	}
	after, err := d.Registration(t.Context())
	if err != nil || after.Device.RegistrationNumber != before.Device.RegistrationNumber || after.Organization.VATIN != before.Organization.VATIN {
		t.Errorf("%+v, %v", after, err)
	}
	if i, err := d.FNInfo(t.Context()); err != nil || i.LivePhase != "fiscalMode" || i.NumberOfRegistrations != 1 || !i.ValidTill(moscow(t)).After(noon.AddDate(1, 0, 0)) {
		t.Errorf("%+v, %v", i, err)
	}
	if _, err := d.Correct(t.Context(), ids.New(), outage(), noon.Add(time.Minute)); err != nil {
		t.Error(err)
	}
}

func refusedWith(t *testing.T, code int, do func() error) {
	t.Helper()
	var refused *kkt.RefusalError
	if err := do(); !errors.As(err, &refused) || refused.Code != code {
		t.Errorf("%v, want code %d", err, code)
	}
}

func TestRegistrationDataAreCheckedBeforeTheDriveIsChanged(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 35})
	d := dial(t, s, clk)
	good, err := d.Registration(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for field, spoil := range map[string]func(r *fptr.Registration){
		"organization.vatin":        func(r *fptr.Registration) { r.Organization.VATIN = "77" },
		"device.registrationNumber": func(r *fptr.Registration) { r.Device.RegistrationNumber = "1" },
		"device.ffdVersion":         func(r *fptr.Registration) { r.Device.FFDVersion = "2" },
		"ofd.host":                  func(r *fptr.Registration) { r.OFD.Host = "" },
		"ofd.port":                  func(r *fptr.Registration) { r.OFD.Port = 70000 },
	} {
		bad := good
		spoil(&bad)
		_, err := d.ChangeFN(t.Context(), ids.New(), fptr.Operator{Name: "Петров П. П."}, bad)
		if problem.CodeOf(err) != "kkt_registration" || len(problem.Of(err).Fields) != 1 || problem.Of(err).Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := d.CloseArchive(t.Context(), ids.New(), fptr.Operator{}); problem.CodeOf(err) != "kkt_operator" {
		t.Error(err)
	}
	if s.Register.Executed("fnChange")+s.Register.Executed("closeArchive") != 0 {
		t.Error("something was posted")
	}
}
