package faults

import (
	"strings"
	"unicode"

	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/i18n"
)

// german and english are words by which a short question shows its language.
// Words of the trade that both share (display, router, scanner) are in neither.
var (
	german = wordSet(`der die das den dem ein eine einen kein keine nicht und oder ist sind war wird werden kann nach vor bei mit auf aus im am zum zur seit noch
		immer nur mehr was wie warum wo wenn geht ging kommt bleibt steht zeigt druckt haengt startet kasse kassen fehler bon bons beleg belege schicht uhr uhrzeit bildschirm
		drucker papier geraet verbindung meldung hilfe bitte wir ich mein meine unser unsere kunde laden`)
	english = wordSet(`the a an is are was not no and or of on off in at to for with after since still only what how why where when my our we i it does doesn't don't
		can't won't keeps says shows prints printing stuck register till receipt receipts error shift clock screen printer paper device connection message help please`)
)

func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// langOf guesses the language that a question is asked in, for the titles:
// Russian typed in Latin letters is Russian by what the matcher read in it.
func langOf(text string, r match.Result) i18n.Lang {
	cyrillic, latin := letters(text)
	if cyrillic > 0 && cyrillic*2 >= latin {
		return i18n.RU
	}
	if cyrillic == 0 && len(r.Matches) > 0 && readAsRussian(r.Matches[0].Evidence) {
		return i18n.RU
	}
	de, en := 0, 0
	for _, w := range strings.FieldsFunc(match.Fold(text), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
		if german[w] {
			de++
		}
		if english[w] {
			en++
		}
	}
	if de > en || de == en && strings.ContainsAny(text, "äöüÄÖÜß") {
		return i18n.DE
	}
	return i18n.EN
}

func letters(text string) (cyrillic, latin int) {
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Cyrillic, r):
			cyrillic++
		case unicode.Is(unicode.Latin, r):
			latin++
		}
	}
	return cyrillic, latin
}

// readAsRussian says whether the words that a match stands on are Russian.
func readAsRussian(evidence []match.Evidence) bool {
	for _, e := range evidence {
		if cyrillic, latin := letters(e.Value); e.Kind == "words" && cyrillic > latin {
			return true
		}
	}
	return false
}
