package shtrih

import "time"

// works are the commands that print, make a sound, or restart the register.
func works(code uint16) (command, bool) {
	print := func(min, max int) (command, bool) {
		return command{who: operator, min: min, max: max, run: (*Register).cmdPrint}, true
	}
	switch code {
	case 0x12, 0x17, 0x2F:
		return print(1, 250)
	case 0x16:
		return command{who: anybody, run: (*Register).cmdReset}, true
	case 0x19:
		return command{who: operator, min: 1, max: 1, run: (*Register).cmdTest}, true
	case 0x25:
		return print(1, 1)
	case 0x8C:
		return command{who: operator, run: (*Register).cmdRepeat}, true
	case 0xC0:
		return command{who: operator, min: 1, max: 250, run: (*Register).cmdNothing}, true
	case 0xC1:
		return print(2, 2)
	case 0xC2:
		return print(5, 5)
	case 0x29:
		return print(2, 2)
	case 0x13:
		return command{who: operator, run: (*Register).cmdNothing}, true
	case 0x28:
		return command{who: operator, min: 1, max: 1, run: (*Register).cmdNothing}, true
	case 0x2B:
		return command{who: operator, run: (*Register).cmdStopTest}, true
	case 0xB0:
		return command{who: operator, run: (*Register).cmdContinue}, true
	case 0xFEF3:
		return command{who: anybody, min: 4, max: 4, run: (*Register).cmdRestart}, true
	default:
		return command{}, false
	}
}

func (r *Register) outOfPaper() bool { return r.has(FaultNoPaper) || r.has(FaultCover) }

// printing says whether the last document is still being printed.
func (r *Register) printing() bool { return r.watch.Bench().Before(r.printer.busy) }

// mayPrint is why nothing can be printed now; 0 when it can.
func (r *Register) mayPrint() byte {
	switch {
	case r.outOfPaper():
		return codeNoPaper
	case r.printer.waiting:
		return codeWaiting
	case r.printing():
		return codePrinting
	default:
		return 0
	}
}

// print puts a document on paper.
func (r *Register) print() {
	r.papers++
	r.printer.busy = r.watch.Bench().Add(r.opt.Printing)
}

func (r *Register) cmdPrint(c call) ([]byte, byte) {
	if code := r.mayPrint(); code != 0 {
		return nil, code
	}
	return []byte{c.operator}, 0
}

// inTest says whether the test run is on, by command or because somebody left
// it on.
func (r *Register) inTest() bool { return r.testing || r.has(FaultWrongMode) }

// cmdTest begins the test run, which prints every so many minutes until it is
// stopped.
func (r *Register) cmdTest(c call) ([]byte, byte) {
	switch code := r.mayPrint(); {
	case code != 0:
		return nil, code
	case r.receipt.open:
		return nil, codeMode
	case c.args[0] < 1 || c.args[0] > 99:
		return nil, codeParameters
	}
	r.testing = true
	return []byte{c.operator}, 0
}

// cmdReset wants a jumper on the board and mode 9, which nobody can bring about
// over the line.
func (r *Register) cmdReset(call) ([]byte, byte) { return nil, codeMode }

// cmdRepeat prints the last document again.
func (r *Register) cmdRepeat(c call) ([]byte, byte) {
	switch code := r.mayPrint(); {
	case code != 0:
		return nil, code
	case r.receipt.open:
		return nil, codeReceiptOpen
	}
	r.print()
	return []byte{c.operator}, 0
}

// cmdStopTest ends a test.
func (r *Register) cmdStopTest(c call) ([]byte, byte) {
	if !r.inTest() {
		return nil, codeMode
	}
	r.testing = false
	r.cured(FaultWrongMode)
	return []byte{c.operator}, 0
}

func (r *Register) cmdNothing(c call) ([]byte, byte) { return []byte{c.operator}, 0 }

// cmdContinue goes on with a document whose printing stopped.
func (r *Register) cmdContinue(c call) ([]byte, byte) {
	switch {
	case r.outOfPaper():
		return nil, codeNoPaper
	case !r.printer.waiting:
		return nil, codeSubmode
	}
	r.printer.waiting = false
	r.cured(FaultHung)
	r.print()
	return []byte{c.operator}, 0
}

func (r *Register) cmdRestart(call) ([]byte, byte) {
	r.restart()
	return nil, 0
}

// restart is a loss of power: what was half done is gone.
func (r *Register) restart() {
	r.restarts++
	r.testing = false
	r.begun, r.reading, r.ofd, r.newDate, r.printer.busy = 0, nil, exchange{}, time.Time{}, time.Time{}
	r.dropReceipt()
	for _, id := range []string{FaultFNLink, FaultFNSlow, FaultPassword, FaultWrongMode} {
		r.cured(id)
	}
}
