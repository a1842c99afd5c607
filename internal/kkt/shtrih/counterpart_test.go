package shtrih_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
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

func (c *counterpart) dial(_ context.Context, e kkt.Endpoint, _ time.Duration) (port.Line, error) {
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
