package calendar

// piece is a stretch of open time [from, to) in Unix seconds and the working
// day it belongs to.
type piece struct {
	from, to int64
	day      Date
}

// walker gives the open pieces of a schedule in order, none overlapping
// another. It begins with the first that ends after its start.
type walker struct {
	cal    *Calendar
	zone   zoneClock
	day    Date // the next day to be read
	last   Date // the last day to be read
	rest   []window
	closed int64 // everything before is given out or lies before the start
}

// walk looks at [from, to); pieces may reach past to.
func (s Schedule) walk(from, to int64) walker {
	w := walker{cal: s.Calendar, zone: newZoneClock(s.Zone), closed: from}
	w.day = w.zone.date(from) - 2 // a night shift of the day before reaches in
	w.last = dateOfWall(to+widestOffset) + 1
	return w
}

func (w *walker) next() (piece, bool) {
	if w.cal.always {
		p := piece{w.closed, farOff, w.zone.date(w.closed)}
		w.closed = farOff
		return p, p.from < p.to
	}
	for {
		for len(w.rest) == 0 {
			if w.day > w.last {
				return piece{}, false
			}
			w.rest = w.cal.windows(w.day)
			w.day++
		}
		day, win := w.day-1, w.rest[0]
		w.rest = w.rest[1:]
		p := piece{
			from: max(w.zone.instant(day.wall()+win.open), w.closed),
			to:   w.zone.instant(day.wall() + win.close),
			day:  day,
		}
		if p.from < p.to {
			w.closed = p.to
			return p, true
		}
	}
}
