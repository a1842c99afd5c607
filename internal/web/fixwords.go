package web

import (
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/faults"
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
	if byHandLook(x) == ui.LookMain {
		return ui.LookNormal
	}
	if x.Overdue || x.Blocked != "" || x.Step == nil {
		return ui.LookMain
	}
	return ui.LookNormal
}

// byHandLook puts the way by hand forward where the machine has none.
func byHandLook(x fixView) ui.Look {
	if x.atHand() && x.Blocked == faults.CannotCode {
		return ui.LookMain
	}
	return ui.LookNormal
}

// passedBy names the steps that the walk has just gone past because the
// register has no command for them: a person does by hand what they would have
// done. It is "" when there are none.
func (x fixView) passedBy(v ui.View) string {
	var names []string
	for i := len(x.Log) - 1; i >= 0 && x.Article != nil; i-- {
		e := x.Log[i]
		if e.Kind == faults.Shared {
			continue
		}
		if e.Kind != faults.ByHand || e.Detail.Code != faults.RegisterCannot {
			break
		}
		if step, ok := x.Article.Step(e.Step); ok {
			names = append(names, step.Title.In(v.Lang()))
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Reverse(names)
	return v.T("fix.passed", "steps", strings.Join(names, " · "))
}

// provedText says when the register itself showed that it is well.
func provedText(v ui.View, x fixView) string {
	at := x.provedAt()
	if at.IsZero() {
		return ""
	}
	return v.T("fix.proved", "time", at.In(zoneOf(v)).Format("15:04"))
}
