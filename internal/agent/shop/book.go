// Package shop is the agent's own page for the people in the shop: how the
// registers at this agent are, and the journal of what is sold while one of
// them cannot be used. It needs neither the internet nor the server. What is
// written is on the disk before the page says so, and goes to the server when
// it is reached.
package shop

import (
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// Bounds of the book on the disk, and for how long it shows what is the
// server's.
const (
	maxLines = 5000
	maxBytes = 8 << 20
	keep     = 30 * 24 * time.Hour
)

// What the book refuses. Nothing is written then.
var (
	ErrDisk    = problem.New(problem.Unavailable, "shop_disk")
	ErrFull    = problem.New(problem.Conflict, "shop_full")
	errBegun   = problem.New(problem.Conflict, "shop_begun")
	errSent    = problem.New(problem.Conflict, "shop_sent")
	errChanged = problem.New(problem.Conflict, "shop_changed")
	errUnknown = problem.New(problem.NotFound, "shop_unknown")
)

// Line is one entry with what the server said of it.
type Line struct {
	wire.Entry
	At     int64            // when it was written as it stands, Unix ms
	Answer *wire.SoldAnswer // to this revision; nil = none yet
	Known  bool             // the server has taken some revision of it

	again bool // it is told once more, whatever was answered
}

// Taken says that the server has the entry as it stands.
func (l *Line) Taken() bool { return l.Answer != nil && l.Answer.Code == "" }

// Refused says that the server will not take the entry as it stands.
func (l *Line) Refused() bool { return l.Answer != nil && l.Answer.Code != "" }

// Book is what the shop wrote down. It is safe for concurrent use.
type Book struct {
	path    string
	clock   clock.Clock
	log     *slog.Logger
	changed func()

	mu     sync.Mutex
	file   *os.File // nil until the first write
	size   int64
	lines  int
	broken bool     // the file may end in half a line
	bad    [][]byte // lines that cannot be read; they are kept as they are
	byID   map[string]*Line
	order  []string        // ids as they were first written
	seq    int64           // grows with every change; the number of what is told
	healed map[string]bool // breakdowns told again on this connection because the server did not know them
	speaks int             // the version of the language that the server last spoke; 0 = not met yet
}

// begin opens the journal of a breakdown, or gives the one that runs with
// errBegun.
func (b *Book) begin(device, reason string, from time.Time, by string) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.byID {
		if l.Outage != nil && l.Outage.Device == device && l.Outage.To == 0 {
			return l.ID, errBegun
		}
	}
	e := wire.Entry{ID: ids.New(), Rev: 1, By: by, Outage: &wire.Outage{Device: device, Reason: reason, From: from.UnixMilli()}}
	return e.ID, b.write(record{Entry: &e})
}

// amend changes a breakdown: why, since when, and that it is over where to is
// not zero.
func (b *Book) amend(id, reason string, from, to time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.byID[id]
	if l == nil || l.Outage == nil {
		return errUnknown
	}
	e, o := l.Entry, *l.Outage
	o.Reason, o.From, o.To = reason, from.UnixMilli(), 0
	if !to.IsZero() {
		o.To = to.UnixMilli()
	}
	if o == *l.Outage {
		return nil
	}
	e.Rev, e.Outage = e.Rev+1, &o
	return b.write(record{Entry: &e})
}

// enter writes a sale down under an id that its form was given, so that a form
// sent twice is one sale. same says whether what stands under the id already is
// what the form says; if it is not, the form was used a second time.
func (b *Book) enter(id string, s wire.Sale, by string, same func(wire.Sale) bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if l := b.byID[id]; l != nil {
		if l.Sale == nil || !same(*l.Sale) {
			return errSent
		}
		return nil
	}
	if o := b.byID[s.Outage]; o == nil || o.Outage == nil || !ids.Valid(id) {
		return errUnknown
	}
	return b.write(record{Entry: &wire.Entry{ID: id, Rev: 1, By: by, Sale: &s}})
}

// change writes a sale anew. rev is what its form was made of.
func (b *Book) change(id string, rev int64, s wire.Sale, by string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.byID[id]
	switch {
	case l == nil || l.Sale == nil:
		return errUnknown
	case l.Rev != rev || l.Sale.Struck:
		return errChanged
	}
	s.Outage = l.Sale.Outage
	return b.write(record{Entry: &wire.Entry{ID: id, Rev: rev + 1, By: by, Sale: &s}})
}

// strike takes a sale back, or lets it stand again. A struck one stays in the
// book, struck out.
func (b *Book) strike(id string, struck bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.byID[id]
	if l == nil || l.Sale == nil {
		return errUnknown
	}
	if l.Sale.Struck == struck {
		return nil
	}
	e, s := l.Entry, *l.Sale
	s.Struck = struck
	e.Rev, e.Sale = e.Rev+1, &s
	return b.write(record{Entry: &e})
}

// line is one entry by its id.
func (b *Book) line(id string) (Line, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.byID[id]
	if l == nil {
		return Line{}, false
	}
	return *l, true
}

// held says whether an entry waits for a server that understands it.
func (b *Book) held(l *Line) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.speaks != 0 && !l.Taken() && l.Since() > b.speaks
}

// outages are the breakdowns, the newest first.
func (b *Book) outages() []Line {
	list := b.lineup(func(l *Line) bool { return l.Outage != nil })
	slices.SortStableFunc(list, func(x, y Line) int { return int(min(max(y.Outage.From-x.Outage.From, -1), 1)) })
	return list
}

// sales are those of a breakdown, the latest first, struck ones too.
func (b *Book) sales(outage string) []Line {
	list := b.lineup(func(l *Line) bool { return l.Sale != nil && l.Sale.Outage == outage })
	slices.Reverse(list)
	slices.SortStableFunc(list, func(x, y Line) int { return int(min(max(y.Sale.At-x.Sale.At, -1), 1)) })
	return list
}

// last is the sale that was written down last and stands: of the breakdown, or
// else of all.
func (b *Book) last(outage string) (Line, bool) {
	list := b.lineup(func(l *Line) bool { return l.Sale != nil && !l.Sale.Struck })
	for _, l := range slices.Backward(list) {
		if l.Sale.Outage == outage {
			return l, true
		}
	}
	if len(list) == 0 {
		return Line{}, false
	}
	return list[len(list)-1], true
}

// lineup is the entries that are wanted, in the order they were first written.
func (b *Book) lineup(want func(*Line) bool) (list []Line) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range b.order {
		if l := b.byID[id]; want(l) {
			list = append(list, *l)
		}
	}
	return list
}
