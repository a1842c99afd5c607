package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
)

// together runs f n times at once.
func together(n int, f func(i int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() { errs[i] = f(i) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		const n = 40
		numbers := make([]int64, n)
		boom := errors.New("the caller rolls back")
		b.must(together(n, func(i int) error {
			if i%4 == 0 { // a draft that comes to nothing takes no number
				err := b.db.Write(b.Context(), func(tx *db.Tx) error {
					_, err := b.s.OpenIn(b.Context(), tx, anna, fill(desk.Draft{}))
					return errors.Join(boom, err)
				})
				if !errors.Is(err, boom) {
					return fmt.Errorf("a rolled-back open: %w", err)
				}
			}
			c, err := b.s.Open(b.Context(), anna, fill(desk.Draft{}))
			numbers[i] = c.Number
			return err
		}))
		slices.Sort(numbers)
		for i, got := range numbers {
			if got != int64(1001+i) {
				b.Fatalf("numbers %v", numbers)
			}
		}
		if c := b.open(other, desk.Draft{}); c.Number != 1001 {
			b.Errorf("another company begins at %d", c.Number)
		}
	})
}

func TestOfManyWhoSawTheSameOneWins(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		const n = 12
		won := make([]bool, n)
		b.must(together(n, func(i int) error {
			name := fmt.Sprint("p", i)
			got, err := b.s.Take(b.Context(), anna, c.ID, c.Version, name, name)
			won[i] = err == nil
			if problem.CodeOf(err) == "conflict" {
				if got.Version <= c.Version {
					return fmt.Errorf("the loser is not shown the case as it is: %+v", got)
				}
				return nil
			}
			return err
		}))
		i := slices.Index(won, true)
		if i < 0 || slices.Contains(won[i+1:], true) {
			b.Fatalf("won: %v", won)
		}
		v := b.view(c.ID)
		if v.Owner != fmt.Sprint("p", i) || v.Version != 2 || kinds(v)[desk.EntryOwner] != 1 || kinds(v)[desk.EntryState] != 1 {
			b.Errorf("%d won, but %+v", i, v.Case)
		}
	})
}

func TestNotesDoNotStandInEachOthersWay(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		const n = 16
		b.must(together(n, func(i int) error {
			if i%4 == 3 { // clock events among them
				_, err := b.s.SetSeverity(b.Context(), boris, c.ID, desk.AnyVersion, calendar.Severities()[i%3+1], "")
				return err
			}
			_, err := b.s.Note(b.Context(), anna, c.ID, fmt.Sprint("заметка ", i))
			return err
		}))
		v := b.view(c.ID)
		if kinds(v)[desk.EntryNote] != n/4*3 {
			b.Errorf("%d notes", kinds(v)[desk.EntryNote])
		}
		changes := int64(kinds(v)[desk.EntryNote] + kinds(v)[desk.EntrySeverity])
		if v.Version != 1+changes {
			b.Errorf("version %d after %d changes", v.Version, changes)
		}
	})
}

func TestAConflictLosesNothing(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		c := b.open(anna, desk.Draft{})
		_, err := b.s.Note(b.Context(), boris, c.ID, "не закрывайте: ждём звонка")
		b.must(err)
		now, err := b.s.Resolve(b.Context(), anna, c.ID, c.Version, "готово")
		b.refused(err, "conflict")
		if now.State != desk.New || now.Version != 2 {
			b.Errorf("told %+v", now)
		}
		v := b.view(c.ID)
		if v.State != desk.New || kinds(v)[desk.EntryNote] != 1 || len(v.Entries) != 2 || v.Clock.State != calendar.Running {
			b.Errorf("after the conflict: %+v", v)
		}
		_, err = b.s.Resolve(b.Context(), anna, c.ID, now.Version, "готово")
		b.must(err)
	})
}

func TestUnderOneKeyOneCase(t *testing.T) {
	t.Parallel()
	each(t, monday, func(b *bench) {
		const n = 8
		got := make([]string, n)
		draft := fill(desk.Draft{Source: desk.FromGuide})
		b.must(together(n, func(i int) error {
			c, err := b.s.OpenOnce(b.Context(), anna, "session:1", draft)
			got[i] = c.ID
			return err
		}))
		if slices.Sort(got); got[0] == "" || got[0] != got[n-1] {
			b.Errorf("cases %v", got)
		}
		c, err := b.s.OpenOnce(b.Context(), anna, "session:2", draft)
		b.must(err)
		if c.ID == got[0] || c.Number != 1002 {
			b.Errorf("another key: %+v", c)
		}
		_, err = b.s.OpenOnce(b.Context(), nextd, "session:1", fill(desk.Draft{Device: "next"}))
		b.refused(err, "not_found") // a neighbour who guesses the key
		_, err = b.s.OpenOnce(b.Context(), agent, "session:1", draft)
		b.refused(err, "forbidden")
		b.must(b.s.Add(b.Context(), anna, c.ID, desk.EntryFix, map[string]any{"what": "step"}))
		if k := kinds(b.view(c.ID)); k[desk.EntryFix] != 1 {
			b.Error(k)
		}
	})
}
