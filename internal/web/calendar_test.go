package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

// ruler is a browser of somebody who may edit rules.
func (h *house) ruler(t *testing.T, lang i18n.Lang) *browser {
	t.Helper()
	_, err := h.Access.CreatePerson(t.Context(), scope.System(h.tenant.ID, "setup"), access.NewPerson{
		Email: string(lang) + "ruler@example.org", Name: "Вера", Lang: lang, Roles: []scope.Role{scope.Admin}, Password: "четыре слова подряд 8",
	})
	must(t, err)
	b := h.browser(t)
	b.signIn(t, string(lang)+"ruler")
	return b
}

func (h *house) calendars(t *testing.T) []desk.Calendar {
	t.Helper()
	list, err := h.Desk.Calendars(t.Context(), scope.System(h.tenant.ID, "test"))
	must(t, err)
	return list
}

func officeForm() url.Values {
	return url.Values{
		"do": {"save"}, "name": {" Офис в Туле "}, "hours_mon": {"9:00-13:00, 14:00-18:00"}, "hours_tue": {"09:00-13:00; 14:00-18:00"}, "hours_wed": {"-"}, "hours_sun": {"выходной"},
		"holidays": {"2031-01-02\r\n01.01.2031\n\n2031-01-01"}, "other": {"31.12.2030 = 09:00-12:00\n2031-03-08=off\n2031-06-12 = frei"}, "nominal": {""},
	}
}

// TestACalendarIsMadeAndChanged goes the whole way of the form.
func TestACalendarIsMadeAndChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.ruler(t, i18n.EN)
	b.get(t, "/admin/calendars").wants(t, 200, "No calendars yet", "The promises of cases do not use them", `href="/admin/calendars"`)
	b.get(t, "/admin/calendars/new").wants(t, 200, `value="09:00-18:00"`, "When would a promise be due?")
	p := b.send(t, "POST", "/admin/calendars", officeForm())
	p.wants(t, 200, "Saved.", "Офис в Туле", `value="9:00-13:00, 14:00-18:00"`, "2031-01-01\n2031-01-02<", "2030-12-31 = 09:00-12:00\n2031-03-08 = off\n2031-06-12 = off")
	list := h.calendars(t)
	if len(list) != 1 || p.path != "/admin/calendars/"+list[0].ID+"?saved" {
		t.Fatalf("at %s with %+v", p.path, list)
	}
	want := calendar.Spec{
		Hours:    map[string]calendar.Windows{"mon": {"9:00-13:00", "14:00-18:00"}, "tue": {"09:00-13:00", "14:00-18:00"}},
		Holidays: []string{"2031-01-01", "2031-01-02"}, Overrides: map[string]calendar.Windows{"2030-12-31": {"09:00-12:00"}, "2031-03-08": {"off"}, "2031-06-12": {"off"}},
	}
	sameCalendar(t, list[0].Spec, want)
	b.get(t, "/admin/calendars").wants(t, 200, "Офис в Туле", "Mo 9:00–13:00, 14:00–18:00", "Tu 09:00–13:00, 14:00–18:00", "none written down")

	page := "/admin/calendars/" + list[0].ID
	change := url.Values{"do": {"save"}, "version": {"1"}, "name": {"Дежурные"}, "always": {"1"}, "hours_mon": {"09:00-18:00"}, "holidays": {"2031-01-01"}, "nominal": {"480"}}
	b.send(t, "POST", page, change).wants(t, 200, "Дежурные", "checked", `value="480"`)
	sameCalendar(t, h.calendars(t)[0].Spec, calendar.Spec{Always: true, NominalMinutes: 480})
	b.get(t, "/admin/calendars").wants(t, 200, "Round the clock")
	change.Set("name", "Поздно")
	b.send(t, "POST", page, change).wants(t, 409, "Поздно") // somebody else was faster; what was typed stays
	if c := h.calendars(t)[0]; c.Version != 2 || c.Name != "Дежурные" {
		t.Errorf("%+v", c)
	}
	b.get(t, "/admin/audit?subject=calendar").wants(t, 200, "Calendar added", "Calendar changed", `href="`+page+`"`)
	b.get(t, "/admin/calendars/00000000-0000-7000-8000-000000000000").wants(t, 404)
}

func sameCalendar(t *testing.T, got, want calendar.Spec) {
	t.Helper()
	a, err := calendar.New(got)
	must(t, err)
	b, err := calendar.New(want)
	must(t, err)
	x, err := a.MarshalJSON()
	must(t, err)
	y, err := b.MarshalJSON()
	must(t, err)
	if string(x) != string(y) {
		t.Errorf("kept %s\nwant %s", x, y)
	}
}

