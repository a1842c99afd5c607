package shtrih

import (
	"encoding/binary"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// fnFind tells a document in short: kind, confirmed or not, then what belongs
// to the kind.
func (r *Register) fnFind(c call) ([]byte, byte) {
	d, ok := r.drive.Find(unle(c.args))
	if !ok {
		return nil, codeFNNoData
	}
	b := join([]byte{d.Form, yes(!r.drive.Waits(int64(d.Number)))}, stamp(d.At), numbers(d))
	switch d.Form {
	case docReceipt, docCorrection:
		return join(b, []byte{d.Kind}, le(d.Sum, 5)), 0
	case docOpenShift, docCloseShift:
		return join(b, le(d.Shift, 2)), 0
	default:
		return b, 0
	}
}

// fnBegin tells a document's kind and length; its fields follow in chunks.
func (r *Register) fnBegin(c call) ([]byte, byte) {
	d, ok := r.drive.Find(unle(c.args))
	if !ok {
		return nil, codeFNNoData
	}
	b := r.fields(d)
	if len(b) < 4 {
		return nil, codeFNNoData
	}
	r.reading = b[4:]
	return b[:4], 0
}

// chunk is the most that one reply takes of a document.
const chunk = 200

func (r *Register) fnChunk(call) ([]byte, byte) {
	if len(r.reading) == 0 {
		return nil, codeFNNoData
	}
	n := min(chunk, len(r.reading))
	b := r.reading[:n]
	r.reading = r.reading[n:]
	return b, 0
}

// fnReceipt is the OFD's confirmation: when, its sign, for which document.
func (r *Register) fnReceipt(c call) ([]byte, byte) {
	d, ok := r.drive.Find(unle(c.args))
	if !ok || r.drive.Waits(int64(d.Number)) {
		return nil, codeFNNoData
	}
	return join(stamp(d.At.Add(drive.SendPause)), make([]byte, 18), le(int64(d.Number), 4)), 0
}

// fields are a document's fields with their heading: its kind and their
// length. Nil for a text that cannot be written.
func (r *Register) fields(d paper.Document) []byte {
	b, err := paper.Encode(r.holder(), r.drive.Paper(d))
	if err != nil {
		return nil
	}
	return b
}

// The tags that the registration can be asked for.
const (
	tagAddress   = 1009
	tagOFD       = 1017
	tagINN       = 1018
	tagRNM       = 1037
	tagDrive     = 1041
	tagUser      = 1048
	tagTaxSystem = 1062
	tagFormat    = 1209
)

func tlv(tag uint16, value []byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, tag)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

// fnParameter is one field of the registration, by its tag.
func (r *Register) fnParameter(c call) ([]byte, byte) {
	if c.args[0] != 1 {
		return nil, codeFNNoData
	}
	tag, h := uint16(unle(c.args[1:])), r.holder()
	switch tag {
	case tagDrive:
		return tlv(tag, []byte(r.drive.Serial)), 0
	case tagINN:
		return tlv(tag, spaced(h.INN, 12)), 0
	case tagRNM:
		return tlv(tag, spaced(h.Number, 20)), 0
	case tagOFD:
		return tlv(tag, spaced(h.OFDINN, 12)), 0
	case tagUser:
		return tlv(tag, cp866(h.Name)), 0
	case tagAddress:
		return tlv(tag, cp866(h.Address)), 0
	case tagTaxSystem:
		return tlv(tag, []byte{1}), 0
	case tagFormat:
		return tlv(tag, []byte{r.ffd()}), 0
	default:
		return nil, codeFNNoData
	}
}

// cp866 is how the format writes text.
func cp866(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, c := range s {
		e, ok := charmap.CodePage866.EncodeRune(c)
		if !ok {
			e = '?'
		}
		b = append(b, e)
	}
	return b
}
