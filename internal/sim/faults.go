package sim

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// The faults that the bench knows, by the id of the fault catalogue where it
// has one.
const (
	FaultUnsent      = "fn-235-unsent-documents"
	FaultNoExchange  = "ofd-no-exchange"
	FaultFNOver      = "fn-234-lifetime-over"
	FaultClock       = "kkt-clock-drift"
	FaultShiftOver   = "kkt-shift-over-24h"
	FaultFNLink      = "fn-210-interface"
	FaultFNFormat    = "fn-211-wrong-format"
	FaultFNState     = "fn-212-wrong-state"
	FaultReceiptOpen = "kkt-3801-3802-receipt-open-closed"
	FaultWrongMode   = "evotor-16-not-in-this-mode"
	FaultChannel     = "ofd-channel-error-dto"
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
	return append([]Fault{
		{ID: FaultReceiptOpen, CuredBy: kkt.ProcCancel},
		{ID: FaultWrongMode, CuredBy: kkt.ProcLeaveMode},
		{ID: FaultShiftOver, CuredBy: kkt.ProcCloseShift},
		{ID: FaultClock, CuredBy: kkt.ProcSetClock},
		{ID: FaultChannel, CuredBy: kkt.ProcOFDChannel},
		{ID: FaultAgentTag, CuredBy: kkt.ProcClearAgent},
		{ID: FaultFNLink, CuredBy: kkt.ProcReboot},
		{ID: FaultFNFormat},
		{ID: FaultFNState},
		{ID: FaultUnsent},
		{ID: FaultNoExchange},
		{ID: FaultNoInternet},
		{ID: FaultFNOver},
		{ID: FaultNoPaper},
		{ID: FaultSilent, Line: true},
		{ID: FaultUnplugged, Line: true},
		{ID: FaultGarbage, Line: true},
		{ID: FaultPower, Line: true},
	}, troubles()...)
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
	case FaultReceiptOpen:
		r.leaveReceiptOpen()
	case FaultWrongMode:
		r.mode, r.receipt = 4, receipt{}
	case FaultChannel:
		r.tables[cellChannel] = []byte{channelProto}
		r.leaveUnsent(1+r.rnd.IntN(9), time.Duration(30+r.rnd.IntN(300))*time.Minute)
	case FaultAgentTag:
		delete(r.tags, tagAgent)
	default:
		r.befall(id)
	}
}

// leaveUnsent puts the last n documents back into the queue, the oldest of
// them of the given age. An operator that is really sent to may have had those,
// so for it n new ones come behind what waits.
func (r *Register) leaveUnsent(n int, age time.Duration) {
	var queue []document
	if _, _, told := r.told(); told {
		queue = r.drive.queue
		r.drive.last.number += int64(n)
	}
	if r.drive.last.number < int64(n) {
		r.drive.last.number += int64(n)
	}
	first, shift := r.drive.last.number-int64(n)+1, r.shift.number
	for i := range int64(n) {
		d := document{number: first + i, sign: r.rnd.Uint32(), form: paper.Receipt, kind: 1, shift: shift, receipt: i + 1}
		d.sum = 4_900 + int64(d.sign%350_000)
		queue = append(queue, d)
	}
	for i, now := 0, r.own(); i < len(queue); i++ {
		queue[i].at = now.Add(-age + age*time.Duration(i)/time.Duration(len(queue)))
	}
	r.drive.queue = queue
}

func (r *Register) leaveReceiptOpen() {
	if !r.shift.open {
		r.openShift(r.own())
	}
	r.mode, r.receipt = 1, receipt{kind: 1, sum: int64(9_900 + r.rnd.IntN(200_000))}
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
	case FaultShiftOver:
		r.closeShift()
	case FaultReceiptOpen:
		r.receipt = receipt{}
	case FaultWrongMode:
		r.mode = 0
	case FaultPower:
		r.restart()
	case FaultChannel:
		r.tables[cellChannel] = []byte{channelHost}
	case FaultAgentTag:
		r.tags[tagAgent] = []byte{0}
	default:
		r.relieve(id)
	}
}
