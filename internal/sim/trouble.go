package sim

import (
	"slices"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Faults that no reading shows, or shows only in part: a sale meets them. Each
// answers with the device code that the catalogue ties to it.
const (
	FaultTaxLeft     = "evotor-3969-tax-over-total"      // sums of the last receipt were left in the core
	FaultReceiptLeft = "kkt-3905-wrong-format"           // a half-done receipt was left in the core
	FaultField       = "kkt-3841-wrong-field"            // the core knows an older format only
	FaultPassword    = "kkt-3825-wrong-password"         // the core's tables are damaged; a restart reads them anew
	FaultBlocked     = "kkt-3933-mode-blocked"           // the drive was pulled and put back with the shift open
	FaultHung        = "kkt-receipt-printing-hung"       // a document's printing stopped midway
	FaultTotals      = "kkt-totals-zeroed-fd-restored"   // the core lost its counters, the drive did not
	FaultDriveTerms  = "fn-231-wrong-parameters"         // a 36-month drive against its conditions
	FaultTaxSystem   = "evotor-unknown-error-tax-system" // no default tax system after a reset
	FaultAgentScheme = "evotor-agent-scheme-annulled"    // the registration lacks the agent sign
	FaultProtection  = "evotor-protection-code"          // the core has lost its protection code
)

func troubles() []Fault {
	return []Fault{
		{ID: FaultTaxLeft, CuredBy: kkt.ProcCancel},
		{ID: FaultBlocked, CuredBy: kkt.ProcCloseShift},
		{ID: FaultTaxSystem},
		{ID: FaultAgentScheme},
		{ID: FaultProtection},
	}
}

// The mode in which a register waits to finish a document on paper: 7.1.
const (
	modeExtra       = 7
	submodePrinting = 1
)

// cellTaxSystem is the default tax system (СНО) in table 2.
var cellTaxSystem = cell{2, 1, 0x6E}

// befall brings about what a fault is in this kind of register beside the state
// that it is in all.
func (r *Register) befall(id string) {
	switch id {
	case FaultReceiptOpen:
		r.leaveReceiptOpen()
	case FaultWrongMode:
		r.mode, r.receipt = 4, receipt{}
	case FaultChannel:
		r.tables[cellChannel] = []byte{channelProto}
	case FaultAgentTag:
		delete(r.tags, tagAgent)
	case FaultBlocked:
		r.mode, r.receipt = 0, receipt{}
	case FaultHung:
		r.receipt = receipt{}
		r.mode, r.submode = modeExtra, submodePrinting
	case FaultTotals:
		r.cash, r.shift.Receipts = 0, 0
	case FaultTaxSystem:
		r.tables[cellTaxSystem] = []byte{0}
	}
}

// relieve is what a hand at the register does against what befall brought.
func (r *Register) relieve(id string) {
	switch id {
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
	case FaultHung:
		r.mode, r.submode = 0, 0
	case FaultTaxSystem:
		r.tables[cellTaxSystem] = []byte{1}
	}
}

// blocked is why a mode cannot be entered; 0 when it can.
func (r *Register) blocked(mode byte) byte {
	switch {
	case r.has(FaultPassword):
		return codePassword
	case r.has(FaultBlocked) && mode == 1:
		return codeBlocked
	default:
		return 0
	}
}

// itemRefused is why an item is not taken for a reason that is not the item's.
func (r *Register) itemRefused() byte {
	switch {
	case r.has(FaultReceiptLeft):
		return codeFormat
	case r.has(FaultField):
		return codeField
	case r.has(FaultDriveTerms):
		return codeFNParameters
	default:
		return 0
	}
}

// closingRefused is why a receipt cannot be ended for a reason that lies in
// the register. A receipt of an agent whom the registration does not know is
// dropped with it.
func (r *Register) closingRefused() byte {
	switch {
	case r.has(FaultProtection):
		return codeProtection
	case r.has(FaultTaxLeft):
		return codeTaxOver
	case r.tables[cellTaxSystem][0] == 0:
		return codeUnknown
	case r.has(FaultAgentTag):
		return codeFNMissing
	case r.has(FaultAgentScheme) && slices.ContainsFunc(r.tags[tagAgent], func(b byte) bool { return b != 0 }):
		r.dropReceipt()
		r.tags[tagAgent] = []byte{0}
		return codeFNMissing
	default:
		return 0
	}
}

// cmdContinue goes on with a document whose printing stopped.
func (r *Register) cmdContinue() []byte {
	if r.has(FaultNoPaper) {
		return refuse(codeNoPaper)
	}
	if r.mode == modeExtra && r.submode == submodePrinting {
		r.mode, r.submode = 0, 0
	}
	r.cured(FaultHung)
	return done()
}

// cmdProtection is 6D nn code: enter a protection code. The bench's registers
// take the last eight digits of their own serial number, packed and padded with
// noughts, for nn 04.
func (r *Register) cmdProtection(c []byte) []byte {
	if len(c) != 9 {
		return refuse(codeLength)
	}
	code := append(r.shortSerial(), 0, 0, 0, 0)
	if c[0] != 0x04 || !slices.Equal(c[1:], code) {
		return refuse(codeProtection)
	}
	r.cured(FaultProtection)
	return done()
}

// protectionState answers 74: 1 when the code has been entered.
func (r *Register) protectionState() []byte {
	if r.has(FaultProtection) {
		return []byte{0x4C, 0x00}
	}
	return []byte{0x4C, 0x01}
}
