package sim

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim/drive"
)

// Body is what a register of any protocol lends to a fault: the parts that all
// of them have, and a way to those that only its kind has. The register keeps
// its lock meanwhile.
type Body struct {
	Ills    Ills
	Can     []Fault // what the kind can have
	Rnd     *rand.Rand
	Watch   *Watch
	Shift   *drive.Shift
	Drive   *drive.Drive
	Cashier string // who made the documents that nobody sends

	Told       func() bool // documents really go to an operator
	OpenShift  func()
	CloseShift func()
	// Befall brings about, and Relieve takes away, the state of a fault that
	// other kinds do not have.
	Befall, Relieve func(id string)
	// Again tells the way to the operator that something has changed.
	Again func()
}

// Common lists the faults that every kind of register can have: own says which
// of them are cured in another way, and which more there are. A fault is made
// common by an entry here and, when it is a state, by one in strike and mend.
func Common(own ...Fault) []Fault {
	list := []Fault{
		{ID: FaultReceiptOpen, CuredBy: kkt.ProcCancel},
		{ID: FaultReceiptLeft, CuredBy: kkt.ProcCancel},
		{ID: FaultShiftOver, CuredBy: kkt.ProcCloseShift},
		{ID: FaultTotals, CuredBy: kkt.ProcCloseShift},
		{ID: FaultClock, CuredBy: kkt.ProcSetClock},
		{ID: FaultChannel, CuredBy: kkt.ProcOFDChannel},
		{ID: FaultHung, CuredBy: kkt.ProcContinue},
		{ID: FaultFNLink, CuredBy: kkt.ProcReboot},
		{ID: FaultPassword, CuredBy: kkt.ProcReboot},
		{ID: FaultFNFormat},
		{ID: FaultFNState},
		{ID: FaultDriveTerms},
		{ID: FaultUnsent},
		{ID: FaultNoExchange},
		{ID: FaultNoInternet},
		{ID: FaultFNOver},
		{ID: FaultField},
		{ID: FaultNoPaper},
		{ID: FaultSilent, Line: true},
		{ID: FaultUnplugged, Line: true},
		{ID: FaultGarbage, Line: true},
		{ID: FaultPower, Line: true},
	}
	for _, f := range own {
		if i := slices.IndexFunc(list, func(c Fault) bool { return c.ID == f.ID }); i >= 0 {
			list[i] = f
		} else {
			list = append(list, f)
		}
	}
	return list
}

// Inject makes the register ill. How ill is drawn from its seed. It fails only
// on an id that its kind cannot have; what it already has stays as it is.
func (b Body) Inject(id string) error {
	fresh, err := b.Ills.Begin(id, b.Can)
	if fresh {
		b.Befall(id)
		b.strike(id)
	}
	return err
}

// Clear mends a fault from outside: hands at the register, a new drive, an
// operator that answers again.
func (b Body) Clear(id string) error {
	was, err := b.Ills.End(id, b.Can)
	if was {
		b.mend(id)
		b.Relieve(id)
		b.Again()
	}
	return err
}

// strike brings about the state that a fault is in registers of every kind.
// Faults without a state are asked for where they matter.
func (b Body) strike(id string) {
	switch id {
	case FaultUnsent:
		b.leaveUnsent(60+b.Rnd.IntN(400), time.Duration(28*24+b.Rnd.IntN(3*24))*time.Hour)
	case FaultNoExchange:
		b.leaveUnsent(4+b.Rnd.IntN(60), time.Duration(25+b.Rnd.IntN(40))*time.Hour)
	case FaultNoInternet:
		b.leaveUnsent(1+b.Rnd.IntN(9), time.Duration(10+b.Rnd.IntN(80))*time.Minute)
	case FaultChannel, FaultOFDNotSet:
		b.leaveUnsent(1+b.Rnd.IntN(9), time.Duration(30+b.Rnd.IntN(300))*time.Minute)
	case FaultFNOver:
		b.Drive.ValidTill = b.Watch.Own().Add(time.Duration(b.Rnd.IntN(7*24)-2*24) * time.Hour)
	case FaultClock:
		b.Watch.drift = -time.Duration(7+b.Rnd.IntN(40)) * time.Minute
	case FaultShiftOver:
		b.Shift.Open, b.Shift.OpenedAt = true, b.Watch.Own().Add(-drive.ShiftLimit-time.Duration(20+b.Rnd.IntN(400))*time.Minute)
	case FaultBlocked, FaultTotals:
		if !b.Shift.Open {
			b.OpenShift()
		}
	}
}

func (b Body) leaveUnsent(n int, age time.Duration) {
	b.Drive.LeaveUnsent(b.Rnd, b.Watch.Own(), drive.Left{Receipts: n, Age: age, Behind: b.Told(), Shift: b.Shift.Number, Cashier: b.Cashier})
}

// mend takes away the state that strike brought about. Documents that wait go
// out by themselves.
func (b Body) mend(id string) {
	switch id {
	case FaultFNOver:
		b.Drive.ValidTill = b.Watch.Own().AddDate(0, 0, 400)
	case FaultClock:
		b.Watch.drift = 0
	case FaultShiftOver, FaultBlocked, FaultTotals:
		if b.Shift.Open {
			b.CloseShift()
		}
	}
}
