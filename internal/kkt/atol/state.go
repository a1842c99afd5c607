package atol

import (
	"fmt"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/kkt/octets"
)

// modeState is the reply to 45.
type modeState struct {
	mode, submode int
	flags         byte
}

// The flags of 45.
const (
	flagNoPaper    = 0x01
	flagNoPrinter  = 0x02
	flagMechanics  = 0x04
	flagCutter     = 0x08
	flagOverheated = 0x10
)

func parseMode(data []byte) (modeState, error) {
	if len(data) != 2 {
		return modeState{}, octets.WrongLength
	}
	return modeState{mode: int(data[0] & 0x0F), submode: int(data[0] >> 4), flags: data[1]}, nil
}

func (m modeState) printerFailed() bool {
	return m.flags&(flagNoPrinter|flagMechanics|flagCutter|flagOverheated) != 0
}

func (m modeState) fields() map[string]any {
	return map[string]any{
		"mode": m.mode, "submode": m.submode, "paper": m.flags&flagNoPaper == 0, "printerLink": m.flags&flagNoPrinter == 0,
		"mechanicsFault": m.flags&flagMechanics != 0, "cutterFault": m.flags&flagCutter != 0, "overheated": m.flags&flagOverheated != 0,
	}
}

// fullState is the reply to 3F.
type fullState struct {
	cashier, hall         int
	at                    octets.Wall
	flags                 byte
	serial                string
	model                 int
	version               string
	mode, submode         int
	receiptNo, shiftNo    int64 // shiftNo is the last closed one
	receiptType           int   // 0: no receipt is open
	receiptSum            int64 // in the smallest unit
	decimalPoint, portTag int
}

// The flags of 3F.
const (
	stRegistered   = 0x01
	stShiftOpen    = 0x02
	stDrawerClosed = 0x04
	stPaper        = 0x08
	stCover        = 0x20
	stFiscal       = 0x40
	stBattery      = 0x80
)

const fullStateSize = 29

func parseState(data []byte) (fullState, error) {
	if len(data) != fullStateSize {
		return fullState{}, octets.WrongLength
	}
	r := from(data)
	s := fullState{cashier: int(r.bcd(1)), hall: r.Byte(), at: r.when(ymd, 6), flags: byte(r.Byte())}
	s.serial = r.digits(4)
	s.model, s.version = r.Byte(), r.version()
	m := r.Byte()
	s.mode, s.submode = m&0x0F, m>>4
	s.receiptNo, s.shiftNo, s.receiptType = r.bcd(2), r.bcd(2), r.Byte()
	s.receiptSum, s.decimalPoint, s.portTag = r.bcd(5), r.Byte(), r.Byte()
	return s, r.Err()
}

func (s fullState) fields() map[string]any {
	f := map[string]any{
		"cashier": s.cashier, "hallNumber": s.hall, "serialShort": s.serial, "model": s.model, "modelName": modelName(s.model), "version": s.version,
		"mode": s.mode, "submode": s.submode, "receiptNumber": s.receiptNo, "lastShift": s.shiftNo, "receiptType": s.receiptType,
		"receiptOpen": s.receiptType != 0, "receiptSum": s.receiptSum,
		"registered": s.flags&stRegistered != 0, "shiftOpen": s.flags&stShiftOpen != 0, "drawerOpen": s.flags&stDrawerClosed == 0,
		"paper": s.flags&stPaper != 0, "coverOpen": s.flags&stCover != 0, "fnFiscal": s.flags&stFiscal != 0, "battery": s.flags&stBattery != 0,
	}
	octets.PutTime(f, s.at, true)
	return f
}

// deviceType is the reply to A5.
type deviceType struct {
	protocol, kind, model int
	version, name         string
}

func parseType(data []byte) (deviceType, error) {
	const fixed = 10
	if len(data) < fixed {
		return deviceType{}, octets.TooShort
	}
	d := deviceType{protocol: int(data[0]), kind: int(data[1]), model: int(data[2])}
	v, err := digits(data[5:fixed])
	if err != nil {
		return deviceType{}, err
	}
	d.version = dotted(v)
	name, err := charmap.CodePage866.NewDecoder().Bytes(trimZeros(data[fixed:]))
	if err != nil {
		return deviceType{}, octets.BadValue
	}
	d.name = string(name)
	return d, nil
}

// dotted writes the ten digits of a version, high, low, language, build, as
// the maker does: "4.1.1234".
func dotted(v string) string {
	return fmt.Sprintf("%s.%s.%s", trimLeft(v[0:2]), trimLeft(v[2:4]), v[6:10])
}

func (d deviceType) fields() map[string]any {
	return map[string]any{
		"protocolVersion": d.protocol, "deviceKind": d.kind, "model": d.model, "modelName": modelName(d.model), "version": d.version, "name": d.name,
	}
}

func parseFirmware(data []byte) (map[string]any, error) {
	if len(data) < 5 {
		return nil, octets.TooShort
	}
	v, err := digits(data[len(data)-5:])
	if err != nil {
		return nil, err
	}
	return map[string]any{"version": dotted(v), "language": v[4:6], "build": v[6:10]}, nil
}
