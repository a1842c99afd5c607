package sim

import "github.com/tillwright/tillwright/internal/kkt"

// The faults that the bench knows, by the id of the fault catalogue where it
// has one.
const (
	FaultUnsent      = "fn-235-unsent-documents"
	FaultNoExchange  = "ofd-no-exchange"
	FaultFNOver      = "fn-234-lifetime-over"
	FaultClock       = "kkt-clock-drift"
	FaultShiftOver   = "kkt-shift-over-24h"
	FaultFNLink      = "fn-210-interface"
	FaultFNSlow      = "fn-timeout" // it does not answer in time
	FaultFNFormat    = "fn-211-wrong-format"
	FaultFNState     = "fn-212-wrong-state"
	FaultReceiptOpen = "kkt-3801-3802-receipt-open-closed"
	FaultWrongMode   = "evotor-16-not-in-this-mode"
	FaultChannel     = "ofd-channel-error-dto"
	FaultOFDNotSet   = "ofd-not-set" // no operator's address
	FaultAgentTag    = "evotor-1057-requisite-missing"
	FaultSilent      = "register-hung-or-dead"
	FaultUnplugged   = "unplugged"
	FaultGarbage     = "garbage"
	FaultNoPaper     = "no-paper"
	FaultPower       = "power-off"
	FaultNoInternet  = "net-no-internet-on-terminal"
)

// Fault is one thing that can be wrong with a register of the bench.
type Fault struct {
	ID      string
	CuredBy string // the procedure that cures it; "" needs hands: Clear
	Line    bool   // it is on the line, not in the register
}

// Faults lists what can be injected, in a fixed order.
func Faults() []Fault {
	return Common(append([]Fault{
		{ID: FaultWrongMode, CuredBy: kkt.ProcLeaveMode},
		{ID: FaultAgentTag, CuredBy: kkt.ProcClearAgent},
	}, troubles()...)...)
}

func (r *Register) has(id string) bool { return r.faults[id] }

// cured takes a fault away that a command has just mended.
func (r *Register) cured(id string) { delete(r.faults, id) }

// Active lists the faults that the register has now, sorted.
func (r *Register) Active() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.faults.Active()
}

// Inject makes the register ill; see Body.Inject.
func (r *Register) Inject(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body().Inject(id)
}

// Clear mends a fault from outside; see Body.Clear.
func (r *Register) Clear(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body().Clear(id)
}

// body is the register as faults find it.
func (r *Register) body() Body {
	return Body{
		Ills: r.faults, Can: Faults(), Rnd: r.rnd, Watch: &r.watch, Shift: &r.shift.Shift, Drive: &r.drive,
		Told: r.told, OpenShift: r.openShift, CloseShift: r.closeShift, Befall: r.befall, Relieve: r.relieve, Again: r.again,
	}
}

func (r *Register) leaveReceiptOpen() {
	if !r.shift.Open {
		r.openShift()
	}
	r.mode, r.receipt = 1, receipt{kind: 1, sum: int64(9_900 + r.rnd.IntN(200_000))}
}
