package fptr

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// The faults that this register and its service know, by the id of the fault
// catalogue where it has one.
const (
	FaultUnsent      = sim.FaultUnsent
	FaultNoExchange  = sim.FaultNoExchange
	FaultNoInternet  = sim.FaultNoInternet
	FaultFNOver      = sim.FaultFNOver
	FaultClock       = sim.FaultClock
	FaultShiftOver   = sim.FaultShiftOver
	FaultFNLink      = sim.FaultFNLink
	FaultFNFormat    = sim.FaultFNFormat
	FaultFNState     = sim.FaultFNState
	FaultDriveTerms  = sim.FaultDriveTerms
	FaultReceiptOpen = sim.FaultReceiptOpen
	FaultFormat      = sim.FaultReceiptLeft
	FaultTaxLeft     = sim.FaultTaxLeft
	FaultProtection  = sim.FaultProtection
	FaultPassword    = sim.FaultPassword
	FaultBlocked     = sim.FaultBlocked
	FaultField       = sim.FaultField
	FaultHung        = sim.FaultHung
	FaultTotals      = sim.FaultTotals
	FaultChannel     = sim.FaultChannel
	FaultNoPaper     = sim.FaultNoPaper
	FaultPower       = sim.FaultPower     // the service reaches nobody: code 2
	FaultSilent      = sim.FaultSilent    // the same, of a register that hangs
	FaultUnplugged   = sim.FaultUnplugged // the service cannot open the port: tasks wait
	FaultPortHeld    = "port-held"        // another program has the port: code 3
	FaultServiceDown = "service-down"     // nobody listens
	FaultGarbage     = sim.FaultGarbage   // another program answers on the port
	FaultLostBefore  = "link-lost-before-document"
	FaultLostAfter   = "link-lost-after-document"
)

// Faults lists what can be injected, in a fixed order.
func Faults() []sim.Fault {
	list := []sim.Fault{
		{ID: FaultShiftOver, CuredBy: kkt.ProcCloseShift},
		{ID: FaultClock, CuredBy: kkt.ProcSetClock},
		{ID: FaultChannel, CuredBy: kkt.ProcOFDChannel},
		{ID: FaultHung, CuredBy: kkt.ProcContinue},
		{ID: FaultBlocked, CuredBy: kkt.ProcCloseShift},
		{ID: FaultTotals, CuredBy: kkt.ProcCloseShift},
	}
	for _, id := range []string{
		FaultFNLink, FaultFNFormat, FaultFNState, FaultUnsent, FaultNoExchange, FaultNoInternet, FaultFNOver, FaultDriveTerms, FaultReceiptOpen, FaultFormat,
		FaultTaxLeft, FaultProtection, FaultPassword, FaultField, FaultNoPaper,
	} {
		list = append(list, sim.Fault{ID: id})
	}
	for _, id := range []string{
		FaultPower, FaultSilent, FaultUnplugged, FaultPortHeld, FaultServiceDown, FaultGarbage, FaultLostBefore, FaultLostAfter,
	} {
		list = append(list, sim.Fault{ID: id, Line: true})
	}
	return list
}

// Faults lists what this kind of register can have.
func (r *Register) Faults() []sim.Fault { return Faults() }

// driveFaults are those that leave with the drive.
func driveFaults() []string {
	return []string{FaultFNLink, FaultFNFormat, FaultFNState, FaultUnsent, FaultFNOver, FaultDriveTerms}
}

func (r *Register) has(id string) bool { return r.faults[id] }

// Has says whether the register has a fault now.
func (r *Register) Has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.has(id)
}

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
	case FaultBlocked, FaultTotals:
		if !r.shift.open {
			r.openShift(nil)
		}
	case FaultChannel:
		r.channel = channelProto
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(30+r.rnd.IntN(300))*time.Minute)
	case FaultHung:
		r.unfinished = true
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
		d := document{number: first + i, sign: r.rnd.Uint32(), kind: "receipt", way: 1, shift: shift, receipt: i + 1}
		d.sum = 4_900 + int64(d.sign%350_000)
		d.says = paper.Document{Cash: d.sum}
		queue = append(queue, d)
	}
	for i, now := 0, r.own(); i < len(queue); i++ {
		queue[i].at = now.Add(-age + age*time.Duration(i)/time.Duration(len(queue)))
	}
	r.drive.queue, r.drive.documents = queue, append([]document(nil), queue...)
	r.drive.last = queue[len(queue)-1]
}

// Clear mends a fault from outside: hands at the register, an OFD that answers
// again.
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
	case FaultShiftOver, FaultBlocked, FaultTotals:
		if r.shift.open {
			r.closeShift(nil)
		}
	case FaultChannel:
		r.channel = channelUSB
	case FaultHung:
		r.unfinished = false
	}
}
