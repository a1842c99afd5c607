package shop

import (
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/signal"
)

// Register is one register as the agent saw it last.
type Register struct {
	ID      string
	Name    string // what the shop calls it; "" = nobody said
	Address string
	Set     signal.Set // empty = not looked at yet
}

// lateDocuments is how long documents may wait for the operator before the page
// speaks of it. Registers lock after thirty days.
const lateDocuments = 24 * time.Hour

// title is what the page calls the register.
func (r *Register) title(v i18n.Voice) string {
	if r.Name != "" {
		return r.Name
	}
	if m := r.Set.Get(signal.Model).Text(); m != "" {
		if s := r.Set.Get(signal.Serial).Text(); s != "" {
			return m + " " + s
		}
		return m
	}
	if r.Address != "" {
		return v.T("shop.register", "address", r.Address)
	}
	return v.T("shop.register_gone")
}

// The tones of a state; a mark and a word go with each.
const (
	toneOK     = "ok"
	toneCare   = "care"
	toneIll    = "ill"
	toneSilent = "silent"
)

// sight is how a register is, for a person.
type sight struct {
	tone string
	word string
	more []string
}

// see puts a register's state into words.
func (r *Register) see(v i18n.Voice, now time.Time, zone *time.Location) sight {
	link := r.Set.Get(signal.Link)
	if !link.Known() {
		return sight{tone: toneSilent, word: v.T("shop.state.unread")}
	}
	if link.Text() != signal.LinkOK {
		s := sight{tone: toneIll, word: v.T("shop.state.silent")}
		if link.Text() == signal.LinkBusy {
			s = sight{tone: toneCare, word: v.T("shop.state.busy")}
		}
		if since := r.Set.Get(signal.LinkSince).Time(); !since.IsZero() {
			s.more = append(s.more, v.T("shop.since", "at", say(v, since, now, zone)))
		}
		return s
	}
	s := sight{tone: toneOK, word: v.T("shop.state.ok")}
	ill := r.troubles(v, now)
	if len(ill) > 0 {
		s = sight{tone: toneIll, word: v.T("shop.state.ill"), more: ill}
	}
	if late := r.late(v, now, zone); late != "" {
		if s.tone == toneOK {
			s.tone, s.word = toneCare, v.T("shop.state.care")
		}
		s.more = append(s.more, late)
	}
	return s
}

// troubles are what keeps the register from making receipts.
func (r *Register) troubles(v i18n.Voice, now time.Time) (list []string) {
	get := r.Set.Get
	for _, t := range []struct {
		ill bool
		key string
	}{
		{get(signal.Paper).Known() && !get(signal.Paper).Bool(), "shop.ill.paper"},
		{get(signal.CoverOpen).Bool(), "shop.ill.cover"},
		{get(signal.PrinterErr).Bool(), "shop.ill.printer"},
		{get(signal.FNLink).Text() == "lost" || get(signal.FNError).Int() != 0, "shop.ill.drive"},
		{get(signal.Shift).Text() == "expired", "shop.ill.shift"},
		{get(signal.FNValidTill).Known() && get(signal.FNValidTill).Time().Before(now), "shop.ill.drive_over"},
	} {
		if t.ill {
			list = append(list, v.T(t.key))
		}
	}
	return list
}

// late says that documents wait for the operator for long.
func (r *Register) late(v i18n.Voice, now time.Time, zone *time.Location) string {
	first := r.Set.Get(signal.FirstUnsentAt).Time()
	if n := r.Set.Get(signal.Unsent).Int(); n > 0 && !first.IsZero() && now.Sub(first) > lateDocuments {
		return v.N("shop.unsent", int(n), "at", say(v, first, now, zone))
	}
	return ""
}

// guess is what the form about a breakdown begins with: why, and since when, as
// far as the register's own state tells.
func (r *Register) guess(now time.Time) (reason string, from time.Time) {
	from = now
	if link := r.Set.Get(signal.Link); link.Known() && link.Text() != signal.LinkOK {
		if since := r.Set.Get(signal.LinkSince).Time(); !since.IsZero() && since.Before(now) && now.Sub(since) < 24*time.Hour {
			from = since
		}
	} else if r.Set.Get(signal.FNLink).Text() == "lost" || r.Set.Get(signal.FNError).Int() != 0 {
		reason = "drive"
	}
	return reason, from
}
