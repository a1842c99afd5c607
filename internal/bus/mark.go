package bus

import (
	"crypto/rand"
	"strconv"
	"strings"
)

// kept is how many events of a tenant are kept for those who begin to listen
// later: more than happen while a page loads or a broken line is mended. A
// tenant's are some 60 kB.
const kept = 512

// Mark is a place among the events of one tenant: what was published up to it
// is behind, the rest is still to be told. Take it before reading what shall be
// kept up to date.
//
// It is good for one tenant's events in one run of the process; any other, and
// the zero Mark, is a place that the bus does not know.
type Mark struct {
	epoch string // tells runs and tenants apart
	n     uint64 // events up to here, of the epoch
}

// Mark is the place after the last event of a tenant.
func (b *Bus) Mark(tenant string) Mark {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.line(tenant).end()
}

// String is the mark as ParseMark reads it, "" for the zero Mark.
func (m Mark) String() string {
	if m.epoch == "" {
		return ""
	}
	return m.epoch + "." + strconv.FormatUint(m.n, 10)
}

// Before says whether the mark stands before another of the same epoch.
func (m Mark) Before(o Mark) bool { return m.epoch == o.epoch && m.n < o.n }

// ParseMark reads what String wrote. What is no mark is the zero Mark, a place
// that no bus knows: whoever brings it reads everything again.
func ParseMark(s string) Mark {
	const most = 64 // bytes; a longer one is nobody's
	epoch, number, ok := strings.Cut(s, ".")
	n, err := strconv.ParseUint(number, 10, 64)
	if !ok || err != nil || epoch == "" || len(s) > most || strconv.FormatUint(n, 10) != number {
		return Mark{}
	}
	return Mark{epoch: epoch, n: n}
}

// Follow listens to one tenant's events from a mark on. missed are those from
// the mark to this moment, the subscription's From, that want accepts; what comes
// after is in its C, and nothing is in both. known is false when the bus cannot
// tell what was missed, because it is too long ago or from another run; then the
// caller reads everything again that it shows.
func (b *Bus) Follow(tenant string, since Mark, want func(Event) bool) (s *Subscription, missed []Event, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.line(tenant)
	all, known := l.since(since)
	for _, e := range all {
		if want(e) {
			missed = append(missed, e)
		}
	}
	return b.add(&Subscription{From: l.end(), tenant: tenant, want: want}), missed, known
}

// line is the last events of one tenant; the bus guards it.
type line struct {
	epoch string
	n     uint64  // events so far
	last  []Event // a ring: the event number i stands at (i-1) modulo kept
}

func (b *Bus) line(tenant string) *line {
	l := b.lines[tenant]
	if l == nil {
		l = &line{epoch: rand.Text()[:16]}
		b.lines[tenant] = l
	}
	return l
}

func (l *line) end() Mark { return Mark{epoch: l.epoch, n: l.n} }

// add numbers an event and keeps it.
func (l *line) add(e Event) Event {
	l.n++
	e.At = l.end()
	if len(l.last) < kept {
		l.last = append(l.last, e)
	} else {
		l.last[(l.n-1)%kept] = e
	}
	return e
}

// since are the events after a mark, in their order.
func (l *line) since(m Mark) (events []Event, known bool) {
	if m.epoch != l.epoch || m.n > l.n || l.n-m.n > uint64(len(l.last)) {
		return nil, false
	}
	for i := m.n; i < l.n; i++ {
		events = append(events, l.last[i%kept])
	}
	return events, true
}
