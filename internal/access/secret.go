package access

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"strings"
)

const (
	secretBytes = 32    // 256 bits: nobody guesses it, so a fast hash is enough to store it
	tokenPrefix = "tw_" // lets a person and a secret scanner recognise an API token
)

// newSecret makes the random part of a session or API token.
func newSecret() string {
	var b [secretBytes]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// secretHash is what is stored of a secret. ok is false for a text that we
// cannot have issued; no database is asked about such a one.
func secretHash(secret string) (hash []byte, ok bool) {
	raw := strings.TrimPrefix(secret, tokenPrefix)
	if len(raw) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil, false
	}
	if _, err := base64.RawURLEncoding.DecodeString(raw); err != nil {
		return nil, false
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:], true
}

// isToken says whether the secret has the form of an API token.
func isToken(secret string) bool { return strings.HasPrefix(secret, tokenPrefix) }
