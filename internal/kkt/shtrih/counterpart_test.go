package shtrih_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// counterpart is a register that answers from a script, and the line to it. Its
// frames are put together by hand, so that they prove the driver's. Inside a
// synctest bubble its waiting costs no real time.
type counterpart struct {
	v2     bool
	quirks quirks
	script map[string]string // command without password → reply after the code, both hex
	noise  *noise            // nil: a clean line
	hold   time.Duration     // how long it works on a command that is not a reading

	later    func()         // called before each command is looked up
	executed map[string]int // by code, hex
	opened   int            // how often somebody opened the line
	bauds    []int
	gone     bool // the line is cut
	cutAfter string
	restart  string // the command during which it restarts, once
	before   bool   // it restarts before the command is done, not after

	out     []timed
	in      []byte    // the message being taken
	taking  bool      // one has begun
	escaped bool      // v2
	last    time.Time // of the last byte that came
	answer  []byte    // v1: kept until it is confirmed
	ready   time.Time // when the answer is
	number  uint16    // v2: of the last good frame
	deaf    time.Time // until then it restarts
}

// quirks are what real registers were seen to do.
type quirks struct {
	idle        bool // FF before NAK and after ACK
	junk        bool // zeros before a frame
	bareErrors  bool // v2: an error comes without the command's code
	noSync      bool // v2: does not know the frame without data
	onlyOnENQ   bool // v1: after NAK it repeats its answer only when asked
	syncNumbers bool // v2: answers the frame without data with length 0 and a number
}

type timed struct {
	at time.Time
	b  byte
}

func (c *counterpart) dial(_ context.Context, e kkt.Endpoint, _ time.Duration) (shtrih.Port, error) {
	c.opened++
	c.bauds = append(c.bauds, e.Baud)
	return c, nil
}

func (c *counterpart) Close() error { return nil }

func (c *counterpart) Write(b []byte) (int, error) {
	if c.gone {
		return 0, io.ErrClosedPipe
	}
	for _, x := range b {
		for _, y := range c.noise.spoil(x) {
			c.hear(y)
		}
	}
	return len(b), nil
}

func (c *counterpart) Poll(b []byte, wait time.Duration) (int, error) {
	until := time.Now().Add(wait)
	for {
		n := 0
		for len(c.out) > 0 && n < len(b) && !c.out[0].at.After(time.Now()) {
			b[n] = c.out[0].b
			c.out, n = c.out[1:], n+1
		}
		if n > 0 {
			return n, nil
		}
		if c.gone {
			return 0, io.EOF
		}
		left := time.Until(until)
		if left <= 0 {
			return 0, nil
		}
		if len(c.out) > 0 {
			left = min(left, time.Until(c.out[0].at))
		}
		<-time.After(left)
	}
}

// send puts bytes on the line; they cannot overtake those before them.
func (c *counterpart) send(at time.Time, b ...byte) {
	if n := len(c.out); n > 0 && c.out[n-1].at.After(at) {
		at = c.out[n-1].at
	}
	for _, x := range b {
		for _, y := range c.noise.spoil(x) {
			c.out = append(c.out, timed{at, y})
		}
	}
}

func (c *counterpart) hear(x byte) {
	now := time.Now()
	pause := now.Sub(c.last)
	c.last = now
	if now.Before(c.deaf) {
		return
	}
	if pause > 50*time.Millisecond {
		c.taking = false // a message that broke off is nobody's
	}
	if c.v2 {
		c.hear2(x)
		return
	}
	c.hear1(x)
}

func (c *counterpart) hear1(x byte) {
	if c.taking {
		c.in = append(c.in, x)
		if n := int(c.in[0]); len(c.in) < n+2 {
			return
		}
		c.taking = false
		check := byte(0)
		for _, y := range c.in {
			check ^= y
		}
		if check != 0 || len(c.in) == 2 {
			c.control(0x15)
			return
		}
		c.control(0x06)
		c.obey(append([]byte(nil), c.in[1:len(c.in)-1]...))
		return
	}
	switch x {
	case 0x02:
		c.taking, c.in = true, nil
	case 0x05:
		if c.answer == nil {
			c.control(0x15)
			return
		}
		c.control(0x06)
		c.sayAgain()
	case 0x06:
		if !time.Now().Before(c.ready) {
			c.answer = nil
		}
	case 0x15:
		if c.answer != nil && !c.quirks.onlyOnENQ {
			c.sayAgain()
		}
	}
}

