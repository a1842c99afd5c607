package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/scope"
)

// TestAPlannedWindowIsChanged: the form comes back filled, what it sends takes
// the place of the old window, and what is refused leaves that one standing.
func TestAPlannedWindowIsChanged(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	reasons := func() string {
		all, err := s.Fleet.Windows(scope.System(s.tenant.ID, "test"))
		must(t, err)
		var out []string
		for _, w := range all {
			if w.Target == s.ids["device"] {
				out = append(out, w.Reason)
			}
		}
		return strings.Join(out, ",")
	}
	before := reasons()
	form := url.Values{
		"device": {s.ids["device"]}, "whole": {"device"}, "starts": {"2126-12-01T10:00"}, "ends": {"2126-12-01T12:00"}, "repeat": {"weekly"},
		"day": {"2"}, "until": {"2126-12-31"}, "reason": {"Umbau"},
	}
	s.knock(t, "admin", http.MethodPost, "/windows", form)
	all, err := s.Fleet.Windows(scope.System(s.tenant.ID, "test"))
	must(t, err)
	id := all[len(all)-1].ID
	page := s.knock(t, "admin", http.MethodGet, "/windows/new?replaces="+id, nil).Body.String()
	for _, want := range []string{`value="2126-12-01T10:00"`, `value="2126-12-31"`, `value="Umbau"`, `value="` + id + `"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the form does not show %s", want)
		}
	}
	planned := strings.TrimPrefix(before+",Umbau", ",")
	form.Set("replaces", id)
	form.Set("until", "2126-11-30")
	if code := s.knock(t, "admin", http.MethodPost, "/windows", form).Code; code != http.StatusUnprocessableEntity || reasons() != planned {
		t.Errorf("a last day before the first: %d, and %q stands", code, reasons())
	}
	form.Set("until", "")
	form.Set("reason", "Theke")
	if code := s.knock(t, "admin", http.MethodPost, "/windows", form).Code; code != http.StatusSeeOther || reasons() != strings.TrimPrefix(before+",Theke", ",") {
		t.Errorf("changed: %d, and %q stands", code, reasons())
	}
	if code := s.knock(t, "admin", http.MethodGet, "/windows/new?replaces="+id, nil).Code; code != http.StatusNotFound {
		t.Errorf("the old window is still there: %d", code)
	}
}
