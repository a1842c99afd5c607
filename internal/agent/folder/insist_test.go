package folder

import (
	"errors"
	"testing"
	"time"
)

func TestInsist(t *testing.T) {
	t.Parallel()
	passing, lasting := errors.New("held"), errors.New("no such file")
	for name, c := range map[string]struct {
		fails int
		err   error
		want  error
		tries int
	}{
		"at once":              {0, nil, nil, 1},
		"after a scanner left": {3, passing, nil, 4},
		"what does not pass":   {9, lasting, lasting, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries := 0
			err := insist(time.Second, func(time.Duration) {}, func(err error) bool { return errors.Is(err, passing) }, func() error {
				if tries++; tries <= c.fails {
					return c.err
				}
				return nil
			})
			if !errors.Is(err, c.want) || tries != c.tries {
				t.Errorf("%v after %d tries", err, tries)
			}
		})
	}
}

func TestInsistEnds(t *testing.T) {
	t.Parallel()
	held, spent := errors.New("held"), time.Duration(0)
	err := insist(time.Second, func(d time.Duration) { spent += d }, func(error) bool { return true }, func() error { return held })
	if !errors.Is(err, held) || spent != time.Second {
		t.Errorf("%v after %v", err, spent)
	}
}
