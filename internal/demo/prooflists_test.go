package demo_test

import (
	"github.com/tillwright/tillwright/internal/sim"
)

// proof is one machine step of an article, run against an emulated register.
type proof struct {
	article, step string
	fault         string // what the register suffers from; "" is a well one
	fails         bool   // the step must take its way of failure
	tried         bool   // the cashier has tried a sale and left it where it broke off
	shift         bool   // a shift is open
	mends         bool   // afterwards the register sells, with no hand laid on it
}

// atolProofs has every machine step of the shipped articles. Where a step only
// asks, it is proved on a register that has the fault and on one that has not.
func atolProofs() []proof {
	return []proof{
		{article: "evotor-1057-requisite-missing", step: "clear", fault: sim.FaultAgentTag, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "evotor-3969-tax-over-total", step: "cancel", fault: sim.FaultTaxLeft, tried: true, mends: true},
		{article: "fn-210-interface", step: "ask-fn"},
		{article: "fn-210-interface", step: "ask-fn", fault: sim.FaultFNLink, fails: true},
		{article: "fn-210-interface", step: "ask-again"},
		{article: "fn-210-interface", step: "ask-reseated", fault: sim.FaultFNLink, fails: true},
		{article: "fn-211-wrong-format", step: "ask-fn", fault: sim.FaultFNFormat, fails: true},
		{article: "fn-211-wrong-format", step: "ask-again"},
		{article: "fn-211-wrong-format", step: "info"},
		{article: "fn-212-wrong-state", step: "ask-fn", fault: sim.FaultFNState, fails: true},
		{article: "fn-212-wrong-state", step: "info"},
		{article: "fn-218-document-not-found", step: "last"},
		{article: "fn-231-wrong-parameters", step: "alive", fault: sim.FaultDriveTerms},
		{article: "fn-234-lifetime-over", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "fn-235-unsent-documents", step: "test", fault: sim.FaultUnsent},
		{article: "fn-235-unsent-documents", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "howto-factory-reset-recovery", step: "shift", shift: true},
		{article: "howto-last-fiscal-document", step: "ask"},
		{article: "howto-receipts-not-reaching-tax", step: "test", fault: sim.FaultNoExchange},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel-again", mends: true},
		{article: "kkt-3825-wrong-password", step: "leave", fault: sim.FaultPassword},
		{article: "kkt-3905-wrong-format", step: "cancel", fault: sim.FaultReceiptLeft, tried: true, mends: true},
		{article: "kkt-3933-mode-blocked", step: "close", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-3933-mode-blocked", step: "ask-fn", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-clock-drift", step: "close", shift: true},
		{article: "kkt-clock-drift", step: "set", fault: sim.FaultClock, mends: true},
		{article: "kkt-receipt-printing-hung", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "kkt-shift-over-24h", step: "close", fault: sim.FaultShiftOver, mends: true},
		{article: "kkt-shift-over-24h", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-totals-zeroed-fd-restored", step: "close", fault: sim.FaultTotals, mends: true},
		{article: "ofd-channel-error-dto", step: "set", fault: sim.FaultChannel, mends: true},
		{article: "ofd-channel-error-dto", step: "leave", fault: sim.FaultPassword},
		{article: "ofd-channel-error-dto", step: "test"},
		{article: "ofd-no-exchange", step: "test", fault: sim.FaultNoExchange},
		{article: "ofd-no-exchange", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "register-garbage", step: "ask"},
		{article: "register-hung-or-dead", step: "ask", fault: sim.FaultSilent, fails: true},
	}
}

// provedElsewhere are steps that only an unknown outcome leads to. Their
// procedure is proved by the named step.
var provedElsewhere = map[[2]string][2]string{
	{"kkt-shift-over-24h", "continue"}: {"kkt-receipt-printing-hung", "continue"},
}

// shtrihProofs has what a register of Shtrih-M can do. Two faults of the list
// above are none of its kind: a mode that is blocked, and leftovers of a tax.
// Their steps are proved with what it has instead.
func shtrihProofs() []proof {
	return []proof{
		{article: "evotor-16-not-in-this-mode", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "evotor-3969-tax-over-total", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "fn-210-interface", step: "ask-fn"},
		{article: "fn-210-interface", step: "ask-fn", fault: sim.FaultFNLink, fails: true},
		{article: "fn-210-interface", step: "ask-again"},
		{article: "fn-210-interface", step: "ask-reseated", fault: sim.FaultFNLink, fails: true},
		{article: "fn-211-wrong-format", step: "ask-fn", fault: sim.FaultFNFormat, fails: true},
		{article: "fn-211-wrong-format", step: "ask-again"},
		{article: "fn-212-wrong-state", step: "ask-fn", fault: sim.FaultFNState, fails: true},
		{article: "fn-218-document-not-found", step: "last"},
		{article: "fn-231-wrong-parameters", step: "alive", fault: sim.FaultDriveTerms},
		{article: "fn-234-lifetime-over", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "fn-235-unsent-documents", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "howto-factory-reset-recovery", step: "shift", shift: true},
		{article: "howto-last-fiscal-document", step: "ask"},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "leave-mode", fault: sim.FaultWrongMode, mends: true},
		{article: "kkt-3801-3802-receipt-open-closed", step: "cancel-again", mends: true},
		{article: "kkt-3825-wrong-password", step: "leave", fault: sim.FaultPassword},
		{article: "kkt-3905-wrong-format", step: "cancel", fault: sim.FaultReceiptLeft, mends: true},
		{article: "kkt-3933-mode-blocked", step: "close", shift: true, mends: true},
		{article: "kkt-3933-mode-blocked", step: "ask-fn", mends: true},
		{article: "kkt-clock-drift", step: "close", shift: true},
		{article: "kkt-clock-drift", step: "set", fault: sim.FaultClock, mends: true},
		{article: "kkt-receipt-printing-hung", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "kkt-shift-over-24h", step: "close", fault: sim.FaultShiftOver, mends: true},
		{article: "kkt-shift-over-24h", step: "cancel", fault: sim.FaultReceiptOpen, mends: true},
		{article: "kkt-totals-zeroed-fd-restored", step: "close", fault: sim.FaultTotals, mends: true},
		{article: "ofd-channel-error-dto", step: "set", fault: sim.FaultChannel, mends: true},
		{article: "ofd-channel-error-dto", step: "leave", fault: sim.FaultPassword, fails: true},
		{article: "ofd-no-exchange", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "register-garbage", step: "ask"},
		{article: "register-hung-or-dead", step: "ask", fault: sim.FaultSilent, fails: true},
	}
}

