package web

import (
	"encoding/json"
	"strings"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// requestEvent tells what a stranger left on the help page: how to reach her,
// and what she searched and read before.
func (w *Web) requestEvent(sc scope.Scope, v ui.View, ev *caseEvent, e desk.Entry) {
	ev.Kind, ev.Title = ui.EventPerson, v.T("desk.entry.request")
	raw, err := json.Marshal(e.Data["left"])
	var left help.Left
	if err != nil || json.Unmarshal(raw, &left) != nil {
		return // what cannot be read is left out of the line
	}
	word := func(name string) string { s, _ := e.Data[name].(string); return s }
	names := func(ids []string) string {
		var out []string
		for _, id := range ids {
			out = append(out, w.faultName(sc, v.Lang(), id))
		}
		return strings.Join(out, "; ")
	}
	var lines []string
	for _, l := range []struct{ key, value string }{
		{"subject", word("subject")},
		{"about", word("about")},
		{"name", left.Name},
		{"phone", left.Phone},
		{"email", left.Email},
		{"account", left.Account},
		{"asked", strings.Join(left.Asked, "; ")},
		{"read", names(left.Read)},
		{"helped", names(left.Helped)},
	} {
		if l.value != "" {
			lines = append(lines, v.T("case.request."+l.key)+": "+l.value)
		}
	}
	ev.said = strings.Join(lines, "\n")
}
