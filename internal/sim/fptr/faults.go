package fptr

import (
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim"
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

// Faults lists what can be injected, in a fixed order. The driver's service has
// no task that cures a receipt left open, a password or a silent drive.
func Faults() []sim.Fault {
	own := []sim.Fault{{ID: FaultBlocked, CuredBy: kkt.ProcCloseShift}}
	for _, id := range []string{FaultReceiptOpen, FaultFormat, FaultFNLink, FaultPassword, FaultTaxLeft, FaultProtection} {
		own = append(own, sim.Fault{ID: id})
	}
	for _, id := range []string{FaultPortHeld, FaultServiceDown, FaultLostBefore, FaultLostAfter} {
		own = append(own, sim.Fault{ID: id, Line: true})
	}
	return sim.Common(own...)
}

// Faults lists what this kind of register can have.
func (r *Register) Faults() []sim.Fault { return Faults() }

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
		Ills: r.faults, Can: Faults(), Rnd: r.rnd, Watch: &r.watch, Shift: &r.shift, Drive: &r.drive,
		Told: r.told, OpenShift: func() { r.openShift(nil) }, CloseShift: func() { r.closeShift(nil) }, Befall: r.befall, Relieve: r.relieve, Again: r.again,
	}
}

// befall brings about what a fault is in this kind of register beside the state
// that it is in all.
func (r *Register) befall(id string) {
	switch id {
	case FaultChannel:
		r.channel = channelProto
	case FaultHung:
		r.unfinished = true
	}
}

// relieve is what a hand at the register does against what befall brought.
func (r *Register) relieve(id string) {
	switch id {
	case FaultChannel:
		r.channel = channelUSB
	case FaultHung:
		r.unfinished = false
	}
}
