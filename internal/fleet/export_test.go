package fleet

import (
	"context"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// Kill ends the service as a power cut would: no last checkpoint.
func (s *Service) Kill() {
	s.stopOnce.Do(func() { close(s.stopping) })
	s.running.Wait()
	if s.cancel != nil {
		s.cancel()
	}
}

// DecodeLog is decodeLog for the fuzz test.
func DecodeLog(b []byte) error {
	_, _, err := decodeLog(b)
	return err
}

// CheckWindow is Window.check.
func CheckWindow(w *Window, now time.Time) error { return w.check(now) }

// Compile compiles a rule against the built-in limits and says what is wrong.
func Compile(def RuleDef) error {
	c, err := loadCatalogue()
	if err != nil {
		return err
	}
	_, err = c.compile(def)
	return err
}

// Eval evaluates a yes-or-no expression: known, answer, and the next instant
// (Unix ms) at which it may flip.
func Eval(src string, set *signal.Set, nowMillis int64) (known, answer bool, next int64, err error) {
	c, err := loadCatalogue()
	if err != nil {
		return false, false, 0, err
	}
	comp := &compiler{limits: c.index}
	f, err := comp.compile(src, kindBool)
	if err != nil {
		return false, false, 0, err
	}
	e := &env{set: set, now: nowMillis, next: never, limits: c.defaults}
	v := f(e)
	return v.known, v.num != 0, e.next, nil
}

// Together commits bundles as one, as when they wait at the same time.
func (s *Service) Together(ctx context.Context, batches ...Batch) (errs []error) {
	var all []*waiting
	for _, b := range batches {
		all = append(all, &waiting{batch: b, done: make(chan error, 1)})
	}
	s.commit(ctx, slices.Clone(all))
	for _, w := range all {
		errs = append(errs, <-w.done)
	}
	return errs
}
