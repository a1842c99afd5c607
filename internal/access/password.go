package access

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tillwright/tillwright/internal/problem"
)

// The bounds of a password, in characters. The upper one only keeps a stranger
// from sending megabytes to be hashed.
const (
	minPassword = 10
	maxPassword = 200
)

// minDistinct is the least number of different characters: "1111111111" and
// "abababababab" are as good as no password.
const minDistinct = 5

// commonText lists passwords of ten or more characters that leak again and
// again, in the three languages and keyboard rows; shorter ones are refused
// by their length.
//
//go:embed common.txt
var commonText string

// CheckPassword says why a password may not be taken, nil when it may: too
// short, too long, the person's own e-mail address, or one that everybody
// tries first.
func CheckPassword(password, email string) error {
	bad := problem.New(problem.Invalid, "invalid").In("access.CheckPassword")
	p := strings.ToLower(norm.NFKC.String(password))
	switch n := utf8.RuneCountInString(p); {
	case n < minPassword:
		return bad.Field("password", "password_short")
	case n > maxPassword:
		return bad.Field("password", "password_long")
	}
	if isEmail(p, foldEmail(email)) {
		return bad.Field("password", "password_is_email")
	}
	if distinct(p) < minDistinct || isCommon(p) {
		return bad.Field("password", "password_common")
	}
	return nil
}

func isEmail(p, email string) bool {
	name, _, _ := strings.Cut(email, "@")
	return email != "" && (p == email || p == name)
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// isCommon also catches a common word with marks or a year put behind it.
func isCommon(p string) bool {
	bare := strings.TrimRight(p, "!.?*#1234567890")
	for line := range strings.Lines(commonText) {
		word := strings.TrimSpace(line)
		if word != "" && (p == word || bare == word) {
			return true
		}
	}
	return false
}
