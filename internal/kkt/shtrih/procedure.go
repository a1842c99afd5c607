package shtrih

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// The commands that procedures are made of, without password.
func shortStateBytes() []byte   { return []byte{cmdShort} }
func fullStateBytes() []byte    { return []byte{cmdFull} }
func continueBytes() []byte     { return []byte{cmdContinue} }
func driveStateBytes() []byte   { return []byte{cmdDrive, fnStatus} }
func networkTableBytes() []byte { return []byte{cmdTable, tableNetwork} }
func ofdModeFieldBytes() []byte { return []byte{cmdField, tableNetwork, fieldOFDMode} }
func ofdModeByItself() []byte   { return []byte{cmdWriteTable, tableNetwork, 1, 0, fieldOFDMode, 1} }

func setTimeBytes(t time.Time) []byte {
	return []byte{cmdSetTime, byte(t.Hour()), byte(t.Minute()), byte(t.Second())}
}

func dateBytes(t time.Time) []byte {
	return []byte{byte(t.Day()), byte(t.Month()), byte(t.Year() % 100)}
}
func setDateBytes(t time.Time) []byte { return append([]byte{cmdSetDate}, dateBytes(t)...) }
func confirmBytes(t time.Time) []byte { return append([]byte{cmdConfirm}, dateBytes(t)...) }
func documentBytes(n int64) []byte {
	return binary.LittleEndian.AppendUint32([]byte{cmdDrive, fnFind}, uint32(n))
}

// Plan is what Do would send, in order. Some commands are sent only when the
// first reply calls for them: B0, and the state once more, when the register
// waits to go on printing, the date when it differs, the ends of a test and of a dump when there is one. In
// the plan of last_document the number 0 stands for the one that the first
// answer gives. There are no commands for the register's own link test, for the
// print of its data and for the sign of an agent.
func (p *Protocol) Plan(proc kkt.Procedure) ([][]byte, error) {
	if proc.Name == kkt.ProcRaw {
		return rawPlan(proc.Raw)
	}
	now := p.clock().Now().In(p.location())
	plan := map[string][][]byte{
		kkt.ProcFNStatus:     {{cmdDrive, fnExchange}},
		kkt.ProcLastDocument: {driveStateBytes(), documentBytes(0)},
		kkt.ProcCancel:       {shortStateBytes(), continueBytes(), shortStateBytes(), {cmdCancel}},
		kkt.ProcCloseShift:   {shortStateBytes(), continueBytes(), shortStateBytes(), {cmdZReport}},
		kkt.ProcLeaveMode:    {shortStateBytes(), continueBytes(), shortStateBytes(), {cmdStopDump}, {cmdStopTest}},
		kkt.ProcSetClock:     {fullStateBytes(), setDateBytes(now), confirmBytes(now), setTimeBytes(now)},
		kkt.ProcReboot:       {{cmdService, svcReboot, 0, 0, 0, 0}},
		kkt.ProcContinue:     {continueBytes()},
		kkt.ProcOFDChannel:   {networkTableBytes(), ofdModeFieldBytes(), ofdModeByItself()},
	}[proc.Name]
	if plan == nil {
		return nil, fmt.Errorf("shtrih: procedure %q: %w", proc.Name, kkt.ErrUnsupported)
	}
	return plan, nil
}

func rawPlan(raw []byte) ([][]byte, error) {
	switch {
	case len(raw) == 0:
		return nil, fmt.Errorf("shtrih: no bytes given: %w", kkt.ErrUnsupported)
	case forbidden(raw):
		return nil, fmt.Errorf("shtrih: %s is never sent: %w", find(raw).name, kkt.ErrUnsupported)
	}
	return [][]byte{raw}, nil
}

// Do carries out one procedure and returns each exchange. It stops at the first
// refusal or failure; after a command whose outcome is not known nothing more
// is sent.
func (d *Driver) Do(ctx context.Context, p kkt.Procedure) ([]kkt.Exchange, error) {
	plan, err := d.proto.Plan(p)
	if err != nil {
		return nil, err
	}
	switch p.Name {
	case kkt.ProcCancel, kkt.ProcCloseShift:
		return d.whenPrinted(ctx, plan[len(plan)-1])
	case kkt.ProcLeaveMode:
		return d.leaveMode(ctx)
	case kkt.ProcLastDocument:
		return d.lastDocument(ctx)
	case kkt.ProcSetClock:
		return d.setClock(ctx)
	case kkt.ProcOFDChannel:
		return d.setChannel(ctx)
	default:
		return d.carryOut(ctx, plan...)
	}
}

// state asks for the short state and goes on with a print that waits for it:
// until then, and until the print is over, the register refuses whatever prints.
func (d *Driver) state(ctx context.Context) (s shortState, done []kkt.Exchange, err error) {
	s, x, err := d.printed(ctx)
	done = []kkt.Exchange{x}
	if err != nil || s.sub != subContinue {
		return s, done, err
	}
	x, err = d.exchange(ctx, continueBytes())
	done = append(done, x)
	if err != nil {
		return s, done, err
	}
	s, x, err = d.printed(ctx)
	return s, append(done, x), err
}

