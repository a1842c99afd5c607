package faults_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/match"
)

// asked is one question of testdata/questions.tsv.
type asked struct {
	want, kind, lang, part, text string
}

// nothing is one question of testdata/nothing.tsv, which no article answers.
type nothing struct {
	kind, lang, part, text string
}

func questions(t testing.TB) []asked {
	t.Helper()
	var out []asked
	for _, f := range lines(t, "testdata/questions.tsv", 5) {
		out = append(out, asked{want: f[0], kind: f[1], lang: f[2], part: f[3], text: f[4]})
	}
	return out
}

func nothings(t testing.TB) []nothing {
	t.Helper()
	var out []nothing
	for _, f := range lines(t, "testdata/nothing.tsv", 4) {
		out = append(out, nothing{kind: f[0], lang: f[1], part: f[2], text: f[3]})
	}
	return out
}

// finder is anything that answers questions: the matcher or what it is
// compared with.
type finder interface {
	find(question string) (ids []string, confident bool)
	explain(question string) string
}

type ours struct{ m *match.Matcher }

func (o ours) find(question string) (ids []string, confident bool) {
	r := o.m.Match(question, nil, nil)
	for _, x := range r.Matches {
		ids = append(ids, x.ID)
	}
	return ids, r.Confident
}

func (o ours) explain(question string) string { return brief(o.m.Match(question, nil, nil)) }

// figure counts how a group of questions went.
type figure struct{ all, first, third, confident, wrong int }

func (f *figure) add(place int, confident bool) {
	f.all++
	if place == 0 {
		f.first++
	}
	if place >= 0 && place < 3 {
		f.third++
	}
	if place == 0 && confident {
		f.confident++
	}
	if place != 0 && confident {
		f.wrong++
	}
}

func (f *figure) String() string {
	return fmt.Sprintf("%3d  first %5.1f %%  in three %5.1f %%  first and stood by %5.1f %%  wrong and stood by %4.1f %%",
		f.all, share(f.first, f.all), share(f.third, f.all), share(f.confident, f.all), share(f.wrong, f.all))
}

func share(n, of int) float64 { return 100 * float64(n) / float64(max(of, 1)) }

// figuresOf asks every question; the groups are "part", "part kind" and
// "part language".
func figuresOf(t testing.TB, f finder) (map[string]*figure, []string) {
	t.Helper()
	groups := make(map[string]*figure)
	var missed []string
	for _, q := range questions(t) {
		ids, confident := f.find(q.text)
		place := slices.Index(ids, q.want)
		for _, g := range []string{q.part, q.part + " " + q.kind, q.part + " " + q.lang} {
			if groups[g] == nil {
				groups[g] = &figure{}
			}
			groups[g].add(place, confident)
		}
		if q.part == "tune" && (place != 0 || !confident) {
			missed = append(missed, fmt.Sprintf("%-9s %q wants %s, got %s", q.kind, q.text, q.want, f.explain(q.text)))
		}
	}
	return groups, missed
}

// quietOf counts the questions without an answer that got none.
func quietOf(t testing.TB, f finder) (quiet, all map[string]int, guessed []string) {
	t.Helper()
	quiet, all = make(map[string]int), make(map[string]int)
	for _, q := range nothings(t) {
		_, confident := f.find(q.text)
		for _, g := range []string{q.part, q.part + " " + q.kind, q.part + " " + q.lang} {
			all[g]++
			if !confident {
				quiet[g]++
			}
		}
		if q.part == "tune" && confident {
			guessed = append(guessed, q.text)
		}
	}
	return quiet, all, guessed
}

// TestFigures prints how well questions find their faults, by part, kind and
// language (-v), and keeps what was reached. Of the held part it prints only
// figures: who reads the questions there can no longer trust them.
func TestFigures(t *testing.T) {
	t.Parallel()
	m := faults.NewMatcher(shipped(t))
	groups, missed := figuresOf(t, ours{m})
	for _, line := range missed {
		t.Log(line)
	}
	for _, g := range slices.SortedFunc(maps.Keys(groups), byPart) {
		t.Logf("%-14s %s", g, groups[g])
	}
	quiet, all, guessed := quietOf(t, ours{m})
	for _, q := range guessed {
		t.Logf("guessed at %q: %s", q, brief(m.Match(q, nil, nil)))
	}
	for _, g := range slices.SortedFunc(maps.Keys(all), byPart) {
		t.Logf("%-14s %3d  left alone %5.1f %%", g, all[g], share(quiet[g], all[g]))
	}
	tune, held := groups["tune"], groups["held"]
	if tune.all < 400 || held.all*4 < tune.all || all["tune"]+all["held"] < 160 {
		t.Errorf("too few questions: %d, %d held", tune.all, held.all)
	}
	if share(tune.first, tune.all) < floorTune || share(held.first, held.all) < floorHeld || share(held.third, held.all) < floorThird || share(quiet["held"], all["held"]) < floorQuiet || share(quiet["tune"], all["tune"]) < floorQuiet {
		t.Errorf("worse than reached: tune %s; held %s; quiet %v of %v", tune, held, quiet["held"], all["held"])
	}
}

// What was reached, less a little; see docs/benchmarks.md.
const (
	floorThird = 99.0
	floorTune  = 98.5
	floorHeld  = 97.5
	floorQuiet = 97.0
)

func byPart(a, b string) int {
	return cmp.Or(cmp.Compare(strings.Fields(b)[0], strings.Fields(a)[0]), cmp.Compare(a, b))
}

func brief(r match.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "codes=%v", r.Codes)
	for _, m := range r.Matches[:min(3, len(r.Matches))] {
		fmt.Fprintf(&b, " %s=%.2f %v", m.ID, m.Score, m.Evidence)
	}
	return b.String()
}

// BenchmarkOneQuestion measures single answers with 5,000 more entries, each
// question the best of three: what else the machine does is not the matcher's.
// The 99th percentile is what a waiting cashier feels; the goal is 5 ms.
func BenchmarkOneQuestion(b *testing.B) {
	entries := manyEntries(b)
	m := match.New(entries)
	var took []time.Duration
	for b.Loop() {
		took = took[:0]
		for _, q := range questions(b) {
			best := time.Hour
			for range 3 {
				start := time.Now()
				m.Match(q.text, nil, nil)
				best = min(best, time.Since(start))
			}
			took = append(took, best)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
	b.ReportMetric(float64(took[len(took)-1].Microseconds()), "µs-worst")
}
