package operator

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ofd"
)

// What the operator answers in tag 1022; the numbers are those of a drive's
// refusal (26h).
const (
	codeTaken  = 0
	codeSign   = 1
	codeFormat = 2
	codeNumber = 3
	codeDrive  = 4
)

// dummies begins the number of every dummy of a drive. Documents of others are
// refused: a real register has lost its way when it sends here.
const dummies = "99990789"

// Document is what the operator has read out of a message.
type Document struct {
	Drive    string
	Form     uint8 // tag of the form
	Number   uint32
	Sign     uint32
	At       time.Time // tag 1012: the clock on the register's wall, as if it were UTC
	Kind     uint8     // tag 1054; 0 where there is none
	Sum      int64     // tag 1020, kopecks
	Received time.Time
	Repeats  int    // how often it came again
	Data     []byte // TLV
}

// Verdict is what the operator makes of a message.
type Verdict struct {
	Document Document
	Code     uint8  // of tag 1022; 0 is taken
	Why      string // a word for the reason of a refusal; see sim.operator.why in the texts
	Again    bool   // it had been taken before and is answered again
	Trouble  string // what befell it, "" for nothing
}

// versions are the A-protocols that a session may name.
var versions = [][2]byte{{0, 1}, {0, 2}, {1, 0}, {1, 5}, {1, 0x10}, {1, 0x20}}

// judge looks at a message by itself; whether its number is due is the book's
// question.
func judge(s ofd.Session) Verdict {
	v := Verdict{Document: Document{Drive: s.Drive}}
	refuse := func(code uint8, why string) Verdict {
		v.Code, v.Why = code, why
		return v
	}
	if !slices.Contains(versions, s.Version) || s.Flags&ofd.FlagContainer == 0 {
		return refuse(codeFormat, "header")
	}
	box, err := ofd.ParseContainer(s.Body)
	if err != nil {
		return refuse(codeFormat, "container")
	}
	v.Document.Number, v.Document.Form = box.Number, box.Type
	switch {
	case box.Drive != s.Drive:
		return refuse(codeDrive, "other_drive")
	case !strings.HasPrefix(s.Drive, dummies):
		return refuse(codeDrive, "not_a_dummy")
	}
	outer, err := ffd.Decode(box.Data)
	if err != nil || len(outer) != 1 || outer[0].Tag != uint16(box.Type) || len(outer[0].Fields) == 0 {
		return refuse(codeFormat, "document")
	}
	v.Document.Data = box.Data
	v.Code, v.Why = v.Document.fill(outer[0].Fields)
	return v
}

// fill takes what the operator wants to know out of the fields and compares it
// with the container.
func (d *Document) fill(f []ffd.Field) (code uint8, why string) {
	drive, number, at, sign := ffd.Find(f, 1041), ffd.Find(f, 1040), ffd.Find(f, 1012), ffd.Find(f, 1077)
	switch {
	case drive == nil, number == nil, at == nil:
		return codeFormat, "incomplete"
	case drive.Trimmed() != d.Drive:
		return codeDrive, "other_drive"
	case number.Num != uint64(d.Number):
		return codeNumber, "other_number"
	case sign == nil, len(sign.Raw) != 6:
		return codeSign, "no_sign"
	}
	d.At, d.Sign = at.Time(), binary.BigEndian.Uint32(sign.Raw[2:])
	if kind := ffd.Find(f, 1054); kind != nil {
		d.Kind = uint8(kind.Num)
	}
	if sum := ffd.Find(f, 1020); sum != nil {
		d.Sum = int64(sum.Num)
	}
	return codeTaken, ""
}

// Fields are the document's, and what the format's own check finds wrong with
// a receipt. Such findings are for people to see: they refuse nothing.
func (d *Document) Fields() ([]ffd.Field, []ffd.Finding) {
	outer, err := ffd.Decode(d.Data)
	if err != nil || len(outer) != 1 {
		return nil, nil // judge let nothing of the kind in
	}
	fields := outer[0].Fields
	version := ffd.V105
	if f := ffd.Find(fields, 1209); f != nil {
		version = ffd.Version(f.Num)
	}
	switch form := ffd.Document(d.Form); form {
	case ffd.Receipt, ffd.StrictForm, ffd.ReceiptCorrection, ffd.FormCorrection:
		return fields, ffd.Check(form, version, fields)
	default:
		return fields, nil
	}
}
