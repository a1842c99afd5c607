package ui_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/web/ui"
)

var now = time.Date(2026, 11, 21, 9, 42, 0, 0, time.UTC)

func view(t *testing.T, l i18n.Lang) ui.View {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return ui.View{Voice: b.For(l), Now: now}
}

func draw(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEveryWordOfTheSetExists draws what is built from data, in all
// languages: a missing key shows in double angle quotes around "ui.".
func TestEveryWordOfTheSetExists(t *testing.T) {
	t.Parallel()
	for _, l := range i18n.Langs() {
		v := view(t, l)
		var b strings.Builder
		for _, s := range ui.States() {
			b.WriteString(draw(t, ui.StateMark(v, s, "")))
		}
		for _, s := range ui.Severities() {
			b.WriteString(draw(t, ui.StateMark(v, ui.StateIll, s)))
		}
		for _, s := range []ui.PromiseState{ui.PromiseRunning, ui.PromisePaused, ui.PromiseLate, ui.PromiseOverdue, ui.PromiseMet, ui.PromiseMissed} {
			b.WriteString(draw(t, ui.PromiseFull(v, ui.PromiseProps{State: s, Target: time.Hour, Left: time.Minute, Due: now})))
			b.WriteString(draw(t, ui.PromiseBar(v, ui.PromiseProps{State: s, Target: time.Hour, Left: -time.Minute})))
		}
		b.WriteString(draw(t, ui.Forecast(v, week())))
		b.WriteString(draw(t, ui.Page(ui.Frame{View: v, Asset: func(n string) string { return n }, Person: "A", LogoutURL: "/x", Nav: nav()})))
		if i := strings.Index(b.String(), "«ui."); i >= 0 {
			t.Errorf("%s lacks %s", l, b.String()[i:i+40])
		}
	}
}

func nav() []ui.NavItem {
	return []ui.NavItem{{Section: ui.SectionWatch}, {Section: ui.SectionFleet}, {Section: ui.SectionCases}, {Section: ui.SectionFaults}, {Section: ui.SectionAdmin}}
}

func week() []ui.ForecastDay {
	var days []ui.ForecastDay
	for i := range 7 {
		days = append(days, ui.ForecastDay{Date: now.AddDate(0, 0, i), Href: "/fleet", Counts: map[ui.Reason]int{ui.ReasonFN: i, ui.ReasonCertificate: 1}})
	}
	return days
}

var rect = regexp.MustCompile(`<rect class="(\w+)" x="([\d.]+)%?" y="25%" width="([\d.]+)%?"`)

func TestPromiseBarShowsTheClock(t *testing.T) {
	t.Parallel()
	h := time.Hour
	for _, tc := range []struct {
		name        string
		p           ui.PromiseProps
		used, tone  string
		has, hasNot []string
	}{
		{"running, quiet", ui.PromiseProps{State: ui.PromiseRunning, Used: h, Target: 4 * h, Left: 3 * h}, "25.00", "tone-accent", []string{"noch 3 h"}, []string{"stand", "over", "aim"}},
		{"three quarters used", ui.PromiseProps{State: ui.PromiseRunning, Used: 3 * h, Target: 4 * h, Left: h}, "75.00", "tone-important", nil, []string{"over"}},
		{"past the promise", ui.PromiseProps{State: ui.PromiseLate, Used: 3 * h, Target: 2 * h, Limit: 4 * h, Left: h}, "75.00", "tone-critical", []string{`class="aim" x1="50.00%"`}, []string{`class="over"`}},
		{"past the limit", ui.PromiseProps{State: ui.PromiseOverdue, Used: 5 * h, Target: 2 * h, Limit: 4 * h, Left: -h}, "100.00", "tone-blocking", []string{`class="over" x="80.00%"`, `class="aim far"`, "1 h überfällig"}, nil},
		{"standing", ui.PromiseProps{State: ui.PromisePaused, Used: h, Target: 4 * h, Left: 3 * h, Pauses: []time.Duration{h / 2}}, "25.00", "tone-work", []string{`class="stand" x="25.00%"`, `class="gap" x="12.50%"`}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := draw(t, ui.PromiseBar(view(t, i18n.DE), tc.p))
			used := ""
			for _, m := range rect.FindAllStringSubmatch(got, -1) {
				if m[1] == "used" {
					used = m[3]
				}
			}
			if used != tc.used || !strings.Contains(got, tc.tone) {
				t.Errorf("used %q (want %q), tone %q: %s", used, tc.used, tc.tone, got)
			}
			for _, s := range tc.has {
				if !strings.Contains(got, s) {
					t.Errorf("lacks %q: %s", s, got)
				}
			}
			for _, s := range tc.hasNot {
				if strings.Contains(got, `class="`+s) {
					t.Errorf("has %q: %s", s, got)
				}
			}
		})
	}
}

