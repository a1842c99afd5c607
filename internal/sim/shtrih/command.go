package shtrih

import "fmt"

// right is who may give a command.
type right byte

const (
	anybody right = iota // no password in the command
	operator
	manager       // the administrator, number 29, or the system administrator
	administrator // the system administrator, number 30
)

// sysAdmin is the system administrator's number.
const sysAdmin = 30

// has says whether an operator has the right; 0 is nobody.
func (w right) has(operator byte) bool {
	switch w {
	case administrator:
		return operator == sysAdmin
	case manager:
		return operator == sysAdmin || operator == sysAdmin-1
	default:
		return operator != 0
	}
}

// call is one command being carried out.
type call struct {
	operator byte   // who gave it, 1…30; 0 without a password
	args     []byte // what follows the command and the password
}

// command is what the register knows of one of its commands.
type command struct {
	who   right
	min   int  // fewest bytes of args
	max   int  // most bytes of args
	reads bool // changes nothing
	run   func(r *Register, c call) ([]byte, byte)
}

func (r *Register) lookup(code uint16) (command, bool) {
	for _, find := range []func(uint16) (command, bool){states, drives, shifts, receipts, corrections, settings, works} {
		if c, ok := find(code); ok {
			return c, true
		}
	}
	return command{}, false
}

// codeOf takes the command's code off a message: FF and FE have a second byte.
func codeOf(b []byte) (code uint16, size int, ok bool) {
	switch {
	case len(b) == 0:
		return 0, 0, false
	case b[0] != 0xFF && b[0] != 0xFE:
		return uint16(b[0]), 1, true
	case len(b) < 2:
		return 0, 0, false
	default:
		return uint16(b[0])<<8 | uint16(b[1]), 2, true
	}
}

// echo is the command as a reply repeats it: FE comes without its second byte.
func echo(code uint16) []byte {
	switch {
	case code>>8 == 0xFE:
		return []byte{0xFE}
	case code > 0xFF:
		return []byte{byte(code >> 8), byte(code)}
	default:
		return []byte{byte(code)}
	}
}

// result is what a message has brought about.
type result struct {
	reply  []byte // nil: the register restarted before it could answer
	bare   []byte // of a refusal, without the command
	hangUp bool   // the line drops after the reply
}

// Execute carries out one message as it stands inside a frame. The reply is
// nil when the register restarted instead of answering.
func (r *Register) Execute(message []byte) []byte {
	return r.execute(message).reply
}

func (r *Register) execute(message []byte) result {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	code, size, ok := codeOf(message)
	if !ok {
		return refusal(append([]byte(nil), message...), codeUnsupported)
	}
	c, known := r.lookup(code)
	if !known {
		return refusal(echo(code), codeUnsupported)
	}
	before := r.restarts
	if !c.reads && r.strikes(FaultRestartBefore) {
		r.restart()
		return result{hangUp: true}
	}
	data, fail := r.admit(c, message[size:], code)
	r.urge()
	switch {
	case !c.reads && r.strikes(FaultRestartAfter):
		r.restart()
		return result{hangUp: true}
	case fail != 0:
		return refusal(echo(code), fail)
	}
	return result{reply: join(echo(code), []byte{0}, data), hangUp: r.restarts != before}
}

func refusal(command []byte, code byte) result {
	return result{reply: append(command, code), bare: []byte{code, 0}}
}

// strikes says whether a fault that happens once has happened now.
func (r *Register) strikes(id string) bool {
	if !r.has(id) {
		return false
	}
	r.cured(id)
	return true
}

// admit checks the password and the length, then runs the command.
func (r *Register) admit(c command, b []byte, code uint16) ([]byte, byte) {
	var in call
	if c.who != anybody {
		if len(b) < 4 {
			return nil, codeLength
		}
		in.operator = r.operatorOf(unle(b[:4]))
		if !c.who.has(in.operator) {
			return nil, codePassword
		}
		b = b[4:]
	}
	in.args = b
	switch {
	case len(b) < c.min || len(b) > c.max:
		return nil, codeLength
	case !r.newDate.IsZero() && !c.reads && code != 0x22 && code != 0x23 && code != 0xFEF3:
		return nil, codeConfirmDate
	case r.inTest() && !c.reads && code != 0x2B && code != 0xFEF3:
		return nil, codeMode
	}
	r.executed[fmt.Sprintf("%02X", code)]++
	r.operator = in.operator
	return c.run(r, in)
}

// operatorOf is whose password that is; 0 nobody's. The passwords stand in
// table 2.
func (r *Register) operatorOf(password int64) byte {
	if r.has(FaultPassword) {
		return 0
	}
	for n := byte(1); n <= sysAdmin; n++ {
		if unle(r.cells[cell{2, uint16(n), 1}]) == password {
			return n
		}
	}
	return 0
}