// fptrProofs has what the service of driver 10 can do.
func fptrProofs() []proof {
	return []proof{
		{article: "evotor-16-not-in-this-mode", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "evotor-16-not-in-this-mode", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "fn-210-interface", step: "ask-fn"},
		{article: "fn-210-interface", step: "ask-fn", fault: sim.FaultFNLink, fails: true},
		{article: "fn-210-interface", step: "ask-again"},
		{article: "fn-210-interface", step: "ask-reseated", fault: sim.FaultFNLink, fails: true},
		{article: "fn-211-wrong-format", step: "ask-fn", fault: sim.FaultFNFormat, fails: true},
		{article: "fn-211-wrong-format", step: "ask-again"},
		{article: "fn-212-wrong-state", step: "ask-fn", fault: sim.FaultFNState, fails: true},
		{article: "fn-218-document-not-found", step: "last"},
		{article: "fn-231-wrong-parameters", step: "alive", fault: sim.FaultDriveTerms},
		{article: "fn-234-lifetime-over", step: "clock", fault: sim.FaultClock, mends: true},
		{article: "fn-235-unsent-documents", step: "test", fault: sim.FaultNoExchange},
		{article: "fn-235-unsent-documents", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "howto-factory-reset-recovery", step: "shift", shift: true},
		{article: "howto-last-fiscal-document", step: "ask"},
		{article: "howto-receipts-not-reaching-tax", step: "test", fault: sim.FaultNoExchange},
		{article: "kkt-3933-mode-blocked", step: "close", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-3933-mode-blocked", step: "ask-fn", fault: sim.FaultBlocked, mends: true},
		{article: "kkt-clock-drift", step: "close", shift: true},
		{article: "kkt-clock-drift", step: "set", fault: sim.FaultClock, mends: true},
		{article: "kkt-receipt-printing-hung", step: "continue", fault: sim.FaultHung, mends: true},
		{article: "kkt-shift-over-24h", step: "close", fault: sim.FaultShiftOver, mends: true},
		{article: "kkt-totals-zeroed-fd-restored", step: "close", fault: sim.FaultTotals, mends: true},
		{article: "ofd-channel-error-dto", step: "set", fault: sim.FaultChannel, mends: true},
		{article: "ofd-channel-error-dto", step: "test"},
		{article: "ofd-no-exchange", step: "test", fault: sim.FaultNoExchange},
		{article: "ofd-no-exchange", step: "channel", fault: sim.FaultChannel, mends: true},
		{article: "register-garbage", step: "ask"},
		{article: "register-hung-or-dead", step: "ask", fault: sim.FaultSilent, fails: true},
	}
}
