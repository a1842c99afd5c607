package fnchange

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func actor() scope.Actor { return scope.Actor{Kind: scope.ByPerson, ID: "p1", Name: "Анна"} }

func engineer(tenant string) scope.Scope {
	return scope.Person(tenant, "p1", "Анна", "", scope.Engineer)
}

// outside is everything around the service: a register, the fleet's commands
// and the desk.
type outside struct {
	mu       sync.Mutex
	set      signal.Set
	at       time.Time
	asked    []Order
	outcome  Outcome
	refuse   error
	notes    []string
	passedOn []string
}

func (o *outside) Plan(_ context.Context, _ scope.Scope, _, procedure string) ([][]byte, error) {
	if procedure == kkt.ProcCloseArchive {
		return nil, problem.New(problem.Conflict, "command_unsupported")
	}
	return [][]byte{{0x48}, {0x5A}}, nil
}

func (o *outside) Run(_ context.Context, _ scope.Scope, q Order) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse != nil {
		return "", o.refuse
	}
	o.asked = append(o.asked, q)
	return fmt.Sprint("c", len(o.asked)), nil
}

func (o *outside) Outcome(context.Context, scope.Scope, string) (Outcome, error) {
	return o.outcome, nil
}

func (o *outside) Reading(context.Context, scope.Scope, string) (signal.Set, time.Time, error) {
	return o.set, o.at, nil
}

func (o *outside) Place(_ context.Context, sc scope.Scope, device string) (string, *time.Location, error) {
	if sc.Tenant() != "t" || device != "d" {
		return "", nil, problem.New(problem.NotFound, "not_found")
	}
	return "c", time.FixedZone("MSK", 3*3600), nil
}

func (o *outside) Note(_ context.Context, _ scope.Scope, caseID string, _ Procedure, s Step) error {
	o.notes = append(o.notes, caseID+":"+string(s.ID))
	return nil
}

func (o *outside) Support(_ context.Context, _ scope.Scope, _ Procedure, why string) (string, error) {
	o.passedOn = append(o.passedOn, why)
	return "case-9", nil
}

type bed struct {
	*Service
	out *outside
	t   *testing.T
	clk *clock.Manual
}

func each(t *testing.T, test func(t *testing.T, b *bed)) {
	t.Helper()
	clk := func() *clock.Manual { return clock.NewManual(noon()) }
	c := clk()
	dbtest.EachWith(t, c, func(t *testing.T, d *db.DB) {
		b := &bed{out: &outside{set: well(values{signal.Shift: "open", signal.Unsent: 2}), at: noon()}, t: t, clk: c}
		b.Service = New(d, c, Ports{Machine: b.out, Readings: b.out, Devices: b.out, Desk: b.out})
		test(t, b)
	})
}

// says lets the register report anew, a second later.
func (b *bed) says(v values) {
	b.clk.Advance(2 * time.Second)
	b.out.set, b.out.at = well(v), b.clk.Now()
}

