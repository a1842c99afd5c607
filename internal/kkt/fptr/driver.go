package fptr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Driver talks to one register through the service; see kkt.Driver.
type Driver struct {
	proto   Protocol
	timing  Timing
	service *service
}

// Close lets the service go; it was not holding anything of it.
func (d *Driver) Close() error {
	d.service.close()
	return nil
}

// Do carries out one procedure and returns each exchange: the task as it was
// posted, and the service's entry about it. It stops at the first refusal or
// failure.
func (d *Driver) Do(ctx context.Context, p kkt.Procedure) ([]kkt.Exchange, error) {
	switch p.Name {
	case kkt.ProcLastDocument:
		return d.lastDocument(ctx)
	case kkt.ProcCorrection:
		return d.deliver(ctx, p.Raw)
	case kkt.ProcOutcome:
		return d.lookedUp(ctx, p.Raw)
	}
	plan, err := d.proto.Plan(p)
	if err != nil {
		return nil, err
	}
	var done []kkt.Exchange
	for _, task := range plan {
		x, _, err := d.exchange(ctx, task)
		done = append(done, x)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// exchange carries out one task under a new UUID. A refusal is an error too.
func (d *Driver) exchange(ctx context.Context, task json.RawMessage) (kkt.Exchange, Entry, error) {
	started := time.Now()
	x := kkt.Exchange{Sent: task, At: d.proto.clock().Now()}
	uuid := d.proto.newID()
	e, err := d.run(ctx, uuid, task)
	x.Got, x.Millis = e.Raw, time.Since(started).Milliseconds()
	var refused *kkt.RefusalError
	if err != nil && (len(x.Got) == 0 || !errors.As(err, &refused)) {
		x.Failure = Failure(err)
		err = fmt.Errorf("fptr: %s under %s: %w", TypeOf(task), uuid, err)
	}
	return x, e, err
}

// run carries out one task under a UUID, at most once unless it only reads.
func (d *Driver) run(ctx context.Context, uuid string, task json.RawMessage) (Entry, error) {
	var e Entry
	var err error
	if onlyReads(TypeOf(task)) {
		var entries []Entry
		if entries, err = d.service.read(ctx, uuid, []json.RawMessage{task}); err == nil {
			e = entries[0]
		}
	} else {
		e, err = d.service.change(ctx, uuid, task)
	}
	if err != nil {
		return e, err
	}
	return e, e.failure(task)
}

// lastDocument asks for the number of the last document and then for the
// document.
func (d *Driver) lastDocument(ctx context.Context) ([]kkt.Exchange, error) {
	x, e, err := d.exchange(ctx, plain(taskFNStatus))
	done := []kkt.Exchange{x}
	if err != nil {
		return done, err
	}
	s, err := parseFNStatus(e.Result)
	if err != nil {
		return done, garbage(e.Raw, err.Error())
	}
	if s.FiscalDocumentNumber == 0 {
		return done, nil // a new drive: there is none
	}
	x, _, err = d.exchange(ctx, fnDocument(s.FiscalDocumentNumber))
	return append(done, x), err
}
