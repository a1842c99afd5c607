package atol

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// The commands that procedures are made of, as documents and service centres
// write them: without the access password. 30 is the register's own password
// of its administrator, in four packed bytes.
func leaveMode() []byte           { return []byte{0x48} }
func enterMode(mode byte) []byte  { return []byte{0x56, mode, 0x00, 0x00, 0x00, 0x30} }
func setTime(t time.Time) []byte  { return append([]byte{0x4B}, clockBytes(t)...) }
func setDate(t time.Time) []byte  { return append([]byte{0x64}, dateBytes(t)...) }
func readRegisterNow() []byte     { return []byte{cmdRegister, regClock, 0x00, 0x00} }
func lastDocumentBytes() []byte   { return []byte{cmdRegister, regLastDocument, 0x00, 0x00} }
func exchangeStatusBytes() []byte { return []byte{cmdFN, fnExchange} }

func clockBytes(t time.Time) []byte {
	return []byte{packed(int64(t.Hour()), 1)[0], packed(int64(t.Minute()), 1)[0], packed(int64(t.Second()), 1)[0]}
}

func dateBytes(t time.Time) []byte {
	return []byte{packed(int64(t.Day()), 1)[0], packed(int64(t.Month()), 1)[0], packed(int64(t.Year()%100), 1)[0]}
}

// The modes that procedures enter.
const (
	modeReports = 3 // reports that close the shift
	modeProgram = 4
	modeFN      = 6
)

// Plan is what Do would send, in order. Those that enter a mode leave the
// present one first and the new one at the end, also when a command between
// them is refused. For set_clock the date is sent only when the register's
// own differs, because a register takes a date only with its shift closed; the
// plan shows it.
func (p Protocol) Plan(proc kkt.Procedure) ([][]byte, error) {
	switch proc.Name {
	case kkt.ProcRaw:
		if len(proc.Raw) == 0 {
			return nil, fmt.Errorf("atol: no bytes given: %w", kkt.ErrUnsupported)
		}
		return [][]byte{proc.Raw}, nil
	case kkt.ProcSetClock:
		now := p.clock().Now().In(p.location())
		return [][]byte{readRegisterNow(), setDate(now), setTime(now)}, nil
	}
	if plan := fixedPlan(proc.Name); plan != nil {
		return plan, nil
	}
	return nil, fmt.Errorf("atol: procedure %q: %w", proc.Name, kkt.ErrUnsupported)
}

func fixedPlan(name string) [][]byte {
	switch name {
	case kkt.ProcCancel:
		return [][]byte{{0x59}}
	case kkt.ProcLeaveMode:
		return [][]byte{leaveMode()}
	case kkt.ProcFNStatus:
		return [][]byte{exchangeStatusBytes()}
	case kkt.ProcLastDocument:
		return [][]byte{lastDocumentBytes()}
	case kkt.ProcOFDChannel:
		return [][]byte{leaveMode(), enterMode(modeProgram), {0x50, tableOFD, 0x00, 0x01, cellChannel, 0x01}, leaveMode()}
	case kkt.ProcOFDTest:
		return [][]byte{{0x82, 0x01, 0x06, 0x00}}
	case kkt.ProcInfoPrint:
		return [][]byte{{0x82, 0x01, 0x01, 0x00}}
	case kkt.ProcCloseShift:
		return [][]byte{leaveMode(), enterMode(modeReports), {0x5A}, leaveMode()}
	case kkt.ProcClearAgent:
		return [][]byte{leaveMode(), enterMode(modeFN), {cmdWriteTag, 0x00, 0x01, 0x00, 0x21, 0x04, 0x01, 0x00, 0x00}, leaveMode()}
	case kkt.ProcReboot:
		return [][]byte{{cmdReboot, 0x41}}
	case kkt.ProcContinue:
		return [][]byte{{0x55}}
	default:
		return nil
	}
}
