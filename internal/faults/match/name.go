package match

import (
	"regexp"
	"strings"
)

var (
	// capital is a Russian word with a capital inside a sentence: a name of
	// somebody, a street or a town, or a brand.
	capital = regexp.MustCompile(`[а-яёa-z0-9,.)»](?:\.?[ \t]+|[ \t]+[«"„]|[«"„])[А-ЯЁ][а-яё]{2,}`)
	// called is what follows a word that names somebody or a place, in any of
	// the three languages.
	called = regexp.MustCompile(`(?i)(?:^|[\s,.(«"])(меня зовут|зовут|улиц[аеу]|ул\.|проспект|пр-т|город|г\.|спросить|имя|my name is|this is|ask for|mr\.?|mrs\.?|ms\.?|herr|frau|mein name ist|ich heiße|name ist)[ \t]+([A-ZÄÖÜА-ЯЁ][\p{L}]{2,})`)
)

// withoutNames drops names: a Svetlana is no сеть and Lenin Street no лента.
// Words that the index knows as they stand stay.
func (m *Matcher) withoutNames(text string) string {
	drop := func(s string, at int) string {
		if m.knows(Fold(s[at:])) {
			return s
		}
		return s[:at]
	}
	text = called.ReplaceAllStringFunc(text, func(s string) string {
		return drop(s, strings.LastIndexAny(s, " \t")+1)
	})
	return capital.ReplaceAllStringFunc(text, func(s string) string {
		return drop(s, strings.IndexFunc(s[1:], isRussianCapital)+1)
	})
}

func isRussianCapital(r rune) bool { return r >= 'А' && r <= 'Я' || r == 'Ё' }
