package faults_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
)

func shipped(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines reads a testdata table without its comments.
func lines(t testing.TB, file string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != columns {
			t.Fatalf("%s: %q has %d columns, not %d", file, line, len(f), columns)
		}
		out = append(out, f)
	}
	return out
}

type figure struct{ all, first, third, confident int }

// TestQuestionsFindTheirFault keeps the figures that the matcher has reached;
// run with -v to see them by kind.
func TestQuestionsFindTheirFault(t *testing.T) {
	t.Parallel()
	m := faults.NewMatcher(shipped(t))
	figures := map[string]*figure{"all": {}}
	for _, row := range lines(t, "testdata/questions.tsv", 3) {
		want, kind, question := row[0], row[1], row[2]
		if figures[kind] == nil {
			figures[kind] = &figure{}
		}
		r := m.Match(question, nil, nil)
		place := slices.IndexFunc(r.Matches, func(x match.Match) bool { return x.ID == want })
		for _, f := range []*figure{figures["all"], figures[kind]} {
			f.all++
			if place == 0 {
				f.first++
			}
			if place >= 0 && place < 3 {
				f.third++
			}
			if place == 0 && r.Confident {
				f.confident++
			}
		}
		if place != 0 || !r.Confident {
			t.Logf("%-10s %q wants %s, got %s", kind, question, want, brief(r))
		}
	}
	for kind, f := range figures {
		t.Logf("%-10s %3d questions: first %.1f %%, in three %.1f %%, first and confident %.1f %%",
			kind, f.all, share(f.first, f.all), share(f.third, f.all), share(f.confident, f.all))
	}
	all := figures["all"]
	if all.all < 120 || share(all.first, all.all) < 95 || share(all.third, all.all) < 97 || share(all.confident, all.all) < 90 {
		t.Errorf("worse than promised: %+v", *all)
	}
}

func TestWhatMatchesNothingIsNotGuessed(t *testing.T) {
	t.Parallel()
	m := faults.NewMatcher(shipped(t))
	quiet, all := 0, 0
	for _, row := range lines(t, "testdata/nothing.tsv", 2) {
		all++
		r := m.Match(row[1], nil, nil)
		if !r.Confident {
			quiet++
			continue
		}
		t.Logf("%-10s %q got %s", row[0], row[1], brief(r))
	}
	t.Logf("%d of %d not guessed: %.1f %%", quiet, all, share(quiet, all))
	if all < 40 || share(quiet, all) < 95 {
		t.Errorf("%d of %d were guessed at", all-quiet, all)
	}
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

func brief(r match.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "confident=%v codes=%v", r.Confident, r.Codes)
	for _, m := range r.Matches[:min(3, len(r.Matches))] {
		fmt.Fprintf(&b, " %s=%.2f %v", m.ID, m.Score, m.Evidence)
	}
	return b.String()
}
