package kkt

import "errors"

// Failure is the stable code of a driver's error, for the record of an exchange
// (Exchange.Failure): what a person must be told apart, in the same words for
// every maker. own names what only one protocol knows, "" for the rest; it is
// asked after an unknown outcome and garbage, which stand above everything. own
// may be nil.
func Failure(err error, own func(error) string) string {
	var garbage *GarbageError
	switch {
	case errors.Is(err, ErrUnknownOutcome):
		return "outcome_unknown"
	case errors.As(err, &garbage):
		return "garbage"
	}
	if own != nil {
		if code := own(err); code != "" {
			return code
		}
	}
	for _, known := range []struct {
		err  error
		code string
	}{{ErrRefused, "refused"}, {ErrBusy, "busy"}, {ErrMissing, "missing"}, {ErrNoAnswer, "no_answer"}} {
		if errors.Is(err, known.err) {
			return known.code
		}
	}
	return "failed"
}
