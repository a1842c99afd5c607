package registry_test

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/registry"
)

func TestWhatFindsWhat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		question, text string
		want           bool
	}{
		{"березка", "ООО «Берёзка»", true},
		{"БЕРЁ", "ООО «Березка»", true},
		{"ооо бер", "ООО «Берёзка»", true},
		{"резка", "ООО «Берёзка»", false}, // a word begins so
		{"мои", "Мой магазин", false},     // й is not и
		{"Mueller", "Bäckerei Müller", true},
		{"Müller", "Baeckerei Mueller", true},
		{"muller", "Bäckerei Müller", true},
		{"baecker", "Bäckerei Müller", true},
		{"strasse", "Lange Straße 7", true},
		{"Bauer", "Hof Bauer", true},
		{"кокшетау", "Көкшетау", true},
		{"Қарағанды", "Караганды", true},
		{"cafe", "Café Zoë", true},
		{"345678", "00106712345678", true}, // the last digits
		{"001067 1234", "00106712345678", true},
		{"00106712345678", "0010 6712 3456 78", true},
		{"0010-6712", "0010671234", true},
		{"5", "Касса 5", true},
		{"5", "Касса 15", false},
		{"%", "100 %", false},
		{"_", "a_b", false},
		{"", "anything", false},
		{"«»", "«»", false},
	} {
		if got := registry.Finds(tc.question, tc.text); got != tc.want {
			t.Errorf("%q finds %q: %v, want %v", tc.question, tc.text, got, tc.want)
		}
	}
}

func TestEveryTextFindsItselfAndFoldsOnce(t *testing.T) {
	t.Parallel()
	letters := rapid.StringOfN(rapid.RuneFrom([]rune("абвёйАЁЙäöüßÄÖÜaeoubcs0123456789 -«»."), unicode.Latin), 0, 30, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := letters.Draw(t, "text")
		f := registry.Fold(s)
		if strings.Contains(f, "  ") || strings.TrimSpace(f) != f || strings.ContainsAny(f, "%_\\ё") {
			t.Fatalf("%q folds to %q", s, f)
		}
		if words := strings.Fields(f); f != "" && len(words) <= 8 && !registry.Finds(s, s) {
			t.Fatalf("%q does not find itself in %q", s, f)
		}
	})
}
