package faults_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
)

// override publishes a shipped article with one thing changed.
func override(t *testing.T, b *bench, fault, old, new string) {
	t.Helper()
	text, _ := catalogue.ShippedText(fault)
	a, err := b.Shelf().Get(t.Context(), manager, fault)
	if err != nil || !strings.Contains(text, old) {
		t.Fatal("nothing to change", err)
	}
	if a, err = b.Shelf().SaveDraft(t.Context(), manager, fault, a.Version, strings.Replace(text, old, new, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err = b.Shelf().Publish(t.Context(), manager, fault, a.Version, "ru", ""); err != nil {
		t.Fatal(err)
	}
}

// TestAFixGoesOnInTheWordsItBeganIn rewrites an article twice under a running
// fix, then switches it off, then restarts the program.
func TestAFixGoesOnInTheWordsItBeganIn(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, clk, func(t *testing.T, d *db.DB) {
		b := newBench(t, d, clk)
		const fault, first = "kkt-clock-drift", "Проверьте время на экране"
		shippedFix := start(t, b, fault)
		override(t, b, fault, first, "Взгляните на часы")
		ownFix := start(t, b, fault)
		override(t, b, fault, first, "Сверьте часы")
		a, err := b.Shelf().Get(t.Context(), manager, fault)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Shelf().Switch(t.Context(), manager, fault, a.Version, true, ""); err != nil {
			t.Fatal(err)
		}
		again := newBench(t, d, clk)
		if err := again.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, s := range []*bench{b, again} {
			for fix, want := range map[string]string{shippedFix: first, ownFix: "Взгляните на часы"} {
				v, err := s.View(t.Context(), engineer, faults.Ref{ID: fix})
				if err != nil || v.Step == nil || v.Step.Title.RU != want {
					t.Fatalf("the fix goes on with %+v, want %q: %v", v.Step, want, err)
				}
			}
		}
		v, err := again.View(t.Context(), engineer, faults.Ref{ID: ownFix})
		if err != nil {
			t.Fatal(err)
		}
		if v, err = again.Answer(t.Context(), engineer, faults.Ref{ID: ownFix}, v.Session.Version, 0); err != nil || v.Session.Step != "shift" {
			t.Errorf("it does not go on: %+v, %v", v.Session, err)
		}
		if _, err = again.Start(t.Context(), engineer, faults.StartRequest{Fault: fault}); err == nil {
			t.Error("what is switched off was begun")
		}
	})
}

func start(t *testing.T, b *bench, fault string) string {
	t.Helper()
	v, err := b.Start(t.Context(), engineer, faults.StartRequest{Fault: fault})
	if err != nil {
		t.Fatal(err)
	}
	return v.Session.ID
}

// TestAnswersGoOnWhileTheIndexIsBuilt asks all the time while articles are
// published: every answer comes from the old catalogue or from the new one.
func TestAnswersGoOnWhileTheIndexIsBuilt(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, clk, func(t *testing.T, d *db.DB) {
		b := newBench(t, d, clk)
		const fault, first = "kkt-clock-drift", "Часы кассы и планшета расходятся"
		stop := make(chan struct{})
		var asking sync.WaitGroup
		for range 2 {
			asking.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
					}
					got, err := b.Diagnose(t.Context(), manager, faults.Question{Text: "часы кассы спешат", Lang: "ru"})
					if err != nil || !got.Confident || got.Matches[0].FaultID != fault || !strings.HasPrefix(got.Matches[0].Title, "Часы") {
						t.Errorf("%+v, %v", got, err)
						return
					}
				}
			})
		}
		for _, title := range []string{"Часы убежали", "Часы отстали", "Часы врут"} {
			override(t, b, fault, first, title)
			got, err := b.Diagnose(t.Context(), manager, faults.Question{Text: "часы кассы спешат", Lang: "ru"})
			if err != nil || got.Matches[0].Title != title {
				t.Errorf("published, yet answered with %+v, %v", got.Matches, err)
			}
		}
		close(stop)
		asking.Wait()
	})
}
