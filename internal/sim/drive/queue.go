package drive

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/sim/paper"
)

// SendPause is how long a document stays unsent while all is well.
const SendPause = 3 * time.Second

// Unsent is how many documents wait for the operator.
func (d *Drive) Unsent() int { return len(d.queue) }

// First is the oldest document that waits; false when none does.
func (d *Drive) First() (paper.Document, bool) {
	if len(d.queue) == 0 {
		return paper.Document{}, false
	}
	return d.queue[0], true
}

// Waits says whether the operator has not confirmed the document of a number.
func (d *Drive) Waits(number int64) bool {
	first, ok := d.First()
	return ok && number >= int64(first.Number)
}

// Tell fills into a report how the sending stands.
func (d *Drive) Tell(doc paper.Document) paper.Document {
	doc.Unsent = int64(len(d.queue))
	if first, ok := d.First(); ok {
		doc.FirstUnsent, doc.FirstNumber = first.At, int64(first.Number)
	}
	return doc
}

// Confirm takes the operator's word for the oldest document that waits. It says
// whether that is the one of this number; no other can be confirmed.
func (d *Drive) Confirm(number int64, now time.Time) bool {
	first, ok := d.First()
	if !ok || int64(first.Number) != number {
		return false
	}
	d.taken(1, now)
	return true
}

// SendDue hands the bench's own operator what has waited its few seconds. A
// document out of the future, made before the clock was turned back, waits no
// longer.
func (d *Drive) SendDue(now time.Time) {
	due := 0
	for _, doc := range d.queue {
		if wait := now.Sub(doc.At); wait >= 0 && wait < SendPause {
			break
		}
		due++
	}
	if due > 0 {
		d.taken(due, now)
	}
}

func (d *Drive) taken(n int, now time.Time) {
	d.queue, d.Confirmed = slices.Delete(d.queue, 0, n), now
	if len(d.queue) == 0 {
		d.queue = nil // hundreds may have waited
	}
}

// Left is what LeaveUnsent leaves.
type Left struct {
	Receipts int           // below one nothing happens
	Age      time.Duration // of the oldest document that waits then
	// Behind puts new receipts behind what waits, because an operator that is
	// really sent to may have had the last ones.
	Behind  bool
	Shift   int64
	Cashier string
}

// LeaveUnsent makes sales of which the operator has not heard: they take the
// place of the last documents, and what waits spreads evenly over the time up
// to now.
func (d *Drive) LeaveUnsent(rnd *rand.Rand, now time.Time, l Left) {
	if l.Receipts < 1 {
		return
	}
	n := uint32(l.Receipts)
	var queue []paper.Document
	if l.Behind {
		queue = append(queue, d.queue...)
		d.Last.Number += n
	}
	if d.Last.Number < n {
		d.Last.Number += n
	}
	first := d.Last.Number - n + 1
	for i := range n {
		sale := paper.Document{
			Number: first + i, Sign: rnd.Uint32(), Form: paper.Receipt, Kind: 1, Shift: max(l.Shift, 1), Receipt: int64(i) + 1, Cashier: l.Cashier,
		}
		sale.Sum = 4_900 + int64(sale.Sign%350_000)
		queue = append(queue, sale)
	}
	for i := range queue {
		queue[i].At = now.Add(-l.Age + l.Age*time.Duration(i)/time.Duration(len(queue)))
	}
	last := queue[len(queue)-1]
	d.queue, d.Last, d.LastSale = queue, last, last
	if d.Keeps > 0 {
		d.documents = append([]paper.Document(nil), queue...)
	}
}
