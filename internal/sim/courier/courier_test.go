package courier

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ofd"
)

const serial = "9999078902000001"

// ack is an operator's answer, spoilt by the given hand.
func ack(t *testing.T, number uint32, spoil func(s *ofd.Session, c *ofd.Container, f []ffd.Field)) []byte {
	t.Helper()
	f := []ffd.Field{{Tag: 1041, Text: serial}, {Tag: 1040, Num: uint64(number)}, {Tag: 1068, Fields: []ffd.Field{{Tag: 1022}}}}
	s, c := ofd.Session{Drive: serial, Flags: ofd.FlagContainer}, ofd.Container{Type: ofd.TypeOperatorAck, Version: 1, Drive: serial, Number: number}
	spoil(&s, &c, f)
	data, err := ffd.Encode([]ffd.Field{{Tag: 7, Fields: f}})
	if err != nil {
		t.Fatal(err)
	}
	c.Data = append(data, c.Data...)
	if s.Body, err = c.Append(nil); err != nil {
		t.Fatal(err)
	}
	b, err := s.Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func whole(*ofd.Session, *ofd.Container, []ffd.Field) {}

// dial is a dialer that is a function.
type dial func(ctx context.Context, network, address string) (net.Conn, error)

func (d dial) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d(ctx, network, address)
}

// answering connects to somebody who reads one message and then does as told.
func answering(do func(net.Conn)) dial {
	return func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go func() {
			if _, err := ofd.Read(far); err == nil {
				do(far)
			}
		}()
		return near, nil
	}
}

func saying(b []byte) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = c.Write(b)
		_ = c.Close()
	}
}

