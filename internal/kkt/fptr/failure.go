package fptr

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt"
)

// failure is what a final entry says went wrong; nil when it is ready. The
// task is kept as the refused command.
func (e Entry) failure(task json.RawMessage) error {
	kind := TypeOf(task)
	switch e.Status {
	case StatusReady:
		return nil
	case StatusCanceled:
		return fmt.Errorf("fptr: %s: taken back before it began: %w", kind, kkt.ErrNoAnswer)
	case StatusInterrupted:
		return &kkt.RefusalError{Command: task, Code: CodeInterrupted}
	}
	switch e.Code {
	case CodeConnectionOff:
		return fmt.Errorf("fptr: %s: the service has no connection to the register: %w", kind, kkt.ErrNoAnswer)
	case CodePortBusy:
		return fmt.Errorf("fptr: %s: another program holds the register's port: %w", kind, kkt.ErrBusy)
	case CodeNoPort:
		return fmt.Errorf("fptr: %s: the register's port is not there: %w", kind, kkt.ErrMissing)
	case CodeNoConnection, CodeLost:
		return lostRegister(kind)
	case 0:
		return &kkt.RefusalError{Command: task, Code: CodeUnknown}
	default:
		return &kkt.RefusalError{Command: task, Code: e.Code}
	}
}

// lostRegister: the link to the register went. The service itself finds out
// what became of a document before it says "error"; of anything else that
// changes something nobody knows.
func lostRegister(kind string) error {
	if onlyReads(kind) || guarded(kind) {
		return fmt.Errorf("fptr: %s: the service does not reach the register: %w", kind, kkt.ErrNoAnswer)
	}
	return fmt.Errorf("fptr: %s: the service lost the register: %w", kind, kkt.ErrUnknownOutcome)
}

// Failure is the stable code of an error of this package, for the record of an
// exchange; see kkt.Failure.
func Failure(err error) string {
	if code := kkt.Failure(err, nil); code != "failed" {
		return code
	}
	if errors.Is(err, errLost) {
		return "no_answer"
	}
	return "failed"
}