// TestAWrongCalendarIsKeptAsTyped types mistakes, one or several at a time.
func TestAWrongCalendarIsKeptAsTyped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.ruler(t, i18n.DE)
	for _, c := range []struct{ field, typed, says string }{
		{"hours_mon", "09:00-13:00, 14-18", "14-18 — Bitte Zeiten als 09:00-18:00"},
		{"hours_sat", "10:00-10:00", "10:00-10:00 — Beginn und Ende sind gleich"},
		{"holidays", "2031-01-01\n2031-02-30", "2031-02-30 — Bitte ein Datum angeben"},
		{"other", "2031-05-08", "2031-05-08 — Bitte Datum, Gleichheitszeichen"},
		{"other", "2031-05-08 = ", "Bitte Datum, Gleichheitszeichen"},
		{"other", "2031-05-08 = nachmittags", "2031-05-08 = nachmittags — Bitte Zeiten als"},
		{"other", "32.05.2031 = frei", "32.05.2031 — Bitte ein Datum angeben"},
		{"other", "2031-05-08 = frei\n08.05.2031 = 09:00-12:00", "2031-05-08 — Dieser Tag steht hier zweimal"},
		{"nominal", "viel", "Ein Arbeitstag hat 1 bis 1440 Minuten"},
		{"name", "  ", "Bitte ausfüllen."},
		{"name", strings.Repeat("я", 101), "Höchstens 100 Zeichen"},
	} {
		form := officeForm()
		form.Set(c.field, c.typed)
		p := b.send(t, "POST", "/admin/calendars", form)
		p.wants(t, 422, c.says, "aria-invalid", "9:00-13:00", strings.TrimSpace(c.typed))
	}
	form := officeForm()
	form.Set("hours_mon", "früh")
	form.Set("hours_fri", "spät")
	form.Set("holidays", "Ostern")
	b.send(t, "POST", "/admin/calendars", form).wants(t, 422, "früh — ", "spät — ", "Ostern — ")
	if n := len(h.calendars(t)); n != 0 {
		t.Errorf("%d calendars were kept", n)
	}
}

// TestAnOfficialYearIsFilledIn asks for years with and without a resolution.
func TestAnOfficialYearIsFilledIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.ruler(t, i18n.EN)
	full := url.Values{"do": {"fill"}, "name": {"Офис"}, "holidays": {"2031-02-03"}, "other": {"2026-01-09 = 10:00-11:00"}}
	for _, d := range []string{"mon", "tue", "wed", "thu", "fri"} {
		full.Set("hours_"+d, "09:00-18:00")
	}
	ask := func(official, year string) page {
		full.Set("official", official)
		full.Set("year", year)
		return b.send(t, "POST", "/admin/calendars", full)
	}
	p := ask("RU", "2026")
	p.wants(t, 200, "Russia, 2026: filled in, not saved yet", "2026-01-01\n", "2031-02-03", "2026-04-30 = 09:00-17:00", "2026-01-09 = 10:00-11:00")
	p.lacks(t, "By the law alone")
	next := strconv.Itoa(nextWithoutResolution())
	ask("RU", next).wants(t, 200, "By the law alone; the resolution on moved days is not out", next+"-01-01\n", next+"-05-01")
	ask("KZ", "2026").wants(t, 200, "Kazakhstan, 2026", "2026-03-22")
	p = ask("DE-BY", "2027")
	p.wants(t, 200, "Germany: Bavaria, 2027", "2027-01-06\n")
	p.lacks(t, "By the law alone", "2027-01-06 =")
	ask("DE-BE", "2027").lacks(t, "2027-01-06")
	ask("", "2027").wants(t, 422, "This must be filled in", "2026-01-09 = 10:00-11:00")
	ask("RU", "1999").wants(t, 422, "There is no official calendar")
	ask("XX", "2027").wants(t, 422, "There is no official calendar")
	full.Set("always", "1")
	ask("RU", "2026").wants(t, 422, "The calendar is round the clock")
	b.send(t, "POST", "/admin/calendars", url.Values{"do": {"fill"}, "official": {"RU"}, "year": {"2026"}}).wants(t, 422, "Give the hours of the week first")
	if n := len(h.calendars(t)); n != 0 {
		t.Errorf("%d calendars were kept", n)
	}
}

