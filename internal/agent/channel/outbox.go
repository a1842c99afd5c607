package channel

import (
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/wire"
)

// A connection begins with one small bundle on the way and doubles it with
// each answer: on a line that breaks every half minute a large one would never
// come through.
const (
	firstReports = 50
	window       = 4                       // bundles on the way
	bundleBytes  = wire.MaxMessage / 4 * 3 // of JSON, with room for what stands around
)

// bundle is reports on the way.
type bundle struct {
	id      int64
	last    int64 // highest number in it
	refused int
	acked   bool
	sent    time.Time
}

// outbox is what one connection has sent and not yet seen acknowledged.
type outbox struct {
	backlog Backlog
	clock   clock.Clock
	cursor  int64
	nextID  int64
	flight  []*bundle
	size    int // reports of the next bundle
}

// room says whether another bundle may go out.
func (o *outbox) room() bool {
	o.size = max(o.size, firstReports)
	return len(o.flight) == 0 || o.size == wire.MaxReports && len(o.flight) < window
}

// next is the next bundle to send, nil when there is none or enough is on the
// way.
func (o *outbox) next() (*wire.Reports, error) {
	if !o.room() {
		return nil, nil
	}
	o.cursor = max(o.cursor, o.backlog.Done())
	reports, err := o.backlog.Next(o.cursor, o.size, bundleBytes)
	if len(reports) == 0 {
		return nil, err
	}
	now := o.clock.Now()
	o.nextID++
	o.cursor = reports[len(reports)-1].Seq
	o.flight = append(o.flight, &bundle{id: o.nextID, last: o.cursor, sent: now})
	return &wire.Reports{ID: o.nextID, Now: now.UnixMilli(), Reports: reports}, err
}

// ack notes an answer and hands on what is durable without a gap before it.
// It returns the bundle, nil for an answer to nothing that is on the way.
func (o *outbox) ack(a *wire.Ack) *bundle {
	var found *bundle
	for _, b := range o.flight {
		if b.id == a.ID && !b.acked {
			b.acked, b.refused = true, len(a.Refused)
			found, o.size = b, min(2*max(o.size, firstReports), wire.MaxReports)
		}
	}
	for len(o.flight) > 0 && o.flight[0].acked {
		o.backlog.Ack(o.flight[0].last, o.flight[0].refused)
		o.flight = o.flight[1:]
	}
	return found
}

// refused says whether a bundle on the way was not taken. It and all behind it
// then go out once more.
func (o *outbox) refused(id int64) bool {
	for _, b := range o.flight {
		if b.id == id && !b.acked {
			o.again()
			return true
		}
	}
	return false
}

// again forgets what is on the way, so that it goes out once more.
func (o *outbox) again() { o.flight, o.cursor = nil, o.backlog.Done() }

// late says whether an answer has been waited for too long.
func (o *outbox) late(most time.Duration) bool {
	return len(o.flight) > 0 && o.clock.Now().Sub(o.flight[0].sent) > most
}