func (c *counterpart) control(x byte) {
	now := time.Now()
	if c.quirks.idle && x == 0x15 {
		c.send(now, 0xFF)
	}
	c.send(now, x)
	if c.quirks.idle && x == 0x06 {
		c.send(now, 0xFF)
	}
}

// sayAgain sends the kept answer; one that is not ready yet comes by itself.
func (c *counterpart) sayAgain() {
	if time.Now().Before(c.ready) {
		return
	}
	c.sayAnswer()
}

func (c *counterpart) sayAnswer() {
	if c.quirks.junk {
		c.send(c.ready, 0, 0, 0, 0)
	}
	frame := append([]byte{byte(len(c.answer))}, c.answer...)
	check := byte(0)
	for _, y := range frame {
		check ^= y
	}
	c.send(c.ready, append(append([]byte{0x02}, frame...), check)...)
}

func (c *counterpart) hear2(x byte) {
	switch {
	case x == 0x8F:
		c.taking, c.escaped, c.in = true, false, nil
		return
	case !c.taking:
		return
	case x == 0x9F:
		c.escaped = true
		return
	case c.escaped:
		x, c.escaped = map[byte]byte{0x81: 0x8F, 0x83: 0x9F}[x], false
	}
	c.in = append(c.in, x)
	if len(c.in) < 4 {
		return
	}
	n := int(c.in[0]) | int(c.in[1])<<8
	if len(c.in) < n+4 {
		return
	}
	c.taking = false
	if sum := ccitt(c.in[:n+2]); byte(sum) != c.in[n+2] || byte(sum>>8) != c.in[n+3] {
		return
	}
	if n == 0 {
		c.tellNumber()
		return
	}
	c.number = uint16(c.in[2]) | uint16(c.in[3])<<8
	c.obey(append([]byte(nil), c.in[4:n+2]...))
}

// tellNumber answers the frame without data.
func (c *counterpart) tellNumber() {
	if c.quirks.noSync {
		return
	}
	length := byte(2)
	if c.quirks.syncNumbers {
		length = 0
	}
	c.frame2(time.Now(), []byte{length, 0, byte(c.number), byte(c.number >> 8)})
}

func (c *counterpart) frame2(at time.Time, body []byte) {
	sum := ccitt(body)
	out := []byte{0x8F}
	for _, x := range append(body, byte(sum), byte(sum>>8)) {
		switch x {
		case 0x8F:
			out = append(out, 0x9F, 0x81)
		case 0x9F:
			out = append(out, 0x9F, 0x83)
		default:
			out = append(out, x)
		}
	}
	c.send(at, out...)
}

// ccitt is CRC-16 by the maker's own way of counting, without a polynomial.
func ccitt(b []byte) uint16 {
	sum := uint16(0xFFFF)
	for _, x := range b {
		sum = sum>>8 | sum<<8
		sum ^= uint16(x)
		sum ^= sum & 0xFF >> 4
		sum ^= sum << 12
		sum ^= sum & 0xFF << 5
	}
	return sum
}

// obey carries a command out and answers it.
func (c *counterpart) obey(message []byte) {
	code, command := split(message)
	name := hex.EncodeToString(code)
	if c.restart == name && c.before {
		c.fall()
		return
	}
	c.executed[name]++
	if c.later != nil {
		c.later()
	}
	reply, known := c.script[hex.EncodeToString(command)]
	if !known {
		reply = "37"
	}
	data, err := hex.DecodeString(strings.ReplaceAll(reply, " ", ""))
	if err != nil {
		panic(err)
	}
	if c.restart == name {
		c.fall()
		return
	}
	if c.cutAfter == name {
		c.gone = true
		return
	}
	at := time.Now()
	if changes(name) {
		at = at.Add(c.hold)
	}
	c.reply(at, code, data)
}

// changes says whether a command is one that must not be carried out twice.
func changes(code string) bool {
	return slices.Contains([]string{"41", "88", "1e", "b0", "22", "23", "21", "fef3"}, code)
}

func (c *counterpart) reply(at time.Time, code, data []byte) {
	message := append(append([]byte(nil), code...), data...)
	if !c.v2 {
		c.answer, c.ready = message, at
		c.sayAnswer()
		return
	}
	if c.quirks.bareErrors && data[0] != 0 {
		message = []byte{data[0], 0}
	}
	n := len(message) + 2
	c.frame2(at, append([]byte{byte(n), byte(n >> 8), byte(c.number), byte(c.number >> 8)}, message...))
}

