package match

import "strings"

// Endings of German and English words, longest first. One list serves both:
// which of the two languages a single word is in cannot be told.
var latinEndings = []string{
	"ungen", "ingly", "heiten", "igkeit", "keiten", "lich", "heit", "keit", "isch", "ung", "ing", "ern", "est", "ment",
	"en", "er", "em", "es", "ed", "ly", "te", "e", "s", "n",
}

// latinLeast is how many letters a cut must leave.
const latinLeast = 4

// stemLatin takes the endings off a folded German or English word. The t of a
// verb goes too (hängt, hängen; druckt, printed), and ge- of a participle.
func stemLatin(word string) string {
	w := doubled(word)
	w = participle(w)
	for range 2 {
		cut := false
		for _, e := range latinEndings {
			if rest, ok := strings.CutSuffix(w, e); ok && len(rest) >= latinLeast {
				w, cut = rest, true
				break
			}
		}
		if !cut {
			break
		}
	}
	if rest, ok := strings.CutSuffix(w, "t"); ok && len(rest) >= latinLeast && !endsInLatinVowel(rest) {
		w = rest
	}
	return w
}

// participle reads gedruckt as druckt.
func participle(w string) string {
	rest, ok := strings.CutPrefix(w, "ge")
	if ok && len(rest) >= 5 && (strings.HasSuffix(rest, "t") || strings.HasSuffix(rest, "en")) {
		return rest
	}
	return w
}

func endsInLatinVowel(s string) bool {
	return s != "" && strings.ContainsRune("aeiouy", rune(s[len(s)-1]))
}
