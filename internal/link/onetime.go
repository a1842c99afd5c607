package link

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// codeAlphabet is Crockford's: no I, L, O or U, so that a code can be read out
// over a telephone. 32 letters carry 5 bits each; 12 of them 60.
const (
	codeAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	codeLetters  = 12
)

// newCode makes a one-time code of the form XXXX-XXXX-XXXX with 60 random
// bits.
func newCode() string {
	var random [codeLetters]byte
	_, _ = rand.Read(random[:]) // never fails; see crypto/rand
	var b strings.Builder
	for i, r := range random {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(codeAlphabet[r%32]) // 256 is a multiple of 32: no letter is likelier
	}
	return b.String()
}

// plainCode is the code without what people add or confuse: dashes, blanks,
// small letters, O for 0, I and L for 1.
func plainCode(code string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == '-' || r == ' ' || r == '_':
			return -1
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, code)
}

// hashCode is what is kept of a code. Looking it up by its hash takes no
// longer for a code that is nearly right: the hash of a guess says nothing of
// the hash that stands there.
func hashCode(code string) string {
	sum := sha256.Sum256([]byte("tillwright-enrol-1\x00" + plainCode(code)))
	return hex.EncodeToString(sum[:])
}
