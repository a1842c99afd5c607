package fptr

import (
	"fmt"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
)

// The faults that this register and its service know, by the id of the fault
// catalogue where it has one.
const (
	FaultUnsent      = "fn-235-unsent-documents"
	FaultNoExchange  = "ofd-no-exchange"
	FaultFNOver      = "fn-234-lifetime-over"
	FaultClock       = "kkt-clock-drift"
	FaultShiftOver   = "kkt-shift-over-24h"
	FaultFNLink      = "fn-210-interface"
	FaultFNFormat    = "fn-211-wrong-format"
	FaultFNState     = "fn-212-wrong-state"
	FaultDriveTerms  = "fn-231-wrong-parameters"
	FaultReceiptOpen = "kkt-3801-3802-receipt-open-closed"
	FaultFormat      = "kkt-3905-wrong-format"
	FaultPassword    = "kkt-3825-wrong-password"
	FaultBlocked     = "kkt-3933-mode-blocked"
	FaultField       = "kkt-3841-wrong-field"
	FaultHung        = "kkt-receipt-printing-hung"
	FaultTotals      = "kkt-totals-zeroed-fd-restored"
	FaultChannel     = "ofd-channel-error-dto"
	FaultNoPaper     = "no-paper"
	FaultSilent      = "register-hung-or-dead" // the service reaches nobody: code 2
	FaultUnplugged   = "unplugged"             // the service cannot open the port: tasks wait
	FaultPortHeld    = "port-held"             // another program has the port: code 3
	FaultServiceDown = "service-down"          // nobody listens
	FaultGarbage     = "garbage"               // another program answers on the port
	FaultLostBefore  = "link-lost-before-document"
	FaultLostAfter   = "link-lost-after-document"
)

// Fault is one thing that can be wrong.
type Fault struct {
	ID      string
	CuredBy string // the procedure that cures it; "" needs hands: Clear
}

// Faults lists what can be injected, in a fixed order.
func Faults() []Fault {
	list := []Fault{
		{FaultShiftOver, kkt.ProcCloseShift},
		{FaultClock, kkt.ProcSetClock},
		{FaultChannel, kkt.ProcOFDChannel},
		{FaultHung, kkt.ProcContinue},
		{FaultBlocked, kkt.ProcCloseShift},
		{FaultTotals, kkt.ProcCloseShift},
	}
	for _, id := range []string{
		FaultFNLink, FaultFNFormat, FaultFNState, FaultUnsent, FaultNoExchange, FaultFNOver, FaultDriveTerms, FaultReceiptOpen, FaultFormat, FaultPassword,
		FaultField, FaultNoPaper, FaultSilent, FaultUnplugged, FaultPortHeld, FaultServiceDown, FaultGarbage, FaultLostBefore, FaultLostAfter,
	} {
		list = append(list, Fault{ID: id})
	}
	return list
}

// driveFaults are those that leave with the drive.
func driveFaults() []string {
	return []string{FaultFNLink, FaultFNFormat, FaultFNState, FaultUnsent, FaultFNOver, FaultDriveTerms}
}

func known(id string) error {
	if slices.ContainsFunc(Faults(), func(f Fault) bool { return f.ID == id }) {
		return nil
	}
	return fmt.Errorf("sim: %w", problem.New(problem.NotFound, "sim_unknown_fault").With("fault", id))
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
	return r.active()
}

func (r *Register) active() []string {
	list := make([]string, 0, len(r.faults))
	for id := range r.faults {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// Inject makes the register ill. How ill is drawn from its seed. It fails only
// on an id that Faults does not list; what it already has stays as it is.
func (r *Register) Inject(id string) error {
	if err := known(id); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.has(id) {
		return nil
	}
	r.faults[id] = true
	r.strike(id)
	return nil
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
	case FaultFNOver:
		r.drive.validTill = now.Add(time.Duration(r.rnd.IntN(7*24)-2*24) * time.Hour)
	case FaultClock:
		r.drift = -time.Duration(7+r.rnd.IntN(40)) * time.Minute
	case FaultShiftOver:
		r.shift.open, r.shift.openedAt = true, now.Add(-shiftLimit-time.Duration(20+r.rnd.IntN(400))*time.Minute)
	case FaultBlocked, FaultTotals:
		if !r.shift.open {
			r.openShift(now)
		}
	case FaultChannel:
		r.channel = "proto"
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(30+r.rnd.IntN(300))*time.Minute)
	case FaultHung:
		r.unfinished = true
	}
}

// leaveUnsent puts the last n documents back into the queue, the oldest of
// them of the given age.
func (r *Register) leaveUnsent(n int, age time.Duration) {
	if r.drive.last.number < int64(n) {
		r.drive.last.number += int64(n)
	}
	last, now := r.drive.last.number, r.own()
	r.drive.queue = make([]document, n)
	for i := range r.drive.queue {
		at := now.Add(-age + age*time.Duration(i)/time.Duration(n))
		r.drive.queue[i] = document{number: last - int64(n) + 1 + int64(i), at: at, sign: r.rnd.Uint32(), kind: "receipt"}
	}
}

// Clear mends a fault from outside: hands at the register, an OFD that answers
// again.
func (r *Register) Clear(id string) error {
	if err := known(id); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.has(id) {
		return nil
	}
	delete(r.faults, id)
	switch id {
	case FaultFNOver:
		r.drive.validTill = r.own().AddDate(0, 0, 400)
	case FaultClock:
		r.drift = 0
	case FaultShiftOver, FaultBlocked, FaultTotals:
		if r.shift.open {
			r.closeShift()
		}
	case FaultChannel:
		r.channel = "usb"
	case FaultHung:
		r.unfinished = false
	}
	return nil
}
