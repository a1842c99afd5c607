package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// calendarFilled says what an official year put into a form.
type calendarFilled struct {
	calendar.ProductionYear
	byLaw      bool // the resolution is not out: the law alone
	off, other int  // days added to the lists
}

// fill puts an official year into the form. The days that stand there already
// stay.
func (v *calendarView) fill(rq *request, spec calendar.Spec) error {
	bad := problem.New(problem.Invalid, "invalid").In("web.calendar")
	country, region, _ := strings.Cut(v.Get("official"), "-")
	year, err := strconv.Atoi(v.Get("year"))
	switch {
	case country == "":
		return bad.Field("official", "required")
	case err != nil:
		return bad.Field("year", "required")
	case spec.Always:
		return bad.Field("official", "calendar_always_conflict")
	case len(spec.Hours) == 0:
		return bad.Field("official", "calendar_hours_first")
	}
	f := calendarFilled{}
	f.ProductionYear, err = calendar.Production(country, region, year)
	if err != nil && region == "" {
		f.ProductionYear, err = calendar.ByLaw(country, year)
		f.byLaw = true
	}
	if err != nil {
		return bad.Field("year", problem.CodeOf(err))
	}
	full, err := f.Apply(spec)
	if err != nil {
		return err
	}
	f.off, f.other = len(full.Holidays)-len(spec.Holidays), len(full.Overrides)-len(spec.Overrides)
	v.text, v.filled = writeCalendar(v.text.name, full, rq.T("admin.calendars.off")), &f
	return nil
}

// officialYears are the years that the form offers: last year's cases are
// still reckoned, and the next two can be planned.
func officialYears(v ui.View, now string) []ui.Option {
	var out []ui.Option
	this := v.Now.In(placed(v.Zone)).Year()
	if now == "" {
		now = strconv.Itoa(this)
	}
	for y := this - 1; y <= this+2; y++ {
		text := strconv.Itoa(y)
		out = append(out, ui.Option{Value: text, Text: text, On: text == now})
	}
	return out
}

func placed(zone *time.Location) *time.Location {
	if zone == nil {
		return time.UTC
	}
	return zone
}

// officials are the countries and states whose official years are known.
func officials(v ui.View, now string) []ui.Option {
	out := []ui.Option{{Text: v.T("admin.calendars.choose"), On: now == ""}}
	for _, c := range []string{"RU", "KZ"} {
		out = append(out, ui.Option{Value: c, Text: officialName(v, c, ""), On: c == now})
	}
	states := make([]ui.Option, 0, 16)
	for _, s := range calendar.GermanStates() {
		states = append(states, ui.Option{Value: "DE-" + s, Text: officialName(v, "DE", s), On: "DE-"+s == now})
	}
	slices.SortFunc(states, func(a, b ui.Option) int { return strings.Compare(a.Text, b.Text) })
	return append(out, states...)
}

func officialName(v ui.View, country, region string) string {
	name := v.T("registry.country." + country)
	if region == "" {
		return name
	}
	return name + ": " + v.T("admin.calendars.state."+region)
}

// try works a promise out by the hours in the form, kept or not.
func (v *calendarView) try(spec calendar.Spec) error {
	target, err := v.target()
	if err != nil {
		return err
	}
	zone := strings.TrimSpace(v.Get("try_zone"))
	start := v.Get("try_start")
	if loc, err := time.LoadLocation(zone); err == nil && start != "" {
		at, err := time.ParseInLocation(wallTime, start, loc)
		if err != nil {
			return tryWrong("try_start", "calendar_start_form", err)
		}
		start = at.Format(time.RFC3339)
	}
	r, err := calendar.Preview(calendar.PreviewRequest{Calendar: &spec, Zone: zone, Start: start, Target: target}, nil)
	if err != nil {
		return tryFields(err)
	}
	v.tried = &r
	return nil
}

func (v *calendarView) target() (calendar.Target, error) {
	n, err := strconv.Atoi(strings.TrimSpace(v.Get("try_amount")))
	if err != nil {
		return calendar.Target{}, tryWrong("try_amount", "calendar_amount_form", err)
	}
	if unit := v.Get("try_unit"); unit != "minutes" {
		return calendar.InWorkingDays(n, calendar.Rule(unit)), nil
	}
	return calendar.InMinutes(n), nil
}

func tryWrong(field, code string, because error) error {
	return problem.New(problem.Invalid, "invalid").In("web.calendar").Field(field, code).Because(because)
}

// tryFields gives the preview's faults the names of the form's fields.
func tryFields(err error) error {
	p := problem.Of(err)
	if p == nil || p.Kind != problem.Invalid {
		return err
	}
	out := problem.New(problem.Invalid, p.Code).In("web.calendar").Because(err)
	for _, f := range p.Fields {
		switch name, _, _ := strings.Cut(f.Name, "."); name {
		case "start", "zone":
			out = out.Field("try_"+name, f.Code)
		case "target":
			out = out.Field("try_amount", f.Code)
		default:
			out = out.Field("try", f.Code)
		}
	}
	return out
}

// tryUnits are what a promise may be counted in.
func tryUnits(v ui.View, now string) []ui.Option {
	out := []ui.Option{{Value: "minutes", Text: v.T("admin.calendars.minutes"), On: now == "minutes"}}
	for _, r := range []calendar.Rule{calendar.RuleCloseOfDay, calendar.RuleSameTime, calendar.RuleBudget} {
		out = append(out, ui.Option{Value: string(r), Text: v.T("admin.calendars.days." + string(r)), On: string(r) == now})
	}
	return out
}
