package match

import "strings"

// sober takes back what was read as transliteration where a question is German
// or English: where a little word of these languages stands that is none of a
// transliterated one, and most of the Latin letters are known as they stand.
func (m *Matcher) sober(chunks []string, reads []chunkRead) {
	plain, latin, ours := 0, 0, false
	for i, r := range reads {
		switch {
		case isCyrillic(chunks[i]):
		case r.way == latinised:
			latin += len(chunks[i])
		case r.way == asWritten && r.worth >= 0.95:
			plain += len(chunks[i])
			word := strings.Trim(chunks[i], edge)
			ours = ours || len(word) > 1 && m.lex.stop[word] && !m.lex.stop[fromLatin(word)]
		}
	}
	if !ours || plain <= latin {
		return
	}
	for i, c := range chunks {
		if reads[i].way == latinised {
			ts := m.words(pieces(c), 1)
			reads[i] = chunkRead{tokens: ts, worth: worth(ts)}
		}
	}
}
