package port

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
)

// writeLimit is how long the network may take what one frame says.
const writeLimit = time.Second

func dialTCP(ctx context.Context, address string, limit time.Duration) (Line, error) {
	d := net.Dialer{Timeout: limit}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("port: %s: %w", address, dialReason(ctx, err))
	}
	return &tcpLine{conn: conn}, nil
}

func dialReason(ctx context.Context, err error) error {
	var dns *net.DNSError
	var addr *net.AddrError
	var timeout net.Error
	switch {
	case ctx.Err() != nil:
		return errors.Join(ctx.Err(), kkt.ErrNoAnswer)
	case errors.Is(err, syscall.ECONNREFUSED):
		return errors.Join(kkt.ErrRefused, err)
	case errors.As(err, &dns), errors.As(err, &addr):
		return errors.Join(kkt.ErrMissing, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return errors.Join(kkt.ErrNoAnswer, err)
	default:
		// No route, host down, network down: nobody takes the connection.
		return errors.Join(kkt.ErrRefused, err)
	}
}

type tcpLine struct{ conn net.Conn }

func (l *tcpLine) Write(b []byte) (int, error) {
	if err := l.conn.SetWriteDeadline(deadline(writeLimit)); err != nil {
		return 0, fmt.Errorf("port: %w", err)
	}
	n, err := l.conn.Write(b)
	if err != nil {
		return n, fmt.Errorf("port: %w", err)
	}
	return n, nil
}

func (l *tcpLine) Poll(b []byte, d time.Duration) (int, error) {
	if err := l.conn.SetReadDeadline(deadline(d)); err != nil {
		return 0, fmt.Errorf("port: %w", err)
	}
	n, err := l.conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("port: %w", err)
	}
	return n, err
}

func (l *tcpLine) Close() error { return l.conn.Close() }
