package link

import (
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/wire"
)

// Limits bound what one agent may send. Fields that are nought take the values
// beside them.
type Limits struct {
	Reports Rate // 50 a second, 2,000 at once: a night's backlog comes in minutes
	Bytes   Rate // 512 KiB a second, 8 MiB at once; each message counts 512 more than its size
	Enrol   Rate // attempts per remote address: 1 in 10 s, 10 at once
	Faults  int  // 50: unreadable or misplaced messages on one connection before it is closed
}

func (l Limits) orUsual() Limits {
	usual := func(r *Rate, perSecond, burst float64) {
		if r.PerSecond <= 0 || r.Burst <= 0 {
			*r = Rate{PerSecond: perSecond, Burst: burst}
		}
	}
	usual(&l.Reports, 50, 2000)
	usual(&l.Bytes, 512<<10, 8<<20)
	usual(&l.Enrol, 0.1, 10)
	if l.Faults <= 0 {
		l.Faults = 50
	}
	return l
}

// messageCost is what a message costs above its size, so that a flood of tiny
// ones is bounded too.
const messageCost = 512

// peer is what is remembered of an agent over its connections, for the life of
// the process.
type peer struct {
	id      string
	lane    lane
	contact atomic.Int64 // last heard of, Unix ms
	reading atomic.Int32 // exchanges whose body is coming in

	// What follows is only touched by the lane's tasks.
	reports, bytes bucket
	gate           gate
}

func newPeer(id string) *peer { return &peer{id: id, lane: newLane()} }

// gate keeps the order of reports when a bundle was not taken: those behind it
// are not let through before it has come again. Without it a later bundle
// would raise the agent's count, and the earlier reports would look like
// repetitions for ever.
type gate struct {
	closed bool
	seq    int64 // of the first report that was not taken
	code   string
	until  time.Time // then it opens by itself: the agent may have dropped what it waits for
}

// gateSpan is how long a gate stays closed after the time at which the agent
// was asked to come again.
const gateSpan = time.Minute

// admit says whether a bundle may pass; if not, with which code it is sent
// back.
func (g *gate) admit(first int64, now time.Time) (code string, ok bool) {
	if g.closed && first > g.seq && now.Before(g.until) {
		return g.code, false
	}
	return "", true
}

// shut closes the gate before the report with number first. A gate that waits
// for an earlier one stays.
func (g *gate) shut(first int64, code string, opens time.Time) {
	if g.closed && g.seq < first {
		first = g.seq
	}
	*g = gate{closed: true, seq: first, code: code, until: opens.Add(gateSpan)}
}

// open is called after a bundle was taken.
func (g *gate) open() { *g = gate{} }

// retry is how long an agent waits after a refusal that time mends.
const retry = 5 * time.Second

// Offset is what is to be added to the instants of a bundle to have them by
// the server's clock. A sender without a clock of its own sends Now 0 and is
// taken at its word.
func Offset(r wire.Reports, received time.Time) time.Duration {
	if !sane(r.Now) || r.Now == 0 {
		return 0
	}
	return time.Duration(received.UnixMilli()-r.Now) * time.Millisecond
}

// sane keeps differences of instants within the 292 years of a Duration: from
// 1830 to 2109.
func sane(ms int64) bool { return ms > -1<<42 && ms < 1<<42 }

// judge says why a report cannot be taken by its instant, "" when it can.
func judge(at int64, offset time.Duration, received time.Time) string {
	if !sane(at) {
		if at < 0 {
			return CodeTooOld
		}
		return CodeFuture
	}
	age := received.Sub(time.UnixMilli(at).Add(offset))
	switch {
	case age > wire.MaxReportAge:
		return CodeTooOld
	case age < -wire.MaxClockAhead:
		return CodeFuture
	default:
		return ""
	}
}
