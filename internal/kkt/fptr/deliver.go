package fptr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Delivery is what kkt.ProcCorrection and kkt.ProcOutcome carry: a correction's
// task with the UUID that it is made under, once.
type Delivery struct {
	UUID string          `json:"uuid"`
	Task json.RawMessage `json:"task,omitempty"`
}

// What an exchange of a delivery says besides the codes of Failure.
const (
	FailureSpent  = "uuid_spent" // the UUID is used up, the document was never made
	FailureNoTask = "no_task"    // the service knows of no such UUID
)

// Raw is the delivery as a procedure carries it.
func (v Delivery) Raw() []byte { return encode(v) }

// parseDelivery takes nothing but a correction under a UUID.
func parseDelivery(proc kkt.Procedure) (Delivery, error) {
	var v Delivery
	kinds := []string{Income.task(), IncomeReturn.task(), Expense.task(), ExpenseReturn.task()}
	switch {
	case json.Unmarshal(proc.Raw, &v) != nil, v.UUID == "", len(v.UUID) > 64:
		return v, fmt.Errorf("fptr: %s without a UUID: %w", proc.Name, kkt.ErrUnsupported)
	case !slices.Contains(kinds, TypeOf(v.Task)):
		return v, fmt.Errorf("fptr: not a correction: %w", kkt.ErrUnsupported)
	}
	return v, nil
}

func planDelivery(proc kkt.Procedure) ([][]byte, error) {
	v, err := parseDelivery(proc)
	switch {
	case err != nil:
		return nil, err
	case proc.Name == kkt.ProcCorrection:
		return planOf(v.Task, fnDocument(0)), nil
	default:
		return planOf(v.Raw()), nil
	}
}

// deliver makes a correction under its UUID, as Correct does, and then asks
// the drive for the document: the first exchange tells what became of the
// task, the second what was registered.
func (d *Driver) deliver(ctx context.Context, raw []byte) ([]kkt.Exchange, error) {
	v, err := parseDelivery(kkt.Procedure{Name: kkt.ProcCorrection, Raw: raw})
	if err != nil {
		return nil, err
	}
	started := time.Now()
	x := kkt.Exchange{Sent: v.Task, At: d.proto.clock().Now()}
	e, err := d.posted(ctx, v.UUID, v.Task)
	x.Got = e.Raw
	if err == nil {
		err = d.judged(e, v.Task)
	}
	x.Millis = time.Since(started).Milliseconds()
	return d.told(ctx, x, e, v.UUID, err)
}

// judged is what a final entry means; nil only for a document that was made.
func (d *Driver) judged(e Entry, task json.RawMessage) error {
	if e.Status == StatusCanceled {
		return ErrSpent
	}
	if err := e.failure(task); err != nil {
		return err
	}
	o, err := d.outcome(e)
	var spoilt *kkt.GarbageError
	if err == nil {
		return o.marksRefused(task)
	}
	if errors.As(err, &spoilt) { // ready, so it was made; which one, the drive must tell
		return fmt.Errorf("%w: %w", kkt.ErrUnknownOutcome, err)
	}
	return err
}

// lookedUp asks what became of a correction, as Lookup does; what it finds out
// is its answer and no error.
func (d *Driver) lookedUp(ctx context.Context, raw []byte) ([]kkt.Exchange, error) {
	v, err := parseDelivery(kkt.Procedure{Name: kkt.ProcOutcome, Raw: raw})
	if err != nil {
		return nil, err
	}
	started := time.Now()
	x := kkt.Exchange{Sent: v.Raw(), At: d.proto.clock().Now()}
	entries, err := d.service.ask(ctx, v.UUID)
	x.Millis = time.Since(started).Milliseconds()
	switch {
	case errors.Is(err, errUnknownTask):
		x.Failure = FailureNoTask
		return []kkt.Exchange{x}, nil
	case err != nil:
		err = readFailure(err)
		x.Failure = Failure(err)
		return []kkt.Exchange{x}, fmt.Errorf("fptr: looking for %s: %w", v.UUID, err)
	case len(entries) != 1:
		return []kkt.Exchange{x}, garbage(nil, fmt.Sprintf("%d results for one task", len(entries)))
	}
	x.Got = entries[0].Raw
	_, err = d.outcome(entries[0])
	if errors.Is(err, ErrSpent) {
		x.Failure = FailureSpent
		return []kkt.Exchange{x}, nil
	}
	return d.told(ctx, x, entries[0], v.UUID, err)
}

// told ends a delivery: with the document as the drive keeps it when it was
// made, and otherwise with the reason in the exchange.
func (d *Driver) told(ctx context.Context, x kkt.Exchange, e Entry, uuid string, err error) ([]kkt.Exchange, error) {
	var refused *kkt.RefusalError
	switch {
	case errors.Is(err, ErrSpent):
		x.Failure = FailureSpent
		return []kkt.Exchange{x}, fmt.Errorf("%w: %w", err, kkt.ErrNoAnswer)
	case err != nil:
		if !errors.As(err, &refused) {
			x.Failure = Failure(err)
			err = fmt.Errorf("fptr: correction under %s: %w", uuid, err)
		}
		return []kkt.Exchange{x}, err
	}
	o, err := d.outcome(e)
	if err != nil || !o.Made {
		return []kkt.Exchange{x}, err
	}
	// The document is made. That the drive may not tell it back changes nothing.
	second, _, _ := d.exchange(ctx, fnDocument(o.Fiscal.Document))
	return []kkt.Exchange{x, second}, nil
}

// Kept is what the drive tells of a document that was made.
type Kept struct {
	Total     int64     // 1020 in kopecks; -1 = not told
	Operation Operation // 1054; 0 = not told
}

// notTold is a document that the drive did not tell back.
func notTold() Kept { return Kept{Total: -1} }

// Delivered reads from the exchanges of a delivery, or of a question for one,
// what became of the correction: its outcome, with the document as the drive
// keeps it. It fails with ErrSpent, with ErrNoTask, with
// kkt.ErrUnknownOutcome when the service itself never found out, and with
// another error when nothing can be read from them.
func Delivered(list []kkt.Exchange) (o Outcome, kept Kept, err error) {
	if len(list) == 0 {
		return o, notTold(), errForm
	}
	first := list[0]
	switch first.Failure {
	case FailureSpent:
		return o, notTold(), ErrSpent
	case FailureNoTask:
		return o, notTold(), ErrNoTask
	}
	e, err := ParseEntry(first.Got)
	if err != nil {
		return o, notTold(), err
	}
	if e.Status == StatusError && errors.Is(e.failure(taskOf(first.Sent)), kkt.ErrUnknownOutcome) {
		return o, notTold(), kkt.ErrUnknownOutcome
	}
	if o, err = outcomeOf(e, nil); err != nil || !o.Made {
		return o, notTold(), err
	}
	return o, toldBack(list[1:], o.Fiscal.Document), nil
}

// taskOf is the task of an exchange, which a question carries inside.
func taskOf(sent []byte) json.RawMessage {
	var v Delivery
	if TypeOf(sent) == "" && json.Unmarshal(sent, &v) == nil {
		return v.Task
	}
	return sent
}

// toldBack is what the drive told back of the document, when it is that one.
func toldBack(list []kkt.Exchange, number int64) Kept {
	for _, x := range list {
		e, err := ParseEntry(x.Got)
		if err != nil || e.Status != StatusReady {
			continue
		}
		if doc, err := parseDocument(e.Result, nil); err == nil && doc.Number == number {
			return Kept{doc.Total, doc.Operation}
		}
	}
	return notTold()
}
