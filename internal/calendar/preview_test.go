package calendar_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

const week0918 = `{"hours":{"mon":["09:00-18:00"],"tue":["09:00-18:00"],"wed":["09:00-18:00"],"thu":["09:00-18:00"],"fri":["09:00-18:00"]},
	"holidays":["2026-01-01"],"overrides":{"2026-01-09":"off","2026-02-20":"09:00-17:00"}}`

func preview(t *testing.T, body string) (calendar.PreviewResponse, error) {
	t.Helper()
	r, err := calendar.ParsePreview([]byte(body))
	if err != nil {
		return calendar.PreviewResponse{}, err
	}
	return calendar.Preview(r, func(id string) (*calendar.Calendar, error) {
		if id != "night" {
			return nil, calendar.ErrUnknown
		}
		return calendar.New(daily("22:00-06:00"))
	})
}

func TestPreviewAnswersInTheAgreedForm(t *testing.T) {
	t.Parallel()
	got, err := preview(t, `{"calendar":`+week0918+`,"zone":"Europe/Moscow","start":"2026-03-10T16:30:00+03:00","target":{"minutes":150}}`)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"deadline":"2026-03-11T10:00:00+03:00","usedMinutes":0,"totalMinutes":150,"explanation":[` +
		`{"from":"2026-03-10T16:30:00+03:00","to":"2026-03-10T18:00:00+03:00","minutes":90,"seconds":5400,"what":"open"},` +
		`{"from":"2026-03-10T18:00:00+03:00","to":"2026-03-11T09:00:00+03:00","minutes":900,"seconds":54000,"what":"closed"},` +
		`{"from":"2026-03-11T09:00:00+03:00","to":"2026-03-11T10:00:00+03:00","minutes":60,"seconds":3600,"what":"open"}]}`
	if s := asJSON(t, got); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

func TestPreviewDeadlines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"round the clock", `{"calendar":{"always":true},"zone":"Europe/Berlin","start":"2026-03-28T12:00:00+01:00","target":{"minutes":1440}}`, "2026-03-29T13:00:00+02:00"},
		{"a stored one", `{"calendar":{"id":"night"},"zone":"Europe/Moscow","start":"2026-03-10T12:00:00Z","target":{"minutes":60}}`, "2026-03-10T23:00:00+03:00"},
		{"the zone decides, not the offset sent", `{"calendar":` + week0918 + `,"zone":"Asia/Omsk","start":"2026-03-10T16:30:00+03:00","target":{"minutes":60}}`, "2026-03-11T10:00:00+06:00"},
		{"a short day gives an hour less", `{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-02-20T09:00:00+03:00","target":{"workingDays":1,"rule":"budget"}}`, "2026-02-23T10:00:00+03:00"},
		{"used up exactly at closing", `{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-10T09:00:00+03:00","target":{"workingDays":2,"rule":"budget"}}`, "2026-03-11T18:00:00+03:00"},
		{"same time", `{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-13T11:00:00+03:00","target":{"workingDays":2,"rule":"same_time"}}`, "2026-03-17T11:00:00+03:00"},
		{"close of day", `{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-13T11:00:00+03:00","target":{"workingDays":2,"rule":"close_of_day"}}`, "2026-03-17T18:00:00+03:00"},
		{
			"pauses overlap in any order",
			`{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-10T10:00:00+03:00","target":{"minutes":120},"pauses":[` +
				`{"from":"2026-03-10T12:00:00+03:00","to":"2026-03-10T13:00:00+03:00","reason":"part"},` +
				`{"from":"2026-03-10T11:00:00+03:00","to":"2026-03-10T12:30:00+03:00","reason":"part"},` +
				`{"from":"2026-03-10T09:00:00+03:00","to":"2026-03-10T10:10:00+03:00","reason":"vendor"},` +
				`{"from":"2026-03-10T14:10:00+03:00","to":"2026-03-10T16:00:00+03:00","reason":"vendor"},` +
				`{"from":"2026-03-10T13:30:00+03:00","to":"2026-03-10T13:30:00+03:00","reason":"vendor"}]}`,
			"2026-03-10T14:10:00+03:00",
		},
		{
			"a pause over the closing",
			`{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-13T17:00:00+03:00","target":{"minutes":90},"pauses":[` +
				`{"from":"2026-03-13T17:30:00+03:00","to":"2026-03-16T10:00:00+03:00","reason":"waiting_client"}]}`,
			"2026-03-16T11:00:00+03:00",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := preview(t, c.body)
			if err != nil {
				t.Fatal(err)
			}
			if s := asJSON(t, got.Deadline); s != `"`+c.want+`"` {
				t.Errorf("due %s, want %s", s, c.want)
			}
			var open float64
			for _, l := range got.Explanation {
				if l.What == calendar.WhatOpen {
					open += l.Minutes
				}
			}
			if open != got.TotalMinutes {
				t.Errorf("lines have %v open minutes of %v", open, got.TotalMinutes)
			}
		})
	}
}

