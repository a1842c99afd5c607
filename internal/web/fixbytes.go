package web

import (
	"strings"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// exchangeBytes shows exchanges with a register. One that is not known any
// more leaves the bytes alone.
func (w *Web) exchangeBytes(v ui.View, d *registry.Device, list []kkt.Exchange) []ui.BytesProps {
	out := make([]ui.BytesProps, 0, len(list))
	for _, e := range list {
		if d != nil {
			out = append(out, w.exchanged(v, d, e))
			continue
		}
		out = append(out, ui.BytesProps{Lines: []ui.ByteLine{{Out: true, Bytes: e.Sent}, {Bytes: e.Got}}, Bad: e.Failure != ""})
	}
	return out
}

// story tells what a guided fix went through, in the order it happened.
func (w *Web) story(v ui.View, device *registry.Device, sum faults.Summary) []storyLine {
	var out []storyLine
	for _, d := range sum.Done {
		l := storyLine{at: d.At, text: d.Step.In(v.Lang())}
		switch d.Kind {
		case faults.Answered:
			l.reply = d.Answer.In(v.Lang())
		case faults.RunEnded:
			l.reply = outcomeText(v, d)
			l.bytes = w.exchangeBytes(v, device, d.Exchanges)
		case faults.Started, faults.RunAsked, faults.Handed: // said elsewhere
			continue
		default:
			l.reply = v.Or("fix.event."+string(d.Kind), string(d.Kind))
			if d.Kind == faults.ByHand && d.Code == faults.RegisterCannot {
				l.reply = v.T("fix.event.register_cannot")
			}
		}
		l.text = strings.TrimSpace(l.text)
		out = append(out, l)
	}
	return out
}

func outcomeText(v ui.View, d faults.Done) string {
	if d.Success {
		return v.T("fix.outcome.success")
	}
	text := v.Or("fix.outcome."+d.Outcome, d.Outcome)
	if d.Code != "" {
		text = joined(text, v.Or("kkt.failure."+d.Code, v.Or("problem."+d.Code, "")))
	}
	return text
}
