package paper

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/ffd"
)

// Version is a format by its usual name: 1.05, 1.1, 1.2; 0 for another name.
func Version(name string) ffd.Version {
	return map[string]ffd.Version{"1.05": ffd.V105, "1.1": ffd.V110, "1.2": ffd.V120}[name]
}

// Protocol is what the header of a session says about the format inside it
// (the A-protocol). That of 1.2 has been told of and not been seen.
func Protocol(v ffd.Version) [2]byte {
	switch v {
	case ffd.V110:
		return [2]byte{1, 0x10}
	case ffd.V120:
		return [2]byte{1, 0x20}
	default:
		return [2]byte{1, 5}
	}
}

// DrawINN draws a company's number with its right check digit, in a region that
// there is not.
func DrawINN(rnd *rand.Rand) string {
	base := fmt.Sprintf("00%07d", rnd.IntN(10_000_000))
	for check := range 10 {
		if s := fmt.Sprintf("%s%d", base, check); ffd.INN(s) {
			return s
		}
	}
	return base + "0" // every base has a check digit
}

// Text is a text that a document can bear: what CP866 has no letter for is
// replaced, typographic quotes and dashes by plain ones, anything else by a
// question mark, and what is longer than n letters is cut.
func Text(s string, n int) string {
	var b strings.Builder
	for _, r := range strings.TrimSpace(s) {
		if n--; n < 0 {
			break
		}
		switch {
		case strings.ContainsRune("«»„“”", r):
			r = '"'
		case strings.ContainsRune("‐‑–—", r):
			r = '-'
		}
		if _, ok := charmap.CodePage866.EncodeRune(r); !ok || r < ' ' {
			r = '?'
		}
		b.WriteRune(r)
	}
	return b.String()
}
