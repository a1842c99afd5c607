package web

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// of is what was written in one form and not taken.
func (k kept) of(act string) string {
	if k.act == act {
		return k.text
	}
	return ""
}

func noteError(k kept) string {
	switch {
	case k.act != "note":
		return ""
	case k.field != "":
		return k.field
	default:
		return k.sentence
	}
}

// caseStateText is the state, with the reason when it waits.
func caseStateText(v ui.View, c desk.Case) string {
	s := v.T("desk.state." + string(c.State))
	if c.State == desk.Waiting && c.WaitReason != "" {
		s += ": " + v.Or("pause."+string(c.WaitReason), string(c.WaitReason))
	}
	return s
}

func ownerText(v ui.View, c desk.Case) string {
	if c.OwnerName == "" {
		return v.T("case.nobody")
	}
	return c.OwnerName
}

// teamOptions are the colleagues, the person herself first, and everybody.
func teamOptions(v ui.View, c caseView) []ui.Option {
	out := []ui.Option{}
	for _, p := range c.team {
		if p.ID == c.Owner {
			continue
		}
		o := ui.Option{Value: p.ID, Text: p.Name}
		if p.ID == c.me {
			o.Text = v.T("case.act.myself", "name", p.Name)
		}
		out = append(out, o)
	}
	if c.Owner != "" {
		out = append(out, ui.Option{Value: "-", Text: v.T("case.act.everybody")})
	}
	return out
}

func reasonOptions(v ui.View, k kept) []ui.Option {
	var out []ui.Option
	for _, r := range desk.Reasons() {
		out = append(out, ui.Option{Value: string(r), Text: v.T("pause." + string(r)), On: k.fields["reason"] == string(r)})
	}
	return out
}

// whyFoot says by whose hours the promise is counted.
func whyFoot(v ui.View, c caseView) string {
	zone := c.place.Zone
	if zone == "" {
		zone = "UTC"
	}
	return v.T("case.why.foot", "terms", v.T("desk.terms."+string(c.Terms)), "zone", zone)
}

// liveKeys are the values that say most about a register that is ill.
func liveKeys() []signal.Def {
	return []signal.Def{
		signal.Link, signal.Mode, signal.Shift, signal.ShiftEndsAt, signal.ReceiptOpen, signal.ErrorCode, signal.FNLink, signal.FNError,
		signal.FNValidTill, signal.Unsent, signal.FirstUnsentAt, signal.OFDReach, signal.ClockDrift, signal.Paper, signal.CoverOpen,
	}
}

// liveLines are the live values that are known; what was never reported would
// only take room here. The device's own page shows it.
func liveLines(v ui.View, c caseView) []ui.KV {
	var out []ui.KV
	for _, d := range liveKeys() {
		if val := c.live.Values.Get(d); val.Known() {
			out = append(out, ui.LineOf(signalName(v, d.Key), signalValue(v, d, val)))
		}
	}
	return out
}

// aboutLines is how the case came and stands, in figures.
func aboutLines(v ui.View, c caseView) []ui.KV {
	lines := []ui.KV{
		ui.Line(v.T("case.col.state"), caseStateText(v, c.Case)),
		ui.Line(v.T("case.col.owner"), ownerText(v, c.Case)),
		ui.Line(v.T("case.source"), v.T("desk.source."+string(c.Source))),
		ui.Line(v.T("case.terms"), v.T("desk.terms."+string(c.Terms))),
		ui.LineOf(v.T("case.col.opened"), ui.At(v, c.OpenedAt)),
	}
	if !c.ClosedAt.IsZero() {
		lines = append(lines, ui.LineOf(v.T("case.col.closed"), ui.At(v, c.ClosedAt)))
	}
	if c.Fault != "" {
		lines = append(lines, ui.LineOf(v.T("case.fault"), faultLink(c.Fault, c.faultName)))
	}
	return lines
}

// caseEvidenceLines is what the alert saw. An incident's evidence has a form of
// its own: what it is about and how many are touched.
func caseEvidenceLines(v ui.View, data json.RawMessage) ([]ui.KV, []byte) {
	var in struct {
		Kind             string `json:"kind"`
		About            string `json:"about"`
		Outlets, Devices int64
	}
	if json.Unmarshal(data, &in) != nil || in.Kind == "" {
		lines, garbage := evidence(v, data)
		slices.SortStableFunc(lines, func(a, b ui.KV) int { return strings.Compare(a.Key, b.Key) })
		return lines, garbage
	}
	lines := []ui.KV{ui.Line(v.T("case.incident"), v.Or("case.incident."+in.Kind, in.Kind))}
	if in.Kind == "ofd" && in.About != "" {
		lines = append(lines, ui.Line(v.T("case.incident.host"), in.About))
	}
	return append(lines, ui.Line(v.T("case.incident.outlets"), v.Int(in.Outlets)), ui.Line(v.T("case.incident.devices"), v.Int(in.Devices))), nil
}
