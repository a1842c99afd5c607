package fptr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// errTaken is the service's word that it has a task of that UUID already.
var errTaken = errors.New("fptr: the service has a task of that UUID")

// post hands the service a request of one or more tasks under a UUID, once. A
// nil error means that it was taken, errTaken that there is one of that UUID,
// errLost that nobody knows; with any other error it was certainly not taken.
func (s *service) post(ctx context.Context, uuid string, tasks ...json.RawMessage) (block string, err error) {
	body, err := json.Marshal(struct {
		UUID    string            `json:"uuid"`
		Request []json.RawMessage `json:"request"`
	}{uuid, tasks})
	if err != nil {
		return "", fmt.Errorf("fptr: a task that is no JSON: %w", kkt.ErrUnsupported)
	}
	a, err := s.call(ctx, http.MethodPost, s.api.tasks(), body)
	var spoilt *kkt.GarbageError
	switch {
	case errors.As(err, &spoilt):
		return "", fmt.Errorf("%w: %w", errLost, err) // it did answer, so it may have taken it
	case err != nil:
		return "", err
	case accepted(a.status):
		return s.api.block(a.body), nil
	case a.status == http.StatusConflict:
		return "", errTaken
	case a.status == http.StatusNotFound && a.isJSON():
		return "", fmt.Errorf("fptr: the service knows no such register: %w", kkt.ErrMissing)
	default:
		return "", refusedByStatus(a)
	}
}

// ask asks for the request's entries, once. errUnknownTask is the service's
// word that it has none of that UUID.
func (s *service) ask(ctx context.Context, uuid string) ([]Entry, error) {
	a, err := s.call(ctx, http.MethodGet, taskPath(s.api, uuid), nil)
	switch {
	case err != nil:
		return nil, err
	case a.status == http.StatusNotFound:
		return nil, errUnknownTask
	case a.status != http.StatusOK:
		return nil, refusedByStatus(a)
	}
	entries, err := ParseResults(a.body)
	if err != nil {
		return nil, garbage(a.body, "results: "+err.Error())
	}
	return entries, nil
}

// remove takes a request back that has not begun; nil means that it never
// will.
func (s *service) remove(ctx context.Context, uuid string) error {
	a, err := s.call(ctx, http.MethodDelete, taskPath(s.api, uuid), nil)
	switch {
	case err != nil:
		return err
	case a.status == http.StatusOK, a.status == http.StatusNoContent:
		return nil
	case a.status == http.StatusNotFound:
		return errUnknownTask
	default:
		return fmt.Errorf("fptr: not taken back, status %d", a.status)
	}
}

// await asks until every entry is final. Answers that fail are borne up to the
// given number in a row; 0 bears them until the context ends. The entries
// seen last are returned with the error.
func (s *service) await(ctx context.Context, uuid string, bear int) ([]Entry, error) {
	pause, failures := s.timing.Poll, 0
	var seen []Entry
	var last error
	for {
		entries, err := s.ask(ctx, uuid)
		switch {
		case err == nil:
			seen, last, failures = entries, nil, 0
			if allFinal(entries) {
				return entries, nil
			}
		case passing(err) && ctx.Err() == nil:
			if last, failures = err, failures+1; failures == bear {
				return seen, err
			}
		case ctx.Err() == nil:
			return seen, err
		}
		if !sleep(ctx, pause) {
			return seen, errors.Join(ctx.Err(), last)
		}
		pause = min(2*pause, s.timing.PollMax)
	}
}

// passing says whether an error may be gone at the next question: the service
// starts anew, or its answer came spoilt.
func passing(err error) bool {
	var spoilt *kkt.GarbageError
	return errors.Is(err, errLost) || errors.Is(err, kkt.ErrRefused) || errors.Is(err, kkt.ErrNoAnswer) || errors.As(err, &spoilt)
}

func allFinal(entries []Entry) bool {
	for _, e := range entries {
		if !e.Status.Final() {
			return false
		}
	}
	return true
}

// sleep waits; false means that the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// spare is a short time after the end of a context, to put things in order.
func (s *service) spare(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), s.timing.Clean)
}