func TestForecastSaysEachDay(t *testing.T) {
	t.Parallel()
	got := draw(t, ui.Forecast(view(t, i18n.RU), week()))
	for _, want := range []string{`aria-label="сб 21.11: 1 касса`, `class="today weekend"`, "вс 22.11: 2 кассы", "чт 26.11: 6 касс"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q", want)
		}
	}
	if n := strings.Count(got, "<li class"); n != 7 {
		t.Errorf("%d days, want 7", n)
	}
}

// TestTheForecastsDayIsTheReaders: 22:30 UTC is tomorrow in Moscow.
func TestTheForecastsDayIsTheReaders(t *testing.T) {
	t.Parallel()
	v := view(t, i18n.EN)
	v.Zone = time.FixedZone("MSK", 3*3600)
	v.Now = time.Date(2026, 11, 21, 22, 30, 0, 0, time.UTC)
	got := draw(t, ui.Forecast(v, []ui.ForecastDay{{Date: v.Now, Counts: map[ui.Reason]int{ui.ReasonShift: 2}}}))
	if !strings.Contains(got, `aria-label="Su Nov 22: 2 registers`) {
		t.Errorf("the day is not the reader's: %s", got)
	}
}

func TestFNGaugeWarns(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	for _, tc := range []struct {
		left time.Duration
		tone string
	}{{200 * day, "tone-accent"}, {31 * day, "tone-accent"}, {30 * day, "tone-important"}, {3 * day, "tone-blocking"}, {-day, "tone-blocking"}} {
		got := draw(t, ui.FNGauge(view(t, i18n.RU), ui.FNProps{From: now.Add(-400 * day), Till: now.Add(tc.left), Used: -1}))
		if !strings.Contains(got, tc.tone) {
			t.Errorf("%v left: no %s in %s", tc.left, tc.tone, got)
		}
	}
	if got := draw(t, ui.FNGauge(view(t, i18n.RU), ui.FNProps{Used: -1})); !strings.Contains(got, "ещё не сообщён") || strings.Contains(got, "<svg") {
		t.Errorf("an unknown drive is drawn: %s", got)
	}
}

func TestNothingReportedIsNotEmpty(t *testing.T) {
	t.Parallel()
	got := draw(t, ui.Passport(view(t, i18n.EN), []ui.KV{ui.Line("Battery", ""), ui.Line("Model", "<b>")}))
	if !strings.Contains(got, "not reported") || !strings.Contains(got, "&lt;b&gt;") {
		t.Error(got)
	}
}

func TestMachineStepAsksConsentOnlyWhereNeeded(t *testing.T) {
	t.Parallel()
	p := ui.StepProps{ID: "s", Action: "/fix", Machine: &ui.MachineStep{Button: "Go", Bytes: ui.BytesProps{Lines: []ui.ByteLine{{Out: true, Bytes: []byte{0xA4, 0x20}}}}}}
	if got := draw(t, ui.Step(view(t, i18n.EN), p)); strings.Contains(got, "consent") || !strings.Contains(got, "A4 20") {
		t.Error("a reading step asks for consent, or hides its bytes")
	}
	p.Machine.Consent = "She agrees"
	if got := draw(t, ui.Step(view(t, i18n.EN), p)); !strings.Contains(got, `name="consent" value="1" required`) {
		t.Error("a changing step asks for no consent")
	}
	p.Machine.Running = true
	if got := draw(t, ui.Step(view(t, i18n.EN), p)); strings.Contains(got, `name="run"`) {
		t.Error("a running step can be started twice")
	}
}

// TestNoInlineCode looks for what the policy of the pages would block.
func TestNoInlineCode(t *testing.T) {
	t.Parallel()
	v := view(t, i18n.DE)
	page := draw(t, ui.Page(ui.Frame{View: v, Asset: func(n string) string { return n }, Person: "A B", Nav: nav()}))
	if m := regexp.MustCompile(`\sstyle=|\son[a-z]+=|javascript:`).FindString(page); m != "" {
		t.Errorf("the frame holds %q", m)
	}
	for _, m := range regexp.MustCompile(`<script[^>]*>`).FindAllString(page, -1) {
		if !strings.Contains(m, "src=") && !strings.Contains(m, "application/json") {
			t.Errorf("inline script: %s", m)
		}
	}
}

// TestEveryIconIsDrawn: an icon without a drawing would be a dot.
func TestEveryIconIsDrawn(t *testing.T) {
	t.Parallel()
	dot := draw(t, ui.IconSVG("no such icon"))
	for _, i := range ui.Icons() {
		if draw(t, ui.IconSVG(i)) == dot {
			t.Errorf("%s has no drawing", i)
		}
	}
}
