package atol

import "github.com/tillwright/tillwright/internal/fn"

// The commands of the fiscal drive that A4 passes on and that are read here.
const (
	fnShift       = 0x10
	fnExchange    = 0x20
	fnStatus      = 0x30
	fnNumber      = 0x31
	fnValid       = 0x32
	fnVersion     = 0x33
	fnErrors      = 0x35
	fnUnconfirmed = 0x42
)

// exchange is the drive's 20h: how it stands with the OFD.
type exchange struct {
	status, reading int
	count, first    int64
	firstAt         wall
}

func parseExchange(data []byte) (exchange, error) {
	r := reader{data: data}
	e := exchange{status: r.byte(), reading: r.byte(), count: r.le(2)}
	if e.count == 0 {
		r.take(9) // what stands there is left over from an earlier document
		return e, r.err
	}
	e.first, e.firstAt = r.le(4), r.when(fnTime, 5)
	return e, r.err
}

func (e exchange) fields() map[string]any {
	f := map[string]any{
		"connected": e.status&1 != 0, "hasMessage": e.status&2 != 0, "awaitsReceipt": e.status&4 != 0, "ofdCommand": e.status&8 != 0,
		"settingsChanged": e.status&16 != 0, "reading": e.reading != 0, "unsent": e.count,
	}
	if e.count > 0 {
		f["firstUnsent"] = e.first
		putTime(f, e.firstAt, false)
	}
	return f
}

// driveState is the drive's 30h.
type driveState struct {
	phase                  fn.Phase
	document, docData      int
	shiftOpen              bool
	warnings               fn.Warnings
	at                     wall
	serial                 string
	last                   int64
	shiftByte, warningByte int
}

func parseDrive(data []byte) (driveState, error) {
	r := reader{data: data}
	d := driveState{phase: fn.Phase(r.byte()), document: r.byte(), docData: r.byte(), shiftByte: r.byte(), warningByte: r.byte()}
	d.at, d.serial, d.last = r.when(fnTime, 5), r.ascii(16), r.le(4)
	d.shiftOpen, d.warnings = d.shiftByte != 0, fn.Warnings(d.warningByte)
	return d, r.err
}

func (d driveState) fields() map[string]any {
	f := map[string]any{
		"phase": int(d.phase), "openDocument": d.document, "shiftOpen": d.shiftOpen, "warnings": d.warningByte, "fn": d.serial, "lastDocument": d.last,
	}
	putTime(f, d.at, false)
	return f
}

// validity is the drive's 32h.
type validity struct {
	till       wall // the day, at midnight
	left, done int
}

func parseValidity(data []byte) (validity, error) {
	r := reader{data: data}
	v := validity{till: r.when(fnTime, 3)}
	if r.err == nil && len(r.data) >= 2 {
		v.left, v.done = r.byte(), r.byte()
	}
	return v, r.err
}

func (v validity) fields() map[string]any {
	f := map[string]any{"registrationsLeft": v.left, "registrationsDone": v.done}
	if !v.till.IsZero() {
		f["validTill"] = v.till.Format("2006-01-02")
	}
	return f
}

// drive reads the answer to a command of the drive into fields; one that is
// not known is given back as bytes.
func drive(command byte, data []byte) (map[string]any, error) {
	r := reader{data: data}
	f := map[string]any{}
	switch command {
	case fnExchange:
		e, err := parseExchange(data)
		return e.fields(), err
	case fnStatus:
		d, err := parseDrive(data)
		return d.fields(), err
	case fnValid:
		v, err := parseValidity(data)
		return v.fields(), err
	case fnNumber:
		f["fn"] = r.ascii(16)
	case fnVersion:
		f["version"], f["serialVersion"] = r.ascii(16), r.byte() != 0
	case fnShift:
		f["shiftOpen"], f["shift"], f["receiptsInShift"] = r.byte() != 0, r.le(2), r.le(2)
	case fnUnconfirmed:
		f["unconfirmed"] = r.le(2)
	default:
		f["data"] = hexString(data)
	}
	return f, r.err
}
