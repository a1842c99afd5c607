package atol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"go.bug.st/serial"

	"github.com/tillwright/tillwright/internal/kkt"
)

// port is an open line to a register. Poll waits at most d for bytes and
// returns 0, nil when none came.
type port interface {
	io.Writer
	io.Closer
	Poll(b []byte, d time.Duration) (int, error)
}

// openPort opens the endpoint's line and says in kkt's words why it cannot.
func openPort(ctx context.Context, e kkt.Endpoint, t Timing) (port, error) {
	switch e.Transport {
	case "", TransportTCP:
		return dialTCP(ctx, e.Address, t.Dial)
	case TransportSerial, TransportSerialV2:
		return openSerial(e)
	default:
		return nil, fmt.Errorf("atol: transport %q: %w", e.Transport, kkt.ErrUnsupported)
	}
}

func dialTCP(ctx context.Context, address string, limit time.Duration) (port, error) {
	d := net.Dialer{Timeout: limit}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("atol: %s: %w", address, dialReason(ctx, err))
	}
	return &tcpPort{conn: conn}, nil
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

type tcpPort struct{ conn net.Conn }

func (p *tcpPort) Write(b []byte) (int, error) {
	if err := p.conn.SetWriteDeadline(deadline(time.Second)); err != nil {
		return 0, fmt.Errorf("atol: %w", err)
	}
	n, err := p.conn.Write(b)
	if err != nil {
		return n, fmt.Errorf("atol: %w", err)
	}
	return n, nil
}

func (p *tcpPort) Poll(b []byte, d time.Duration) (int, error) {
	if err := p.conn.SetReadDeadline(deadline(d)); err != nil {
		return 0, fmt.Errorf("atol: %w", err)
	}
	n, err := p.conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("atol: %w", err)
	}
	return n, err
}

func (p *tcpPort) Close() error { return p.conn.Close() }

// deadline is for the network only; the socket's clock is the machine's.
func deadline(d time.Duration) time.Time { return time.Now().Add(d) }

func openSerial(e kkt.Endpoint) (port, error) {
	baud := e.Baud
	if baud == 0 {
		baud = 115200
	}
	if heldByOther(e.Address) {
		return nil, fmt.Errorf("atol: %s: %w", e.Address, kkt.ErrBusy)
	}
	p, err := serial.Open(e.Address, &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit})
	if err != nil {
		return nil, fmt.Errorf("atol: %s: %w", e.Address, serialReason(err))
	}
	// What lies on the line is for the program that had it before.
	if err := p.ResetInputBuffer(); err != nil {
		return nil, errors.Join(fmt.Errorf("atol: %s: %w", e.Address, serialReason(err)), p.Close())
	}
	return &patient{port: &serialPort{port: p}, grace: hangAfter}, nil
}

// serialReason reads the library's error. The library takes the port for
// itself alone, so "busy" means that another program has it.
func serialReason(err error) error {
	var pe *serial.PortError
	if errors.As(err, &pe) {
		switch pe.Code() {
		case serial.PortBusy:
			return errors.Join(kkt.ErrBusy, err)
		case serial.PortNotFound, serial.InvalidSerialPort:
			return errors.Join(kkt.ErrMissing, err)
		case serial.PermissionDenied:
			return errors.Join(kkt.ErrBusy, err)
		default:
		}
	}
	if errors.Is(err, os.ErrNotExist) {
		return errors.Join(kkt.ErrMissing, err)
	}
	return err
}

// serialPort guards Close, because a line that is pulled out may be closed
// from two sides.
type serialPort struct {
	port serial.Port
	once sync.Once
	err  error
}

func (p *serialPort) Write(b []byte) (int, error) {
	n, err := p.port.Write(b)
	if err != nil {
		return n, fmt.Errorf("atol: %w", err)
	}
	return n, nil
}

func (p *serialPort) Poll(b []byte, d time.Duration) (int, error) {
	if err := p.port.SetReadTimeout(max(d, time.Millisecond)); err != nil {
		return 0, fmt.Errorf("atol: %w", err)
	}
	n, err := p.port.Read(b)
	if err != nil {
		return n, fmt.Errorf("atol: %w", err)
	}
	return n, nil
}

func (p *serialPort) Close() error {
	p.once.Do(func() { p.err = p.port.Close() })
	return p.err
}
