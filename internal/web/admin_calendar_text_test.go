package web

import (
	"encoding/json"
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

// FuzzCalendarTyped reads whatever is typed: either every fault has a field of
// the form, or what was read is read again out of the form that shows it.
func FuzzCalendarTyped(f *testing.F) {
	f.Add("09:00-13:00, 14:00-18:00", "2026-01-01\n01.02.2026", "2026-05-08 = 09:00-17:00\n2026-05-11 = frei", "480", false)
	f.Add("9-18", "2026-02-30", "2026-05-08", "viel", false)
	f.Add("off", "[0]", "a[1].b = 1:00-2:00[3", "-1", false)
	f.Add(" ", ",", "= =\n2026-05-08 = off, off", "1441", true)
	off := map[string]bool{"off": true, "frei": true, "-": true}
	fields := map[string]bool{"hours_mon": true, "holidays": true, "other": true, "nominal": true}
	f.Fuzz(func(t *testing.T, hours, holidays, other, nominal string, always bool) {
		typed := calendarText{hours: map[string]string{"mon": hours}, holidays: holidays, other: other, nominal: nominal, always: always}
		spec, err := typed.read(off)
		if err != nil {
			for _, x := range problem.Of(err).Fields {
				if !fields[x.Name] {
					t.Errorf("%q is no field of the form: %v", x.Name, err)
				}
			}
			return
		}
		again, err := writeCalendar("", spec, "frei").read(off)
		if err != nil {
			t.Fatalf("%+v cannot be read again: %v", spec, err)
		}
		if a, b := written(t, spec), written(t, again); a != b {
			t.Errorf("read %s, and again %s", a, b)
		}
	})
}

func written(t *testing.T, s calendar.Spec) string {
	t.Helper()
	b, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
