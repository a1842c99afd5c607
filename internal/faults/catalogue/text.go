package catalogue

import (
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/i18n"
)

// Text is one text in the three languages.
type Text struct {
	RU string `toml:"ru" json:"ru"`
	DE string `toml:"de" json:"de"`
	EN string `toml:"en" json:"en"`
}

// In is the text in one language; an unknown language reads English.
func (t Text) In(l i18n.Lang) string {
	switch l {
	case i18n.RU:
		return t.RU
	case i18n.DE:
		return t.DE
	default:
		return t.EN
	}
}

// Empty says whether no language has anything.
func (t Text) Empty() bool { return t == Text{} }

// Complete says whether every language has something, without blanks around
// it.
func (t Text) Complete() bool {
	for _, l := range i18n.Langs() {
		if s := t.In(l); s == "" || strings.TrimSpace(s) != s {
			return false
		}
	}
	return true
}

// Phrases are several ways to say the same, in the three languages. They need
// not match one another line by line: each language has its own idioms.
type Phrases struct {
	RU []string `toml:"ru" json:"ru"`
	DE []string `toml:"de" json:"de"`
	EN []string `toml:"en" json:"en"`
}

// And is the phrases with more in one language; p keeps its own.
func (p Phrases) And(l i18n.Lang, more ...string) Phrases {
	out := Phrases{RU: slices.Clone(p.RU), DE: slices.Clone(p.DE), EN: slices.Clone(p.EN)}
	switch l {
	case i18n.RU:
		out.RU = append(out.RU, more...)
	case i18n.DE:
		out.DE = append(out.DE, more...)
	default:
		out.EN = append(out.EN, more...)
	}
	return out
}

// In is the phrases of one language.
func (p Phrases) In(l i18n.Lang) []string {
	switch l {
	case i18n.RU:
		return p.RU
	case i18n.DE:
		return p.DE
	default:
		return p.EN
	}
}
