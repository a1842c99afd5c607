package fptr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

// documentSpare is how much of a reading's time must be left for the question
// about the last document, the only one that needs an answer before it.
const documentSpare = 300 * time.Millisecond

// reading is one reading being put together.
type reading struct {
	set          signal.Set
	zone         *time.Location
	asked, heard time.Time // true time before the posting and after the results
	fnGone       bool      // the drive does not answer
	spare        bool      // it did not answer a question: spare the register the rest
	odd          string    // the first result that could not be read
	lastDocument int64
}

// part is one task of a reading and what becomes of its result. ofFN marks
// those that the drive answers; vital ones make the reading garbage when they
// cannot be read.
type part struct {
	kind  string
	take  func(r *reading, result json.RawMessage) error
	ofFN  bool
	vital bool
}

// parts is the fixed order of a reading: what it is, how it is, then the
// drive, then the OFD. All of them only read.
func parts() []part {
	return []part{
		{kind: taskDeviceInfo, take: (*reading).takeDevice, vital: true},
		{kind: taskDeviceStatus, take: (*reading).takeStatus, vital: true},
		{kind: taskShiftStatus, take: (*reading).takeShift},
		{kind: taskExchange, take: (*reading).takeExchange, ofFN: true},
		{kind: taskFNInfo, take: (*reading).takeDrive, ofFN: true},
		{kind: taskFNStatus, take: (*reading).takeNumber, ofFN: true},
		{kind: taskRegistration, take: (*reading).takeRegistration, ofFN: true},
	}
}

// firstParts is how many questions go in a reading's first request. How long
// that takes says how many the next may have.
const firstParts = 2

// Read takes one reading; see kkt.Driver. The service carries requests out one
// after another, so a point-of-sale program's task waits for the whole request
// that came before: a reading goes in as many as it takes for none of them to
// last longer than Timing.Hold, of a quick register in two. HoldMillis is the
// longest. The service breaks a request off at the first failure, so what
// follows a refused part is asked once more without it. A part that the register refuses is left
// out; its code stands in signal.ErrorCode as the register itself would give
// it, and a refusal that means a lost drive sets signal.FNLink.
func (d *Driver) Read(ctx context.Context, now func() time.Time) (signal.Set, error) {
	r := &reading{zone: d.proto.Location}
	r.set.Put(signal.ErrorCode, signal.IntOf(0))
	var held time.Duration
	for left, n := parts(), firstParts; len(left) > 0; {
		n = min(n, len(left))
		posted := time.Now()
		again, err := d.readParts(ctx, r, left[:n], now)
		if err != nil {
			return r.set, err
		}
		took := time.Since(posted)
		held = max(held, took)
		left = r.spared(slices.Concat(again, left[n:]))
		n = inOne(d.service.timing.Hold, took, n-len(again))
	}
	posted := time.Now()
	d.readDocument(ctx, r)
	held = max(held, time.Since(posted))
	r.set.Put(signal.Link, signal.TextOf(signal.LinkOK))
	if r.odd != "" {
		r.set.Put(signal.LinkDetail, signal.TextOf(r.odd))
	}
	r.set.Put(signal.HoldMillis, signal.IntOf(held.Milliseconds()))
	return r.set, nil
}

// inOne is how many questions fit in one request, when so many took so long.
func inOne(hold, took time.Duration, answered int) int {
	return max(int(hold/max(took/time.Duration(max(answered, 1)), 1)), 1)
}

// readParts asks for some parts and gives those that were not answered because
// one before them failed.
func (d *Driver) readParts(ctx context.Context, r *reading, wanted []part, now func() time.Time) ([]part, error) {
	tasks := make([]json.RawMessage, len(wanted))
	for i, p := range wanted {
		tasks[i] = plain(p.kind)
	}
	r.asked = now()
	entries, err := d.service.read(ctx, d.proto.newID(), tasks)
	if err != nil {
		return nil, fmt.Errorf("fptr: reading: %w", err)
	}
	r.heard = now()
	for i, p := range wanted {
		if entries[i].Status == StatusInterrupted {
			return wanted[i:], nil
		}
		if err := r.took(p, entries[i], tasks[i]); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// spared drops the drive's parts when the drive has not answered one.
func (r *reading) spared(left []part) []part {
	var rest []part
	for _, p := range left {
		if !p.ofFN || !r.spare {
			rest = append(rest, p)
		}
	}
	return rest
}

// took takes one entry in. An error ends the reading.
func (r *reading) took(p part, e Entry, task json.RawMessage) error {
	err := e.failure(task)
	var refused *kkt.RefusalError
	switch {
	case errors.As(err, &refused):
		r.refused(p, refused.Code)
		return nil
	case err != nil:
		return fmt.Errorf("fptr: reading %s: %w", p.kind, err)
	}
	if err = p.take(r, e.Result); err == nil {
		return nil
	}
	if p.vital {
		return fmt.Errorf("fptr: reading %s: %w", p.kind, garbage(e.Raw, err.Error()))
	}
	if r.odd == "" {
		r.odd = p.kind + ": " + string(e.Raw[:min(len(e.Raw), kkt.MaxEvidence)])
	}
	return nil
}

// refused notes a refusal in the register's own codes, which the rules and the
// fault catalogue know. A code that has none there is told as it is.
func (r *reading) refused(p part, code int) {
	device := DeviceCode(code)
	if device == 0 {
		r.set.Put(signal.ErrorCode, signal.Value{})
		if r.odd == "" {
			r.odd = fmt.Sprintf("%s: %d %s", p.kind, code, Identifier(code))
		}
	} else {
		r.set.Put(signal.ErrorCode, signal.IntOf(int64(device)))
	}
	switch {
	case code == CodeFNNotFound:
		r.spare = true
		r.lostDrive(fn.ATOLInterface)
	case p.ofFN && fn.IsATOL(device):
		r.driveError(device)
	}
}

func (r *reading) driveError(device int) {
	if fn.LinkLost(device) {
		r.spare = true
		r.lostDrive(device)
		return
	}
	r.set.Put(signal.FNError, signal.IntOf(int64(device)))
	r.set.Put(signal.FNLink, signal.TextOf("ok")) // a drive that says no has answered
}

func (r *reading) lostDrive(device int) {
	r.fnGone = true
	r.set.Put(signal.FNError, signal.IntOf(int64(device)))
	r.set.Put(signal.FNLink, signal.TextOf("lost"))
}

// readDocument adds date and sign of the last document, when there is time
// for it. A reading can do without.
func (d *Driver) readDocument(ctx context.Context, r *reading) {
	if until, ok := ctx.Deadline(); r.lastDocument == 0 || r.fnGone || ok && time.Until(until) < documentSpare {
		return
	}
	task := fnDocument(r.lastDocument)
	entries, err := d.service.read(ctx, d.proto.newID(), []json.RawMessage{task})
	if err != nil || entries[0].failure(task) != nil {
		return
	}
	if err := r.takeDocument(entries[0].Result); err != nil && r.odd == "" {
		r.odd = taskFNDocument + ": " + string(entries[0].Raw[:min(len(entries[0].Raw), kkt.MaxEvidence)])
	}
}