func (b *bed) advance(id string) View {
	b.t.Helper()
	b.clk.Advance(time.Second)
	v, err := b.Advance(b.t.Context(), engineer("t"), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *bed) turnOf(v View, want StepID) {
	b.t.Helper()
	if now := v.Now(); now == nil || now.ID != want {
		b.t.Fatalf("the turn is %+v's, want %s", now, want)
	}
}

// TestAWholeReplacement goes from an open shift to the drive on the shelf.
func TestAWholeReplacement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), engineer("t")
		v, err := b.Start(ctx, sc, StartRequest{Device: "d", Reason: Term, Case: "case-1"})
		if err != nil {
			t.Fatal(err)
		}
		b.turnOf(v, StepShift)
		if !v.CanRun || len(v.Bytes) != 2 || v.OldDrive != "old" {
			t.Errorf("%+v", v)
		}
		if _, err := b.Run(ctx, sc, v.ID, StepShift, v.Version, false); problem.CodeOf(err) != "fnchange_needs_consent" {
			t.Errorf("without consent: %v", err)
		}
		running, err := b.Run(ctx, sc, v.ID, StepShift, v.Version, true)
		if err != nil || running.Now().State != Running || len(b.out.asked) != 1 || b.out.asked[0].Key == "" || b.out.asked[0].Consent != "Анна" {
			t.Fatalf("%+v: %v (%+v)", running.Now(), err, b.out.asked)
		}
		if _, err := b.Run(ctx, sc, v.ID, StepShift, running.Version, true); problem.CodeOf(err) != "fnchange_running" || len(b.out.asked) != 1 {
			t.Errorf("a second press: %v, asked %d times", err, len(b.out.asked))
		}
		b.out.outcome = Outcome{Ended: true, Done: true}
		b.turnOf(b.advance(v.ID), StepShift) // the command's word is not enough
		b.says(values{signal.Unsent: 3})
		b.turnOf(b.advance(v.ID), StepSent)
		b.says(nil)
		v = b.advance(v.ID)
		b.turnOf(v, StepArchive)
		if v.CanRun {
			t.Error("the machine offers what the protocol cannot")
		}
		if _, err := b.Say(ctx, sc, v.ID, Said{Step: StepArchive, Version: v.Version}); problem.CodeOf(err) != "fnchange_contradicted" {
			t.Errorf("told against the reading: %v", err)
		}
		b.says(values{signal.FNPhase: 7, signal.Unsent: 1, signal.LastDocNo: 95})
		b.turnOf(b.advance(v.ID), StepFarewell)
		if _, err := b.Stop(ctx, sc, v.ID, 0); problem.CodeOf(err) != "fnchange_no_way_back" {
			t.Errorf("given up after the end of the drive: %v", err)
		}
		b.says(values{signal.FNPhase: 7, signal.LastDocNo: 95})
		b.turnOf(b.advance(v.ID), StepSwap)
		b.says(values{signal.FNSerial: "new", signal.FNPhase: 1, signal.LastDocNo: 0})
		v = b.advance(v.ID)
		b.turnOf(v, StepRegister)
		if v.NewDrive != "new" || v.KeepUntil.Year() != 2031 {
			t.Errorf("%q, kept until %s", v.NewDrive, v.KeepUntil)
		}
		b.says(values{signal.FNSerial: "new", signal.LastDocNo: 1, signal.Unsent: 1})
		b.turnOf(b.advance(v.ID), StepOperator)
		b.says(values{signal.FNSerial: "new", signal.LastDocNo: 1})
		v = b.advance(v.ID)
		b.turnOf(v, StepOffice)
		if due := v.Now().Due; due.Format("2006-01-02 15:04") != "2026-03-12 00:00" {
			t.Errorf("the tax office is due %s", due)
		}
		if v, err = b.Say(ctx, sc, v.ID, Said{Step: StepOffice, Version: v.Version, Note: "№ 4711"}); err != nil {
			t.Fatal(err)
		}
		if v, err = b.Say(ctx, sc, v.ID, Said{Step: StepKeep, Version: v.Version}); err != nil || v.State != Done || v.EndedAt.IsZero() {
			t.Fatalf("%+v: %v", v.Procedure, err)
		}
		if office := v.Step(StepOffice); office.By != "Анна" || office.Note != "№ 4711" || office.Told {
			t.Errorf("%+v", office)
		}
		if closing := v.Step(StepArchive).Proof; closing == nil || closing.Document != 95 || closing.Phase != 7 {
			t.Errorf("what the papers need of the closing report: %+v", closing)
		}
		if len(b.out.notes) != 9 || b.out.notes[0] != "case-1:shift" || b.out.notes[8] != "case-1:keep" {
			t.Errorf("the case was told %v", b.out.notes)
		}
		if _, err := b.Start(ctx, sc, StartRequest{Device: "d", Reason: Term}); err != nil {
			t.Errorf("the next one: %v", err)
		}
	})
}

// TestAnOpenShiftOnADeadDriveGoesToSupport, found before or by the register's
// own refusal.
func TestAnOpenShiftOnADeadDriveGoesToSupport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), engineer("t")
		v, err := b.Start(ctx, sc, StartRequest{Device: "d", Reason: Term})
		if err != nil {
			t.Fatal(err)
		}
		if v, err = b.Run(ctx, sc, v.ID, StepShift, v.Version, true); err != nil {
			t.Fatal(err)
		}
		b.out.outcome = Outcome{Ended: true, Failure: "refused", Refusal: 234}
		b.advance(v.ID)
		if v, err = b.View(ctx, sc, v.ID); err != nil || v.State != Support || v.Case != "case-9" || len(b.out.passedOn) != 1 {
			t.Fatalf("%s in %q, passed on %v: %v", v.State, v.Case, b.out.passedOn, err)
		}
		if _, err := b.Say(ctx, sc, v.ID, Said{Step: StepShift, Version: v.Version}); problem.CodeOf(err) != "fnchange_support" {
			t.Errorf("gone on with meanwhile: %v", err)
		}
		if v, err = b.Resume(ctx, sc, v.ID, v.Version); err != nil || v.State != Current {
			t.Fatalf("%s: %v", v.State, err)
		}
		if v, err = b.Stop(ctx, sc, v.ID, v.Version); err != nil || v.State != Stopped {
			t.Fatalf("%s: %v", v.State, err)
		}
		b.says(values{signal.Shift: "open", signal.FNValidTill: noon().Add(-time.Hour)})
		if v, err = b.Start(ctx, sc, StartRequest{Device: "d", Reason: Term}); err != nil || v.State != Support || b.out.passedOn[1] != string(ShiftOnDead) {
			t.Errorf("%s, passed on %v: %v", v.State, b.out.passedOn, err)
		}
	})
}

