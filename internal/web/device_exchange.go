package web

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// commandView is a command that was asked for, with its bytes and what they
// mean.
type commandView struct {
	fleet.Command
	steps  []ui.BytesProps
	open   bool // shown unfolded
	cancel bool
}

func (w *Web) deviceCommands(ctx context.Context, rq *request) (templ.Component, error) {
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return nil, err
	}
	return w.commandsOf(ctx, rq, d)
}

func (w *Web) commandsOf(ctx context.Context, rq *request, d registry.Device) (templ.Component, error) {
	const enough, fresh = 10, 5 * time.Minute
	list, err := w.Fleet.Commands(ctx, rq.sc, d.ID, "", enough)
	if err != nil {
		return nil, err
	}
	views := make([]commandView, len(list))
	for i, c := range list {
		views[i] = commandView{Command: c, open: i == 0 && rq.Now.Sub(c.AskedAt) < fresh, cancel: c.State == fleet.CommandAsked && rq.sc.Can(scope.RunCommands)}
		for _, x := range c.Exchanges {
			views[i].steps = append(views[i].steps, w.exchanged(rq.View, &d, x))
		}
	}
	return commandsPart(rq.View, d.ID, views), nil
}

// exchanged is a command and its reply in words.
func (w *Web) exchanged(v ui.View, d *registry.Device, x kkt.Exchange) ui.BytesProps {
	p := ui.BytesProps{Title: w.commandName(v, d, x.Sent), Lines: []ui.ByteLine{{Out: true, Bytes: x.Sent}, {Bytes: x.Got, Note: v.T("device.took", "ms", v.Int(x.Millis))}}}
	if x.Failure != "" {
		p.Text, p.Bad = v.Or("kkt.failure."+x.Failure, x.Failure), true
		return p
	}
	protocol := w.protocol(d)
	if protocol == nil {
		return p
	}
	m := protocol.Explain(x.Sent, x.Got)
	if m.Error != "" {
		p.Text, p.Bad = v.Or("kkt.unreadable."+m.Error, v.T("kkt.meaning.unreadable")), true
		return p
	}
	p.Text, p.Bad = v.T(m.Text, pairs(v, m.Fields)...), m.Code != 0
	p.Meaning = meaningOf(v, m.Fields)
	return p
}

// pairs are decoded fields as a sentence takes them.
func pairs(v ui.View, fields map[string]any) []any {
	out := make([]any, 0, 2*len(fields))
	for k, val := range fields {
		if s, ok := val.(string); ok {
			val = dayText(v, s)
		}
		out = append(out, k, val)
	}
	return out
}

// dayText is a register's date as the reader writes dates; any other text stays
// as it is.
func dayText(v ui.View, s string) string {
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return v.Date(t, time.UTC)
	}
	return s
}

// fieldOrder is the place of the fields that are read in one breath: which
// document, of when, with what sign.
func fieldOrder(name string) int {
	return slices.Index([]string{"documentNumber", "date", "time", "fiscalSign"}, name) + 1
}

// meaningOf is the decoded fields that have a name for people: those of a
// document in their own order, after them the others by their names.
func meaningOf(v ui.View, fields map[string]any) []ui.KV {
	var lines []ui.KV
	for _, k := range slices.SortedFunc(maps.Keys(fields), byOrder(v)) {
		val := fields[k]
		label := v.Or("device.field."+k, "")
		if label == "" || k == "deviceCode" && val == 0 { // 0: no register of ATOL's has that error
			continue
		}
		lines = append(lines, ui.Line(label, fieldText(v, k, val)))
	}
	return lines
}

func byOrder(v ui.View) func(a, b string) int {
	const last = 100
	place := func(name string) int {
		if at := fieldOrder(name); at > 0 {
			return at
		}
		return last
	}
	return func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), strings.Compare(v.Or("device.field."+a, a), v.Or("device.field."+b, b)))
	}
}

// fieldText is a decoded field in words.
func fieldText(v ui.View, name string, val any) string {
	switch x := val.(type) {
	case bool:
		if x {
			return v.T("signal.value.yes")
		}
		return v.T("signal.value.no")
	case int:
		return fieldNumber(v, name, int64(x))
	case int64:
		return fieldNumber(v, name, x)
	case string:
		return dayText(v, x)
	default:
		return fmt.Sprint(val)
	}
}

func fieldNumber(v ui.View, name string, n int64) string {
	switch name {
	case "mode":
		return numbered(v, "kkt.mode.", n)
	case "phase":
		return v.T(fn.Phase(n).Key())
	case "warnings":
		return warningsText(v, n)
	default:
		return strconv.FormatInt(n, 10) // document numbers are read digit by digit
	}
}
