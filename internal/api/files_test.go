package api_test

import (
	"strings"
	"testing"
)

// TestAPhotographIsAttachedToACase: it comes back in the list and in the
// case's timeline; what is none leaves nothing.
func TestAPhotographIsAttachedToACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	path := h.fill("/cases/{case}/files")
	status, body := h.sendForm(t, "engineer", path, map[string][]byte{"file": screenshot(t)})
	if status != 201 || !strings.Contains(string(body), `"media":"image/png"`) || !strings.Contains(string(body), `"name":"Снимок экрана.png"`) {
		t.Fatalf("%d %s", status, body)
	}
	if a := h.call(t, "owner", "GET", path, ""); a.status != 200 || !strings.Contains(a.body, "Снимок экрана.png") {
		t.Errorf("the list: %d %s", a.status, a.body)
	}
	if a := h.call(t, "owner", "GET", "/cases/{case}", ""); a.status != 200 || !strings.Contains(a.body, `"kind":"file"`) {
		t.Errorf("the timeline: %d %s", a.status, a.body)
	}
	for name, tc := range map[string]struct {
		as     string
		data   []byte
		status int
		code   string
	}{
		"a web page":      {"engineer", []byte("<html><body>x</body></html>"), 422, "files_type"},
		"nothing":         {"engineer", nil, 422, ""},
		"a cashier":       {"cashier", screenshot(t), 403, "forbidden"},
		"another company": {"stranger", screenshot(t), 404, "not_found"},
		"nobody":          {"", screenshot(t), 401, "unauthenticated"},
	} {
		status, body := h.sendForm(t, tc.as, path, map[string][]byte{"file": tc.data})
		if status != tc.status || !strings.Contains(string(body), tc.code) {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, tc.status, tc.code)
		}
	}
	if a := h.call(t, "engineer", "GET", path, ""); strings.Count(a.body, `"sha256"`) != 1 {
		t.Errorf("afterwards: %s", a.body)
	}
}
