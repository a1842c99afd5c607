package port

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"

	"github.com/tillwright/tillwright/internal/kkt"
)

// usualBaud is the speed of a serial line where the endpoint names none.
const usualBaud = 115200

func openSerial(e kkt.Endpoint) (Line, error) {
	baud := e.Baud
	if baud == 0 {
		baud = usualBaud
	}
	if heldByOther(e.Address) {
		return nil, fmt.Errorf("port: %s: %w", e.Address, kkt.ErrBusy)
	}
	p, err := serial.Open(e.Address, &serial.Mode{BaudRate: baud, DataBits: 8, Parity: serial.NoParity, StopBits: serial.OneStopBit})
	if err != nil {
		return nil, fmt.Errorf("port: %s: %w", e.Address, serialReason(err))
	}
	// What lies on the line is for the program that had it before.
	if err := p.ResetInputBuffer(); err != nil {
		return nil, errors.Join(fmt.Errorf("port: %s: %w", e.Address, serialReason(err)), p.Close())
	}
	return &patient{line: &serialLine{port: p}, grace: hangAfter}, nil
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

// serialLine guards Close, because a line that is pulled out may be closed
// from two sides.
type serialLine struct {
	port serial.Port
	once sync.Once
	err  error
}

func (l *serialLine) Write(b []byte) (int, error) {
	n, err := l.port.Write(b)
	if err != nil {
		return n, fmt.Errorf("port: %w", err)
	}
	return n, nil
}

func (l *serialLine) Poll(b []byte, d time.Duration) (int, error) {
	if err := l.port.SetReadTimeout(max(d, time.Millisecond)); err != nil {
		return 0, fmt.Errorf("port: %w", err)
	}
	n, err := l.port.Read(b)
	if err != nil {
		return n, fmt.Errorf("port: %w", err)
	}
	return n, nil
}

func (l *serialLine) Close() error {
	l.once.Do(func() { l.err = l.port.Close() })
	return l.err
}
