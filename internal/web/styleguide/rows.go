package styleguide

import (
	"fmt"

	"github.com/tillwright/tillwright/internal/web/ui"
)

func (g guide) caseCols() []ui.Col {
	c := g.S.Columns
	return []ui.Col{
		{Key: "title", Title: c[0], Wide: true, Phone: ui.PhonePlain},
		{Key: "shop", Title: c[1], Phone: ui.PhonePlain},
		{Key: "severity", Title: c[2], Fit: true, Phone: ui.PhonePlain, Sort: ui.Sortable, Href: "/?sort=severity"},
		{Key: "promise", Title: c[3], Fit: true, Phone: ui.PhonePlain, Sort: ui.SortUp, Href: "/?sort=promise"},
		{Key: "who", Title: c[4], Fit: true, Phone: ui.PhoneHide},
		{Key: "opened", Title: c[5], Fit: true, Spare: true, Phone: ui.PhoneHide},
	}
}

func (g guide) fleetCols() []ui.Col {
	c := g.S.FleetColumns
	return []ui.Col{
		{Key: "device", Title: c[0], Fit: true, Phone: ui.PhoneTitle},
		{Key: "shop", Title: c[1], Wide: true, Phone: ui.PhonePlain},
		{Key: "state", Title: c[2], Sort: ui.SortDown, Href: "/fleet?sort=state", Phone: ui.PhoneSide},
		{Key: "fn", Title: c[3], Sort: ui.Sortable, Href: "/fleet?sort=fn"},
		{Key: "unsent", Title: c[4], Num: true, Fit: true, Sort: ui.Sortable, Href: "/fleet?sort=unsent"},
		{Key: "seen", Title: c[5], Fit: true, Phone: ui.PhoneHide},
	}
}

// rail marks the two worst rows at their edge.
func (g guide) rail(i int) ui.Severity {
	if i == 0 || i == 2 {
		return severities()[i]
	}
	return ""
}

func model(i int) string {
	return []string{"АТОЛ 30Ф", "АТОЛ 55Ф", "ШТРИХ-М-01Ф", "Эвотор 7.2", "KS-2"}[i%5]
}

func serial(i int) string { return fmt.Sprintf("0010620%07d", i*271828%9999991) }

func stateOf(i int) ui.State {
	all := []ui.State{ui.StateIll, ui.StateIll, ui.StateNoAnswer, ui.StateSilent, ui.StateNoOFD, ui.StateMaintenance, ui.StateUnknown}
	if i < len(all) {
		return all[i]
	}
	return ui.StateOK
}

func severityOf(i int) ui.Severity {
	if i == 0 {
		return ui.Blocking
	}
	return ui.Critical
}

func unsent(v ui.View, i int) string { return v.Int(int64(i * i * 137 % 12417)) }

func (g guide) chips() []ui.Chip {
	var out []ui.Chip
	for i, s := range ui.States() {
		out = append(out, ui.Chip{Label: ui.StateText(g.View, s, ""), Href: "/fleet", On: i == 0, Count: (7 - i) * 3, State: s, Severity: ui.Blocking})
	}
	return out
}

func (g guide) crumbs() []ui.Crumb {
	var out []ui.Crumb
	for _, c := range g.S.Crumbs {
		out = append(out, ui.Crumb{Text: c, Href: "/fleet"})
	}
	return out
}

func (g guide) tabs() []ui.Tab {
	var out []ui.Tab
	for i, t := range g.S.Form.Tabs {
		out = append(out, ui.Tab{Text: t, Href: "/device", On: i == 0, Count: i * 3 % 4})
	}
	return out
}

func (g guide) lines() []ui.KV {
	var out []ui.KV
	for _, l := range g.S.Line {
		if l.Mono {
			out = append(out, ui.LineOf(l.Key, ui.CopyText(g.View, l.Value)))
			continue
		}
		out = append(out, ui.Line(l.Key, l.Value))
	}
	return out
}

func (g guide) options() []ui.Option {
	var out []ui.Option
	for i, s := range g.S.Form.Severities {
		out = append(out, ui.Option{Value: fmt.Sprint(i), Text: s, On: i == 1})
	}
	return out
}

// step is a machine's step before and after its run.
func (g guide) step(done bool) ui.StepProps {
	s := g.S.Step
	p := ui.StepProps{
		ID: "step", Action: "/fix", No: 3, Of: 6, Title: s.Title, Do: s.Do, Why: s.Why, See: s.See, BackURL: "/fix/back",
		Machine: &ui.MachineStep{
			Register: s.Register, Risk: s.Risk, Consent: s.Consent, Button: s.Button,
			Bytes: ui.BytesProps{Lines: []ui.ByteLine{{Out: true, Bytes: []byte{0x59}}}, Text: s.Text},
		},
	}
	if done {
		p.Machine.Button, p.Machine.Bytes.Lines = "", append(p.Machine.Bytes.Lines, ui.ByteLine{Bytes: []byte{0x55, 0, 0}, Note: "112 ms"})
		for i, a := range s.Answers {
			b := ui.Branch{Text: a, Value: fmt.Sprint(i)}
			if i == 0 {
				b.Look = ui.LookMain
			}
			p.Answers = append(p.Answers, b)
		}
	}
	return p
}