func TestPreviewUsedByNow(t *testing.T) {
	t.Parallel()
	got, err := preview(t, `{"calendar":`+week0918+`,"zone":"Europe/Moscow","start":"2026-03-10T16:30:00+03:00","now":"2026-03-11T09:15:30+03:00","target":{"minutes":150}}`)
	if err != nil || got.UsedMinutes != 105.5 {
		t.Errorf("used %v, %v", got.UsedMinutes, err)
	}
}

func TestPreviewFaults(t *testing.T) {
	t.Parallel()
	body := func(replace, with string) string {
		good := `{"calendar":{"hours":{"mon":["09:00-18:00"]}},"zone":"Europe/Moscow","start":"2026-03-10T10:00:00+03:00","target":{"minutes":60},` +
			`"pauses":[{"from":"2026-03-10T11:00:00+03:00","to":"2026-03-10T12:00:00+03:00"}]}`
		if replace != "" && !strings.Contains(good, replace) {
			t.Fatalf("%q is not in the body", replace)
		}
		return strings.Replace(good, replace, with, 1)
	}
	if _, err := preview(t, body("", "")); err != nil {
		t.Fatalf("the good body: %v", err)
	}
	for _, c := range []struct{ name, replace, with, path, code string }{
		{"no json", `{"calendar"`, `{calendar`, "body", "calendar_json"},
		{"no calendar", `"calendar":{"hours":{"mon":["09:00-18:00"]}},`, ``, "calendar", "calendar_required"},
		{"bad window", `09:00-18:00`, `09.00-18.00`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"never opens", `"mon":["09:00-18:00"]`, ``, "calendar", "calendar_never_opens"},
		{"unknown id", `{"hours":{"mon":["09:00-18:00"]}}`, `{"id":"x"}`, "calendar.id", "calendar_unknown"},
		{"no zone", `Europe/Moscow`, ``, "zone", "calendar_required"},
		{"unknown zone", `Europe/Moscow`, `Europe/Omsk`, "zone", "calendar_zone_unknown"},
		{"the server's zone", `Europe/Moscow`, `Local`, "zone", "calendar_zone_unknown"},
		{"a path for a zone", `Europe/Moscow`, `../../etc/passwd`, "zone", "calendar_zone_unknown"},
		{"no start", `"start":"2026-03-10T10:00:00+03:00",`, ``, "start", "calendar_required"},
		{"start without an offset", `2026-03-10T10:00:00+03:00`, `2026-03-10T10:00:00`, "start", "calendar_time_form"},
		{"a start beyond the calendar", `2026-03-10T10:00:00+03:00`, `9999-12-31T10:00:00+03:00`, "start", "calendar_time_range"},
		{"no target", `{"minutes":60}`, `{}`, "target", "calendar_target_required"},
		{"half minutes", `{"minutes":60}`, `{"minutes":0.5}`, "target.minutes", "calendar_json"},
		{"negative", `{"minutes":60}`, `{"minutes":-60}`, "target.minutes", "calendar_target_range"},
		{"too far", `{"minutes":60}`, `{"workingDays":3000,"rule":"budget"}`, "calendar", "calendar_beyond_horizon"},
		{"no rule", `{"minutes":60}`, `{"workingDays":2}`, "target.rule", "calendar_target_rule"},
		{"pause reversed", `2026-03-10T12:00:00+03:00`, `2026-03-10T10:59:00+03:00`, "pauses[0].to", "calendar_pause_reversed"},
		{"pause without end", `,"to":"2026-03-10T12:00:00+03:00"`, ``, "pauses[0].to", "calendar_pause_open"},
		{"pause without begin", `"from":"2026-03-10T11:00:00+03:00",`, ``, "pauses[0].from", "calendar_required"},
		{"pause in another century", `2026-03-10T12:00:00+03:00`, `2126-03-10T12:00:00+03:00`, "pauses", "calendar_time_range"},
		{"a reason like a novel", `"to"`, `"reason":"` + strings.Repeat("ж", 101) + `","to"`, "pauses[0].reason", "calendar_reason_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := preview(t, body(c.replace, c.with))
			p, ok := errors.AsType[*problem.Error](err)
			if !ok {
				t.Fatalf("error %v is no problem", err)
			}
			if p.Code != c.code || len(p.Fields) == 0 || p.Fields[0].Name != c.path || p.Status() != 422 {
				t.Errorf("got %v (%d), want %s at %s", p, p.Status(), c.code, c.path)
			}
		})
	}
}

