package atol

import (
	"context"
	"io"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Port is an open line to a register. Poll waits at most d for bytes and
// returns 0, nil when none came. It is a name for the bare interface, so that
// another maker's driver can take such a line without importing this package.
type Port = interface {
	io.Writer
	io.Closer
	Poll(b []byte, d time.Duration) (int, error)
}

// OpenPort opens the endpoint's line, TCP or serial, and says in kkt's words
// why it cannot. limit is for connecting; 0 means the usual two seconds. No
// byte is sent.
func OpenPort(ctx context.Context, e kkt.Endpoint, limit time.Duration) (Port, error) {
	return openPort(ctx, e, Timing{Dial: limit}.filled())
}