// printLook is how long to wait between two looks at a print.
const printLook = 100 * time.Millisecond

// printed gives the short state when nothing is being printed any more, or when
// it has been waited for long enough: then the register says no by itself.
func (d *Driver) printed(ctx context.Context) (shortState, kkt.Exchange, error) {
	until := deadline(d.proto.Timing.filled().Print)
	for {
		x, err := d.exchange(ctx, shortStateBytes())
		if err != nil {
			return shortState{}, x, err
		}
		s, err := parseShortState(x.Got[2:])
		if err != nil {
			return s, x, fmt.Errorf("shtrih: the register's state: %w", octets.AsGarbage(err, x.Got))
		}
		if s.sub != subPrint && s.sub != subPrintReport || time.Until(until) <= 0 {
			return s, x, nil
		}
		select {
		case <-ctx.Done():
			return s, x, fmt.Errorf("shtrih: %w", ctx.Err())
		case <-time.After(printLook):
		}
	}
}

func (d *Driver) whenPrinted(ctx context.Context, command []byte) ([]kkt.Exchange, error) {
	_, done, err := d.state(ctx)
	if err != nil {
		return done, err
	}
	x, err := d.exchange(ctx, command)
	return append(done, x), err
}

// leaveMode ends what a register can be in the middle of besides trading: a
// report, a dump of its memory, a test. The other modes end by what they wait
// for, a date or a service engineer.
func (d *Driver) leaveMode(ctx context.Context) ([]kkt.Exchange, error) {
	s, done, err := d.state(ctx)
	if err != nil {
		return done, err
	}
	end := byte(0)
	switch s.mode {
	case modeDump:
		end = cmdStopDump
	case modeTest:
		end = cmdStopTest
	case modeLocked, modeDate, modeTechReset:
		return done, fmt.Errorf("shtrih: no command ends mode %d: %w", s.mode, kkt.ErrUnsupported)
	default:
		return done, nil
	}
	x, err := d.exchange(ctx, []byte{end})
	return append(done, x), err
}

func (d *Driver) lastDocument(ctx context.Context) ([]kkt.Exchange, error) {
	x, err := d.exchange(ctx, driveStateBytes())
	done := []kkt.Exchange{x}
	if err != nil {
		return done, err
	}
	drive, err := parseDrive(x.Got[3:])
	if err != nil {
		return done, fmt.Errorf("shtrih: the drive's state: %w", octets.AsGarbage(err, x.Got))
	}
	x, err = d.exchange(ctx, documentBytes(drive.Last))
	return append(done, x), err
}

// setClock sets the register to the agent's time. A new date is asked for twice
// (22, then 23), which is the register's own rule; it goes only when the date is
// wrong, or when the register waits for just that.
func (d *Driver) setClock(ctx context.Context) ([]kkt.Exchange, error) {
	x, err := d.exchange(ctx, fullStateBytes())
	done := []kkt.Exchange{x}
	if err != nil {
		return done, err
	}
	s, err := parseFullState(x.Got[2:])
	if err != nil && !errors.Is(err, octets.BadDate) { // a clock that shows no date is what this is for
		return done, fmt.Errorf("shtrih: the register's clock: %w", octets.AsGarbage(err, x.Got))
	}
	now := func() time.Time { return d.proto.clock().Now().In(d.proto.location()) }
	if today := now(); s.mode == modeDate || s.at.Format(time.DateOnly) != today.Format(time.DateOnly) {
		dated, err := d.carryOut(ctx, setDateBytes(today), confirmBytes(today))
		done = append(done, dated...)
		if err != nil {
			return done, err
		}
	}
	x, err = d.exchange(ctx, setTimeBytes(now()))
	return append(done, x), err
}

// setChannel makes the register send to the OFD by itself. Registers number
// their tables differently, so the names are asked before anything is written.
func (d *Driver) setChannel(ctx context.Context) ([]kkt.Exchange, error) {
	done, err := d.carryOut(ctx, networkTableBytes(), ofdModeFieldBytes())
	if err != nil {
		return done, err
	}
	table, err := parseTable(done[0].Got[2:])
	field, ferr := parseField(done[1].Got[2:])
	if err = errors.Join(err, ferr); err != nil {
		return done, fmt.Errorf("shtrih: the names of the settings: %w", octets.AsGarbage(err, done[1].Got))
	}
	if !named(table.name, "сет", "net") || !named(field.name, "офд", "ofd") || field.text || field.size != 1 {
		return done, fmt.Errorf("shtrih: table %d is %q, its field %d %q: %w", tableNetwork, table.name, fieldOFDMode, field.name, kkt.ErrUnsupported)
	}
	x, err := d.exchange(ctx, ofdModeByItself())
	return append(done, x), err
}

// named says whether a name contains one of the words, capitals aside.
func named(name string, words ...string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
}
