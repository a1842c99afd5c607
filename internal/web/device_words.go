package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// deviceCrumbs are the way to a device; last names a page below it.
func deviceCrumbs(v ui.View, d *registry.Device, last string) []ui.Crumb {
	crumbs := []ui.Crumb{
		{Text: v.T("fleetpage.title"), Href: "/fleet"},
		{Text: d.Place.ClientName, Href: "/fleet?client=" + d.Client},
		{Text: d.Place.OutletName, Href: "/fleet?outlet=" + d.Outlet},
	}
	if last == "" {
		return append(crumbs, ui.Crumb{Text: d.Name})
	}
	return append(crumbs, ui.Crumb{Text: d.Name, Href: "/devices/" + d.ID}, ui.Crumb{Text: last})
}

// planLook: what cannot be taken back looks so.
func planLook(r kkt.Risk) ui.Look {
	if r == kkt.RiskDangerous {
		return ui.LookDanger
	}
	return ui.LookNormal
}

func planAttrs(p planView) templ.Attributes {
	if p.word == "" {
		return nil
	}
	return templ.Attributes{"data-confirm-go": true}
}

// consentWays are the ways in which a shop agrees.
func consentWays(v ui.View, chosen string) []ui.Option {
	var out []ui.Option
	for _, way := range []string{"phone", "message", "on_site", "contract"} {
		out = append(out, ui.Option{Value: way, Text: v.T("device.consent_how." + way), On: way == chosen})
	}
	return out
}

// commandTone is the signal colour of a command's state.
func commandTone(state string) string {
	switch state {
	case fleet.CommandDone:
		return "tone-ok"
	case fleet.CommandFailed:
		return "tone-blocking"
	case fleet.CommandUnknown:
		return "tone-important"
	default:
		return "tone-work"
	}
}

func commandIcon(state string) ui.Icon {
	switch state {
	case fleet.CommandDone:
		return ui.IconWell
	case fleet.CommandFailed, fleet.CommandUnknown:
		return ui.IconAlert
	case fleet.CommandExpired, fleet.CommandCancelled:
		return ui.IconClose
	default:
		return ui.IconClock
	}
}

// commandFacts is who agreed and how long it took.
func commandFacts(v ui.View, c *fleet.Command) string {
	var facts []string
	if c.Consent != nil {
		facts = append(facts, v.T("device.agreed", "who", c.Consent.Who, "how", v.Or("device.consent_how."+c.Consent.How, c.Consent.How)))
	}
	if c.Reason != "" {
		facts = append(facts, c.Reason)
	}
	facts = append(facts, v.Instant(c.AskedAt, zoneOf(v)))
	return joined(facts...)
}

// dayTitle names a day of a history.
func dayTitle(v ui.View, day time.Time) string {
	weekday := v.T("ui.weekday." + strconv.Itoa((int(day.Weekday())+6)%7+1))
	date := weekday + " " + v.Date(day, day.Location())
	now := v.Now.In(day.Location())
	if day.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return v.T("device.today", "date", date)
	}
	return date
}

// days0 tells the timelines of several pages apart.
func (p *historyView) days0() string {
	if len(p.days) == 0 {
		return "none"
	}
	return p.days[0].day.Format("20060102") + "-" + strconv.Itoa(len(p.days))
}

// windowFor is whom planned work is for.
func windowFor(v ui.View, p *windowView) []ui.KV {
	var lines []ui.KV
	for i := range p.devices {
		d := &p.devices[i]
		lines = append(lines, ui.Line(d.Name, joined(d.Place.OutletName, d.Place.ClientName)))
	}
	return lines
}

func windowProblem(v ui.View, p *problem.Error) string {
	if len(p.Fields) > 0 {
		return v.Field(p.Fields[0].Code, p.Fields[0].Args)
	}
	return v.Problem(p)
}

func repeatOptions(v ui.View, chosen string) []ui.Option {
	var out []ui.Option
	for _, r := range []string{fleet.RepeatNone, fleet.RepeatDaily, fleet.RepeatWeekly} {
		out = append(out, ui.Option{Value: r, Text: v.T("device.window.repeat." + r), On: r == chosen})
	}
	return out
}

// weekdayKeys are the days as forms and texts write them, Monday first.
func weekdayKeys() []string { return []string{"1", "2", "3", "4", "5", "6", "7"} }

func (v *windowView) hasDay(d string) bool { return slices.Contains(v.days, d) }

// agentWords names an agent as such: they are called after their shops.
func agentWords(v ui.View, name string) string {
	if name == "" {
		return v.T("device.agent")
	}
	return v.T("device.agent_named", "name", name)
}
