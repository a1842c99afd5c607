// Package port is how a driver comes to a register's port and how it behaves
// there. The port belongs to the point-of-sale program; we are a guest, whoever
// made the register. So what concerns the port is here, once for every maker:
// opening a line (Open), a line whose driver hangs (ErrHung), a line talked
// on byte by byte (Wire), and a reading that gives the port back in between (Visit).
// What is said on the line is the makers' own and stays in their rooms.
//
// A register behind a service that shares it by itself, over HTTP, needs none
// of this: nobody holds a port there, and each question waits in the service's
// queue together with the sales.
package port

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// The transports of an endpoint that Open knows. "" is TCP too.
const (
	TCP    = "tcp"
	Serial = "serial"
)

// usualDial is how long connecting may take where nobody says.
const usualDial = 2 * time.Second

// Line is an open line to a register. Poll waits at most d for bytes and
// returns 0, nil when none came.
type Line interface {
	io.Writer
	io.Closer
	Poll(b []byte, d time.Duration) (int, error)
}

// Open opens the endpoint's line and says in kkt's words why it cannot: with
// kkt.ErrRefused, ErrMissing, ErrBusy, ErrNoAnswer, or ErrUnsupported for a
// transport that it does not know. limit is for connecting; 0 means the usual
// two seconds. No byte is sent.
func Open(ctx context.Context, e kkt.Endpoint, limit time.Duration) (Line, error) {
	if limit == 0 {
		limit = usualDial
	}
	switch e.Transport {
	case "", TCP:
		return dialTCP(ctx, e.Address, limit)
	case Serial:
		return openSerial(e)
	default:
		return nil, fmt.Errorf("port: transport %q: %w", e.Transport, kkt.ErrUnsupported)
	}
}

// deadline is for the line only; the socket's clock is the machine's.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }
