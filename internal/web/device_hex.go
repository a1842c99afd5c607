package web

import (
	"encoding/hex"
	"strings"

	"github.com/tillwright/tillwright/internal/problem"
)

// maxCommand is how many bytes a command by hand may have: more than any
// register takes in one frame.
const maxCommand = 256

// parseHex reads bytes as people who service registers write them: pairs of
// hexadecimal digits, apart or together, "91 34 00 00" or "91340000". Nothing
// is guessed: a group with an odd number of digits, any other letter, none or
// too many bytes are refused with bytes_malformed.
func parseHex(s string) ([]byte, error) {
	var out []byte
	for group := range strings.FieldsSeq(s) {
		b, err := hex.DecodeString(group)
		if err != nil || len(out)+len(b) > maxCommand {
			return nil, problem.New(problem.Invalid, "bytes_malformed").With("max", maxCommand).Field("bytes", "bytes_malformed")
		}
		out = append(out, b...)
	}
	if len(out) == 0 {
		return nil, problem.New(problem.Invalid, "bytes_malformed").With("max", maxCommand).Field("bytes", "bytes_malformed")
	}
	return out, nil
}
