// Package kkt is what any cash register (ККТ) can say and be asked, whatever
// its maker's protocol. A protocol is a Driver in a package of its own; what
// only some registers can do is an optional interface beside it.
package kkt

import (
	"context"
	"errors"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// Endpoint says where a register is and how to talk to it.
type Endpoint struct {
	Protocol  string `json:"protocol" toml:"protocol"`           // "atol"
	Transport string `json:"transport" toml:"transport"`         // "tcp" or "serial"
	Address   string `json:"address" toml:"address"`             // "host:port" or "/dev/ttyACM0", "COM3"
	Baud      int    `json:"baud,omitempty" toml:"baud"`         // serial only; 0 = 115200
	Password  string `json:"password,omitempty" toml:"password"` // access password as the register writes it; "" = the maker's usual one
}

// Driver talks to one register over one open port. It is not safe for
// concurrent use: a register has one conversation at a time. The caller opens
// it in an idle gap, reads or does one thing and closes it at once, because
// the port belongs to the point-of-sale program.
type Driver interface {
	// Read takes one reading of everything the rules need. What the register
	// refuses to tell is left out of the set. now is the true time, for the
	// drift of the register's clock.
	Read(ctx context.Context, now func() time.Time) (signal.Set, error)
	// Do carries out one procedure and returns each exchange, also those
	// before a failure. It never repeats a command whose outcome it does not
	// know.
	Do(ctx context.Context, p Procedure) ([]Exchange, error)
	Close() error
}

// Protocol opens registers of one kind and explains their bytes. Planner and
// explainer work without a register, for the dry run and for the console.
type Protocol interface {
	Open(ctx context.Context, e Endpoint) (Driver, error)
	// Plan is the commands that a procedure would send, in order, without
	// transport: what a dry run shows.
	Plan(p Procedure) ([][]byte, error)
	// Explain decodes a command and its reply. A reply that cannot be read
	// gives ok false and no fields.
	Explain(command, reply []byte) Meaning
}

// Procedure is something to be done to a register, by name or byte for byte.
type Procedure struct {
	Name string `json:"name"`          // see the Procedure names of this package
	Raw  []byte `json:"raw,omitempty"` // for Raw: the command without password and transport; for Correction and Outcome what the protocol says
}

// The procedures that every driver tries to offer; a driver answers
// ErrUnsupported for one it cannot do.
const (
	ProcRaw          = "raw"           // Raw, byte for byte
	ProcFNStatus     = "fn_status"     // ask the FN for its exchange status; proves that the FN answers
	ProcLastDocument = "last_document" // number, date and sign of the last fiscal document
	ProcCancel       = "cancel_receipt"
	ProcLeaveMode    = "leave_mode" // back to the choice of modes
	ProcSetClock     = "set_clock"  // set date and time to the agent's true time
	ProcReboot       = "reboot"
	ProcOFDTest      = "ofd_test"       // the register prints its own OFD link test
	ProcOFDChannel   = "ofd_channel"    // set the OFD channel to the one that uses the host's network
	ProcCloseShift   = "close_shift"    // close the shift with its report
	ProcInfoPrint    = "info_print"     // the register prints firmware, FN and codes
	ProcClearAgent   = "clear_agent"    // write requisite 1057 (agent sign) as "none"
	ProcContinue     = "continue_print" // finish an interrupted report or document
	ProcCloseArchive = "close_archive"  // the report on closing the FN: it never signs again
	ProcCorrection   = "correction"     // Raw: a correction receipt under an id of the caller's, made at most once
	ProcOutcome      = "document_state" // Raw: the id of such a receipt; asks what became of it
)

// Risk says who may run a procedure.
type Risk string

// The risks. Reading is safe; changing needs consent; dangerous needs an
// engineer's right, consent and, where data can be lost, a verified backup.
const (
	RiskRead      Risk = "read"
	RiskChange    Risk = "change"
	RiskDangerous Risk = "dangerous"
)

// RiskOf is the risk of a procedure. Bytes given by hand are dangerous unless
// the protocol knows better.
func RiskOf(name string) Risk {
	switch name {
	case ProcFNStatus, ProcLastDocument, ProcOutcome:
		return RiskRead
	case ProcCancel, ProcLeaveMode, ProcSetClock, ProcOFDTest, ProcOFDChannel, ProcInfoPrint, ProcContinue, ProcReboot, ProcCloseShift:
		return RiskChange
	default:
		return RiskDangerous
	}
}

// Weigher is a protocol that knows which commands given by hand only read.
// What it does not know for certain is dangerous.
type Weigher interface {
	RiskOf(command []byte) Risk
}

// RiskAt is the risk of a procedure at a register of the protocol: that of
// commands given by hand is the protocol's to say. p may be nil.
func RiskAt(p Protocol, proc Procedure) Risk {
	if w, ok := p.(Weigher); ok && proc.Name == ProcRaw {
		return w.RiskOf(proc.Raw)
	}
	return RiskOf(proc.Name)
}

// Exchange is one command and its reply, without password and transport.
type Exchange struct {
	Sent    []byte    `json:"sent"`
	Got     []byte    `json:"got,omitempty"` // empty when nothing came back
	At      time.Time `json:"at"`
	Millis  int64     `json:"ms"`
	Failure string    `json:"failure,omitempty"` // stable code, "" when a reply came
}

// Meaning is a decoded exchange.
type Meaning struct {
	OK      bool           `json:"ok"`
	Command string         `json:"command,omitempty"` // stable name of the command, "read_register_52"
	Fields  map[string]any `json:"fields,omitempty"`
	Code    int            `json:"code,omitempty"`  // register's error code, 0 = none
	Error   string         `json:"error,omitempty"` // stable code of what is wrong with the reply
	Text    string         `json:"-"`               // i18n key of a sentence that the fields fill
}

// What a driver may fail with. A driver wraps these, so that the agent can
// tell apart what a person must do.
var (
	ErrNoAnswer    = errors.New("kkt: the register does not answer")
	ErrRefused     = errors.New("kkt: the address takes no connection")
	ErrBusy        = errors.New("kkt: another program holds the port")
	ErrMissing     = errors.New("kkt: there is no such port")
	ErrUnsupported = errors.New("kkt: this register cannot do that")
	// ErrUnknownOutcome: the command went out and the answer did not come. It
	// may have been carried out; it is not sent again.
	ErrUnknownOutcome = errors.New("kkt: the command was sent, its outcome is not known")
)

// GarbageError is an answer that is not of the protocol, with the bytes kept
// as evidence.
type GarbageError struct {
	Bytes []byte // at most 128
	Why   string
}

// Error names what was wrong and how many bytes came.
func (e *GarbageError) Error() string { return "kkt: garbage from the register: " + e.Why }

// RefusalError is the register's own "no" with its code.
type RefusalError struct {
	Command []byte
	Code    int // the register's code; ATOL: see the table of device errors
}

// Error is for logs; people see the meaning of the code.
func (e *RefusalError) Error() string { return "kkt: the register refused the command" }
