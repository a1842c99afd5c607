package faults_test

import (
	"context"
	"slices"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/kkt"
)

// TestWhatTheRegisterCannotDoIsDoneByHand: the walk goes past a step that the
// register has no command for, says so in its log, and sends nothing.
func TestWhatTheRegisterCannotDoIsDoneByHand(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		b.world.cannot = []string{kkt.ProcCancel}
		v := must(t)(b.Start(ctx, cashier, faults.StartRequest{Fault: openReceipt, Device: device}))
		ref := faults.Ref{ID: v.Session.ID}
		v = must(t)(b.Answer(ctx, cashier, ref, v.Session.Version, 0))
		wantStep(t, v, faults.Active, "cancel-by-hand")
		last := v.Log[len(v.Log)-1]
		if last.Kind != faults.ByHand || last.Step != "cancel" || last.Detail.Code != faults.RegisterCannot || last.Detail.To != "cancel-by-hand" {
			t.Errorf("the log ends with %+v", last)
		}
		if v.CanRun || v.Blocked != "" || len(v.Step.Branches) == 0 {
			t.Errorf("the step is not a person's: %+v", v)
		}
		_, err := b.DryRun(ctx, cashier, ref)
		wantCode(t, err, "fix_not_machine")
		_, err = b.Run(ctx, cashier, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true})
		wantCode(t, err, "fix_changed")
		v = must(t)(b.Back(ctx, cashier, ref, v.Session.Version))
		if wantStep(t, v, faults.Active, "paid"); len(b.world.asked) != 0 {
			t.Errorf("%d commands went out", len(b.world.asked))
		}
	})
}

// TestAnotherRegisterUnderASession: a register that cannot do it was put in the
// place of one that could while the session stood on the machine's step.
func TestAnotherRegisterUnderASession(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		b.world.cannot = []string{kkt.ProcCancel}
		v = must(t)(b.View(ctx, engineer, ref))
		if v.CanRun || v.Blocked != faults.CannotCode || !v.CanByHand || !v.CanHandOver {
			t.Fatalf("the step is offered as %+v", v)
		}
		_, err := b.DryRun(ctx, engineer, ref)
		wantCode(t, err, faults.CannotCode)
		_, err = b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true})
		wantCode(t, err, faults.CannotCode)
		if v = must(t)(b.View(ctx, engineer, ref)); v.Session.State != faults.Active || len(b.world.asked) != 0 {
			t.Fatalf("stands %s after %d commands", v.Session.State, len(b.world.asked))
		}
		wantStep(t, must(t)(b.DoByHand(ctx, engineer, ref, v.Session.Version)), faults.Active, "cancel-by-hand")
	})
}

// TestNoCommandAndNoWayByHand: a person who knows more goes on, and the case
// says why.
func TestNoCommandAndNoWayByHand(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		b.world.cannot = []string{kkt.ProcLeaveMode}
		v := atCancel(t, ctx, b, engineer)
		ref := faults.Ref{ID: v.Session.ID}
		must(t)(b.Run(ctx, engineer, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
		b.world.ends(refused(102))
		v = must(t)(b.Advance(ctx, engineer, ref))
		wantStep(t, v, faults.HandedOver, "leave-mode")
		if v.Session.Reason != faults.RegisterCannot || len(b.world.taken) != 1 || b.world.taken[0].Reason != faults.RegisterCannot {
			t.Errorf("handed over because of %q, %d cases", v.Session.Reason, len(b.world.taken))
		}
		if slices.ContainsFunc(v.Log, func(e faults.Event) bool { return e.Kind == faults.ByHand }) {
			t.Error("the log says that somebody did it by hand")
		}
	})
}
