package help

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/tillwright/tillwright/internal/problem"
)

// Bounds of a visitor's key, in characters of base64url.
const (
	minKey = 22 // 128 bits
	maxKey = 64
)

// NewKey makes the random number that a reader's browser keeps: 128 bits.
func NewKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails; see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Visitor is a reader as the database knows one: the hash of the key. "" is
// nobody, who may read and search but neither rate nor ask.
type Visitor string

// VisitorOf is the visitor who holds the key. What cannot be a key of ours is
// nobody.
func VisitorOf(key string) Visitor {
	if !isKey(key) {
		return ""
	}
	sum := sha256.Sum256([]byte("help visitor " + key))
	return Visitor(hex.EncodeToString(sum[:16]))
}

func isKey(key string) bool {
	if len(key) < minKey || len(key) > maxKey {
		return false
	}
	for _, c := range []byte(key) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

// known refuses nobody where one word of each reader counts.
func (v Visitor) known(op string) error {
	if v == "" {
		return problem.New(problem.Invalid, "help_no_visitor").In(op)
	}
	return nil
}
