package shtrih_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// began is when the benches of the tests begin, in Moscow.
var began = time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)

var moscow = time.FixedZone("MSK", 3*60*60)

// stand is a register on a port with its clock in the test's hands.
type stand struct {
	*sim.Server
	register *shtrih.Register
	clock    *clock.Manual
}

func put(t testing.TB, opt shtrih.Options) *stand {
	t.Helper()
	s := &stand{clock: clock.NewManual(began)}
	opt.Clock, opt.Location = s.clock, moscow
	s.register = shtrih.New(opt)
	s.Server = &sim.Server{Machine: s.register, Patience: 30 * time.Millisecond}
	if err := s.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}

// client is a program of somebody else's, as small as can be, written from
// the protocol's description alone.
type client struct {
	t    testing.TB
	conn net.Conn
	in   *bufio.Reader
}

func (s *stand) dial(t testing.TB) *client {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, conn: conn, in: bufio.NewReader(conn)}
	t.Cleanup(func() { _ = conn.Close() })
	return c
}

// raw reads bytes written as hex; spaces are for the eye.
func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (c *client) send(s string) {
	c.t.Helper()
	if _, err := c.conn.Write(raw(c.t, s)); err != nil {
		c.t.Fatal(err)
	}
}

// hear waits for exactly these bytes; ?? is any.
func (c *client) hear(want string) {
	c.t.Helper()
	n := len(strings.ReplaceAll(want, " ", "")) / 2
	got := make([]byte, 0, n)
	_ = c.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	for range n {
		b, err := c.in.ReadByte()
		if err != nil {
			c.t.Fatalf("got % X and %v, want %s", got, err, want)
		}
		got = append(got, b)
	}
	if !like(want, got) {
		c.t.Fatalf("got % X, want %s", got, want)
	}
}

// like compares with a pattern in which ?? is any byte.
func like(want string, got []byte) bool {
	want = strings.ToUpper(strings.ReplaceAll(want, " ", ""))
	have := strings.ToUpper(hex.EncodeToString(got))
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != '?' && want[i] != have[i] {
			return false
		}
	}
	return true
}

// quiet makes sure that the register says nothing for a moment.
func (c *client) quiet() {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(60 * time.Millisecond))
	if b, err := c.in.ReadByte(); err == nil {
		c.t.Fatalf("heard %02X", b)
	}
}

// gone waits until the register hangs up.
func (c *client) gone() {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if b, err := c.in.ReadByte(); err == nil || strings.Contains(err.Error(), "timeout") {
		c.t.Fatalf("still there: %02X, %v", b, err)
	}
}

// v1 is one command in the first framing, acknowledged at once.
func (c *client) v1(message string) []byte {
	c.t.Helper()
	c.send("05")
	c.hear("15")
	m := raw(c.t, message)
	var sum byte
	for _, b := range m {
		sum ^= b
	}
	sum ^= byte(len(m))
	if _, err := c.conn.Write(append(append([]byte{2, byte(len(m))}, m...), sum)); err != nil {
		c.t.Fatal(err)
	}
	c.hear("06 02")
	size, err := c.in.ReadByte()
	if err != nil {
		c.t.Fatal(err)
	}
	reply := make([]byte, int(size)+1)
	for i := range reply {
		if reply[i], err = c.in.ReadByte(); err != nil {
			c.t.Fatal(err)
		}
	}
	for _, b := range reply {
		size ^= b
	}
	if size != 0 {
		c.t.Fatalf("the check of % X is wrong", reply)
	}
	c.send("06")
	return reply[:len(reply)-1]
}

// table is the checksum's table, another way to it than the bench's.
func crcTable() (t [256]uint16) {
	for i := range t {
		v := uint16(i) << 8
		for range 8 {
			if v >= 1<<15 {
				v = v*2 ^ 0x1021
			} else {
				v *= 2
			}
		}
		t[i] = v
	}
	return t
}

// wrap is a numbered message as it goes over the line.
func wrap(number int, message []byte) []byte {
	size := len(message) + 2
	b := append([]byte{byte(size), byte(size >> 8), byte(number), byte(number >> 8)}, message...)
	table, sum := crcTable(), uint16(0xFFFF)
	for _, c := range b {
		sum = sum<<8 ^ table[byte(sum>>8)^c]
	}
	b = append(b, byte(sum), byte(sum>>8))
	b = bytes.ReplaceAll(b, []byte{0x9F}, []byte{0x9F, 0x83})
	b = bytes.ReplaceAll(b, []byte{0x8F}, []byte{0x9F, 0x81})
	return append([]byte{0x8F}, b...)
}

// unwrap reads a numbered answer; ok is false when none came in time or it
// was spoilt.
func (c *client) unwrap(wait time.Duration) (number int, message []byte, ok bool) {
	_ = c.conn.SetReadDeadline(time.Now().Add(wait))
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return 0, nil, false
		}
		if b == 0x8F {
			break
		}
	}
	var got []byte
	for want := 4; len(got) < want; {
		b, err := c.in.ReadByte()
		if err != nil {
			return 0, nil, false
		}
		if b == 0x9F {
			if b, err = c.in.ReadByte(); err != nil {
				return 0, nil, false
			}
			b = map[byte]byte{0x81: 0x8F, 0x83: 0x9F}[b]
		}
		if got = append(got, b); len(got) == 2 {
			want = 4 + int(got[0]) + int(got[1])<<8
		}
	}
	if len(got) < 6 {
		return 0, nil, false
	}
	number, message = int(got[2])|int(got[3])<<8, got[4:len(got)-2]
	again := wrap(number, message)
	again = bytes.ReplaceAll(bytes.ReplaceAll(again[1:], []byte{0x9F, 0x81}, []byte{0x8F}), []byte{0x9F, 0x83}, []byte{0x9F})
	return number, message, bytes.Equal(again, got)
}

// v2 is one command in the second framing.
func (c *client) v2(number int, message string) []byte {
	c.t.Helper()
	if _, err := c.conn.Write(wrap(number, raw(c.t, message))); err != nil {
		c.t.Fatal(err)
	}
	n, reply, ok := c.unwrap(5 * time.Second)
	if !ok || n != number {
		c.t.Fatalf("answer %d: % X, %v", n, reply, ok)
	}
	return reply
}

// ask carries a command out without a line.
func (s *stand) ask(t testing.TB, message string) []byte {
	t.Helper()
	return s.register.Execute(raw(t, message))
}

// want asks and compares with a pattern.
func (s *stand) want(t testing.TB, message, reply string) {
	t.Helper()
	if got := s.ask(t, message); !like(reply, got) {
		t.Errorf("%s: got % X, want %s", message, got, reply)
	}
}
