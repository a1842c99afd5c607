package faults_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	openReceipt = "kkt-3801-3802-receipt-open-closed"
	wrongMode   = "evotor-16-not-in-this-mode"
)

// story runs a test on both databases with a clock and a bench of its own.
func story(t *testing.T, f func(t *testing.T, ctx context.Context, b *bench)) {
	t.Helper()
	t.Parallel()
	for name, open := range map[string]func(testing.TB, clock.Clock) *db.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clk := clock.NewManual(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC))
			f(t, t.Context(), newBench(t, open(t, clk), clk))
		})
	}
}

func must(t *testing.T) func(v faults.View, err error) faults.View {
	return func(v faults.View, err error) faults.View {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if problem.CodeOf(err) != code {
		t.Fatalf("got %v, want the problem %s", err, code)
	}
}

func wantStep(t *testing.T, v faults.View, state faults.State, step string) {
	t.Helper()
	if v.Session.State != state || v.Session.Step != step {
		t.Fatalf("stands on %s (%s), want %s (%s)", v.Session.Step, v.Session.State, step, state)
	}
}

// atCancel starts the receipt fault and walks to the machine step.
func atCancel(t *testing.T, ctx context.Context, b *bench, sc scope.Scope) faults.View {
	t.Helper()
	v := must(t)(b.Start(ctx, sc, faults.StartRequest{Fault: openReceipt, Device: device, Case: "case-1"}))
	wantStep(t, v, faults.Active, "paid")
	v = must(t)(b.Answer(ctx, sc, faults.Ref{ID: v.Session.ID}, v.Session.Version, 0))
	wantStep(t, v, faults.Active, "cancel")
	return v
}

func TestARegisterIsMendedAndItsOwnStateProvesIt(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, cashier)
		ref := faults.Ref{ID: v.Session.ID}
		if !v.CanRun || !v.NeedsConsent || !v.CanByHand {
			t.Fatalf("the step is not offered as it should be: %+v", v)
		}
		bytes, err := b.DryRun(ctx, cashier, ref)
		if err != nil || len(bytes) != 1 || bytes[0][0] != 0x59 || len(b.world.asked) != 0 {
			t.Fatalf("the dry run shows % X, %v, and %d commands went out", bytes, err, len(b.world.asked))
		}
		_, err = b.Run(ctx, cashier, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version})
		wantCode(t, err, "fix_needs_consent")
		b.world.ends(said(true, 0))
		v = must(t)(b.Run(ctx, cashier, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
		wantStep(t, v, faults.Running, "cancel")
		if got := b.world.asked[0].Consent; !got.Given || got.By.Name != "Аня" || !b.world.scopes[0].Can(scope.RunCommands) {
			t.Errorf("the command went out with consent %+v in the scope of %+v", got, b.world.scopes[0].Actor())
		}
		v = must(t)(b.Advance(ctx, cashier, ref))
		wantStep(t, v, faults.Active, "retry-sale")
		v = must(t)(b.Answer(ctx, cashier, ref, v.Session.Version, 0))
		wantStep(t, v, faults.Proving, "well")
		b.world.reports(linkOK(signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(false)})...)
		v = must(t)(b.Advance(ctx, cashier, ref))
		wantStep(t, v, faults.Mended, "well")
		if last := v.Log[len(v.Log)-1]; last.Kind != faults.Proved || v.Session.EndedAt.IsZero() {
			t.Errorf("the log ends with %+v", last)
		}
	})
}

func TestMendedNeedsAReadingNewerThanTheAction(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		b.world.reports(linkOK(signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(false)})...) // before anything was done
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		b.world.clock.Advance(time.Second)
		b.world.ends(said(true, 0))
		must(t)(b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
		v = must(t)(b.Advance(ctx, engineer, ref))
		must(t)(b.Answer(ctx, engineer, ref, v.Session.Version, 0))
		v = must(t)(b.Advance(ctx, engineer, ref))
		wantStep(t, v, faults.Proving, "well")
		b.world.reports(linkOK(signal.Item{ID: signal.ReceiptOpen.ID, Value: signal.BoolOf(true)})...)
		v = must(t)(b.Advance(ctx, engineer, ref))
		if wantStep(t, v, faults.Proving, "well"); v.Overdue {
			t.Fatal("handing over is offered at once")
		}
		b.world.clock.Advance(faults.ProofPatience + time.Second)
		v = must(t)(b.Advance(ctx, engineer, ref))
		if !v.Overdue || !v.CanHandOver || !v.CanBack {
			t.Fatalf("after the patience nothing is offered: %+v", v)
		}
		v = must(t)(b.HandOver(ctx, engineer, ref, v.Session.Version))
		wantStep(t, v, faults.HandedOver, "well")
		if len(b.world.taken) != 1 || v.Session.Case != "case-of-"+v.Session.ID {
			t.Fatalf("the case has %d summaries, the session names %q", len(b.world.taken), v.Session.Case)
		}
	})
}

