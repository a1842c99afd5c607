package atol

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
	"github.com/tillwright/tillwright/internal/signal"
)

// reading is one reading being put together.
type reading struct {
	set      signal.Set
	loc      *time.Location
	now      func() time.Time
	asked    time.Time // true time just before the present command went out
	fnGone   bool      // the drive does not answer; spare the port the rest
	odd      string    // the first reply that could not be read, in hex
	shiftEnd time.Time
	shown    time.Time // the register's own clock
}

// part is one command of a reading and what becomes of its data. ofFN marks
// those that the drive answers; vital ones make the reading garbage when they
// cannot be read, others are left out.
type part struct {
	command []byte
	take    func(r *reading, data []byte) error
	ofFN    bool
	vital   bool
}

// parts is the fixed order of a reading: what it is, how it is, then the
// drive, then the OFD. All of them only read.
func parts() []part {
	reg := func(n, p1 byte) []byte { return []byte{cmdRegister, n, p1, 0x00} }
	drive := func(c byte) []byte { return []byte{cmdFN, c} }
	cell := func(field byte) []byte { return []byte{cmdTable, tableOFD, 0x00, 0x01, field} }
	return []part{
		{command: []byte{cmdType}, take: (*reading).takeType, vital: true},
		{command: []byte{cmdMode}, take: (*reading).takeMode, vital: true},
		{command: []byte{cmdState}, take: (*reading).takeState, vital: true},
		{command: reg(regShift, 0x01), take: (*reading).takeShift},
		{command: reg(regSerial, 0x00), take: (*reading).takeSerial},
		{command: reg(regFFD, 0x00), take: (*reading).takeFFD},
		{command: drive(fnExchange), take: (*reading).takeExchange, ofFN: true},
		{command: drive(fnStatus), take: (*reading).takeDrive, ofFN: true},
		{command: drive(fnValid), take: (*reading).takeValidity, ofFN: true},
		{command: reg(regLastDocument, 0x00), take: (*reading).takeDocument, ofFN: true},
		{command: reg(regOFDErrors, 0x00), take: (*reading).takeOFDErrors},
		{command: cell(cellHost), take: (*reading).takeHost},
		{command: cell(cellPort), take: (*reading).takePort},
		{command: cell(cellChannel), take: (*reading).takeChannel},
	}
}

// Read takes one reading; see kkt.Driver. A part that the register refuses is
// left out and its code stands in signal.ErrorCode; a refusal that means a
// lost drive sets signal.FNLink. An unreadable reply to a part that a reading
// can do without stands in signal.LinkDetail. A register that answers slowly is
// read in several goes, between which the port is given back (see port.Visit);
// HoldMillis is the longest of them.
func (d *Driver) Read(ctx context.Context, now func() time.Time) (signal.Set, error) {
	r := &reading{loc: d.proto.location(), now: now}
	r.set.Put(signal.ErrorCode, signal.IntOf(0))
	for _, p := range parts() {
		if p.ofFN && r.fnGone {
			continue
		}
		if err := d.readPart(ctx, r, p); err != nil {
			return r.set, err
		}
	}
	r.finish()
	r.set.Put(signal.HoldMillis, signal.IntOf(d.visit.Held().Milliseconds()))
	return r.set, nil
}

func (d *Driver) readPart(ctx context.Context, r *reading, p part) error {
	var reply []byte
	err := d.visit.Ask(ctx, func(ctx context.Context) (err error) {
		r.asked = r.now()
		reply, err = d.ask(ctx, p.command)
		return err
	})
	if err != nil {
		return fmt.Errorf("atol: reading %s: %w", find(p.command).name, err)
	}
	data, err := body(p.command, reply)
	if err == nil {
		err = p.take(r, data)
	}
	var refused *kkt.RefusalError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		r.refused(p, refused.Code)
		return nil
	case p.vital:
		return fmt.Errorf("atol: reading %s: %w", find(p.command).name, octets.AsGarbage(err, reply))
	}
	if r.odd == "" {
		r.odd = octets.Hex(p.command) + ": " + octets.Hex(reply[:min(len(reply), 64)])
	}
	return nil
}

func (r *reading) refused(p part, code int) {
	r.set.Put(signal.ErrorCode, signal.IntOf(int64(code)))
	if !p.ofFN || !fn.IsATOL(code) {
		return
	}
	r.set.Put(signal.FNError, signal.IntOf(int64(code)))
	link := "ok" // a drive that says no has answered
	if fn.LinkLost(code) {
		link, r.fnGone = "lost", true
	}
	r.set.Put(signal.FNLink, signal.TextOf(link))
}

// finish draws the conclusions that need more than one part.
func (r *reading) finish() {
	r.set.Put(signal.Link, signal.TextOf(signal.LinkOK))
	if r.odd != "" {
		r.set.Put(signal.LinkDetail, signal.TextOf(r.odd))
	}
	if r.set.Get(signal.Shift).Text() != "open" || r.shiftEnd.IsZero() {
		return
	}
	r.set.Put(signal.ShiftEndsAt, signal.TimeOf(r.shiftEnd))
	r.set.Put(signal.ShiftOpenedAt, signal.TimeOf(r.shiftEnd.Add(-24*time.Hour)))
	// The register's own clock decides, not ours: it is the one that refuses.
	if !r.shown.IsZero() && r.shown.After(r.shiftEnd) {
		r.set.Put(signal.Shift, signal.TextOf("expired"))
	}
}
