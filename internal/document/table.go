// Package document writes what leaves the house as a file: tables for
// spreadsheets.
package document

import (
	"strconv"
	"time"
)

// Cell is one value of a table. The zero Cell is empty.
type Cell struct {
	kind kind
	text string
	num  int64
	at   time.Time
}

type kind uint8

const (
	empty kind = iota
	text
	whole
	instant
	day
)

// Text is a cell of words. It is never taken for a formula.
func Text(s string) Cell {
	if s == "" {
		return Cell{}
	}
	return Cell{kind: text, text: s}
}

// Int is a cell of a whole number.
func Int(n int64) Cell { return Cell{kind: whole, num: n} }

// Instant is a cell of date and time to the second, as the clocks of t's zone
// show it. The zero time is an empty cell.
func Instant(t time.Time) Cell { return moment(instant, t) }

// Day is a cell of a date in t's zone. The zero time is an empty cell.
func Day(t time.Time) Cell { return moment(day, t) }

func moment(k kind, t time.Time) Cell {
	if t.IsZero() {
		return Cell{}
	}
	return Cell{kind: k, at: t}
}

// plain is the cell as words, with dates as spreadsheets of every language
// read them.
func (c Cell) plain() string {
	switch c.kind {
	case text:
		return c.text
	case whole:
		return strconv.FormatInt(c.num, 10)
	case instant:
		return c.at.Format("2006-01-02 15:04:05")
	case day:
		return c.at.Format(time.DateOnly)
	default:
		return ""
	}
}

// Table is a file of rows being written. Rows go out as they come, so that a
// large table needs no more memory than a small one. Close ends the file; a
// table that is not closed is not whole.
type Table interface {
	Row(cells ...Cell) error
	Close() error
}
