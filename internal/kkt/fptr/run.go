package fptr

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt"
)

// bearInReading is how many failing answers in a row a reading bears.
const bearInReading = 3

// harmless is the task that claims a UUID; see settle.
var harmless = json.RawMessage(`{"type":"getDeviceInfo"}`)

// read carries out tasks that change nothing. Whatever goes wrong, they are
// taken back, so that a register that is away does not find a heap of old
// questions when it returns.
func (s *service) read(ctx context.Context, uuid string, tasks []json.RawMessage) ([]Entry, error) {
	block, err := s.post(ctx, uuid, tasks...)
	switch {
	case err != nil && !errors.Is(err, errLost) && !errors.Is(err, errTaken):
		return nil, err
	case block != "":
		s.forget(ctx, uuid)
		return nil, blockFailure(block)
	}
	entries, err := s.await(ctx, uuid, bearInReading)
	if err == nil && len(entries) != len(tasks) {
		err = garbage(nil, fmt.Sprintf("%d results for %d tasks", len(entries), len(tasks)))
	}
	if err != nil {
		s.forget(ctx, uuid)
		return nil, readFailure(err)
	}
	return entries, nil
}

// forget takes a question back that nobody waits for; when that fails too,
// the service answers it some day and throws the answer away.
func (s *service) forget(ctx context.Context, uuid string) {
	ctx, cancel := s.spare(ctx)
	defer cancel()
	_ = s.remove(ctx, uuid) // see above
}

// blockFailure is why a queue that stands still gives no reading.
func blockFailure(reason string) error {
	if reason == blockedByLink {
		return fmt.Errorf("fptr: the service lost the register in the middle of a document: %w", kkt.ErrNoAnswer)
	}
	return fmt.Errorf("fptr: the service's queue stands still (%s): %w", reason, kkt.ErrBusy)
}

// readFailure: a reading changes nothing, so a lost answer is only "no
// answer".
func readFailure(err error) error {
	var spoilt *kkt.GarbageError
	switch {
	case errors.As(err, &spoilt):
		return spoilt
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, kkt.ErrRefused), errors.Is(err, kkt.ErrMissing):
		return err
	default:
		return fmt.Errorf("%w (%s)", kkt.ErrNoAnswer, err.Error())
	}
}

// change carries out one task that changes something, at most once, whatever
// happens to the answers. Without error the entry is final. An error that is
// kkt.ErrUnknownOutcome means that nobody, the service included, can tell
// whether it was carried out; with any other error it was not.
func (s *service) change(ctx context.Context, uuid string, task json.RawMessage) (Entry, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timing.Limit)
	defer cancel()
	_, err := s.post(ctx, uuid, task)
	if errors.Is(err, errLost) {
		err = s.settle(ctx, uuid)
	}
	if err != nil && !errors.Is(err, errTaken) {
		return Entry{}, err
	}
	return s.follow(ctx, uuid, err)
}

// follow waits for a task of one's own that the service has, or said to have
// when it refused the posting (errTaken). The context bounds the waiting.
func (s *service) follow(ctx context.Context, uuid string, err error) (Entry, error) {
	entries, waited := s.await(ctx, uuid, 0)
	if waited == nil {
		return s.single(entries)
	}
	if errors.Is(err, errTaken) && errors.Is(waited, errUnknownTask) {
		// Said no to the posting and has no such task: it takes none at all.
		return Entry{}, fmt.Errorf("fptr: the service takes no task for this register: %w", kkt.ErrMissing)
	}
	return s.late(ctx, uuid, waited)
}

// errClaimed is a posting that the service says it never got: its UUID was
// given to a harmless task.
var errClaimed = errors.New("fptr: the service never got the task")

// single is the only entry of a request of one task.
func (s *service) single(entries []Entry) (Entry, error) {
	if len(entries) != 1 {
		return Entry{}, unknown(garbage(nil, fmt.Sprintf("%d results for one task", len(entries))))
	}
	return entries[0], nil
}

// settle finds out what became of a posting whose answer was lost. It asks by
// UUID; when the service says that it has no such task, the posting may still
// be on its way, so the UUID is claimed with a harmless task: a service keeps
// UUIDs apart, and either it takes the claim, and then the lost posting can
// never be taken, or it refuses it, and then the lost one is there.
func (s *service) settle(ctx context.Context, uuid string) error {
	var last error
	for pause := s.timing.Poll; ; pause = min(2*pause, s.timing.PollMax) {
		_, err := s.ask(ctx, uuid)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, errUnknownTask):
			_, err = s.post(ctx, uuid, harmless)
		}
		switch {
		case err == nil:
			s.forget(ctx, uuid)
			return fmt.Errorf("%w: %w", errClaimed, kkt.ErrNoAnswer)
		case errors.Is(err, errTaken):
			return nil
		}
		last = err
		if !sleep(ctx, pause) {
			return unknown(last)
		}
	}
}

// late is a task that is not final when patience ends. What has not begun can
// be taken back; only then is it certain that it never will.
func (s *service) late(ctx context.Context, uuid string, why error) (Entry, error) {
	ctx, cancel := s.spare(ctx)
	defer cancel()
	if err := s.remove(ctx, uuid); err == nil {
		return Entry{}, fmt.Errorf("fptr: the task did not begin and was taken back: %w", kkt.ErrNoAnswer)
	}
	if entries, err := s.ask(ctx, uuid); err == nil && allFinal(entries) {
		return s.single(entries)
	}
	return Entry{}, unknown(why)
}

func unknown(why error) error {
	if why == nil {
		why = errLost
	}
	return fmt.Errorf("%w: %w", kkt.ErrUnknownOutcome, why)
}
