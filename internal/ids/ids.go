// Package ids makes and checks identifiers: UUIDs of version 7, which sort by
// the time they were made, so that what was made together lies together in
// an index.
package ids

import (
	"strings"

	"github.com/google/uuid"
)

// New makes an identifier.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid says whether s has the form of an identifier.
func Valid(s string) bool {
	_, err := uuid.Parse(s)
	return err == nil && len(s) == 36
}

// Of is the identifier that always belongs to the given words: the same words
// give the same one (UUID version 5).
func Of(words ...string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(strings.Join(words, "\x00"))).String()
}
