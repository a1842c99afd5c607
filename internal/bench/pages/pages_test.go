package main

import (
	"testing"
)

// TestAPageAsksAConstantNumberOfQuestions holds every page to the number of
// statements it runs on a small company, on one ten times its size.
func TestAPageAsksAConstantNumberOfQuestions(t *testing.T) {
	t.Parallel()
	counts := map[string][2]int{}
	for i, devices := range []int{40, 400} {
		h, err := open(t.Context(), t.TempDir(), "", devices, devices*10)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range h.paths() {
			if _, _, err := h.ask(t.Context(), p.path); err != nil { // the first asks for the session too
				t.Fatal(err)
			}
			n, size, err := h.ask(t.Context(), p.path)
			if err != nil || size < 500 {
				t.Fatal(p.path, size, err)
			}
			c := counts[p.name]
			c[i] = n
			counts[p.name] = c
		}
		if err := h.close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range counts {
		if c[0] != c[1] {
			t.Errorf("%s: %d statements for 40 devices, %d for 400", name, c[0], c[1])
		}
		if c[1] > 25 {
			t.Errorf("%s asks %d questions", name, c[1])
		}
	}
}
