package courier

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strconv"
	"syscall"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ofd"
)

// What an exchange can end with; see Outcome.
const (
	netUnreachable = 2
	netNotSent     = 3
	netBadHeader   = 4
	netNoAnswer    = 5
	netBroke       = 6
	netSlowSending = 7

	saysFormat = 2
	saysNumber = 3
	saysDrive  = 4

	driveRefused = 32 // 20h of the drive: the operator's message is refused
)

// Try opens a connection to an operator and closes it, as a register's own test
// of its link does. It gives the network part of an outcome.
func (c *Courier) Try(ctx context.Context, host string, port int) byte {
	conn, err := c.dial(ctx, host, port)
	if err != nil {
		return netUnreachable
	}
	_ = conn.Close() // nothing was said on it
	return 0
}

func (c *Courier) dial(ctx context.Context, host string, port int) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, c.opt.Timeout)
	defer cancel()
	return c.opt.Dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
}

// exchange sends one document on a connection of its own and waits for the
// answer.
func (c *Courier) exchange(ctx context.Context, l Letter) Outcome {
	message, err := wrap(l)
	if err != nil {
		return Outcome{Network: netNotSent}
	}
	conn, err := c.dial(ctx, l.Host, l.Port)
	if err != nil {
		return Outcome{Network: netUnreachable}
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(c.opt.Timeout)); err != nil {
		return Outcome{Network: netNotSent}
	}
	if _, err := conn.Write(message); err != nil {
		return Outcome{Network: orLate(err, netNotSent, netSlowSending)}
	}
	answer, err := ofd.Read(conn)
	switch {
	case errors.Is(err, ofd.ErrSignature), errors.Is(err, ofd.ErrTransport), errors.Is(err, ofd.ErrTooLong):
		return Outcome{Network: netBadHeader}
	case err != nil:
		return Outcome{Network: orLate(err, netBroke, netNoAnswer)}
	}
	return judge(l, answer)
}

// wrap puts a document into its container and session.
func wrap(l Letter) ([]byte, error) {
	body, err := (&ofd.Container{Type: l.Form, Version: 1, Drive: l.Drive, Number: l.Number, Data: l.Data}).Append(nil)
	if err != nil {
		return nil, err
	}
	return (&ofd.Session{Version: l.Version, Drive: l.Drive, Flags: ofd.FlagContainer | ofd.FlagAnswer, Body: body}).Append(nil)
}

// orLate tells a time that ran out from a line that broke.
func orLate(err error, broke, late byte) byte {
	var t net.Error
	if errors.As(err, &t) && t.Timeout() && !errors.Is(err, io.EOF) {
		return late
	}
	return broke
}

// judge is what the drive makes of the operator's answer: it must be for this
// drive and this document, and say that all is well.
func judge(l Letter, s ofd.Session) Outcome {
	refused := func(why byte) Outcome { return Outcome{Operator: why, Drive: driveRefused} }
	if s.Drive != l.Drive {
		return refused(saysDrive)
	}
	box, err := ofd.ParseContainer(s.Body)
	if err != nil || box.Type != ofd.TypeOperatorAck {
		return refused(saysFormat)
	}
	switch {
	case box.Drive != l.Drive:
		return refused(saysDrive)
	case box.Number != l.Number:
		return refused(saysNumber)
	}
	outer, err := ffd.Decode(box.Data)
	ack := ffd.Find(outer, ofd.TypeOperatorAck)
	if err != nil || ack == nil {
		return refused(saysFormat)
	}
	return judgeAck(l, ack.Fields, refused)
}

func judgeAck(l Letter, ack []ffd.Field, refused func(byte) Outcome) Outcome {
	drive, number, word := ffd.Find(ack, 1041), ffd.Find(ack, 1040), ffd.Find(ack, 1068)
	if drive == nil || number == nil || word == nil {
		return refused(saysFormat)
	}
	code := ffd.Find(word.Fields, 1022)
	switch {
	case code == nil:
		return refused(saysFormat)
	case drive.Trimmed() != l.Drive:
		return refused(saysDrive)
	case number.Num != uint64(l.Number):
		return refused(saysNumber)
	case code.Num != 0:
		return refused(byte(code.Num))
	default:
		return Outcome{}
	}
}

// errFar is why a bench does not send somewhere.
var errFar = errors.New("courier: the address is neither this machine nor a private network")

// near dials this machine and private networks alone, whatever name is asked
// for: it looks at the address that the name has led to.
func near() *net.Dialer {
	return &net.Dialer{ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return err
		}
		if ip := at.Addr().Unmap(); !ip.IsLoopback() && !ip.IsPrivate() && !ip.IsLinkLocalUnicast() {
			return errFar
		}
		return nil
	}}
}
