// Package i18n holds every text that a person can read, in Russian, German
// and English, and says numbers, times and spans as a person of that language
// would.
//
// Texts live in locales/<lang>/<area>.toml as flat dotted keys. A key that one
// language has and another lacks, or that the code asks for and no file has,
// fails the build through the tests of this package.
package i18n

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

//go:embed locales
var locales embed.FS

// Lang is one of the languages that the product speaks.
type Lang string

// The three languages.
const (
	RU Lang = "ru"
	DE Lang = "de"
	EN Lang = "en"
)

// Langs lists the languages, in the order they are offered.
func Langs() []Lang { return []Lang{RU, DE, EN} }

// Parse reads a language tag ("de-AT", "RU"); ok is false for any other
// language.
func Parse(tag string) (l Lang, ok bool) {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_;"); i >= 0 {
		tag = tag[:i]
	}
	l = Lang(tag)
	return l, slices.Contains(Langs(), l)
}

// FromAccept picks the first language of an Accept-Language header that we
// speak, English when there is none. The header's own order is taken as the
// preference: browsers write it so.
func FromAccept(header string) Lang {
	for part := range strings.SplitSeq(header, ",") {
		if l, ok := Parse(part); ok {
			return l
		}
	}
	return EN
}

// Bundle is all texts in all languages. It does not change after Load.
type Bundle struct {
	texts map[Lang]map[string]string
}

// Load reads the embedded texts. It fails on a file that does not parse and
// on a key that two files of one language both have.
func Load() (*Bundle, error) {
	b := &Bundle{texts: make(map[Lang]map[string]string)}
	for _, l := range Langs() {
		b.texts[l] = make(map[string]string)
		files, err := fs.Glob(locales, path.Join("locales", string(l), "*.toml"))
		if err != nil {
			return nil, fmt.Errorf("i18n: %w", err)
		}
		for _, f := range files {
			if err := b.add(l, f); err != nil {
				return nil, err
			}
		}
	}
	return b, nil
}

func (b *Bundle) add(l Lang, file string) error {
	data, err := locales.ReadFile(file)
	if err != nil {
		return fmt.Errorf("i18n: %w", err)
	}
	var texts map[string]string
	if err := toml.Unmarshal(data, &texts); err != nil {
		return fmt.Errorf("i18n: %s: %w", file, err)
	}
	for k, v := range texts {
		if _, twice := b.texts[l][k]; twice {
			return fmt.Errorf("i18n: %s: key %q stands in another file too", file, k)
		}
		b.texts[l][k] = v
	}
	return nil
}

// Keys lists the keys of a language, sorted.
func (b *Bundle) Keys(l Lang) []string {
	keys := make([]string, 0, len(b.texts[l]))
	for k := range b.texts[l] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Has says whether the key exists (in every language, as the tests make sure).
func (b *Bundle) Has(key string) bool {
	_, ok := b.texts[EN][key]
	return ok
}

// For gives the voice of one language; an unknown language speaks English.
func (b *Bundle) For(l Lang) Voice {
	if _, ok := b.texts[l]; !ok {
		l = EN
	}
	return Voice{lang: l, texts: b.texts[l]}
}
