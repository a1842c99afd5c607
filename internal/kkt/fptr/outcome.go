package fptr

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// ErrNoTask: the service has no task of that UUID. Either it never got it, or
// it has forgotten it (the maker's service keeps tasks for thirty days).
var ErrNoTask = errors.New("fptr: the service has no task of that UUID")

// ErrSpent: the UUID was used up to make sure that a lost task is never
// carried out. The document was not made; to make it, take another UUID.
var ErrSpent = errors.New("fptr: the UUID is used up and its document was never made")

// Outcome is what the service knows about a document that was asked for.
type Outcome struct {
	Status Status
	Made   bool        // the document exists; Fiscal says which
	Fiscal Fiscal      // of a document that was made
	Code   int         // LIBFPTR code of a refusal, 0 none
	Text   string      // the driver's own words for the code
	Marks  []MarkCheck // what was found about marking codes, in the order of the marked items; nil = they were not checked
}

// Final says whether the outcome will not change any more: made, or never.
func (o Outcome) Final() bool { return o.Status.Final() }

// Lookup asks what became of a document's task, for a caller that lost the
// answer. It fails with ErrNoTask when the service has no such task and with
// ErrSpent when the UUID was given up; it changes nothing.
func (d *Driver) Lookup(ctx context.Context, uuid string) (Outcome, error) {
	entries, err := d.service.ask(ctx, uuid)
	switch {
	case errors.Is(err, errUnknownTask):
		return Outcome{}, ErrNoTask
	case err != nil:
		return Outcome{}, readFailure(err)
	case len(entries) != 1:
		return Outcome{}, garbage(nil, fmt.Sprintf("%d results for one task", len(entries)))
	}
	return d.outcome(entries[0])
}

func (d *Driver) outcome(e Entry) (Outcome, error) { return outcomeOf(e, d.proto.Location) }

func outcomeOf(e Entry, zone *time.Location) (Outcome, error) {
	o := Outcome{Status: e.Status, Code: e.Code, Text: e.Text, Marks: marksOf(e.Result)}
	switch {
	case e.Status == StatusCanceled:
		return o, ErrSpent
	case e.Status != StatusReady:
		return o, nil
	}
	if _, err := parseDeviceInfo(e.Result); err == nil {
		return o, ErrSpent // the harmless task that claimed the UUID
	}
	f, err := parseFiscal(e.Result, zone)
	if err != nil && anyBad(o.Marks) {
		return o, nil // the driver ends before it opens a receipt; whether it calls that an error is not known for certain
	}
	if err != nil {
		return o, garbage(e.Raw, "fiscal parameters: "+err.Error())
	}
	o.Made, o.Fiscal = true, f
	return o, nil
}

// marksRefused is the refusal of a document whose marking codes were found
// wanting; nil for one that was made.
func (o Outcome) marksRefused(task json.RawMessage) error {
	if o.Made || !anyBad(o.Marks) {
		return nil
	}
	return &kkt.RefusalError{Command: task, Code: cmp.Or(o.Code, CodeMark)}
}

// issue posts a task that makes a fiscal document under the caller's UUID and
// waits for it. The same UUID makes the same document once: called again, it
// gives the outcome of the first time. It fails with a *kkt.RefusalError when
// the register refused, kkt.ErrUnknownOutcome when the service itself cannot
// tell (Lookup may know later), ErrSpent for a UUID that was given up. After
// any other error this call made no document and none is on its way; about an
// earlier call with the same UUID whose outcome was unknown only a final
// Outcome, a refusal and ErrSpent say anything.
func (d *Driver) issue(ctx context.Context, uuid string, task json.RawMessage) (Fiscal, error) {
	e, err := d.posted(ctx, uuid, task)
	if err != nil {
		return Fiscal{}, fmt.Errorf("fptr: %s under %s: %w", TypeOf(task), uuid, err)
	}
	if e.Status == StatusCanceled {
		return Fiscal{}, ErrSpent
	}
	if err := e.failure(task); err != nil {
		return Fiscal{}, err
	}
	o, err := d.outcome(e)
	var spoilt *kkt.GarbageError
	if errors.As(err, &spoilt) {
		// Ready, so the document was made; which one, the drive must tell.
		return Fiscal{}, fmt.Errorf("fptr: %s under %s: %w: %w", TypeOf(task), uuid, kkt.ErrUnknownOutcome, err)
	}
	if err == nil {
		err = o.marksRefused(task)
	}
	return o.Fiscal, err
}

// posted gives the final entry of a document's task, posting it only when the
// service has none of that UUID. The drive's last number is read before: when
// the service says that it never got the task and the number has grown
// meanwhile, it may be a service that lost its memory, and nobody knows.
func (d *Driver) posted(ctx context.Context, uuid string, task json.RawMessage) (Entry, error) {
	if _, err := d.service.ask(ctx, uuid); err == nil {
		ctx, cancel := context.WithTimeout(ctx, d.timing.Limit)
		defer cancel()
		return d.service.follow(ctx, uuid, nil)
	}
	before, err := d.FNStatus(ctx)
	var refused *kkt.RefusalError
	if err != nil && !errors.As(err, &refused) {
		return Entry{}, err // nothing was posted
	}
	e, err := d.service.change(ctx, uuid, task)
	if !errors.Is(err, errClaimed) {
		return e, err
	}
	after, again := d.FNStatus(ctx)
	if refused != nil || again != nil || after.FiscalDocumentNumber != before.FiscalDocumentNumber {
		return e, unknown(err)
	}
	return e, err
}
