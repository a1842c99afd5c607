package atol

import "github.com/tillwright/tillwright/internal/kkt/octets"

// The registers that 91 reads, by number.
const (
	regCash          = 0x0A
	regClock         = 0x11
	regShift         = 0x12
	regReceipt       = 0x13
	regLastShift     = 0x15
	regSerial        = 0x16
	regWidth         = 0x18
	regRegistrations = 0x1A
	regOFDErrors     = 0x2B
	regUnsent        = 0x2C
	regLastReceipt   = 0x33
	regLastDocument  = 0x34
	regInShift       = 0x35
	regFFD           = 0x36
	regFlags         = 0x3B
)

// shiftState is register 18: whether a shift is open and when it ends.
type shiftState struct {
	open bool
	ends octets.Wall
}

func parseShift(data []byte) (shiftState, error) {
	r := from(data)
	state := r.Byte()
	s := shiftState{open: state == 1, ends: r.when(dmy, 6)}
	if state > 1 {
		r.Keep(octets.BadValue)
	}
	return s, r.End()
}

func (s shiftState) fields() map[string]any {
	f := map[string]any{"shiftOpen": s.open}
	octets.PutTime(f, s.ends, true)
	return f
}

// lastDocument is register 52.
type lastDocument struct {
	number int64
	at     octets.Wall
	sign   string
}

func parseLastDocument(data []byte) (lastDocument, error) {
	r := from(data)
	d := lastDocument{number: r.bcd(5), at: r.when(dmy, 5), sign: r.digits(5)}
	return d, r.End()
}

func (d lastDocument) fields() map[string]any {
	f := map[string]any{"documentNumber": d.number, "fiscalSign": d.sign}
	octets.PutTime(f, d.at, false)
	return f
}

// ofdErrors is register 43: how the last exchange with the OFD went.
type ofdErrors struct {
	network, ofd, fn, document int64
	fnCommand                  int
}

func parseOFDErrors(data []byte) (ofdErrors, error) {
	r := from(data)
	e := ofdErrors{network: r.bcd(1), ofd: r.bcd(1), fn: r.bcd(1), document: r.bcd(5), fnCommand: r.Byte()}
	return e, r.End()
}

func (e ofdErrors) fields() map[string]any {
	return map[string]any{"networkError": e.network, "ofdError": e.ofd, "fnError": e.fn, "documentNumber": e.document, "fnCommand": e.fnCommand}
}

// ffdName is the format that a code of register 54 stands for. Code 4 for 1.2
// continues the measured row; no source names it.
func ffdName(code byte) string {
	switch code {
	case 1:
		return "1.0"
	case 2:
		return "1.05"
	case 3:
		return "1.1"
	case 4:
		return "1.2"
	default:
		return ""
	}
}

func parseFFD(data []byte) (device, drive string, err error) {
	if len(data) < 2 {
		return "", "", octets.TooShort
	}
	device, drive = ffdName(data[0]), ffdName(data[1])
	if device == "" {
		return "", "", octets.BadValue
	}
	return device, drive, nil
}

// register reads any register that is known into fields.
func register(number byte, data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{}
	switch number {
	case regCash:
		f["cash"] = r.bcd(7)
	case regClock:
		octets.PutTime(f, r.when(dmy, 6), true)
	case regReceipt:
		f["receiptType"], f["receiptNumber"], f["documentNumber"] = r.Byte(), r.bcd(4), r.bcd(4)
	case regLastShift:
		f["lastShift"] = r.bcd(2)
	case regSerial:
		f["serial"] = r.digits(7)
	case regWidth:
		f["characters"], f["pixels"] = r.bcd(1), r.bcd(2)
		if r.Left() == 1 {
			r.Take(1)
		}
	case regRegistrations:
		f["registrationsDone"], f["registrationsLeft"] = r.bcd(1), r.bcd(1)
		if t := r.when(dmy, 3); !t.IsZero() {
			f["validTill"] = t.Format("2006-01-02")
		}
	case regUnsent:
		f["unsent"] = r.bcd(min(max(r.Left(), 1), 5))
	case regInShift:
		f["receiptInShift"], f["shift"] = r.bcd(3), r.bcd(3)
	default:
		return odderRegister(number, data)
	}
	return f, r.End()
}

// odderRegister reads the registers that have a type of their own or room for
// more than is known.
func odderRegister(number byte, data []byte) (map[string]any, error) {
	switch number {
	case regShift:
		s, err := parseShift(data)
		return s.fields(), err
	case regOFDErrors:
		e, err := parseOFDErrors(data)
		return e.fields(), err
	case regLastDocument:
		d, err := parseLastDocument(data)
		return d.fields(), err
	case regLastReceipt:
		return lastReceipt(data)
	case regFFD:
		device, drive, err := parseFFD(data)
		return map[string]any{"ffd": device, "fnFfd": drive}, err
	case regFlags:
		if len(data) == 0 {
			return nil, octets.TooShort
		}
		return map[string]any{"flags": octets.Hex(data)}, nil
	default:
		return map[string]any{"data": octets.Hex(data)}, nil
	}
}

func lastReceipt(data []byte) (map[string]any, error) {
	r := from(data)
	f := map[string]any{"documentNumber": r.bcd(5), "receiptType": r.Byte(), "sum": r.bcd(7)}
	octets.PutTime(f, r.when(dmy, 5), false)
	f["fiscalSign"] = r.digits(5)
	return f, r.Err() // three more bytes follow, of unknown meaning
}
