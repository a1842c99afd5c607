package calendar

import (
	"math"
	"time"
)

// The ends of time, far enough from overflow to add to.
const (
	longAgo = math.MinInt64 / 4
	farOff  = math.MaxInt64 / 4
)

// widestOffset is more than any zone ever differed from UTC.
const widestOffset = 16 * 3600

// zoneClock turns wall-clock readings of a zone into instants. It remembers
// the stretch between two changes of offset that it last used, because a
// calendar is walked from day to day.
type zoneClock struct {
	loc     *time.Location
	stretch stretch
}

// stretch is the time [from, to) in which a zone keeps one offset, in seconds.
type stretch struct{ from, to, offset int64 }

func newZoneClock(loc *time.Location) zoneClock { return zoneClock{loc: loc} }

func loadStretch(loc *time.Location, instant int64) stretch {
	t := time.Unix(instant, 0).In(loc)
	_, offset := t.Zone()
	s := stretch{from: longAgo, to: farOff, offset: int64(offset)}
	begin, end := t.ZoneBounds()
	if !begin.IsZero() {
		s.from = begin.Unix()
	}
	if !end.IsZero() {
		s.to = end.Unix()
	}
	return s
}

func (z *zoneClock) at(instant int64) stretch {
	if instant < z.stretch.from || instant >= z.stretch.to {
		z.stretch = loadStretch(z.loc, instant)
	}
	return z.stretch
}

// instant is the first instant at which the zone's clock shows the reading or
// a later one. So a reading in the doubled hour of autumn is its first
// occurrence, and one in the missing hour of spring is the moment of the
// change: a window that begins there opens as the clock jumps over it.
func (z *zoneClock) instant(wall int64) int64 {
	s := z.at(wall - widestOffset)
	for {
		u := max(wall-s.offset, s.from)
		if u < s.to {
			return u
		}
		s = loadStretch(z.loc, s.to)
	}
}

// wall is the reading of the zone's clock at an instant.
func (z *zoneClock) wall(instant int64) int64 { return instant + z.at(instant).offset }

// date is the day that the zone's calendar shows at an instant.
func (z *zoneClock) date(instant int64) Date { return dateOfWall(z.wall(instant)) }
