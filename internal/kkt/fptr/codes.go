package fptr

import (
	_ "embed" // the table of codes
	"slices"
	"strconv"
	"strings"
)

// codeTable is the maker's error codes, one a line: the number, the identifier
// without its common beginning LIBFPTR_ERROR_ (0 is LIBFPTR_OK), and the codes
// of the register itself that the maker's driver was seen to turn into it, each
// put into a reply on its own. Of several the first is the one that the fault
// catalogue knows, or the lower.
//
//go:embed codes.txt
var codeTable string

// The codes that the driver itself reacts to.
const (
	CodeConnectionOff = 1
	CodeNoConnection  = 2
	CodePortBusy      = 3
	CodeNoPort        = 4
	CodeNotSupported  = 11
	CodeUnknown       = 15
	CodeNoPaper       = 44
	CodeShiftExpired  = 68
	CodeFNExchange    = 115
	CodeFNNoData      = 123
	CodeFNNotFound    = 166
	CodeLost          = 241
	CodeMark          = 409 // a marking code that was found wanting, where the driver gives no code of its own
	CodeParse         = 501 // the service could not read the task
	CodeInterrupted   = 502 // not begun because of an earlier task's failure
)

// row is a code's line in fields; nil for a code that the table does not have.
func row(code int) []string {
	begin := strconv.Itoa(code) + " "
	for line := range strings.Lines(codeTable) {
		if strings.HasPrefix(line, begin) {
			return strings.Fields(line)
		}
	}
	return nil
}

// Identifier is the maker's name of a code, "LIBFPTR_ERROR_NO_PAPER"; "" for
// one that the table does not have. 1000 to 1999 are left to users.
func Identifier(code int) string {
	switch fields := row(code); {
	case fields == nil:
		return ""
	case code == 0:
		return "LIBFPTR_OK"
	default:
		return "LIBFPTR_ERROR_" + fields[1]
	}
}

// Codes lists the codes of the table in rising order, without 0.
func Codes() []int {
	var list []int
	for line := range strings.Lines(codeTable) {
		number, _, _ := strings.Cut(line, " ")
		if n, err := strconv.Atoi(number); err == nil && n > 0 {
			list = append(list, n)
		}
	}
	return list
}

// DeviceCode is the code that an ATOL register itself gives for a code of the
// driver: the one that the fault catalogue and the rules know. 0 when there is
// none, or it is not known.
func DeviceCode(code int) int {
	fields := row(code)
	if len(fields) < 3 {
		return 0
	}
	n, err := strconv.Atoi(fields[2])
	if err != nil {
		return 0
	}
	return n
}

// FromDevice is the driver's code for a register's own code, 15 (unknown) for
// one that was not measured.
func FromDevice(device int) int {
	own := strconv.Itoa(device)
	for _, code := range Codes() {
		if slices.Contains(row(code)[2:], own) {
			return code
		}
	}
	return CodeUnknown
}
