package drive

import (
	"time"

	"github.com/tillwright/tillwright/internal/fn"
)

// Refusal is why a drive does not do what it is asked. Each protocol has its
// own code for it.
type Refusal int

// What a drive, or the line to it, can say. None is no refusal.
const (
	None        Refusal = iota
	Silent              // it does not answer at all
	Slow                // it does not answer in time
	WrongFormat         // 01h
	WrongState          // 02h
	LifeOver            // 05h
	ArchiveFull         // 06h
	WrongTime           // 07h: the clock is behind the last document
	KeysOver            // 12h
	StorageFull         // 14h: no room for documents that wait
	Waiting             // 15h: the oldest of them has waited for too long
)

const (
	// Archive is how many documents a drive has room for.
	Archive = 250_000
	// storage is the room for documents that wait for the operator, in KB; a
	// document takes about one.
	storage = 16_000
	// ofdWarning is how long the drive waits for the operator before it warns.
	// The interface description names no figure; five days is the bench's own.
	ofdWarning = 5 * 24 * time.Hour
)

// Refuses is why the drive would not sign now.
func (d *Drive) Refuses(now time.Time) Refusal {
	switch {
	case !d.Phase.Signs():
		return WrongState
	case d.Behind(now):
		return WrongTime
	case now.After(d.ValidTill):
		return d.Ends
	case d.Last.Number >= Archive:
		return ArchiveFull
	case d.Room() <= 0:
		return StorageFull
	case d.Overdue(now):
		return Waiting
	default:
		return None
	}
}

// Behind says whether a time lies before the last document's minute: no
// document may be older than that, and no clock be turned there.
func (d *Drive) Behind(t time.Time) bool { return t.Before(d.Last.At.Truncate(time.Minute)) }

// Room is what is left for documents that wait, in KB; less than nought when
// more wait than fit.
func (d *Drive) Room() int64 { return storage - int64(len(d.queue)) }

// Overdue says whether the oldest document has waited for more than the thirty
// days of the law.
func (d *Drive) Overdue(now time.Time) bool {
	first, ok := d.First()
	return ok && fn.Locked(first.At, now)
}

// Warnings is the drive's warning byte.
func (d *Drive) Warnings(now time.Time) fn.Warnings {
	var w fn.Warnings
	left := fn.DaysLeft(d.ValidTill, now)
	if left < 30 {
		w |= fn.WarnThirtyDays
	}
	if left < 3 {
		w |= fn.WarnThreeDays
	}
	if d.Last.Number > Archive/10*9 {
		w |= fn.WarnMemory
	}
	if first, ok := d.First(); ok && now.Sub(first.At) > ofdWarning {
		w |= fn.WarnOFD
	}
	return w
}
