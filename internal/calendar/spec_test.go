package calendar_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

func TestParseFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, json, path, code string }{
		{"no json", `{`, "calendar", "calendar_json"},
		{"list", `[]`, "calendar", "calendar_json"},
		{"misspelt field", `{"holiday":[]}`, "calendar.holiday", "calendar_field_unknown"},
		{"hours no object", `{"hours":5}`, "calendar.hours", "calendar_json"},
		{"unknown weekday", `{"hours":{"monday":["09:00-18:00"]}}`, "calendar.hours.monday", "calendar_weekday_unknown"},
		{"no dash", `{"hours":{"mon":["09:00"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"minute 60", `{"hours":{"mon":["09:00-17:60"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"hour 25", `{"hours":{"mon":["09:00-25:00"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"past 24", `{"hours":{"mon":["09:00-24:01"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"opens at 24", `{"hours":{"mon":["24:00-06:00"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"negative", `{"hours":{"mon":["-9:00-18:00"]}}`, "calendar.hours.mon[0]", "calendar_window_form"},
		{"second window", `{"hours":{"mon":["09:00-12:00","x"]}}`, "calendar.hours.mon[1]", "calendar_window_form"},
		{"number", `{"hours":{"tue":[5]}}`, "calendar.hours.tue[0]", "calendar_window_form"},
		{"off among windows", `{"hours":{"tue":["off","09:00-10:00"]}}`, "calendar.hours.tue[0]", "calendar_window_form"},
		{"empty window", `{"hours":{"mon":["09:00-09:00"]}}`, "calendar.hours.mon[0]", "calendar_window_empty"},
		{"bad holiday", `{"holidays":["2026-01-01","2026-02-30"]}`, "calendar.holidays[1]", "calendar_date_form"},
		{"holiday no text", `{"holidays":[7]}`, "calendar.holidays[0]", "calendar_date_form"},
		{"bad override date", `{"overrides":{"9.1.2026":"off"}}`, "calendar.overrides.9.1.2026", "calendar_date_form"},
		{"bad override", `{"overrides":{"2026-01-09":"closed"}}`, "calendar.overrides.2026-01-09[0]", "calendar_window_form"},
		{"always with hours", `{"always":true,"hours":{"mon":["09:00-18:00"]}}`, "calendar.always", "calendar_always_conflict"},
		{"nominal", `{"nominalMinutes":1441}`, "calendar.nominalMinutes", "calendar_nominal_range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := calendar.Parse([]byte(c.json))
			p, ok := errors.AsType[*problem.Error](err)
			if !ok {
				t.Fatalf("error %v is no problem", err)
			}
			if p.Code != c.code || p.Fields[0].Name != c.path || p.Status() != 422 {
				t.Errorf("got %v (%d), want %s at %s", p, p.Status(), c.code, c.path)
			}
		})
	}
}

func TestParseNamesAllFaults(t *testing.T) {
	t.Parallel()
	_, err := calendar.Parse([]byte(`{"hours":{"fri":["x"],"mon":["y"]},"holidays":["z"]}`))
	p := problem.Of(err)
	if len(p.Fields) != 3 {
		t.Fatalf("fields %v, want three", p.Fields)
	}
}

func TestParseForms(t *testing.T) {
	t.Parallel()
	const text = `{"hours":{"mon":["9:00–13:00","14:00-18:00"],"tue":"22:00-06:00","wed":"off","thu":null,"fri":[]},
		"holidays":["2026-01-01"],"overrides":{"2026-01-09":"off","2026-02-20":"09:00-17:00","2026-02-21":["10:00-12:00"],"2026-02-22":[]}}`
	c, err := calendar.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.NominalMinutes(); got != 480 {
		t.Errorf("nominal %d, want 480", got)
	}
	again, err := calendar.Parse([]byte(asJSON(t, c)))
	if err != nil {
		t.Fatalf("written form does not read: %v", err)
	}
	if asJSON(t, again) != asJSON(t, c) {
		t.Errorf("round trip: %s became %s", asJSON(t, c), asJSON(t, again))
	}
}

func TestNominalMinutes(t *testing.T) {
	t.Parallel()
	short := monFri("09:00-18:00")
	short.Hours["fri"] = calendar.Windows{"09:00-17:00"}
	shortened := monFri("09:00-18:00")
	shortened.Overrides = map[string]calendar.Windows{"2026-04-30": {"09:00-17:00"}}
	tie := week(calendar.Windows{"09:00-17:00"}, "mon", "tue")
	tie.Hours["sat"], tie.Hours["sun"] = calendar.Windows{"10:00-15:00"}, calendar.Windows{"10:00-15:00"}
	set := monFri("09:00-18:00")
	set.NominalMinutes = 480
	for _, c := range []struct {
		name string
		spec calendar.Spec
		want int
	}{
		{"most common", short, 540},
		{"a shortened day does not change it", shortened, 540},
		{"the longer of two", tie, 480},
		{"as set", set, 480},
		{"lunch", monFri("09:00-13:00", "14:00-18:00"), 480},
		{"overlapping windows count once", monFri("09:00-14:00", "13:00-18:00"), 540},
		{"night", daily("22:00-06:00"), 480},
		{"whole day", daily("00:00-24:00"), 1440},
		{"always", calendar.Spec{Always: true}, 1440},
		{"only an override", calendar.Spec{Overrides: map[string]calendar.Windows{"2026-01-01": {"10:00-12:00"}}}, 120},
		{"never", calendar.Spec{}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := in(t, moscow, c.spec).Calendar.NominalMinutes(); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

// FuzzParse checks that whatever is accepted can be written, read again to the
// same, and asked for a time without a panic or a hang.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"always":true}`, `{"hours":{"mon":["09:00-18:00"]},"holidays":["2026-01-01"],"overrides":{"2026-01-09":"off"}}`,
		`{"hours":{"sun":["22:00-06:00","00:00-24:00"]}}`, `{"overrides":{"2026-02-20":["0:00-24:00"]},"nominalMinutes":5}`, `{}`, `[`,
	} {
		f.Add([]byte(s))
	}
	loc := zone(f, berlin)
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := calendar.Parse(data)
		if err != nil {
			if p := problem.Of(err); p.Kind != problem.Invalid || len(p.Fields) == 0 {
				t.Fatalf("error without a field: %v", err)
			}
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := calendar.Parse(written)
		if err != nil {
			t.Fatalf("%s does not read: %v", written, err)
		}
		s, u := calendar.Schedule{Calendar: c, Zone: loc}, calendar.Schedule{Calendar: again, Zone: loc}
		start := calendar.NewDate(2026, 1, 8).String()
		a, errA := s.Add(at(t, s, start+" 12:00"), 7200e9)
		b, errB := u.Add(at(t, u, start+" 12:00"), 7200e9)
		if !a.Equal(b) || (errA == nil) != (errB == nil) {
			t.Fatalf("written form differs: %v %v, %v %v", a, errA, b, errB)
		}
	})
}
