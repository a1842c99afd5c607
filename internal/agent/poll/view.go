package poll

import (
	"encoding/hex"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// Since is what the agent remembers of a device over its own restart: since
// when the link, the mode and an open receipt are as they are.
type Since struct {
	Link    string `json:"link,omitempty"`
	LinkAt  int64  `json:"linkAt,omitempty"` // Unix s, agent's clock
	Mode    int64  `json:"mode,omitempty"`
	ModeAt  int64  `json:"modeAt,omitempty"`  // 0 = no mode seen
	Receipt int64  `json:"receipt,omitempty"` // 0 = no receipt open
}

// look is what one conversation showed.
type look struct {
	set    signal.Set // empty when nothing was read
	link   string
	detail string
	hold   time.Duration
}

// view is what was last told of a device.
type view struct {
	last  signal.Set
	since Since
}

// damped is the values whose small movement is not a change, with how far
// they may move from what was last told. A clock's drift is read to the
// second at either end; how long a port is held and a temperature never stand
// still.
func damped(d signal.Def, told int64) (most int64, ok bool) {
	switch d {
	case signal.ClockDrift:
		return 2, true
	case signal.HoldMillis:
		return max(250, told), true
	case signal.Battery, signal.Temperature:
		return 2, true
	default:
		return 0, false
	}
}

// see takes a look in and returns what changed against what was told.
func (v *view) see(l look, now time.Time) []signal.Item {
	next := v.last.Clone() // what a silent register last said still stands
	if l.set.Len() > 0 && l.link == signal.LinkOK {
		next = l.set.Clone()
		next.Put(signal.HoldMillis, signal.IntOf(l.hold.Milliseconds()))
		v.calm(&next)
	}
	v.markLink(&next, l, now)
	if l.link == signal.LinkOK {
		v.markSince(&next, now)
	}
	delta := v.last.Diff(&next)
	v.last = next
	return delta
}

// calm puts back what moved too little.
func (v *view) calm(next *signal.Set) {
	for _, d := range []signal.Def{signal.ClockDrift, signal.HoldMillis, signal.Battery, signal.Temperature} {
		told, seen := v.last.Get(d), next.Get(d)
		if !told.Known() || !seen.Known() {
			continue
		}
		moved := seen.Int() - told.Int()
		if most, ok := damped(d, told.Int()); ok && moved >= -most && moved <= most {
			next.Put(d, told)
		}
	}
}

func (v *view) markLink(next *signal.Set, l look, now time.Time) {
	at := now.Unix()
	if v.since.Link != l.link || v.since.LinkAt > at {
		v.since.Link, v.since.LinkAt = l.link, at
	}
	next.Put(signal.Link, signal.TextOf(l.link))
	next.Put(signal.LinkSince, instant(v.since.LinkAt))
	detail := signal.Value{}
	if l.detail != "" {
		detail = signal.TextOf(l.detail)
	}
	if told := v.last.Get(signal.LinkDetail); told.Known() && l.link == v.last.Get(signal.Link).Text() {
		detail = told // noise differs each time: the first of a kind is kept as evidence
	}
	next.Put(signal.LinkDetail, detail)
}

func (v *view) markSince(next *signal.Set, now time.Time) {
	at := now.Unix()
	mode := next.Get(signal.Mode)
	switch {
	case !mode.Known():
		v.since.Mode, v.since.ModeAt = 0, 0
	case v.since.ModeAt == 0 || v.since.Mode != mode.Int() || v.since.ModeAt > at:
		v.since.Mode, v.since.ModeAt = mode.Int(), at
	}
	next.Put(signal.ModeSince, instant(v.since.ModeAt))
	switch {
	case !next.Get(signal.ReceiptOpen).Bool():
		v.since.Receipt = 0
	case v.since.Receipt == 0 || v.since.Receipt > at:
		v.since.Receipt = at
	}
	next.Put(signal.ReceiptSince, instant(v.since.Receipt))
}

func instant(unix int64) signal.Value {
	if unix == 0 {
		return signal.Value{}
	}
	return signal.TimeOf(time.Unix(unix, 0))
}

// hexOf is at most 128 bytes in hex, the evidence of garbage.
func hexOf(b []byte) string { return hex.EncodeToString(b[:min(len(b), 128)]) }