// fall restarts the register: whatever it held is lost, and for a while it is
// deaf.
func (c *counterpart) fall() {
	c.restart, c.answer, c.out, c.number = "", nil, nil, 0
	c.deaf = time.Now().Add(1500 * time.Millisecond)
}

// split takes a message apart into its code and the command without password.
func split(message []byte) (code, command []byte) {
	n := 1
	if len(message) > 1 && message[0] >= 0xFE {
		n = 2
	}
	code = message[:n]
	if message[0] == 0xFC || message[0] == 0xFE || len(message) < n+4 {
		return code, message
	}
	return code, append(bytes.Clone(code), message[n+4:]...)
}

// noise spoils bytes, the same ones for the same seed.
type noise struct {
	rand              *rand.Rand
	lose, double, nak float64
}

func (n *noise) spoil(x byte) []byte {
	if n == nil {
		return []byte{x}
	}
	switch p := n.rand.Float64(); {
	case p < n.lose:
		return nil
	case p < n.lose+n.double:
		return []byte{x, x}
	case p < n.lose+n.double+n.nak:
		return []byte{x, 0x15, 0x15, 0x15}
	default:
		return []byte{x}
	}
}

// noon is when the scripted register's clock was read.
var noon = time.Date(2022, 12, 21, 17, 4, 32, 0, time.UTC)

func (c *counterpart) protocol() *shtrih.Protocol {
	return &shtrih.Protocol{Dial: c.dial, Location: time.UTC, Clock: clock.NewManual(noon)}
}

// newCounterpart is a register that answers every question of a reading.
func newCounterpart(v2 bool) *counterpart {
	text := func(s string, n int) string { return hex.EncodeToString(append([]byte(s), make([]byte, n-len(s))...)) }
	name := func(s string) string { return text(s, 40) }
	return &counterpart{v2: v2, executed: map[string]int{}, number: 0x9E8E, script: map[string]string{
		"fc":           "00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4",
		"10":           "00 1E 92 02 02 00 00 33 48 00 00 00 FF FF FF 00",
		"11":           "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 02 00 03 4E 41 00 00 01 01 10 15 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00",
		"ff01":         "00 03 00 00 01 08 16 0C 15 10 3B" + text("9999078902000001", 16) + "A9 01 00 00",
		"ff39":         "00 03 00 04 00 A6 01 00 00 16 0C 14 09 1E",
		"ff03":         "00 17 08 0F 1D 01",
		"ff40":         "00 01 04 01 07 00",
		"ff09":         "00 15 01 1D 13 2E" + text("7700000000  ", 12) + text("0000000000040613    ", 20) + "01 00 00 01 00 00 00 4D 61 BC 00",
		"ff0aa9010000": "00 03 00 16 0C 15 10 3B A9 01 00 00 B5 BC 48 11 01",
		"2d13":         "00" + hex.EncodeToString(append([]byte{0xCF, 0xE0, 0xF0, 0xE0, 0xEC, 0xE5, 0xF2, 0xF0, 0xFB, ' ', 0xEE, 0xF4, 0xE4}, make([]byte, 27)...)) + "01 00 0B",
		"2d12":         "00" + name("Fiscal storage") + "01 00 19",
		"2d14":         "00" + name("Exchange state") + "01 00 11",
		"2d15":         "00" + name("Network interfaces") + "01 00 11",
		"2e1502":       "00" + name("OFD exchange mode") + "00 01 00 02",
		"2e1111":       "00" + name("FFD version") + "00 01 01 04",
		"1f12010001":   "00" + text("0380490041048485", 21),
		"1f13010001":   "00" + text("connect.ofd-ya.ru", 64),
		"1f13010002":   "00 63 1E",
		"1f11010011":   "00 04",
		"1f14010007":   "00 00",
		"1f14010006":   "00 03",
		"1f15010002":   "00 01",
		"1f15010006":   "00 00",
		"1f15010009":   "00 01",
		"41":           "00 1E",
		"88":           "00 1E",
		"b0":           "00 1E",
		"1e1501000201": "00",
		"fef300000000": "00",
		"22150c16":     "00",
		"23150c16":     "00",
		"21110420":     "00",
	}}
}

// open opens the scripted register.
func open(t *testing.T, c *counterpart) kkt.Driver {
	t.Helper()
	d, err := c.protocol().Open(t.Context(), kkt.Endpoint{Protocol: shtrih.Name, Address: "192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
