package web

import (
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// otherThan is s unless it has been said already.
func otherThan(s, said string) string {
	if s == said {
		return ""
	}
	return s
}

// deskRail marks the worst few of a page, not all of it.
func deskRail(c caseRow, at int) ui.Severity {
	if c.Severity == calendar.Blocking && at < 5 && c.State.Active() {
		return ui.Blocking
	}
	return ""
}

func hitIcon(k registry.HitKind) ui.Icon {
	switch k {
	case registry.HitDevice:
		return ui.IconFleet
	case registry.HitOutlet:
		return ui.IconShop
	default:
		return ui.IconPerson
	}
}

func (v deskView) firstURL() string {
	if v.query.Get("after") == "" {
		return ""
	}
	return v.with("after", "")
}

// later is the later of two instants; a zero one loses.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
