package shtrih

import (
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt/drive"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// ofDrive reads an answer of the drive's, which is all that may stand there.
func ofDrive[T any](read func(*octets.Reader) T, data []byte) (T, error) {
	r := octets.Read(data)
	t := read(&r)
	return t, r.End()
}

// exchange is the drive's word on the OFD, FF39.
type exchange struct{ drive.Exchange }

func parseExchange(data []byte) (exchange, error) {
	e, err := ofDrive(drive.ReadExchange, data)
	return exchange{e}, err
}

func (e exchange) Fields() map[string]any {
	f := e.Exchange.Fields()
	f["awaitsCommandReply"] = e.Status&32 != 0
	return f
}

// driveState is the drive's state, FF01.
type driveState struct{ drive.State }

func parseDrive(data []byte) (driveState, error) {
	d, err := ofDrive(drive.ReadState, data)
	return driveState{d}, err
}

func (d driveState) Fields() map[string]any {
	f := d.State.Fields()
	f["documentData"] = d.Data != 0
	return f
}

// parseValidity reads the drive's last day, FF03.
func parseValidity(data []byte) (drive.Validity, error) { return ofDrive(drive.ReadValidity, data) }

// parseShift reads the drive's shift, FF40.
func parseShift(data []byte) (drive.Shift, error) { return ofDrive(drive.ReadShift, data) }

// registration is the report of the last registration, FF09.
type registration struct {
	at                octets.Wall
	inn, number       string
	tax, mode         int
	extended, reason  int64 // -1: not told
	ofdINN            string
	document, signCRC int64
}

// The lengths of what stands between the fixed beginning and the fixed end. It
// grew with the formats: nothing, the reason alone, the operator's number and
// the reasons, and those after the extended modes.
const (
	registrationHead = 39
	registrationTail = 8
	middleReason     = 1
	middleOFD        = 16
	middleExtended   = 17
)

func parseRegistration(data []byte) (registration, error) {
	r := from(data)
	g := registration{at: r.Date(octets.YMDhm), inn: r.Digits(12, 10, 12), number: r.Digits(20, 16), tax: r.Byte(), mode: r.Byte(), extended: -1, reason: -1}
	switch len(data) - registrationHead - registrationTail {
	case 0:
	case middleReason:
		g.reason = int64(r.Byte())
	case middleOFD:
		g.ofdINN, g.reason = r.Digits(12, 10, 12), r.Int(4)
	case middleExtended:
		g.extended, g.ofdINN, g.reason = int64(r.Byte()), r.Digits(12, 10, 12), r.Int(4)
	default:
		r.Keep(octets.WrongLength)
	}
	g.document, g.signCRC = r.Int(4), r.Int(4)
	return g, r.End()
}

func (g registration) Fields() map[string]any {
	f := map[string]any{
		"inn": g.inn, "regNumber": g.number, "taxSystems": g.tax, "workMode": g.mode, "documentNumber": g.document, "fiscalSign": signText(g.signCRC),
	}
	octets.PutTime(f, g.at, false)
	if g.extended >= 0 {
		f["extendedModes"] = g.extended
	}
	if g.reason >= 0 {
		f["reason"] = g.reason
	}
	if g.ofdINN != "" {
		f["ofdInn"] = g.ofdINN
	}
	return f
}

// signText writes a fiscal sign as receipts show it, in ten digits.
func signText(n int64) string { return fmt.Sprintf("%010d", n) }

// document is a fiscal document as the drive keeps it, FF0A: whatever its kind,
// time, number and sign stand first.
type document struct {
	kind         int
	confirmed    bool
	at           octets.Wall
	number, sign int64
	rest         string
}

func parseDocument(data []byte) (document, error) {
	r := from(data)
	d := document{kind: r.Byte(), confirmed: r.Byte() != 0, at: r.Date(octets.YMDhm), number: r.Int(4), sign: r.Int(4)}
	if r.Err() == nil && d.at.IsZero() {
		r.Keep(octets.BadDate) // there is no document without a time
	}
	d.rest = octets.Hex(r.Rest())
	return d, r.End()
}

func (d document) Fields() map[string]any {
	f := map[string]any{"documentType": d.kind, "ofdConfirmed": d.confirmed, "documentNumber": d.number, "fiscalSign": signText(d.sign)}
	if d.rest != "" {
		f["data"] = d.rest
	}
	octets.PutTime(f, d.at, false)
	return f
}
