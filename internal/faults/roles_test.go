package faults_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// atEngineersStep leads the receipt fault to a step for engineers only.
func atEngineersStep(t *testing.T, ctx context.Context, b *bench) faults.View {
	t.Helper()
	v := atCancel(t, ctx, b, cashier)
	ref := faults.Ref{ID: v.Session.ID}
	must(t)(b.Run(ctx, cashier, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
	b.world.ends(said(false, 102))
	v = must(t)(b.Advance(ctx, cashier, ref))
	wantStep(t, v, faults.Active, "leave-mode")
	return v
}

func TestACashierIsNotOfferedAnEngineersStep(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atEngineersStep(t, ctx, b)
		ref := faults.Ref{ID: v.Session.ID}
		if v.Step != nil || v.Blocked != "fix_needs_engineer" || !v.CanHandOver || v.CanRun {
			t.Fatalf("the cashier is shown %+v", v)
		}
		_, err := b.Run(ctx, cashier, ref, faults.RunRequest{Step: "leave-mode", Version: v.Session.Version, Consent: true})
		wantCode(t, err, "fix_needs_engineer")
		_, err = b.Run(ctx, dispatcher, ref, faults.RunRequest{Step: "leave-mode", Version: v.Session.Version, Consent: true})
		wantCode(t, err, "fix_needs_engineer")
		if seen := must(t)(b.View(ctx, engineer, ref)); seen.Step == nil || !seen.CanRun {
			t.Fatal("the engineer is not offered it either")
		}
		v = must(t)(b.HandOver(ctx, cashier, ref, v.Session.Version))
		if len(b.world.taken) != 1 || len(b.world.taken[0].Done) < 4 || b.world.taken[0].Reason != "asked" {
			t.Fatalf("the case was told %+v", b.world.taken)
		}
		_, err = b.Resume(ctx, cashier, ref, v.Session.Version)
		wantCode(t, err, "fix_needs_engineer")
		v = must(t)(b.Resume(ctx, engineer, ref, v.Session.Version))
		wantStep(t, v, faults.Active, "leave-mode")
	})
}

func TestNobodySeesWhatIsNotTheirs(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := atCancel(t, ctx, b, cashier)
		ref := faults.Ref{ID: v.Session.ID}
		for name, sc := range map[string]scope.Scope{"another client": stranger, "another tenant": foreign, "a guest without its token": scope.Guest(tenant, shop, "")} {
			if _, err := b.View(ctx, sc, ref); problem.CodeOf(err) != "not_found" {
				t.Errorf("%s sees %v", name, err)
			}
			if _, err := b.Answer(ctx, sc, ref, v.Session.Version, 0); problem.CodeOf(err) != "not_found" {
				t.Errorf("%s answers: %v", name, err)
			}
		}
		if _, err := b.View(ctx, scope.Scope{}, ref); problem.CodeOf(err) != "no_scope" {
			t.Errorf("without a scope: %v", err)
		}
		if _, err := b.View(ctx, scope.Agent(tenant, "a", "a"), ref); problem.CodeOf(err) != "forbidden" {
			t.Errorf("an agent: %v", err)
		}
		_, err := b.Start(ctx, stranger, faults.StartRequest{Fault: openReceipt, Device: device})
		wantCode(t, err, "not_found")
		_, err = b.Run(ctx, manager, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true})
		wantCode(t, err, "forbidden")
		if list, err := b.List(ctx, stranger, "", device); err != nil || len(list) != 0 {
			t.Errorf("another client lists %d, %v", len(list), err)
		}
		if list, err := b.List(ctx, engineer, "case-1", ""); err != nil || len(list) != 1 {
			t.Errorf("the case lists %d, %v", len(list), err)
		}
	})
}

