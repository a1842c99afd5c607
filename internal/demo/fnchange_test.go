package demo_test

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestADriveIsReplaced goes the whole way over a real agent and an emulated
// register: the machine closes the shift, hands close and change the drive,
// and readings prove it all. A second register shows the exception: its shift
// is open and its drive signs no more.
func TestADriveIsReplaced(t *testing.T) {
	t.Parallel()
	w := trading(t, 2, 1)
	w.mustSell(0)
	ctx := t.Context()
	v, err := w.App.FNChange.Start(ctx, w.engineer, fnchange.StartRequest{Device: w.Device(0).ID, Reason: fnchange.Term})
	if err != nil {
		t.Fatal(err)
	}
	turn := func(want fnchange.StepID) {
		t.Helper()
		w.until("the turn is "+string(want)+"'s", 30*time.Second, func() bool {
			if v, err = w.App.FNChange.Advance(ctx, w.engineer, v.ID); err != nil {
				t.Fatal(err)
			}
			now := v.Now()
			return now != nil && now.ID == want
		})
	}
	reg := w.register(0)
	if v.Now().ID == fnchange.StepShift { // unless the reading was from before the sale
		w.until("the open shift is read", 20*time.Second, func() bool {
			v, err = w.App.FNChange.View(ctx, w.engineer, v.ID)
			return err == nil && v.Truth == fnchange.No
		})
		if v, err = w.App.FNChange.Run(ctx, w.engineer, v.ID, fnchange.StepShift, v.Version, true); err != nil {
			t.Fatal(err)
		}
	}
	turn(fnchange.StepArchive)
	// The demo's shops open their shift anew by themselves; here somebody
	// closes it once more and the drive in the same breath.
	for _, c := range [][]byte{{0x48}, {0x56, 3, 0, 0, 0, 0x30}, {0x5A}, {0x48}} {
		reg.Execute(append([]byte{0, 0}, c...))
	}
	if err := reg.CloseDrive(); err != nil {
		t.Fatal(err)
	}
	turn(fnchange.StepSwap)
	reg.ReplaceDrive()
	turn(fnchange.StepRegister)
	if err := reg.RegisterDrive(); err != nil {
		t.Fatal(err)
	}
	turn(fnchange.StepOffice)
	state := reg.State().FN
	if v.NewDrive != state.Serial || v.OldDrive == v.NewDrive || state.Phase != int(fn.PhaseFiscal) {
		t.Errorf("from %s to %s; the register has %+v", v.OldDrive, v.NewDrive, state)
	}
	if p := v.Step(fnchange.StepRegister).Proof; p == nil || p.Document != 1 || (p.Sign == "") != p.Made.IsZero() {
		t.Errorf("the report on the new registration: %+v", p)
	}
	w.mustSell(0)

	w.mustSell(1)
	w.inject(1, sim.FaultFNLink)
	second, err := w.App.FNChange.Start(ctx, w.engineer, fnchange.StartRequest{Device: w.Device(1).ID, Reason: fnchange.Full})
	if err != nil {
		t.Fatal(err)
	}
	w.until("support has it", 30*time.Second, func() bool {
		if second, err = w.App.FNChange.Advance(ctx, w.engineer, second.ID); err != nil {
			t.Fatal(err)
		}
		if now := second.Now(); second.State == fnchange.Current && now != nil && now.ID == fnchange.StepShift && now.State == fnchange.Current && second.CanRun {
			second, err = w.App.FNChange.Run(ctx, w.engineer, second.ID, fnchange.StepShift, second.Version, true)
			if err != nil {
				t.Fatal(err)
			}
		}
		return second.State == fnchange.Support
	})
	if second.Case == "" {
		t.Error("nobody was told")
	}
}
