package atol

import (
	"github.com/tillwright/tillwright/internal/kkt/drive"
	"github.com/tillwright/tillwright/internal/kkt/octets"
)

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

// ofDrive reads an answer of the drive's. What follows it is the register's and
// means nothing.
func ofDrive[T any](read func(*octets.Reader) T, data []byte) (T, error) {
	r := octets.Read(data)
	t := read(&r)
	return t, r.Err()
}

func parseExchange(data []byte) (drive.Exchange, error) { return ofDrive(drive.ReadExchange, data) }

func parseDrive(data []byte) (drive.State, error) { return ofDrive(drive.ReadState, data) }

func parseValidity(data []byte) (drive.Validity, error) { return ofDrive(drive.ReadValidity, data) }

// driveFields reads the answer to a command of the drive into fields; one that
// is not known is given back as bytes.
func driveFields(command byte, data []byte) (map[string]any, error) {
	switch command {
	case fnExchange:
		e, err := parseExchange(data)
		return e.Fields(), err
	case fnStatus:
		d, err := parseDrive(data)
		return d.Fields(), err
	case fnValid:
		return validityFields(data)
	case fnNumber:
		number, err := ofDrive(drive.ReadSerial, data)
		return map[string]any{"fn": number}, err
	case fnVersion:
		return ofDrive(drive.ReadVersion, data)
	case fnShift:
		s, err := ofDrive(drive.ReadShift, data)
		return s.Fields(), err
	case fnUnconfirmed:
		return ofDrive(drive.ReadUnconfirmed, data)
	default:
		return map[string]any{"data": octets.Hex(data)}, nil
	}
}

// validityFields: the sentence names how many registrations are left, and a
// register that does not tell has none.
func validityFields(data []byte) (map[string]any, error) {
	v, err := parseValidity(data)
	v.Told = true
	return v.Fields(), err
}