func TestWhatCannotBegin(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		start := func(sc scope.Scope, r StartRequest) string {
			_, err := b.Start(ctx, sc, r)
			return problem.CodeOf(err)
		}
		if got := start(engineer("t"), StartRequest{Device: "d", Reason: "boredom"}); got != "fnchange_reason" {
			t.Error(got)
		}
		if got := start(engineer("other"), StartRequest{Device: "d", Reason: Term}); got != "not_found" {
			t.Error(got)
		}
		if got := start(scope.Person("t", "p2", "Борис", "", scope.Dispatcher), StartRequest{Device: "d", Reason: Term}); got != "forbidden" {
			t.Error(got)
		}
		b.out.set = set(values{signal.Link: signal.LinkNoAnswer})
		if got := start(engineer("t"), StartRequest{Device: "d", Reason: Term}); got != "fnchange_no_reading" {
			t.Error(got)
		}
		v, err := b.Start(ctx, engineer("t"), StartRequest{Device: "d", Reason: Broken})
		if err != nil || v.Now().ID != StepClaim || v.Now().Due.IsZero() {
			t.Fatalf("a broken drive is not read: %+v %v", v.Now(), err)
		}
		if got := start(engineer("t"), StartRequest{Device: "d", Reason: Broken}); got != "fnchange_exists" {
			t.Error(got)
		}
		if _, err := b.View(ctx, engineer("other"), v.ID); problem.CodeOf(err) != "not_found" {
			t.Errorf("another company reads it: %v", err)
		}
		if _, err := b.View(ctx, scope.Person("t", "o", "O", "another client", scope.Owner), v.ID); problem.CodeOf(err) != "not_found" {
			t.Errorf("another client reads it: %v", err)
		}
	})
}

// TestANewDriveBeginsWithItself: where the drive was changed before anybody
// thought of the procedure, it begins with what is left to do.
func TestANewDriveBeginsWithItself(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		b.says(values{signal.FNSerial: "new", signal.FNPhase: 1, signal.LastDocNo: 0})
		v, err := b.Start(t.Context(), engineer("t"), StartRequest{Device: "d", Reason: Term})
		if err != nil {
			t.Fatal(err)
		}
		b.turnOf(v, StepRegister)
		if v.NewDrive != "new" || v.OldDrive != "" {
			t.Errorf("from %q to %q", v.OldDrive, v.NewDrive)
		}
	})
}

// TestARefusedAskingOpensTheStepAgain, and one of unknown fate does not.
func TestARefusedAskingOpensTheStepAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, sc := t.Context(), engineer("t")
		v, err := b.Start(ctx, sc, StartRequest{Device: "d", Reason: Full})
		if err != nil {
			t.Fatal(err)
		}
		b.out.refuse = problem.New(problem.Conflict, "command_busy")
		if _, err := b.Run(ctx, sc, v.ID, StepShift, v.Version, true); problem.CodeOf(err) != "command_busy" {
			t.Fatal(err)
		}
		if v, err = b.View(ctx, sc, v.ID); err != nil || v.Now().State != Current || v.Now().Code != "command_busy" {
			t.Fatalf("%+v %v", v.Now(), err)
		}
		b.out.refuse = fmt.Errorf("the line broke")
		if _, err := b.Run(ctx, sc, v.ID, StepShift, v.Version, true); err == nil {
			t.Fatal("no error")
		}
		if v = b.advance(v.ID); v.Now().State != Running {
			t.Errorf("it may have been asked for, yet it is %s", v.Now().State)
		}
		b.clk.Advance(runPatience + time.Second)
		b.advance(v.ID)
		if v = b.view(v.ID); v.Now().State != Current {
			t.Error("it stays running for ever")
		}
	})
}

func (b *bed) view(id string) View {
	b.t.Helper()
	v, err := b.View(b.t.Context(), engineer("t"), id)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// TestASaleInBetweenIsSeen: the shift was closed, and somebody opened it anew.
func TestASaleInBetweenIsSeen(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		b.says(values{signal.Unsent: 1})
		v, err := b.Start(t.Context(), engineer("t"), StartRequest{Device: "d", Reason: Term})
		if err != nil {
			t.Fatal(err)
		}
		b.turnOf(v, StepSent)
		if len(v.Hindrances) != 0 {
			t.Errorf("%v", v.Hindrances)
		}
		b.says(values{signal.Shift: "open"})
		v = b.advance(v.ID)
		b.turnOf(v, StepArchive)
		if len(v.Hindrances) != 1 || v.Hindrances[0] != SoldSince {
			t.Errorf("%v", v.Hindrances)
		}
	})
}
