package port_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
)

// doorway is a port that notes when it was taken and given back.
type doorway struct {
	opening time.Duration // what taking it takes
	refuse  func(try int) error
	tries   int
	taken   []time.Time
	given   []time.Time
}

func (d *doorway) take(ctx context.Context) (*doorway, error) {
	d.tries++
	began := time.Now()
	if err := work(ctx, d.opening); err != nil {
		return nil, err
	}
	if d.refuse != nil {
		if err := d.refuse(d.tries); err != nil {
			return nil, err
		}
	}
	d.taken = append(d.taken, began)
	return d, nil
}

func (d *doorway) Close() error {
	d.given = append(d.given, time.Now())
	return nil
}

// goes is how long each go was, rests how long the port was free between two.
func (d *doorway) goes() (goes, rests []time.Duration) {
	for i := range d.taken {
		goes = append(goes, d.given[i].Sub(d.taken[i]))
		if i > 0 {
			rests = append(rests, d.taken[i].Sub(d.given[i-1]))
		}
	}
	return goes, rests
}

// work is a register that takes so long.
func work(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// read is a reading of so many commands, with so much time for the whole; 0 is
// as long as it takes. It tells how many commands were answered.
func (d *doorway) read(ctx context.Context, limit time.Duration, commands ...time.Duration) (done int, held time.Duration, err error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, limit)
		defer cancel()
	}
	v, err := port.Begin(ctx, port.Pace{}, d.take)
	if err != nil {
		return 0, 0, err
	}
	for _, each := range commands {
		if err = ask(ctx, v, each); err != nil {
			break
		}
		done++
	}
	held = v.Held()
	return done, held, errors.Join(err, v.Close())
}

func ask(ctx context.Context, v *port.Visit[*doorway], each time.Duration) error {
	return v.Ask(ctx, func(ctx context.Context) error {
		if _, err := v.Talk(); err != nil {
			return err
		}
		return work(ctx, each)
	})
}

func times(n int, each time.Duration) []time.Duration {
	return slices.Repeat([]time.Duration{each}, n)
}

// TestHowAReadingSharesThePort: the rule of Visit, for registers of different
// speed and with more and less time.
func TestHowAReadingSharesThePort(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, tc := range map[string]struct {
		opening, limit time.Duration
		commands       []time.Duration
		least, most    int           // goes
		longest        time.Duration // of one go
	}{
		"a quick register is read in one go":                {0, 5 * time.Second, times(14, 5*ms), 1, 1, 70 * ms},
		"a slow one in several":                             {0, 5 * time.Second, times(14, 60*ms), 3, 3, 300 * ms},
		"however long it takes, where nobody sets a limit":  {0, 0, times(30, 200*ms), 15, 15, 400 * ms},
		"what runs out of time is finished in one last go":  {0, 5 * time.Second, times(13, 250*ms), 7, 9, 1750 * ms},
		"a reading with little time does not rest at all":   {0, 2 * time.Second, times(19, 100*ms), 1, 1, 1900 * ms},
		"a slow opening is part of the go":                  {240 * ms, 0, times(4, 20*ms), 4, 4, 280 * ms},
		"a long opening is followed by a rest":              {3 * time.Second, 0, nil, 1, 1, 3 * time.Second},
		"a long command in the middle ends the go after it": {0, 5 * time.Second, []time.Duration{100 * ms, 1500 * ms, 100 * ms}, 2, 2, 1600 * ms},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d := &doorway{opening: tc.opening}
				done, held, err := d.read(t.Context(), tc.limit, tc.commands...)
				if err != nil || done != len(tc.commands) {
					t.Fatalf("%d of %d: %v", done, len(tc.commands), err)
				}
				goes, rests := d.goes()
				longest := slices.Max(goes)
				if len(goes) < tc.least || len(goes) > tc.most || longest > tc.longest || longest < tc.longest*2/3 {
					t.Errorf("goes of %v", goes)
				}
				if held != longest {
					t.Errorf("held %v by its own account, %v in truth", held, longest)
				}
				for _, r := range rests {
					if r < 150*ms || r > 250*ms {
						t.Errorf("rests of %v", rests)
					}
				}
			})
		})
	}
}

// TestNoGoIsLongerThanLongest: whatever the register does, and whatever time
// the reading has, the shop never waits longer; and a reading that could be
// done in one go from where it begins is always finished.
func TestNoGoIsLongerThanLongest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		duration := func(most int, label string) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(r, label)) * time.Millisecond
		}
		d := &doorway{opening: duration(400, "opening")}
		limit := duration(8000, "limit")
		var commands []time.Duration
		whole := d.opening
		for range rapid.IntRange(1, 25).Draw(r, "commands") {
			c := duration(400, "command")
			commands, whole = append(commands, c), whole+c
		}
		var done int
		var err error
		var goes []time.Duration
		synctest.Test(t, func(t *testing.T) {
			done, _, err = d.read(t.Context(), limit, commands...)
			goes, _ = d.goes()
		})
		if len(goes) > 0 && slices.Max(goes) > port.Longest {
			r.Fatalf("goes of %v", goes)
		}
		if err == nil && done != len(commands) || err != nil && !errors.Is(err, context.DeadlineExceeded) {
			r.Fatalf("%d of %d: %v", done, len(commands), err)
		}
		if whole < port.Longest && whole < limit && limit <= port.Longest && err != nil {
			r.Fatalf("%v of %v were enough, with %v", whole, limit, goes)
		}
	})
}

