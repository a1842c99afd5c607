package help_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/faults/help"
)

func TestMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Ошибка  ФН\n235 ":                  "ошибка фн 235",
		"позвоните +7 (999) 123-45-67 срочно": "позвоните +# срочно",
		"8 999 1234567": "#",
		"123-45-67":     "#",
		"пишите на Anna.K+till@example.org спасибо": "пишите на @ спасибо",
		"ошибка 235 3979":             "ошибка 235 3979",
		"−3979":                       "-3979",
		"заводской 00106900000011":    "заводской #",
		"ИНН 7707083893, ключ":        "инн #, ключ",
		"фн9999078900000001":          "фн#",
		"Kasse läuft über 24 Stunden": "kasse laeuft ueber 24 stunden",
		"code 123456":                 "code 123456",
		"code 1234567":                "code #",
		"":                            "",
		strings.Repeat("я", 500):      strings.Repeat("я", help.MaxMissed),
		"a\x00b\u202ec":               "abc",
		"карта 4111 1111 1111 1111 не проходит": "карта # не проходит",
	} {
		if got := help.Masked(in); got != want {
			t.Errorf("%q is kept as %q, want %q", in, got, want)
		}
	}
}

var long = regexp.MustCompile(`\d{7,}`)

func FuzzMasked(f *testing.F) {
	for _, s := range []string{"ошибка 235", "+7 (999) 123-45-67", "a@b.c 1234567", "\xff\x00", "１２３４５６７８"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := help.Masked(s)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > help.MaxMissed || strings.ContainsAny(got, "\x00\n\r") {
			t.Fatalf("%q is kept as %q", s, got)
		}
		if long.MatchString(got) || regexp.MustCompile(`\S@\S`).MatchString(got) {
			t.Fatalf("%q keeps somebody's number or address: %q", s, got)
		}
	})
}

func TestMaskedLeavesNoLongNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9 а-я@.+()\-]{0,60}`).Draw(t, "text")
		got := help.Masked(s)
		run := 0
		for _, r := range got {
			if unicode.IsDigit(r) {
				run++
			} else {
				run = 0
			}
			if run > 6 {
				t.Fatalf("%q is kept as %q", s, got)
			}
		}
		if again := help.Masked(got); again != got {
			t.Fatalf("%q becomes %q, and then %q", s, got, again)
		}
	})
}

func TestVisitorOf(t *testing.T) {
	t.Parallel()
	key := help.NewKey()
	if v := help.VisitorOf(key); v == "" || v != help.VisitorOf(strings.Clone(key)) || v == help.VisitorOf(help.NewKey()) {
		t.Error("a key is not its own visitor")
	}
	if strings.Contains(string(help.VisitorOf(key)), key) {
		t.Error("the visitor shows the key")
	}
	for _, bad := range []string{"", "short", key + " ", strings.Repeat("a", 65), "<script>alert(1)</script>aa", "ключключключключключключ"} {
		if help.VisitorOf(bad) != "" {
			t.Errorf("%q is somebody", bad)
		}
	}
}

func TestIsSlug(t *testing.T) {
	t.Parallel()
	for slug, want := range map[string]bool{
		"kassa": true, "a1-b2": true, "x": true, "": false, "-a": false, "a-": false, "A": false, "касса": false, "a/b": false, "articles": false, "a": false,
		"request": false, "sent": false, "asked": false, strings.Repeat("a", 41): false, "..": false,
	} {
		if help.IsSlug(slug) != want {
			t.Errorf("%q: %t", slug, !want)
		}
	}
}