func TestHowAMachineStepEndsDecidesWhereItGoes(t *testing.T) {
	for name, c := range map[string]struct {
		outcome faults.Outcome
		state   faults.State
		step    string
	}{
		"success":             {said(true, 0), faults.Active, "retry-sale"},
		"nothing to cancel":   {said(false, 154), faults.Active, "retry-sale"},
		"refused, none open":  {refused(154), faults.Active, "retry-sale"},
		"a no before a yes":   {noThenYes(), faults.Active, "leave-mode"},
		"the register's no":   {said(false, 102), faults.Active, "leave-mode"},
		"not carried out":     {faults.Outcome{State: faults.OutcomeFailed, Code: "no_answer"}, faults.Active, "leave-mode"},
		"may have happened":   {faults.Outcome{State: faults.OutcomeUnknown}, faults.Active, "retry-sale"},
		"surely not begun":    {faults.Outcome{State: faults.OutcomeExpired}, faults.Active, "cancel"},
		"not ended yet":       {faults.Outcome{State: "sent"}, faults.Running, "cancel"},
		"a reply without yes": {faults.Outcome{State: faults.OutcomeDone}, faults.Active, "leave-mode"},
	} {
		t.Run(name, func(t *testing.T) {
			story(t, func(t *testing.T, ctx context.Context, b *bench) {
				v := atCancel(t, ctx, b, engineer)
				ref := faults.Ref{ID: v.Session.ID}
				must(t)(b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
				b.world.ends(c.outcome)
				wantStep(t, must(t)(b.Advance(ctx, engineer, ref)), c.state, c.step)
			})
		})
	}
}

func TestAnOutcomeThatNeverComesIsUnknownAfterTheTimeout(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		v = must(t)(b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
		_, err := b.Back(ctx, engineer, ref, v.Session.Version)
		wantCode(t, err, "fix_running")
		b.world.clock.Advance(91 * time.Second)
		if n, err := b.AdvanceAll(ctx, scope.System(tenant, "fix")); err != nil || n != 1 {
			t.Fatalf("looked at %d, %v", n, err)
		}
		v = must(t)(b.View(ctx, engineer, ref))
		wantStep(t, v, faults.Active, "retry-sale")
		if last := v.Log[len(v.Log)-1]; last.Detail.Outcome != faults.OutcomeUnknown || last.Detail.Code != "timeout" {
			t.Errorf("the log says %+v", last.Detail)
		}
	})
}

func TestADoubleClickStartsOneCommand(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		var wg sync.WaitGroup
		errs := make([]error, 6)
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true})
			})
		}
		wg.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				wantCode(t, err, "fix_changed")
			}
		}
		if len(b.world.asked) != 1 || won == 0 {
			t.Fatalf("%d commands went out, %d clicks were answered", len(b.world.asked), won)
		}
	})
}

func TestARefusedCommandLeavesTheStepOpenAndADoubtfulOneDoesNot(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		run := faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}
		b.world.refuse = problem.New(problem.Unavailable, "unavailable")
		_, err := b.Run(ctx, engineer, ref, run)
		wantCode(t, err, "unavailable")
		v = must(t)(b.View(ctx, engineer, ref))
		wantStep(t, v, faults.Active, "cancel")
		b.world.refuse = errors.New("connection lost while asking")
		run.Version = v.Session.Version
		if _, err = b.Run(ctx, engineer, ref, run); err == nil {
			t.Fatal("the doubt was swallowed")
		}
		wantStep(t, must(t)(b.View(ctx, engineer, ref)), faults.Running, "cancel")
		b.world.refuse = nil
		must(t)(b.Run(ctx, engineer, ref, run)) // a second try asks for nothing
		if len(b.world.asked) != 0 {
			t.Fatalf("%d commands went out after a doubtful one", len(b.world.asked))
		}
	})
}

func TestBackReturnsAndTwoPeopleDoNotOverwriteEachOther(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := must(t)(b.Start(ctx, engineer, faults.StartRequest{Fault: openReceipt, Device: device}))
		ref, seen := faults.Ref{ID: v.Session.ID}, v.Session.Version
		v = must(t)(b.Answer(ctx, engineer, ref, seen, 1))
		wantStep(t, v, faults.Active, "note-sale")
		_, err := b.Answer(ctx, cashier, ref, seen, 0)
		wantCode(t, err, "fix_changed")
		_, err = b.Answer(ctx, cashier, ref, v.Session.Version, 7)
		wantCode(t, err, "fix_no_such_answer")
		v = must(t)(b.Back(ctx, cashier, ref, v.Session.Version))
		wantStep(t, v, faults.Active, "paid")
		_, err = b.Back(ctx, cashier, ref, v.Session.Version)
		wantCode(t, err, "fix_nothing_behind")
	})
}
