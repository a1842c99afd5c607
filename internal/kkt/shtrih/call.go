package shtrih

import (
	"bytes"
	"context"
	"time"
)

// talker carries one command to the register and its answer back. An error
// that is kkt.ErrUnknownOutcome means that the command may have been carried
// out.
type talker interface {
	begin(ctx context.Context) error
	run(ctx context.Context, c call) ([]byte, error)
	Close() error
}

// call is one command on its way.
type call struct {
	data  []byte        // code, password and parameters
	code  []byte        // the code alone, one byte or two
	reads bool          // it changes nothing and may be sent again
	limit time.Duration // how long the register may work on it
}

// answeredBy says whether a message is this command's answer: it begins with
// the code. The service commands FE are answered with both bytes of their code
// or with the first alone.
func (c call) answeredBy(data []byte) bool {
	return bytes.HasPrefix(data, c.code) || c.code[0] == cmdService && len(data) > 0 && data[0] == cmdService
}

// bareError says whether a message is an error that lacks the command's code,
// as some registers send it in framing v2: the error and at most a zero.
func (c call) bareError(data []byte) bool { return bareError(data) }

func bareError(data []byte) bool {
	return len(data) == 1 && data[0] != 0 || len(data) == 2 && data[0] != 0 && data[1] == 0
}

// outcome is what an error after the command has left means: of a reading that
// it failed, of anything else that nobody knows, unless the register said that
// it has not taken it.
func (c call) outcome(err error) error {
	if err == nil || c.reads || isSpoilt(err) {
		return err
	}
	return unknown(err)
}
