package shtrih

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
	answered bool      // the drive has answered in this reading
	fnGone   bool      // the drive does not answer; spare the port the rest
	odd      string    // the first reply that could not be read or has no like
	state    fullState
	last     int64 // number of the drive's last document
	tables   layout
	channel  string
}

// part is one command of a reading and what becomes of its data. ofFN marks
// those that the drive answers; vital ones make the reading garbage when they
// cannot be read; a refusal of a spare one means nothing.
type part struct {
	command func(r *reading) []byte // nil: not on this register
	take    func(r *reading, data []byte) error
	ofFN    bool
	vital   bool
	spare   bool
}

// firstParts is what a register is and how it is, then the drive. All of them
// only read.
func firstParts() []part {
	plain := func(b ...byte) func(*reading) []byte { return func(*reading) []byte { return b } }
	return []part{
		{command: plain(cmdType), take: (*reading).takeType, vital: true},
		{command: plain(cmdFull), take: (*reading).takeFull, vital: true},
		{command: plain(cmdShort), take: (*reading).takeShort},
		{command: plain(cmdDrive, fnStatus), take: (*reading).takeDrive, ofFN: true},
		{command: plain(cmdDrive, fnExchange), take: (*reading).takeExchange, ofFN: true},
		{command: plain(cmdDrive, fnValid), take: (*reading).takeValidity, ofFN: true},
		{command: plain(cmdDrive, fnShift), take: (*reading).takeShift, ofFN: true},
		{command: plain(cmdDrive, fnRegistered), take: (*reading).takeRegistration, ofFN: true, spare: true},
		{command: lastDocumentOf, take: (*reading).takeDocument, ofFN: true, spare: true},
	}
}

// tableParts are the settings; where they are is known by then.
func tableParts() []part {
	return []part{
		{command: cellOf(func(l layout) byte { return l.fn }, fieldSerial), take: (*reading).takeSerial, spare: true},
		{command: cellOf(func(l layout) byte { return l.ofd }, fieldHost), take: (*reading).takeHost, spare: true},
		{command: cellOf(func(l layout) byte { return l.ofd }, fieldPort), take: (*reading).takePort, spare: true},
		{command: cellIf(func(l layout) bool { return l.regional }, tableRegional, fieldFFD), take: (*reading).takeFFD, spare: true},
		{command: cellIf(func(l layout) bool { return l.exchange }, tableExchange, fieldAnswer), take: (*reading).takeAnswer, spare: true},
		{command: cellIf(func(l layout) bool { return l.exchange }, tableExchange, fieldFNAnswer), take: (*reading).takeFNAnswer, spare: true},
		{command: cellIf(func(l layout) bool { return l.networks }, tableNetwork, fieldOFDMode), take: (*reading).takeOFDMode, spare: true},
		{command: channelCell(fieldWiFi), take: (*reading).takeWiFi, spare: true},
		{command: channelCell(fieldRNDIS), take: (*reading).takeCable, spare: true},
		{command: channelCell(fieldPPP), take: (*reading).takeCable, spare: true},
	}
}

// Read takes one reading; see kkt.Driver. A part that the register refuses is
// left out; its code stands in signal.ErrorCode as an ATOL register would give
// it, because rules and catalogue know those. A refusal that means a lost drive
// sets signal.FNLink. What has no such code, and a reply to a part that a
// reading can do without and that cannot be read, stand in signal.LinkDetail. A
// register that answers slowly is read in several goes, between which the port
// is given back (see port.Visit); HoldMillis is the longest of them.
func (d *Driver) Read(ctx context.Context, now func() time.Time) (signal.Set, error) {
	r := &reading{loc: d.proto.location(), now: now}
	r.set.Put(signal.ErrorCode, signal.IntOf(0))
	if err := d.readParts(ctx, r, firstParts()); err != nil {
		return r.set, err
	}
	var err error
	if r.tables, err = d.layout(ctx, r.state.serial); err != nil {
		return r.set, fmt.Errorf("shtrih: reading the tables' names: %w", err)
	}
	if err := d.readParts(ctx, r, tableParts()); err != nil {
		return r.set, err
	}
	r.finish()
	r.set.Put(signal.HoldMillis, signal.IntOf(d.visit.Held().Milliseconds()))
	return r.set, nil
}

func (d *Driver) readParts(ctx context.Context, r *reading, parts []part) error {
	for _, p := range parts {
		command := p.command(r)
		if command == nil || p.ofFN && r.fnGone {
			continue
		}
		if err := d.readPart(ctx, r, p, command); err != nil {
			return err
		}
	}
	return nil
}

func (d *Driver) readPart(ctx context.Context, r *reading, p part, command []byte) error {
	reply, err := d.question(ctx, command, func() { r.asked = r.now() })
	if err != nil {
		return fmt.Errorf("shtrih: reading %s: %w", find(command).name, err)
	}
	data, err := body(command, reply)
	if err == nil {
		err = p.take(r, data)
	}
	var refused *kkt.RefusalError
	switch {
	case err == nil:
		r.answered = r.answered || p.ofFN
		return nil
	case errors.As(err, &refused):
		r.refused(p, command, refused.Code)
		return nil
	case p.vital:
		return fmt.Errorf("shtrih: reading %s: %w", find(command).name, octets.AsGarbage(err, reply))
	}
	r.strange(octets.Hex(command) + ": " + octets.Hex(reply[:min(len(reply), 64)]))
	return nil
}

// question asks one command of a reading in its turn; asked is called right
// before it goes out.
func (d *Driver) question(ctx context.Context, command []byte, asked func()) (reply []byte, err error) {
	err = d.visit.Ask(ctx, func(ctx context.Context) (err error) {
		asked()
		reply, err = d.ask(ctx, command)
		return err
	})
	return reply, err
}

func (r *reading) strange(what string) {
	if r.odd == "" {
		r.odd = what
	}
}

func (r *reading) refused(p part, command []byte, code int) {
	silent := code == errFNTimeout || code == errFNSilent || code == errFNAbsent
	if p.spare && !silent {
		return
	}
	device := DeviceCode(code)
	if device == 0 {
		r.set.Put(signal.ErrorCode, signal.Value{})
		r.strange(octets.Hex(command) + ": " + codeText(code))
		return
	}
	r.set.Put(signal.ErrorCode, signal.IntOf(int64(device)))
	if !p.ofFN || !aboutDrive(code) {
		return
	}
	r.set.Put(signal.FNError, signal.IntOf(int64(device)))
	link := "ok" // a drive that says no has answered
	if silent || !r.answered && fn.LinkLost(device) {
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
	if r.channel != "" {
		r.set.Put(signal.OFDChannel, signal.TextOf(r.channel))
	}
	// The register's own clock decides, not ours: it is the one that refuses.
	if r.state.mode == modeShiftOver {
		r.set.Put(signal.Shift, signal.TextOf("expired"))
	}
}
