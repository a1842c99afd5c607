package sim

// Commands that destroy. Sources give their names and that they want mode 4;
// what each takes away is the bench's reading of those names.

// mayReset is what they ask first: mode 4, into which only the password leads,
// no receipt and a closed shift.
func (r *Register) mayReset() byte {
	switch {
	case r.mode != 4:
		return codeMode
	case r.receipt.kind != 0:
		return codeReceiptOpen
	case r.shift.Open:
		return codeShiftOpen
	default:
		return 0
	}
}

// cmdInitTables is 71: every cell is again what the register was born with, the
// way to the operator among them.
func (r *Register) cmdInitTables() []byte {
	if code := r.mayReset(); code != 0 {
		return refuse(code)
	}
	r.initTables()
	return done()
}

func (r *Register) initTables() {
	r.tables = factoryTables(r.opt)
	for _, id := range []string{FaultChannel, FaultTaxSystem} {
		r.cured(id)
	}
	r.again()
}

// cmdTechReset is 6B: the working memory is empty, tables stay. Like a restart
// it ends in mode 0.
func (r *Register) cmdTechReset() []byte {
	if code := r.mayReset(); code != 0 {
		return refuse(code)
	}
	r.emptyMemory()
	return done()
}

func (r *Register) emptyMemory() {
	r.cash, r.shift.Receipts, r.shift.Documents = 0, 0, 0
	r.tags = map[uint16][]byte{tagAgent: {0}}
	r.restart()
	for _, id := range []string{FaultAgentTag, FaultBlocked, FaultTotals} {
		r.cured(id)
	}
}

// cmdGeneralReset is 77: both, so that the register is as one that was just
// registered. What the drive holds is the drive's: its documents, its shifts,
// its troubles.
func (r *Register) cmdGeneralReset() []byte {
	if code := r.mayReset(); code != 0 {
		return refuse(code)
	}
	r.emptyMemory()
	r.initTables()
	return done()
}

// cmdPower is CE: 41 restarts the register, 00 turns it off. Then it is silent
// until the power is given back from outside (Clear).
func (r *Register) cmdPower(c []byte) []byte {
	switch {
	case len(c) != 1:
		return refuse(codeLength)
	case c[0] == 0x41:
		r.restart()
	case c[0] == 0x00:
		r.off = true
	default:
		return refuse(codeUnsupported)
	}
	r.rebooted = true
	return done()
}

// restart drops what was half done, and finds a drive that had lost its
// contact.
func (r *Register) restart() {
	r.mode, r.submode, r.receipt = 0, 0, receipt{}
	for _, id := range []string{FaultFNLink, FaultWrongMode, FaultReceiptOpen, FaultPassword, FaultHung, FaultTaxLeft, FaultReceiptLeft} {
		r.cured(id)
	}
	r.again()
}

// dumb says whether nothing answers on the register's line.
func (r *Register) dumb() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.has(FaultSilent) || r.has(FaultPower)
}