// nextWithoutResolution is the first Russian year that is not kept as data.
func nextWithoutResolution() int {
	years := calendar.ProductionYears("RU")
	return years[len(years)-1] + 1
}

// TestAPromiseIsTriedByTheFormsHours works deadlines out without keeping
// anything.
func TestAPromiseIsTriedByTheFormsHours(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.ruler(t, i18n.EN)
	form := url.Values{
		"do": {"try"}, "hours_fri": {"09:00-18:00"}, "hours_mon": {"09:00-18:00"}, "holidays": {"2031-03-10"}, "try_start": {"2031-03-07T16:00"}, "try_zone": {"Asia/Omsk"},
		"try_amount": {"180"}, "try_unit": {"minutes"},
	}
	// Friday 16:00 to 18:00, a holiday on Monday, then Friday from 9:00.
	b.send(t, "POST", "/admin/calendars", form).wants(t, 200, "Due: Fr 2031-03-14 10:00 (Asia/Omsk)", "Working time", "Outside working hours", `value="2031-03-07T16:00"`)
	form.Set("try_unit", "close_of_day")
	form.Set("try_amount", "2")
	b.send(t, "POST", "/admin/calendars", form).wants(t, 200, "Due: Mo 2031-03-17 18:00 (Asia/Omsk)")
	for _, c := range []struct{ field, typed, says string }{
		{"try_amount", "viele", "Give a whole number"},
		{"try_amount", "-5", "more than nothing"},
		{"try_start", "morgen", "Give the day and the time"},
		{"try_start", "", "Without this field no deadline"},
		{"try_zone", "Mars/Olympus", "There is no such time zone"},
		{"try_unit", "weeks", "Working days need a rule"},
		{"hours_fri", "zu", "zu — Write the hours as"},
	} {
		again := url.Values{}
		for k := range form {
			again.Set(k, form.Get(k))
		}
		again.Set(c.field, c.typed)
		b.send(t, "POST", "/admin/calendars", again).wants(t, 422, c.says, "2031-03-10")
	}
	never := url.Values{"do": {"try"}, "try_start": {"2031-03-07T16:00"}, "try_zone": {"Asia/Omsk"}, "try_amount": {"5"}, "try_unit": {"minutes"}}
	b.send(t, "POST", "/admin/calendars", never).wants(t, 422, "Nobody ever works by this calendar")
	if n := len(h.calendars(t)); n != 0 {
		t.Errorf("%d calendars were kept", n)
	}
}

// TestTheNextDayOffIsOneThatWouldBeWorked keeps weekends and days worked after
// all out of the list's column.
func TestTheNextDayOffIsOneThatWouldBeWorked(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.ruler(t, i18n.DE)
	day := func(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }
	hours := map[string]calendar.Windows{}
	for d := range time.Saturday + 1 {
		hours[calendar.WeekdayName(d)] = calendar.Windows{"09:00-18:00"}
	}
	shut := time.Now().AddDate(0, 0, 3)
	delete(hours, calendar.WeekdayName(shut.Weekday()))
	_, err := h.Desk.SaveCalendar(t.Context(), scope.System(h.tenant.ID, "test"), desk.Calendar{Name: "Laden", Spec: calendar.Spec{
		Hours: hours, Holidays: []string{day(-2), day(3), day(4), day(9)}, Overrides: map[string]calendar.Windows{day(4): {"10:00-12:00"}, day(6): {"off"}},
	}})
	must(t, err)
	p := b.get(t, "/admin/calendars")
	p.wants(t, 200, time.Now().AddDate(0, 0, 6).Format("02.01.2006"))
	for _, n := range []int{-2, 3, 4, 9} {
		p.lacks(t, time.Now().AddDate(0, 0, n).Format("02.01.2006"))
	}
}

// TestTheCalendarPagesSpeakEveryLanguage looks for texts that are missing.
func TestTheCalendarPagesSpeakEveryLanguage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for lang, title := range map[i18n.Lang]string{i18n.RU: "Рабочие календари", i18n.DE: "Arbeitskalender", i18n.EN: "Working calendars"} {
		b := h.ruler(t, lang)
		b.get(t, "/admin/calendars").wants(t, 200, title)
		b.get(t, "/admin/calendars/new").wants(t, 200, title)
		form := officeForm()
		form.Set("hours_mon", "so")
		b.send(t, "POST", "/admin/calendars", form).wants(t, 422, "so — ")
	}
	b := h.browser(t)
	b.signIn(t, "dispatcher")
	b.get(t, "/admin/calendars").wants(t, 403)
}
