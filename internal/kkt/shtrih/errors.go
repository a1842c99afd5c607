package shtrih

import (
	"fmt"
	"sync"

	"github.com/tillwright/tillwright/internal/fn"
)

// The register's error codes that the driver itself reacts to.
const (
	errFNTimeout = 0x2F
	errFNSilent  = 0x30
	errFNAbsent  = 0x64
)

// lastFNCode is the highest error code that is the drive's own.
const lastFNCode = 0x20

// coded is a register's error code, the key of its sentence under
// kkt.shtrih.error, and the code that an ATOL register gives for the same
// thing: the one that the fault catalogue and the rules know, 0 when there is
// none.
type coded struct {
	key    string
	device int
}

// ownCodes are the codes from 21h on. Sums that overflow share one sentence:
// nothing else can be done about any of them.
var ownCodes = sync.OnceValue(func() map[int]coded {
	codes := map[int]coded{
		errFNTimeout: {"2f", fn.ATOLInterface}, errFNSilent: {"30", fn.ATOLInterface}, 0x33: {"33", 19}, 0x34: {"34", 0}, 0x35: {"35", 0},
		0x36: {"33", 19}, 0x37: {"37", 122}, 0x38: {"38", 0}, 0x39: {"39", 0}, 0x3C: {"3c", 156}, 0x3D: {"3d", 143}, 0x45: {"45", 134},
		0x46: {"46", 152}, 0x4A: {"4a", 155}, 0x4B: {"4b", 63}, 0x4E: {"4e", 136}, 0x4F: {"4f", 140}, 0x50: {"50", 0}, 0x55: {"55", 154},
		0x58: {"58", 0}, 0x59: {"59", 0}, 0x5C: {"5c", 230}, 0x5D: {"5d", 145}, 0x5E: {"5e", 0}, errFNAbsent: {"64", fn.ATOLInterface},
		0x6B: {"6b", 103}, 0x6C: {"6c", 0}, 0x71: {"71", 105}, 0x72: {"72", 102}, 0x73: {"73", 102}, 0x74: {"74", 0}, 0x75: {"75", 0},
		0x76: {"76", 105}, 0x77: {"76", 105}, 0x78: {"78", 0}, 0x7A: {"7a", 122}, 0x7B: {"7b", 0}, 0x7C: {"7c", 148}, 0x7D: {"7d", 148},
		0x7E: {"7e", 20}, 0x7F: {"amount", 0}, 0x8E: {"8e", 0}, 0x94: {"94", 0}, 0xC0: {"c0", 22}, 0xC2: {"c2", 0}, 0xC4: {"c4", 191},
		0xC7: {"c7", 0}, 0xC8: {"c8", 104},
	}
	for _, span := range [][2]int{{0x3A, 0x49}, {0x84, 0x8D}, {0x8F, 0x93}} {
		fillSpan(codes, span, "amount")
	}
	fillSpan(codes, [2]int{0xA0, 0xA5}, "marking")
	return codes
})

func fillSpan(codes map[int]coded, span [2]int, key string) {
	for code := span[0]; code <= span[1]; code++ {
		if _, own := codes[code]; !own {
			codes[code] = coded{key: key}
		}
	}
}

// KnownError says whether an error code has a sentence of its own.
func KnownError(code int) bool { return ErrorKey(code) != keyUnknownCode }

// ErrorKey is the key of the sentence for a register's error code. A code that
// no list has gets a sentence that only names it.
func ErrorKey(code int) string {
	if key := driveCode(code).Key(); key != "" {
		return key
	}
	if c, ok := ownCodes()[code]; ok {
		return "kkt.shtrih.error." + c.key
	}
	return keyUnknownCode
}

// DeviceCode is the code that an ATOL register gives for the same thing, 0 when
// there is none: the fault catalogue, the rules and the signals know those.
func DeviceCode(code int) int {
	if device := driveCode(code).ATOL(); device != 0 {
		return device
	}
	return ownCodes()[code].device
}

// driveCode is the drive's own code behind an error, 0 when it is not the
// drive's.
func driveCode(code int) fn.Code {
	if code < 1 || code > lastFNCode {
		return 0
	}
	return fn.Code(code)
}

// aboutDrive says whether an error comes from the drive or from its absence.
func aboutDrive(code int) bool {
	return driveCode(code) != 0 || code == errFNTimeout || code == errFNSilent || code == errFNAbsent
}

// codeText writes an error as the maker's papers do: "4Eh".
func codeText(code int) string { return fmt.Sprintf("%02Xh", code) }
