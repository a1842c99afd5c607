package shtrih

import (
	"bytes"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// The first bytes of commands that the driver itself uses.
const (
	cmdShort      = 0x10
	cmdFull       = 0x11
	cmdReadTable  = 0x1F
	cmdWriteTable = 0x1E
	cmdTable      = 0x2D
	cmdField      = 0x2E
	cmdSetTime    = 0x21
	cmdSetDate    = 0x22
	cmdConfirm    = 0x23
	cmdStopDump   = 0x03
	cmdStopTest   = 0x2B
	cmdCancel     = 0x88
	cmdContinue   = 0xB0
	cmdZReport    = 0x41
	cmdModelSpec  = 0xF7
	cmdType       = 0xFC
	cmdTechReset  = 0x16
	cmdService    = 0xFE // the second byte says which
	cmdDrive      = 0xFF // the second byte says which
)

// The second bytes of the drive's and the service commands that are used.
const (
	fnStatus     = 0x01
	fnValid      = 0x03
	fnRegistered = 0x09
	fnFind       = 0x0A
	fnExchange   = 0x39
	fnShift      = 0x40
	svcReboot    = 0xF3
	svcSerial    = 0xF1
)

// spec is what is known about one command.
type spec struct {
	code []byte
	name string
	open bool                                      // it takes no password
	risk kkt.Risk                                  // "" = it changes something
	ask  func(r *reader) map[string]any            // the parameters; nil: they are not looked at
	read func(data []byte) (map[string]any, error) // the answer; nil: it only says "done"
	cell func(f map[string]any, data []byte) error // the answer to a table's field, which the parameters explain
	slow time.Duration                             // how long it may take; 0 = the usual
	once bool                                      // a reading that gives the next piece each time: not sent again
}

// find gives the command's description; one that is not known is called
// "other" and has its data shown as bytes.
func find(command []byte) spec {
	if len(command) == 0 {
		return spec{}
	}
	for _, s := range specs() {
		if bytes.HasPrefix(command, s.code) {
			return s
		}
	}
	return spec{code: command[:codeLength(command)], name: "other", read: readBytes}
}

// codeLength is how many bytes a command's code has.
func codeLength(command []byte) int {
	if len(command) > 1 && (command[0] == cmdDrive || command[0] == cmdService) {
		return 2
	}
	return min(len(command), 1)
}

// patience is how long a register may work on the command: one that only reads
// answers at once, what it prints takes its time.
func (s spec) patience() time.Duration {
	switch {
	case s.slow > 0:
		return s.slow
	case s.risk == kkt.RiskRead:
		return 3 * time.Second
	default:
		return 10 * time.Second
	}
}

// withPassword puts the password where it belongs: after the code. Service
// commands, the type and its capabilities take none.
func withPassword(s spec, command, pw []byte) []byte {
	if s.open || command[0] == cmdService {
		return command
	}
	n := len(s.code)
	out := append(append([]byte(nil), command[:n]...), pw...)
	return append(out, command[n:]...)
}

// specs lists the commands that are known. It is built once and not changed.
var specs = sync.OnceValue(func() []spec {
	var all []spec
	for _, group := range [][]spec{stateSpecs(), driveSpecs(), tableSpecs(), serviceSpecs(), clockSpecs(), tradeSpecs(), printSpecs(), documentSpecs()} {
		all = append(all, group...)
	}
	return all
})
