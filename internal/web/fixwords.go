package web

import (
	"github.com/tillwright/tillwright/internal/web/ui"
)

func blockedText(v ui.View, x fixView) string {
	if x.BlockedReason != "" {
		return v.Or("problem."+x.BlockedReason, "")
	}
	return ""
}

// handOverText names the way out: a cashier asks for help, an engineer gives
// the work on.
func handOverText(v ui.View, x fixView) string {
	if x.room.guest {
		return v.T("fix.over.guest")
	}
	return v.T("fix.over")
}

// handOverLook puts the way out forward when nothing else is left to press.
func handOverLook(x fixView) ui.Look {
	if x.Overdue || x.Blocked != "" || x.Step == nil {
		return ui.LookMain
	}
	return ui.LookNormal
}

// provedText says when the register itself showed that it is well.
func provedText(v ui.View, x fixView) string {
	at := x.provedAt()
	if at.IsZero() {
		return ""
	}
	return v.T("fix.proved", "time", at.In(zoneOf(v)).Format("15:04"))
}
