package fptr

import (
	"encoding/json"
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Plan is the tasks that Do would post, in order, each as JSON. In the plan
// of last_document the number 0 stands for the one that the first answer
// gives. The service has no tasks for cancelling a receipt (a receipt is one
// task and is never left open), for modes, for a restart and for printing the
// register's own tests.
func (p Protocol) Plan(proc kkt.Procedure) ([][]byte, error) {
	switch proc.Name {
	case kkt.ProcRaw:
		if TypeOf(proc.Raw) == "" {
			return nil, fmt.Errorf("fptr: not a JSON task: %w", kkt.ErrUnsupported)
		}
		return [][]byte{proc.Raw}, nil
	case kkt.ProcFNStatus:
		return planOf(plain(taskExchange)), nil
	case kkt.ProcLastDocument:
		return planOf(plain(taskFNStatus), fnDocument(0)), nil
	case kkt.ProcSetClock:
		return planOf(setClock(p.clock().Now().In(p.location()))), nil
	case kkt.ProcOFDChannel:
		return planOf(setParam(paramOFDChannel, "1")), nil
	case kkt.ProcOFDTest:
		return planOf(signed(taskReport, p.Operator)), nil
	case kkt.ProcCloseShift:
		return planOf(signed(taskCloseShift, p.Operator)), nil
	case kkt.ProcCloseArchive:
		return planOf(signed(taskCloseArchive, p.Operator)), nil
	case kkt.ProcContinue:
		return planOf(plain(taskContinue)), nil
	case kkt.ProcCorrection, kkt.ProcOutcome:
		return planDelivery(proc)
	default:
		return nil, fmt.Errorf("fptr: procedure %q: %w", proc.Name, kkt.ErrUnsupported)
	}
}

func planOf(tasks ...json.RawMessage) [][]byte {
	plan := make([][]byte, len(tasks))
	for i, t := range tasks {
		plan[i] = t
	}
	return plan
}
