package sim

import (
	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/fn"
)

// cmdReadMode is the one usual command whose reply has no place for an error;
// cmdLastError answers with the error of another.
const (
	cmdReadMode  = 0x45
	cmdLastError = 0xB3
)

// dispatch finds what a command does. Reading is allowed in every mode.
func (r *Register) dispatch(c []byte) []byte {
	if reply := r.reading(c); reply != nil {
		return reply
	}
	if reply := r.trading(c); reply != nil {
		return reply
	}
	return r.setting(c)
}

func (r *Register) reading(c []byte) []byte {
	switch c[0] {
	case cmdReadMode:
		return []byte{replyTag, r.submode<<4 | r.mode, r.printerFlags()}
	case 0x3F:
		return r.fullState()
	case 0xA5:
		return r.deviceType()
	case 0x91:
		return r.readRegister(c[1:])
	case 0xA4:
		return r.passToDrive(c[1:])
	case 0x46:
		return r.readTable(c[1:])
	case 0x4D:
		return append([]byte{0x4D}, bcd(r.cash, 7)...)
	case 0x74:
		return r.protectionState()
	case 0x9D:
		return data(append([]byte{0}, firmware()...)...)
	case 0xE9:
		return r.readTag(c[1:])
	case 0x58:
		return r.shiftTotals()
	case cmdLastError:
		return refuse(r.lastError)
	default:
		return nil
	}
}

func (r *Register) trading(c []byte) []byte {
	switch c[0] {
	case 0x9A:
		return r.cmdOpenShift(c[1:])
	case 0x92:
		return r.cmdOpenReceipt(c[1:])
	case 0xE6:
		return r.cmdItem(c[1:], 65, 6)
	case 0xEA:
		return r.cmdBeginItem()
	case 0xEB:
		return r.cmdEndItem(c[1:])
	case 0x4A:
		return r.cmdCloseReceipt(c[1:])
	case 0x59:
		return r.cmdCancel()
	case 0x49, 0x4F:
		return r.cmdCash(c)
	case 0x5A:
		return r.cmdCloseShift()
	default:
		return r.paying(c)
	}
}

func (r *Register) setting(c []byte) []byte {
	switch c[0] {
	case 0x48:
		return r.cmdLeaveMode()
	case 0x56:
		return r.cmdEnterMode(c[1:])
	case 0x50:
		return r.writeTable(c[1:])
	case 0xE8:
		return r.writeTag(c[1:])
	case 0x4B:
		return r.cmdSetTime(c[1:])
	case 0x64:
		return r.cmdSetDate(c[1:])
	case 0xED:
		return r.cmdSetBoth(c[1:])
	case 0xCE:
		return r.cmdPower(c[1:])
	case 0x55:
		return r.cmdContinue()
	case 0x6D:
		return r.cmdProtection(c[1:])
	case 0x71:
		return r.cmdInitTables()
	case 0x6B:
		return r.cmdTechReset()
	case 0x77:
		return r.cmdGeneralReset()
	default:
		return r.printing(c)
	}
}

// printing is what only uses paper, or makes a sound. What is not here is not
// supported, which a register says with 122.
func (r *Register) printing(c []byte) []byte {
	mode := byte(0xFF) // any
	switch c[0] {
	case 0x82:
		mode = 0
	case 0x67:
		if len(c) == 2 && c[1] == 0x09 {
			return r.cmdSettlement()
		}
		mode = 2
	case 0xA8, 0xAB:
		mode = 6
	case 0x8D: // a picture out of the memory, where there is none
		return refuse(codePicture)
	case 0x95, 0x97, 0x4C, 0x6C, 0x73, 0x75, 0xC1:
	case 0x47, 0x80, 0x85, 0x88:
		return done()
	default:
		return refuse(codeUnsupported)
	}
	switch {
	case mode != 0xFF && r.mode != mode:
		return refuse(codeMode)
	case r.has(FaultNoPaper):
		return refuse(codeNoPaper)
	case len(c) >= 3 && c[0] == 0x82 && c[2] == 0x06:
		r.tryLink()
	}
	return done()
}

// The passwords that open modes, as registers are born with them: the system
// administrator's opens all, the administrator's the reports too, a cashier's
// the registration alone.
const (
	sysAdminPassword = 30
	adminPassword    = 29
)

func opens(mode byte, password int64) bool {
	switch mode {
	case 1:
		return password >= 1 && password <= sysAdminPassword
	case 2, 3:
		return password == adminPassword || password == sysAdminPassword
	default:
		return password == sysAdminPassword
	}
}

func (r *Register) cmdEnterMode(c []byte) []byte {
	if len(c) != 5 {
		return refuse(codeLength)
	}
	pw, ok := unbcd(c[1:])
	switch {
	case c[0] > 7:
		return refuse(codeFormat)
	case !ok || !opens(c[0], pw):
		return refuse(codePassword)
	case r.receipt.kind != 0:
		return refuse(codeReceiptOpen)
	case r.mode != 0 && r.mode != c[0]:
		return refuse(codeMode)
	}
	if code := r.blocked(c[0]); code != 0 {
		return refuse(code)
	}
	r.mode, r.operator = c[0], pw
	return done()
}

func (r *Register) cmdLeaveMode() []byte {
	if r.receipt.kind != 0 {
		return refuse(codeReceiptOpen)
	}
	if r.submode != 0 {
		return refuse(codeMode)
	}
	r.mode = 0
	r.cured(FaultWrongMode)
	return done()
}

// printerFlags are the flags of 45.
func (r *Register) printerFlags() byte {
	if r.has(FaultNoPaper) {
		return 0x01
	}
	return 0
}

// firmware is version 4.1, language 0, build 1234: the one whose replies were
// measured.
func firmware() []byte { return []byte{0x04, 0x01, 0x00, 0x12, 0x34} }

func (r *Register) deviceType() []byte {
	b := append([]byte{0x00, 0x03, 0x01, r.model, 0x10, 0x00}, firmware()...)
	// The name can always be written in CP866: it is ours.
	name, _ := charmap.CodePage866.NewEncoder().String("АТОЛ (испытательный стенд)")
	return append(b, name...)
}

func (r *Register) fullState() []byte {
	t := r.own()
	flags := byte(0x01 | 0x04 | 0x40 | 0x80)
	if r.shift.Open {
		flags |= 0x02
	}
	if !r.has(FaultNoPaper) {
		flags |= 0x08
	}
	if r.drive.Phase != fn.PhaseFiscal {
		flags &^= 0x40
	}
	b := append(append([]byte{0x44}, bcd(r.operator, 1)...), 0x01)
	b = append(b, ymdBytes(t)...)
	b = append(b, hmsBytes(t)...)
	b = append(b, flags)
	b = append(b, r.shortSerial()...)
	b = append(b, r.model, '4', '1', r.submode<<4|r.mode)
	b = append(b, bcd(r.drive.Receipts%10_000, 2)...)
	b = append(b, bcd(r.shift.Number%10_000, 2)...)
	b = append(b, r.receipt.kind)
	b = append(b, bcd(r.receipt.sum, 5)...)
	return append(b, 2, 6) // two decimals, Ethernet
}
