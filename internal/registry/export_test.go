package registry

import "strings"

// Finds says whether a question finds what is stored for the texts, as the
// databases would.
func Finds(question string, texts ...string) bool {
	stored := foldWords(texts...)
	list := patterns(question)
	for _, p := range list {
		if !strings.Contains(stored, strings.ReplaceAll(strings.Trim(p, "%"), `\`, "")) {
			return false
		}
	}
	return len(list) > 0
}

// Fold is fold.
func Fold(s string) string { return fold(s) }
