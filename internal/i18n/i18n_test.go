package i18n_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
)

func load(t *testing.T) *i18n.Bundle {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// base folds the plural forms of a key into one name, because Russian has
// forms that German and English do not.
func base(key string) string {
	for _, form := range []string{".one", ".few", ".many", ".other"} {
		if s, ok := strings.CutSuffix(key, form); ok {
			return s + ".#"
		}
	}
	return key
}

func TestEveryLanguageHasEveryKey(t *testing.T) {
	t.Parallel()
	b := load(t)
	have := map[i18n.Lang]map[string]bool{}
	for _, l := range i18n.Langs() {
		have[l] = map[string]bool{}
		for _, k := range b.Keys(l) {
			have[l][base(k)] = true
		}
	}
	for _, l := range i18n.Langs() {
		for _, other := range i18n.Langs() {
			for k := range have[other] {
				if !have[l][k] {
					t.Errorf("%s has %q, %s has not", other, k, l)
				}
			}
		}
	}
}

func TestRussianPluralsAreComplete(t *testing.T) {
	t.Parallel()
	b := load(t)
	keys := b.Keys(i18n.RU)
	for _, k := range keys {
		stem, ok := strings.CutSuffix(k, ".one")
		if !ok {
			continue
		}
		for _, form := range []string{".few", ".many"} {
			if !slices.Contains(keys, stem+form) {
				t.Errorf("ru lacks %q", stem+form)
			}
		}
	}
}

var (
	placeholder = regexp.MustCompile(`\{[a-z_]+\}`)
	asked       = regexp.MustCompile(`\.(T|N)\("([a-z0-9_.\-]+)"`)
	problemCode = regexp.MustCompile(`problem\.New\(\s*problem\.[A-Za-z]+,\s*"([a-z0-9_]+)"`)
	fieldCode   = regexp.MustCompile(`\.Field\("[^"]*",\s*"([a-z0-9_]+)"\)`)
)

func TestTranslationsKeepTheirPlaceholders(t *testing.T) {
	t.Parallel()
	b := load(t)
	en := b.For(i18n.EN)
	for _, l := range []i18n.Lang{i18n.RU, i18n.DE} {
		v := b.For(l)
		for _, k := range b.Keys(l) {
			want := en.Or(k, "")
			if want == "" { // a plural form that English lacks
				continue
			}
			got, exp := placeholder.FindAllString(v.T(k), -1), placeholder.FindAllString(want, -1)
			slices.Sort(got)
			slices.Sort(exp)
			if !slices.Equal(slices.Compact(got), slices.Compact(exp)) {
				t.Errorf("%s %q: placeholders %v, English has %v", l, k, got, exp)
			}
		}
	}
}

// TestTheCodeAsksOnlyForKeysThatExist reads the sources as text: a key built
// at run time is not seen here and must go through Or or have its own test.
func TestTheCodeAsksOnlyForKeysThatExist(t *testing.T) {
	t.Parallel()
	b := load(t)
	for file, text := range sources(t) {
		for _, m := range asked.FindAllStringSubmatch(text, -1) {
			key := m[2]
			if strings.HasSuffix(key, ".") {
				continue // the stem of a key built from data
			}
			if m[1] == "N" {
				key += ".other"
			}
			if !b.Has(key) {
				t.Errorf("%s asks for %q, which no language has", file, key)
			}
		}
		for _, re := range []*regexp.Regexp{problemCode, fieldCode} {
			for _, m := range re.FindAllStringSubmatch(text, -1) {
				if !b.Has("problem." + m[1]) {
					t.Errorf("%s uses the code %q, which has no sentence", file, m[1])
				}
			}
		}
	}
}

func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, root := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			isCode := strings.HasSuffix(p, ".templ") || strings.HasSuffix(p, ".go") && !strings.HasSuffix(p, "_templ.go") && !strings.HasSuffix(p, "_test.go")
			if !isCode {
				return nil
			}
			data, err := os.ReadFile(p)
			found[p] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

func TestSpansAndMoments(t *testing.T) {
	t.Parallel()
	b := load(t)
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		lang i18n.Lang
		d    time.Duration
		want string
	}{
		{i18n.RU, 40 * time.Minute, "через 40 мин"},
		{i18n.RU, -5 * 24 * time.Hour, "5 дней назад"},
		{i18n.RU, 21 * 24 * time.Hour, "через 21 день"},
		{i18n.DE, -3 * 24 * time.Hour, "vor 3 Tagen"},
		{i18n.DE, 90 * time.Minute, "in 1 h 30 min"},
		{i18n.EN, -time.Second, "just now"},
		{i18n.EN, 25 * time.Hour, "in 1 day 1 h"},
	} {
		if got := b.For(tc.lang).When(now.Add(tc.d), now); got != tc.want {
			t.Errorf("%s %v: %q, want %q", tc.lang, tc.d, got, tc.want)
		}
	}
	if got := b.For(i18n.DE).Span(3 * 24 * time.Hour); got != "3 Tage" {
		t.Errorf("German span alone: %q", got)
	}
	if got := b.For(i18n.DE).Int(1234567); got != "1.234.567" {
		t.Errorf("German number: %q", got)
	}
}

func TestAcceptLanguage(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]i18n.Lang{
		"de-AT,de;q=0.9,en;q=0.8": i18n.DE, "fr,ru;q=0.5": i18n.RU, "": i18n.EN, "zh-CN": i18n.EN,
	} {
		if got := i18n.FromAccept(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
