package shtrih

import (
	"time"

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
	FaultFNSlow        = "fn-timeout"    // 2F: it does not answer in time
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
	FaultChannel       = sim.FaultChannel // the register does not send to the OFD by itself
	FaultOFDNotSet     = "ofd-not-set"    // no server stands in the OFD's table
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
	list := []sim.Fault{
		{ID: FaultReceiptOpen, CuredBy: kkt.ProcCancel},
		{ID: FaultReceiptLeft, CuredBy: kkt.ProcCancel},
		{ID: FaultWrongMode, CuredBy: kkt.ProcLeaveMode},
		{ID: FaultShiftOver, CuredBy: kkt.ProcCloseShift},
		{ID: FaultTotals, CuredBy: kkt.ProcCloseShift},
		{ID: FaultClock, CuredBy: kkt.ProcSetClock},
		{ID: FaultChannel, CuredBy: kkt.ProcOFDChannel},
		{ID: FaultHung, CuredBy: kkt.ProcContinue},
		{ID: FaultFNLink, CuredBy: kkt.ProcReboot},
		{ID: FaultFNSlow, CuredBy: kkt.ProcReboot},
		{ID: FaultPassword, CuredBy: kkt.ProcReboot},
	}
	for _, id := range []string{
		FaultFNFormat, FaultFNState, FaultDriveTerms, FaultField, FaultUnsent, FaultNoExchange, FaultNoInternet, FaultFNOver, FaultOFDNotSet, FaultNoPaper, FaultCover,
	} {
		list = append(list, sim.Fault{ID: id})
	}
	for _, id := range []string{
		FaultPower, FaultSilent, FaultUnplugged, FaultGarbage, FaultLostBytes, FaultDoubledBytes, FaultNAKStorm, FaultRestartBefore, FaultRestartAfter,
	} {
		list = append(list, sim.Fault{ID: id, Line: true})
	}
	return list
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

// Inject makes the register ill. How ill is drawn from its seed. It fails only
// on an id that Faults does not list; what it already has stays as it is.
func (r *Register) Inject(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	fresh, err := r.faults.Begin(id, Faults())
	if fresh {
		r.strike(id)
	}
	return err
}

// strike brings about the state that a fault is. Faults without a state of
// their own are looked up with has where they matter.
func (r *Register) strike(id string) {
	now := r.own()
	switch id {
	case FaultUnsent:
		r.leaveUnsent(60+r.rnd.IntN(400), time.Duration(28*24+r.rnd.IntN(3*24))*time.Hour)
	case FaultNoExchange:
		r.leaveUnsent(4+r.rnd.IntN(60), time.Duration(25+r.rnd.IntN(40))*time.Hour)
	case FaultNoInternet:
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(10+r.rnd.IntN(80))*time.Minute)
	case FaultFNOver:
		r.drive.validTill = now.Add(time.Duration(r.rnd.IntN(7*24)-2*24) * time.Hour)
	case FaultClock:
		r.drift = -time.Duration(7+r.rnd.IntN(40)) * time.Minute
	case FaultShiftOver:
		r.shift.open, r.shift.openedAt = true, now.Add(-shiftLimit-time.Duration(20+r.rnd.IntN(400))*time.Minute)
	case FaultTotals:
		if !r.shift.open {
			r.openShift()
		}
	case FaultReceiptOpen, FaultReceiptLeft:
		if !r.shift.open {
			r.openShift()
		}
		r.receipt = receipt{open: true, sum: int64(9_900 + r.rnd.IntN(200_000)), items: 1}
	case FaultChannel:
		r.cells[cell{r.about(aboutNetwork), 1, fieldExchange}] = []byte{0}
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(30+r.rnd.IntN(300))*time.Minute)
	case FaultOFDNotSet:
		r.cells[cell{r.about(aboutOFD), 1, fieldHost}] = make([]byte, 64)
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(30+r.rnd.IntN(300))*time.Minute)
	case FaultHung:
		r.printer.waiting = true
	case FaultNoPaper, FaultCover:
		r.printer.active = r.receipt.open
	}
}

// leaveUnsent puts the last n documents back into the queue, the oldest of
// them of the given age. An operator that is really sent to may have had those,
// so for it n new ones come behind what waits.
func (r *Register) leaveUnsent(n int, age time.Duration) {
	var queue []document
	if r.told() {
		queue = r.drive.queue
		r.drive.last.number += int64(n)
	}
	if r.drive.last.number < int64(n) {
		r.drive.last.number += int64(n)
	}
	first, shift := r.drive.last.number-int64(n)+1, max(r.shift.number, 1)
	for i := range int64(n) {
		queue = append(queue, document{
			number: first + i, sign: r.rnd.Uint32(), kind: docReceipt, receipt: 1, no: i + 1, sum: 4_900 + r.rnd.Int64N(90_000), shift: shift, cashier: r.cashier(1),
		})
	}
	for i, now := 0, r.own(); i < len(queue); i++ {
		queue[i].at = now.Add(-age + age*time.Duration(i)/time.Duration(len(queue)))
	}
	r.drive.queue, r.drive.documents = queue, append([]document(nil), queue...)
	r.drive.last = queue[len(queue)-1]
}

// Clear mends a fault from outside: hands at the register, a new drive, an OFD
// that answers again.
func (r *Register) Clear(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	was, err := r.faults.End(id, Faults())
	if was {
		r.mend(id)
		r.again()
	}
	return err
}

func (r *Register) mend(id string) {
	switch id {
	case FaultFNOver:
		r.drive.validTill = r.own().AddDate(0, 0, 400)
	case FaultClock:
		r.drift = 0
	case FaultShiftOver, FaultTotals:
		if r.shift.open {
			r.closeShift()
		}
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
