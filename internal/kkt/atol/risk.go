package atol

import (
	"bytes"
	"slices"

	"github.com/tillwright/tillwright/internal/kkt"
)

// RiskOf is the risk of a command given by hand: the list of those that only
// read is fixed, everything else is dangerous.
func (p Protocol) RiskOf(command []byte) kkt.Risk {
	if onlyReads(command) {
		return kkt.RiskRead
	}
	return kkt.RiskDangerous
}

func onlyReads(command []byte) bool {
	if len(command) == 0 {
		return false
	}
	switch command[0] {
	case cmdRegister:
		return len(command) > 1
	case cmdFN:
		return len(command) > 1 && slices.Contains([]byte{fnShift, fnExchange, fnStatus, fnNumber, fnValid, fnVersion, fnErrors, fnUnconfirmed}, command[1])
	default:
		return slices.ContainsFunc(readers(), func(s spec) bool { return bytes.HasPrefix(command, s.prefix) })
	}
}