func TestHowAnExchangeEnds(t *testing.T) {
	t.Parallel()
	said := func(spoil func(s *ofd.Session, c *ofd.Container, f []ffd.Field)) dial {
		return answering(saying(ack(t, 7, spoil)))
	}
	crc := ack(t, 7, whole)
	crc[len(crc)-1] ^= 1
	for name, tc := range map[string]struct {
		dialer dial
		want   Outcome
	}{
		"taken":          {said(whole), Outcome{}},
		"nobody there":   {func(context.Context, string, string) (net.Conn, error) { return nil, errors.New("refused") }, Outcome{Network: 2}},
		"hangs up":       {answering(func(c net.Conn) { _ = c.Close() }), Outcome{Network: 6}},
		"half an answer": {answering(saying(ack(t, 7, whole)[:45])), Outcome{Network: 6}},
		"silent":         {answering(func(net.Conn) {}), Outcome{Network: 5}},
		"takes nothing": {func(context.Context, string, string) (net.Conn, error) {
			near, _ := net.Pipe()
			return near, nil
		}, Outcome{Network: 7}},
		"a web page":     {answering(saying([]byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"))), Outcome{Network: 4}},
		"other session":  {said(func(s *ofd.Session, _ *ofd.Container, _ []ffd.Field) { s.Drive = "9999078902000002" }), Outcome{Operator: 4, Drive: 32}},
		"other box":      {said(func(_ *ofd.Session, c *ofd.Container, _ []ffd.Field) { c.Drive = "9999078902000002" }), Outcome{Operator: 4, Drive: 32}},
		"other drive":    {said(func(_ *ofd.Session, _ *ofd.Container, f []ffd.Field) { f[0].Text = "9999078902000002" }), Outcome{Operator: 4, Drive: 32}},
		"other number":   {said(func(_ *ofd.Session, c *ofd.Container, _ []ffd.Field) { c.Number = 8 }), Outcome{Operator: 3, Drive: 32}},
		"number inside":  {said(func(_ *ofd.Session, _ *ofd.Container, f []ffd.Field) { f[1].Num = 8 }), Outcome{Operator: 3, Drive: 32}},
		"no answer code": {said(func(_ *ofd.Session, _ *ofd.Container, f []ffd.Field) { f[2].Fields = nil }), Outcome{Operator: 2, Drive: 32}},
		"not an answer":  {said(func(_ *ofd.Session, c *ofd.Container, _ []ffd.Field) { c.Type = 3 }), Outcome{Operator: 2, Drive: 32}},
		"trailing bytes": {said(func(_ *ofd.Session, c *ofd.Container, _ []ffd.Field) { c.Data = []byte{1} }), Outcome{Operator: 2, Drive: 32}},
		"checksum":       {answering(saying(crc)), Outcome{Operator: 2, Drive: 32}},
		"refused":        {said(func(_ *ofd.Session, _ *ofd.Container, f []ffd.Field) { f[2].Fields[0].Num = 14 }), Outcome{Operator: 14, Drive: 32}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := New(nil, Options{Dialer: tc.dialer, Timeout: 200 * time.Millisecond})
			if got := c.exchange(t.Context(), Letter{Host: "ofd", Port: 1, Drive: serial, Form: 3, Number: 7}); got != tc.want {
				t.Errorf("%+v, want %+v", got, tc.want)
			}
		})
	}
}

// crowd is a sender with so many letters, that notes what goes wrong.
type crowd struct {
	mu    sync.Mutex
	left  int
	going bool
	wrong []string
}

func (s *crowd) Post(time.Time) (Letter, time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.going || s.left == 0 {
		return Letter{}, 0, false
	}
	s.going = true
	return Letter{Drive: serial, Form: 3, Number: 7}, 0, true
}

func (s *crowd) Delivered(_ Letter, o Outcome, _ time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.going, s.left = false, s.left-1
	if !o.Taken() {
		s.wrong = append(s.wrong, fmt.Sprint(o))
	}
}

// TestAllAreServedWithFewHands: 50 senders, 3 hands, never more than 3 at once,
// and at the end nothing is left.
func TestAllAreServedWithFewHands(t *testing.T) {
	t.Parallel()
	answer := ack(t, 7, whole)
	var mu sync.Mutex
	var now, most int
	dialer := func(context.Context, string, string) (net.Conn, error) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		near, far := net.Pipe()
		go func() {
			_, _ = ofd.Read(far)
			mu.Lock()
			now-- // the hand is not free before the answer is there
			mu.Unlock()
			saying(answer)(far)
		}()
		return near, nil
	}
	senders := make([]Sender, 50)
	for i := range senders {
		senders[i] = &crowd{left: 20}
	}
	done := make(chan int, 50*20)
	c := New(senders, Options{Dialer: dial(dialer), Hands: 3, Done: func(i int, _ Letter, _ Outcome) { done <- i }})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	served := map[int]int{}
	for range 50 * 20 {
		served[<-done]++
	}
	cancel()
	<-ended
	for i, s := range senders {
		if s := s.(*crowd); served[i] != 20 || s.left != 0 || s.wrong != nil {
			t.Errorf("sender %d: %d served, %+v", i, served[i], s.wrong)
		}
	}
	if most > 3 {
		t.Errorf("%d at once", most)
	}
}

// TestEndsInTheMiddle: an exchange that hangs does not outlive the courier.
func TestEndsInTheMiddle(t *testing.T) {
	t.Parallel()
	inside := make(chan struct{})
	s := &crowd{left: 1}
	c := New([]Sender{s}, Options{Dialer: answering(func(net.Conn) { close(inside) }), Timeout: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { c.Run(ctx); close(ended) }()
	<-inside
	cancel()
	<-ended
	if s.left != 0 || len(s.wrong) != 1 {
		t.Errorf("%+v", s)
	}
}

// TestABenchStaysNear: only this machine and private networks are dialled.
func TestABenchStaysNear(t *testing.T) {
	t.Parallel()
	for address, far := range map[string]bool{
		"127.0.0.1:7777": false, "[::1]:7777": false, "192.168.1.5:7777": false, "[::ffff:10.0.0.1]:7777": false, "169.254.1.1:7777": false,
		"8.8.8.8:7777": true, "[2001:4860::1]:7777": true, "0.0.0.0:7777": true,
	} {
		err := near().ControlContext(t.Context(), "tcp", address, nil)
		if errors.Is(err, errFar) != far {
			t.Errorf("%s: %v", address, err)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := New(nil, Options{})
	at := l.Addr().(*net.TCPAddr)
	if code := c.Try(t.Context(), "127.0.0.1", at.Port); code != 0 {
		t.Errorf("listening: %d", code)
	}
	_ = l.Close()
	if code := c.Try(t.Context(), "127.0.0.1", at.Port); code != 2 {
		t.Errorf("closed: %d", code)
	}
}

// FuzzAnswer: no answer of an operator's makes the courier fall over, and
// nothing but an answer for this very document is "taken".
func FuzzAnswer(f *testing.F) {
	f.Add([]byte("HTTP/1.1 400 Bad Request\r\n\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := New(nil, Options{Dialer: answering(saying(b)), Timeout: 5 * time.Second})
		l := Letter{Drive: serial, Form: 3, Number: 7}
		if got := c.exchange(t.Context(), l); got.Taken() {
			s, err := ofd.Read(&once{b})
			if err != nil || s.Drive != serial {
				t.Fatalf("% X was taken for an answer", b)
			}
		}
	})
}

type once struct{ b []byte }

func (o *once) Read(p []byte) (int, error) {
	n := copy(p, o.b)
	if o.b = o.b[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
