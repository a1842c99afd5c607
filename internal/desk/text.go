package desk

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold makes text comparable: lower case, ё as е, umlauts written out. The
// databases cannot: SQLite folds ASCII alone, PostgreSQL by its server's locale.
func Fold(s string) string {
	s = strings.ToLower(norm.NFC.String(s)) // й may come as и and a mark
	return strings.NewReplacer("ё", "е", "ä", "ae", "ö", "oe", "ü", "ue", "ß", "ss").Replace(s)
}

// clean makes what a person sent fit to be stored: PostgreSQL refuses a zero
// byte and broken UTF-8, and nobody has meant them.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

func tooLong(s string, limit int) bool { return len([]rune(s)) > limit }
