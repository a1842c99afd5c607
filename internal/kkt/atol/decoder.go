package atol

import "github.com/tillwright/tillwright/internal/kkt"

// headerSize is the length's two bytes and the number, all unescaped.
const headerSize = 3

// Result is what one more byte has completed.
type Result int

// The results of Push.
const (
	More    Result = iota // nothing complete yet
	Whole                 // a good packet
	Damaged               // a packet with a wrong check, length or escape; the reader has found its feet again
)

// Decoder takes transport v3 apart byte by byte. It skips whatever stands
// before a packet, and because a bare 0xFE can only begin a packet, it is back
// in step at the very next one, however the bytes before were spoilt.
// The zero Decoder is ready to use; it is not safe for concurrent use.
type Decoder struct {
	buf    []byte // unescaped bytes since the start mark
	inside bool
	escape bool
	junk   []byte
}

// Push takes one byte. The frame is valid only with Whole; its data is a copy.
// A packet whose check is wrong gives Damaged and the number it claims, so that
// it can be asked for again.
func (d *Decoder) Push(c byte) (Frame, Result) {
	if c == frameStart {
		return Frame{}, d.restart()
	}
	if !d.inside {
		d.spoilt(c)
		return Frame{}, More
	}
	if len(d.buf) < headerSize {
		return Frame{}, d.header(c)
	}
	c, state := d.unescape(c)
	if state != Whole {
		return Frame{}, state
	}
	d.buf = append(d.buf, c)
	if len(d.buf) < headerSize+d.size()+1 {
		return Frame{}, More
	}
	return d.finish()
}

// Junk is the first bytes that belonged to no good packet, at most
// kkt.MaxEvidence.
func (d *Decoder) Junk() []byte { return d.junk }

// Forget drops the kept junk and any unfinished packet.
func (d *Decoder) Forget() { d.junk, d.inside, d.buf, d.escape = nil, false, d.buf[:0], false }

// restart begins a packet; one that was not finished is lost.
func (d *Decoder) restart() Result {
	lost := d.inside && len(d.buf) >= headerSize
	if d.inside {
		d.spoilt(frameStart)
		d.spoilt(d.buf...)
	}
	d.buf, d.inside, d.escape = d.buf[:0], true, false
	if lost {
		return Damaged
	}
	return More
}

// header takes the two length bytes and the number. A length that no packet
// can have is not waited for.
func (d *Decoder) header(c byte) Result {
	d.buf = append(d.buf, c)
	if len(d.buf) == 1 && c > 0x7F || len(d.buf) == 2 && c >= frameEscape {
		return d.drop()
	}
	return More
}

func (d *Decoder) unescape(c byte) (byte, Result) {
	switch {
	case !d.escape && c == frameEscape:
		d.escape = true
		return 0, More
	case !d.escape:
		return c, Whole
	}
	d.escape = false
	switch c {
	case escapedFE:
		return frameStart, Whole
	case escapedFD:
		return frameEscape, Whole
	default:
		return 0, d.drop()
	}
}

func (d *Decoder) size() int { return int(d.buf[0]) | int(d.buf[1])<<7 }

func (d *Decoder) finish() (Frame, Result) {
	id, n := d.buf[2], d.size()
	data := append([]byte(nil), d.buf[headerSize:headerSize+n]...)
	if checkSum(id, data) != d.buf[headerSize+n] {
		return Frame{ID: id}, d.drop()
	}
	d.inside = false
	return Frame{ID: id, Data: data}, Whole
}

func (d *Decoder) drop() Result {
	d.spoilt(frameStart)
	d.spoilt(d.buf...)
	d.inside = false
	return Damaged
}

func (d *Decoder) spoilt(b ...byte) {
	if room := kkt.MaxEvidence - len(d.junk); room > 0 {
		d.junk = append(d.junk, b[:min(room, len(b))]...)
	}
}