func TestPreviewPassesTheLookupsOwnErrorOn(t *testing.T) {
	t.Parallel()
	r, err := calendar.ParsePreview([]byte(`{"calendar":{"id":"x"},"zone":"UTC","start":"2026-03-10T10:00:00Z","target":{"minutes":1}}`))
	if err != nil {
		t.Fatal(err)
	}
	down := errors.New("database is away")
	if _, err := calendar.Preview(r, func(string) (*calendar.Calendar, error) { return nil, down }); !errors.Is(err, down) {
		t.Errorf("got %v", err)
	}
}

// FuzzPreview sends any body; an answer must be a deadline not before the
// start, told without gaps, and an error must be a problem with a field.
func FuzzPreview(f *testing.F) {
	f.Add(`{"calendar":` + week0918 + `,"zone":"Europe/Moscow","start":"2026-03-10T16:30:00+03:00","target":{"minutes":150}}`)
	f.Add(`{"calendar":{"always":true},"zone":"Asia/Almaty","start":"2024-02-29T16:30:00Z","target":{"workingDays":2,"rule":"same_time"},"pauses":[{"from":"2024-02-29T16:30:00Z","to":"2024-03-29T16:30:00Z","reason":"part"}]}`)
	f.Add(`{"calendar":{"overrides":{"2030-01-01":["23:59-00:00"]}},"zone":"UTC","start":"0001-01-01T00:00:00Z","target":{"workingDays":0,"rule":"close_of_day"}}`)
	f.Fuzz(func(t *testing.T, body string) {
		r, err := calendar.ParsePreview([]byte(body))
		if err != nil {
			return
		}
		got, err := calendar.Preview(r, nil)
		if err != nil {
			if p := problem.Of(err); p.Kind != problem.Invalid || len(p.Fields) == 0 {
				t.Fatalf("error without a field: %v", err)
			}
			return
		}
		if _, err := json.Marshal(got); err != nil {
			t.Fatalf("answer cannot be written: %v", err)
		}
		for i, l := range got.Explanation {
			if i > 0 && !l.From.Equal(got.Explanation[i-1].To) {
				t.Fatalf("gap before %+v", l)
			}
		}
		if n := len(got.Explanation); n > 0 && !got.Explanation[n-1].To.Equal(got.Deadline) {
			t.Fatalf("lines end %s, due %s", got.Explanation[n-1].To, got.Deadline)
		}
	})
}
