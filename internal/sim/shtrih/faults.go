package shtrih

import (
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim"
)

// The faults that a register of this kind can have, by the id of the fault
// catalogue where it has one.
const (
	FaultUnsent        = sim.FaultUnsent
	FaultNoExchange    = sim.FaultNoExchange
	FaultNoInternet    = sim.FaultNoInternet
	FaultFNOver        = sim.FaultFNOver
	FaultClock         = sim.FaultClock
	FaultShiftOver     = sim.FaultShiftOver
	FaultFNLink        = sim.FaultFNLink // 30: the drive is silent
	FaultFNSlow        = sim.FaultFNSlow // 2F: it does not answer in time
	FaultFNFormat      = sim.FaultFNFormat
	FaultFNState       = sim.FaultFNState
	FaultDriveTerms    = sim.FaultDriveTerms
	FaultReceiptOpen   = sim.FaultReceiptOpen
	FaultReceiptLeft   = sim.FaultReceiptLeft // half a receipt, to which nothing can be added: 33
	FaultField         = sim.FaultField       // FFD 1.0: 33
	FaultWrongMode     = sim.FaultWrongMode   // a test runs: 73
	FaultPassword      = sim.FaultPassword
	FaultHung          = sim.FaultHung // waits for the command to go on printing
	FaultTotals        = sim.FaultTotals
	FaultChannel       = sim.FaultChannel   // the register does not send to the OFD by itself
	FaultOFDNotSet     = sim.FaultOFDNotSet // no server stands in the OFD's table
	FaultNoPaper       = sim.FaultNoPaper
	FaultCover         = "cover-open"
	FaultPower         = sim.FaultPower
	FaultSilent        = sim.FaultSilent
	FaultUnplugged     = sim.FaultUnplugged
	FaultGarbage       = sim.FaultGarbage
	FaultLostBytes     = "noise-lost-bytes"
	FaultDoubledBytes  = "noise-doubled-bytes"
	FaultNAKStorm      = "nak-storm"
	FaultRestartBefore = "restart-before-command" // once, before the next command that changes something
	FaultRestartAfter  = "restart-after-command"  // once, after it and before its answer
)

// Faults lists what can be injected, in a fixed order.
func Faults() []sim.Fault {
	own := []sim.Fault{
		{ID: FaultWrongMode, CuredBy: kkt.ProcLeaveMode},
		{ID: FaultFNSlow, CuredBy: kkt.ProcReboot},
		{ID: FaultOFDNotSet},
		{ID: FaultCover},
	}
	for _, id := range []string{FaultLostBytes, FaultDoubledBytes, FaultNAKStorm, FaultRestartBefore, FaultRestartAfter} {
		own = append(own, sim.Fault{ID: id, Line: true})
	}
	return sim.Common(own...)
}

// Faults lists what this kind of register can have.
func (r *Register) Faults() []sim.Fault { return Faults() }

func (r *Register) has(id string) bool { return r.faults[id] }

// cured takes a fault away that a command has just mended.
func (r *Register) cured(id string) { delete(r.faults, id) }

// Active lists the faults that the register has now, sorted.
func (r *Register) Active() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.faults.Active()
}

// Inject makes the register ill; see sim.Body.
func (r *Register) Inject(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body().Inject(id)
}

// Clear mends a fault from outside; see sim.Body.
func (r *Register) Clear(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.body().Clear(id)
}

// body is the register as faults find it.
func (r *Register) body() sim.Body {
	return sim.Body{
		Ills: r.faults, Can: Faults(), Rnd: r.rnd, Watch: &r.watch, Shift: &r.shift.Shift, Drive: &r.drive, Cashier: r.cashier(1),
		Told: r.told, OpenShift: func() { r.openShift() }, CloseShift: func() { r.closeShift() }, Befall: r.befall, Relieve: r.relieve, Again: r.again,
	}
}

// befall brings about what a fault is in this kind of register beside the state
// that it is in all.
func (r *Register) befall(id string) {
	switch id {
	case FaultReceiptOpen, FaultReceiptLeft:
		if !r.shift.Open {
			r.openShift()
		}
		r.receipt = receipt{open: true, sum: int64(9_900 + r.rnd.IntN(200_000)), items: 1}
	case FaultChannel:
		r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}] = []byte{0}
	case FaultOFDNotSet:
		r.cells[cell{r.about(aboutOFD), 1, fieldHost}] = make([]byte, 64)
	case FaultHung:
		r.printer.waiting = true
	case FaultNoPaper, FaultCover:
		r.printer.active = r.receipt.open
	}
}

// relieve is what a hand at the register does against what befall brought.
func (r *Register) relieve(id string) {
	switch id {
	case FaultReceiptOpen, FaultReceiptLeft:
		r.receipt = receipt{}
	case FaultPower:
		r.restart()
	case FaultChannel:
		r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}] = []byte{1}
	case FaultOFDNotSet:
		r.fillOFD()
	case FaultHung:
		r.printer.waiting = false
	case FaultNoPaper, FaultCover:
		r.reload()
	}
}

// reload is paper put in, or the cover closed: a document that broke off waits
// to be gone on with.
func (r *Register) reload() {
	if r.outOfPaper() || !r.printer.active {
		return
	}
	r.printer = printer{waiting: true}
	r.faults[FaultHung] = true
}

// isOn says whether a fault of the line is on.
func (r *Register) isOn(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.has(id)
}

// chance is true once in so many times, by the seed.
func (r *Register) chance(oneIn int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rnd.IntN(oneIn) == 0
}

// draw is a number below n, by the seed.
func (r *Register) draw(n int) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rnd.IntN(n)
}

// power is how often the register has restarted.
func (r *Register) power() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.restarts
}
