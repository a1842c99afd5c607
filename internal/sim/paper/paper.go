// Package paper writes the fiscal documents of the bench's registers: what a
// register of the given holder would hand its drive, as FFD 1.05, 1.1 or 1.2,
// in the TLV that only dummies of drives send openly. The signs in them are drawn, not
// reckoned: no document of this package is a fiscal one.
package paper

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
)

// Forms of documents, by the tag that holds them (order ЕД-7-20/662@).
const (
	Registration = 1
	OpenShift    = 2
	Receipt      = 3
	CloseShift   = 5
	CloseDrive   = 6
	Changed      = 11 // the report on changed registration
	Settlement   = 21 // the report on the state of settlements
	Correction   = 31
)

// Holder is whose register it is and what the registration says. All texts
// must be writable in CP866.
type Holder struct {
	Serial   string // of the register
	Drive    string // number of the fiscal drive, 16 digits
	INN      string // of the holder
	Number   string // the registration number that the tax office gave
	Name     string
	Address  string
	Place    string
	OFDINN   string
	OFDName  string
	Firmware string // at most 8 characters
	Taxes    uint8  // bits of tag 1062; receipts bear the lowest
	// FFD is the format of the documents; 0 is 1.05.
	FFD ffd.Version
}

// format is the format of the holder's documents.
func (h Holder) format() ffd.Version {
	if h.FFD == 0 {
		return ffd.V105
	}
	return h.FFD
}

// Document is one fiscal document. What a form does not have is left out of
// it.
type Document struct {
	Form    uint8
	Number  uint32
	At      time.Time // as the register's clock shows it, in its own zone
	Sign    uint32
	Cashier string
	Shift   int64
	// Of a receipt and a correction.
	Receipt int64 // its number in the shift
	Kind    uint8 // tag 1054: 1 income, 2 its return, 3 expense, 4 its return
	Sum     int64 // kopecks
	Cash    int64 // of it in cash; what is not said is electronic
	Prepaid int64 // of it by an advance
	Credit  int64 // of it to be paid later
	Other   int64 // of it by a return service
	Items   []Item
	Ground  Ground // of a correction
	// Rates are the tax in the total by rate, for a correction without items;
	// with items it is reckoned from them.
	Rates     []Rate
	Taxation  uint8  // tag 1055, one bit; 0 is the holder's lowest
	Address   string // where it was settled; "" is the holder's
	Place     string
	WrongSign string // tag 1192: the sign of the receipt that was wrong
	Contact   string // tag 1008: the buyer's
	INN       string // tag 1203: the cashier's
	// Of the close of a shift, and of what tells how the sending stands.
	Receipts    int64
	Documents   int64
	Unsent      int64
	FirstUnsent time.Time
	FirstNumber int64
	KeyDays     int64 // how long the drive's keys last, for 1.1 and 1.2
}

// Item is one thing sold. Of what is left at nought, the usual stands in the
// document: the general rate of the day, a good, paid in full.
type Item struct {
	Name     string
	Price    int64  // kopecks
	Quantity int64  // thousandths
	Sum      int64  // kopecks
	VAT      uint8  // tag 1199
	Method   uint8  // tag 1214
	Object   uint8  // tag 1212
	Unit     uint8  // tag 2108, only in 1.2; 0 is pieces
	Mark     string // the marking code as it was scanned, only in 1.2; "" = none
}

// Whole is a sum that nobody rang up item by item, as one item.
func Whole(sum int64) []Item {
	return []Item{{Name: "Товар", Price: sum, Quantity: 1000, Sum: sum}}
}

// Rate is a sum of tax, or of turnover for the rates that have none.
type Rate struct {
	VAT uint8 // tag 1199
	Sum int64 // kopecks
}

// Ground is why a correction was made.
type Ground struct {
	Ordered bool      // by order of the tax office
	Day     time.Time // of the corrected settlement; zero is the document's own day
	Order   string    // the order's number
}

// Encode gives a document's TLV: one field of its form that holds the others.
func Encode(h Holder, d Document) ([]byte, error) {
	b, err := ffd.Encode([]ffd.Field{{Tag: uint16(d.Form), Fields: Fields(h, d)}})
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	return b, nil
}

// Fields are what is inside a document's form.
func Fields(h Holder, d Document) []ffd.Field {
	f := head(h, d)
	switch d.Form {
	case Registration, Changed:
		f = append(f, registration(h, d)...)
	case OpenShift:
		f = append(f, num(1038, d.Shift), text(1188, h.Firmware), num(1189, int64(h.format())))
	case CloseShift:
		f = append(f, num(1038, d.Shift), num(1118, d.Receipts), num(1111, d.Documents))
		f = append(append(f, waiting(d)...), keys(h, d)...)
	case CloseDrive:
		f = append(f, num(1038, d.Shift))
	case Settlement:
		f = append(f, waiting(d)...)
		f = append(append(f, num(1116, d.FirstNumber)), keys(h, d)...)
	case Receipt:
		f = append(f, receipt(h, d)...)
	case Correction:
		f = append(append(f, receipt(h, d)...), correction(d)...)
	}
	return f
}

// head is in every document.
func head(h Holder, d Document) []ffd.Field {
	f := []ffd.Field{
		num(1040, int64(d.Number)), text(1041, h.Drive), text(1037, fill(h.Number, 20)), text(1018, fill(h.INN, 12)), text(1048, h.Name),
		stamp(1012, d.At),
		{Tag: 1077, Raw: sign(d.Sign)},
		num(1209, int64(h.format())), text(1009, cmp.Or(d.Address, h.Address)), text(1187, cmp.Or(d.Place, h.Place)),
	}
	if d.Cashier != "" {
		f = append(f, text(1021, d.Cashier))
	}
	if d.INN != "" {
		f = append(f, text(1203, fill(d.INN, 12)))
	}
	return f
}

// waiting tells how many documents the OFD has not confirmed.
func waiting(d Document) []ffd.Field {
	f := []ffd.Field{num(1097, d.Unsent)}
	if d.Unsent > 0 {
		f = append(f, stamp(1098, d.FirstUnsent))
	}
	return f
}

func num(tag uint16, n int64) ffd.Field          { return ffd.Field{Tag: tag, Num: uint64(max(n, 0))} }
func text(tag uint16, s string) ffd.Field        { return ffd.Field{Tag: tag, Text: s} }
func fill(s string, n int) string                { return fmt.Sprintf("%-*s", n, s) }
func group(tag uint16, f ...ffd.Field) ffd.Field { return ffd.Field{Tag: tag, Fields: f} }

// stamp writes the clock on the wall as if it were UTC, to the minute, as the
// format and the drives do.
func stamp(tag uint16, t time.Time) ffd.Field {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	return num(tag, wall.Unix())
}

// sign is the drive's sign in the six bytes of tag 1077, the number in the last
// four.
func sign(n uint32) []byte { return binary.BigEndian.AppendUint32([]byte{0, 0}, n) }