// TestARegisterThatDoesNotComeBack ends the go, with or without a deadline. The
// command is asked once more after a rest; one that was only lost on the line is
// answered then.
func TestARegisterThatDoesNotComeBack(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		limit    time.Duration
		silences int // how often the command is not answered
		asked    int
		want     error
	}{
		"lost once":                      {0, 1, 2, nil},
		"lost once, with time":           {6 * time.Second, 1, 2, nil},
		"gone":                           {0, 9, 2, context.DeadlineExceeded},
		"gone, with time":                {6 * time.Second, 9, 2, context.DeadlineExceeded},
		"lost, and no time left":         {2 * time.Second, 1, 1, context.DeadlineExceeded},
		"lost, and a last go is too few": {3 * time.Second, 9, 2, context.DeadlineExceeded},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if tc.limit > 0 {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, tc.limit)
				defer cancel()
			}
			d, asked := &doorway{}, 0
			v, err := port.Begin(ctx, port.Pace{}, d.take)
			if err != nil {
				t.Fatal(err)
			}
			err = v.Ask(ctx, func(ctx context.Context) error {
				if asked++; asked <= tc.silences {
					return work(ctx, time.Hour)
				}
				return work(ctx, time.Millisecond)
			})
			if !errors.Is(err, tc.want) || asked != tc.asked || v.Held() > port.Longest {
				t.Errorf("%s: asked %d times, held %v: %v", name, asked, v.Held(), err)
			}
			if err := v.Close(); err != nil || len(d.taken) != len(d.given) {
				t.Errorf("%s: taken %d times, given back %d times, %v", name, len(d.taken), len(d.given), err)
			}
		})
	}
}

// TestWhatAFailedQuestionMeans: a reading has no unknown outcome.
func TestWhatAFailedQuestionMeans(t *testing.T) {
	t.Parallel()
	garbage := kkt.Garbage([]byte("HTTP"), "odd")
	for _, tc := range []struct{ err, want, not error }{
		{nil, nil, kkt.ErrNoAnswer},
		{errors.Join(kkt.ErrUnknownOutcome, garbage), garbage, kkt.ErrUnknownOutcome},
		{errors.Join(kkt.ErrUnknownOutcome, kkt.ErrNoAnswer), kkt.ErrNoAnswer, kkt.ErrUnknownOutcome},
		{errors.New("odd"), kkt.ErrNoAnswer, kkt.ErrBusy},
		{fmt.Errorf("a till: %w", kkt.ErrBusy), kkt.ErrBusy, kkt.ErrNoAnswer},
		{fmt.Errorf("pulled out: %w", kkt.ErrMissing), kkt.ErrMissing, kkt.ErrNoAnswer},
	} {
		v, err := port.Begin(t.Context(), port.Pace{}, (&doorway{}).take)
		if err != nil {
			t.Fatal(err)
		}
		got := v.Ask(t.Context(), func(context.Context) error { return tc.err })
		if !errors.Is(got, tc.want) || errors.Is(got, tc.not) {
			t.Errorf("%v became %v", tc.err, got)
		}
	}
}

// TestAPortThatIsTakenInARest is waited for, and what else is in the way ends
// the reading.
func TestAPortThatIsTakenInARest(t *testing.T) {
	t.Parallel()
	busyUntil := func(last int) func(int) error {
		return func(try int) error {
			if try > 1 && try <= last {
				return fmt.Errorf("a till: %w", kkt.ErrBusy)
			}
			return nil
		}
	}
	pulled := func(try int) error {
		if try > 1 {
			return kkt.ErrMissing
		}
		return nil
	}
	for name, tc := range map[string]struct {
		refuse func(int) error
		want   []error
		tries  int
	}{
		"for one sale":        {busyUntil(4), nil, 5},
		"for good":            {busyUntil(1000), []error{kkt.ErrBusy, context.DeadlineExceeded}, 0},
		"the cable is pulled": {pulled, []error{kkt.ErrMissing}, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			d := &doorway{refuse: tc.refuse}
			_, _, err := d.read(t.Context(), 5*time.Second, 300*time.Millisecond, time.Millisecond)
			if tc.want == nil && err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, want := range tc.want {
				if !errors.Is(err, want) {
					t.Errorf("%s: %v is not %v", name, err, want)
				}
			}
			if tc.tries > 0 && d.tries != tc.tries || len(d.taken) != len(d.given) {
				t.Errorf("%s: tried %d times, taken %d times, given back %d times", name, d.tries, len(d.taken), len(d.given))
			}
		})
	}
}

// TestAfterTheVisit: a port that is not ours is not talked on, and is given
// back once.
func TestAfterTheVisit(t *testing.T) {
	t.Parallel()
	d := &doorway{}
	v, err := port.Begin(t.Context(), port.Pace{}, d.take)
	if err != nil {
		t.Fatal(err)
	}
	if talk, err := v.Talk(); talk != d || err != nil {
		t.Fatalf("%v, %v", talk, err)
	}
	for range 2 {
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := v.Talk(); !errors.Is(err, kkt.ErrBusy) || len(d.given) != 1 {
		t.Errorf("%v, given back %d times", err, len(d.given))
	}
}
