package kkt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestFailuresHaveOneWordForEveryMaker(t *testing.T) {
	t.Parallel()
	spoilt := errors.New("spoilt")
	own := func(err error) string {
		if errors.Is(err, spoilt) {
			return "not_taken"
		}
		return ""
	}
	garbage := kkt.Garbage([]byte("HTTP"), "odd")
	for _, tc := range []struct {
		err  error
		code string
	}{
		{fmt.Errorf("a: %w", kkt.ErrRefused), "refused"},
		{kkt.ErrBusy, "busy"},
		{kkt.ErrMissing, "missing"},
		{kkt.ErrNoAnswer, "no_answer"},
		{garbage, "garbage"},
		{errors.New("odd"), "failed"},
		{errors.Join(kkt.ErrNoAnswer, kkt.ErrBusy), "busy"},
		{errors.Join(spoilt, kkt.ErrNoAnswer), "not_taken"},
		{errors.Join(spoilt, garbage), "garbage"},
		{errors.Join(kkt.ErrUnknownOutcome, garbage, spoilt), "outcome_unknown"},
	} {
		if got := kkt.Failure(tc.err, own); got != tc.code {
			t.Errorf("%v is %q, want %q", tc.err, got, tc.code)
		}
	}
	if got := kkt.Failure(spoilt, nil); got != "failed" {
		t.Errorf("without words of its own: %q", got)
	}
}

// TestGarbageIsACopyOfTheBeginning: the line's room is used again.
func TestGarbageIsACopyOfTheBeginning(t *testing.T) {
	t.Parallel()
	room := []byte(strings.Repeat("x", 1000))
	g := kkt.Garbage(room, "why")
	room[0] = 'y'
	if len(g.Bytes) != kkt.MaxEvidence || g.Bytes[0] != 'x' || g.Why != "why" {
		t.Errorf("%+v", g)
	}
}

func TestDrift(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	after := func(ms int) time.Time { return noon.Add(time.Duration(ms) * time.Millisecond) }
	for _, tc := range []struct {
		name                 string
		shown, before, after time.Time
		want                 int64
	}{
		{"the same second", noon, after(100), after(200), 0},
		{"the second ended while it was asked", noon, after(900), after(1100), 0},
		{"its second has just begun", noon, after(0), after(0), 0},
		{"its second is just over", noon, after(1000), after(1000), -1},
		{"ahead", noon.Add(5 * time.Second), after(400), after(600), 5},
		{"behind", noon.Add(-5 * time.Second), after(400), after(600), -5},
		{"a slow question hides a small one", noon.Add(2 * time.Second), after(0), after(3000), 0},
	} {
		if got := kkt.Drift(tc.shown, tc.before, tc.after); got != tc.want {
			t.Errorf("%s: %d, want %d", tc.name, got, tc.want)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	if v := kkt.Text("ШТРИХ"); v.Text() != "ШТРИХ" {
		t.Errorf("%v", v)
	}
	for _, s := range []string{"", strings.Repeat("x", signal.MaxText+1)} {
		if kkt.Text(s).Known() {
			t.Errorf("%d bytes are known", len(s))
		}
	}
}
