package operator

import (
	"io"
	"net"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ofd"
)

// serve takes the messages of one connection until it ends.
func (o *Operator) serve(c net.Conn) {
	defer o.leave(c)
	switch o.ills.greeting() {
	case Unpaid, Gone:
		return
	case Portal:
		_, _ = io.WriteString(c, "HTTP/1.1 302 Found\r\nLocation: http://login.invalid/\r\nConnection: close\r\n\r\n")
		return
	}
	for {
		// The socket's own clock is the machine's, not the bench's.
		if err := c.SetDeadline(time.Now().Add(o.opt.Idle)); err != nil {
			return
		}
		s, err := ofd.Read(c)
		if err != nil || !o.message(c, s) {
			return
		}
	}
}

// message judges one message and answers it; it says whether the connection
// goes on.
func (o *Operator) message(c net.Conn, s ofd.Session) bool {
	ill := o.ills.befall(s.Drive)
	answer, goesOn := o.hear(s, ill)
	if ill.ID == Silent {
		return o.hold(c)
	}
	if ill.ID == Slow && !o.wait(orElse(ill.Delay, slowness)) {
		return false
	}
	if len(answer) > 0 {
		if err := c.SetDeadline(time.Now().Add(o.opt.Idle)); err != nil { // after a long wait as well
			return false
		}
		if _, err := c.Write(answer); err != nil {
			return false
		}
	}
	return goesOn
}

// hear is what a message does to the book and what is answered. It touches no
// network.
func (o *Operator) hear(s ofd.Session, ill Trouble) (answer []byte, goesOn bool) {
	v := judge(s)
	v.Trouble = ill.ID
	now := o.now()
	switch {
	case ill.keeps():
		v = o.book.enter(v, now)
	case v.Code == codeTaken && ill.code() != 0:
		v.Code, v.Why = ill.code(), "on_demand"
		v = o.book.enter(v, now)
	}
	if o.opt.Heard != nil {
		o.opt.Heard(v)
	}
	if s.Flags&ofd.FlagAnswer == 0 {
		return nil, true
	}
	return o.answer(s, v, ill)
}

// keeps says whether documents are taken in spite of the trouble.
func (t Trouble) keeps() bool {
	switch t.ID {
	case "", Slow, CutAnswer:
		return true
	default:
		return false
	}
}

// answer is the operator's word as the trouble lets it through.
func (o *Operator) answer(s ofd.Session, v Verdict, ill Trouble) ([]byte, bool) {
	drive, number := s.Drive, v.Document.Number
	switch ill.ID {
	case Unpaid, CutBefore, Silent:
		return nil, false
	case Garbage:
		return []byte("\x15\x00bench: these bytes are no session\r\n"), false
	case OtherDrive:
		drive = dummies + "00000000"
	case OtherNumber:
		number++
	}
	b, err := o.ack(s.Version, drive, number, v.Code)
	if err != nil {
		return nil, false // a header with a drive's number that no container can carry
	}
	switch ill.ID {
	case CutAnswer:
		return b[:len(b)/2], false
	case BadChecksum:
		b[ofd.HeaderSize+2] ^= 0xFF
	}
	return b, true
}

// ack is the operator's confirmation (operatorAck).
func (o *Operator) ack(version [2]byte, drive string, number uint32, code uint8) ([]byte, error) {
	t := o.now().In(o.opt.Location)
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	data, err := ffd.Encode([]ffd.Field{{Tag: ofd.TypeOperatorAck, Fields: []ffd.Field{
		{Tag: 1017, Text: o.opt.INN + "  "},
		{Tag: 1041, Text: drive},
		{Tag: 1040, Num: uint64(number)},
		{Tag: 1012, Num: uint64(wall.Unix())},
		{Tag: 1068, Fields: []ffd.Field{{Tag: 1022, Num: uint64(code)}}},
	}}})
	if err != nil {
		return nil, err
	}
	body, err := (&ofd.Container{Type: ofd.TypeOperatorAck, Version: 1, Drive: drive, Number: number & (1<<24 - 1), Data: data}).Append(nil)
	if err != nil {
		return nil, err
	}
	return (&ofd.Session{Version: version, Drive: drive, Flags: ofd.FlagContainer, Body: body}).Append(nil)
}

// hold says nothing until the other side gives up or the operator stops.
func (o *Operator) hold(c net.Conn) bool {
	var b [256]byte
	for {
		if _, err := c.Read(b[:]); err != nil {
			return false
		}
	}
}

// wait is over early, with false, when the operator stops.
func (o *Operator) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-o.ended:
		return false
	}
}