func TestALinkOpensOneSessionForItsTime(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := must(t)(b.Start(ctx, dispatcher, faults.StartRequest{Fault: openReceipt, Device: device}))
		token, err := b.Share(ctx, dispatcher, faults.Ref{ID: v.Session.ID})
		if err != nil {
			t.Fatal(err)
		}
		sc, ref, err := b.Guest(ctx, token)
		if err != nil || ref.ID != v.Session.ID || sc.Client() != shop || sc.Tenant() != tenant {
			t.Fatalf("the link opens %+v for %+v, %v", ref, sc, err)
		}
		v = must(t)(b.View(ctx, sc, ref))
		v = must(t)(b.Answer(ctx, sc, ref, v.Session.Version, 0))
		b.world.ends(said(true, 0))
		v = must(t)(b.Run(ctx, sc, ref, faults.RunRequest{Step: "cancel", Version: v.Session.Version, Consent: true}))
		wantStep(t, v, faults.Running, "cancel")
		if by := b.world.asked[0].Consent.By; by.Kind != scope.ByGuest {
			t.Errorf("the consent is %+v", by)
		}
		if _, err := b.List(ctx, sc, "", device); problem.CodeOf(err) != "forbidden" {
			t.Errorf("a guest lists sessions: %v", err)
		}
		if _, _, err := b.Guest(ctx, token+"x"); problem.CodeOf(err) != "fix_link_over" {
			t.Errorf("a wrong token: %v", err)
		}
		b.world.clock.Advance(faults.LinkLife + time.Second)
		if _, _, err := b.Guest(ctx, token); problem.CodeOf(err) != "fix_link_over" {
			t.Errorf("after its time: %v", err)
		}
		_, err = b.View(ctx, sc, ref)
		wantCode(t, err, "not_found")
	})
}

func TestAGuestWithoutADeviceDoesItByHand(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		token, v, err := b.StartGuest(ctx, scope.Guest(tenant, "", ""), openReceipt)
		if err != nil {
			t.Fatal(err)
		}
		sc, ref, err := b.Guest(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		v = must(t)(b.Answer(ctx, sc, ref, v.Session.Version, 0))
		wantStep(t, v, faults.Active, "cancel-by-hand")
		v = must(t)(b.Answer(ctx, sc, ref, v.Session.Version, 0))
		v = must(t)(b.Answer(ctx, sc, ref, v.Session.Version, 0))
		wantStep(t, v, faults.Told, "well")
		if len(b.world.asked) != 0 {
			t.Errorf("%d commands went out", len(b.world.asked))
		}
	})
}

func TestAStepThatNeedsABackupIsAHardStop(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := must(t)(b.Start(ctx, engineer, faults.StartRequest{Fault: wrongMode, Device: device}))
		ref := faults.Ref{ID: v.Session.ID}
		v = must(t)(b.Answer(ctx, engineer, ref, v.Session.Version, 0))
		v = must(t)(b.DoByHand(ctx, engineer, ref, v.Session.Version))
		for _, branch := range []int{0, 2, 0} { // sent; −16 after the restart; firmware above 4544
			v = must(t)(b.Answer(ctx, engineer, ref, v.Session.Version, branch))
		}
		wantStep(t, v, faults.Active, "reset")
		if v.Blocked != "fix_needs_backup" || v.BlockedReason != "none_known" {
			t.Fatalf("the reset is offered: %+v", v)
		}
		_, err := b.Answer(ctx, engineer, ref, v.Session.Version, 0)
		wantCode(t, err, "fix_needs_backup")
		b.world.backup = true
		v = must(t)(b.Answer(ctx, engineer, ref, v.Session.Version, 0))
		wantStep(t, v, faults.Proving, "well")
	})
}

func TestASummaryThatTheDeskCouldNotTakeIsDeliveredLater(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		events := b.world.bus.Subscribe(func(e bus.Event) bool { return e.Topic == faults.Topic })
		defer events.Close()
		v := atCancel(t, ctx, b, engineer)
		b.world.takeFail = errors.New("the desk is away")
		v = must(t)(b.HandOver(ctx, engineer, faults.Ref{ID: v.Session.ID}, v.Session.Version))
		if v.Session.Delivered {
			t.Fatal("delivered, and the desk was away")
		}
		b.world.takeFail = nil
		if n, err := b.AdvanceAll(ctx, scope.System(tenant, "fix")); err != nil || n != 1 {
			t.Fatalf("looked at %d, %v", n, err)
		}
		if n, err := b.AdvanceAll(ctx, scope.System(tenant, "fix")); err != nil || n != 0 || len(b.world.taken) != 1 {
			t.Fatalf("looked at %d more, %v, the desk has %d", n, err, len(b.world.taken))
		}
		select {
		case e := <-events.C:
			if e.ID != v.Session.ID || e.Tenant != tenant {
				t.Errorf("the bus heard %+v", e)
			}
		default:
			t.Error("the bus heard nothing")
		}
	})
}
