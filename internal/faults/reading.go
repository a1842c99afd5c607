package faults

import (
	"strings"

	"github.com/tillwright/tillwright/internal/faults/match"
)

// MatchReading is Match for what was read off a photograph. A screen says in a
// line what is wrong, and around it much that says nothing: the fault that fits
// the whole best is stood by when one line of it, or two that follow each
// other, would name the same fault alone. A line never speaks for a fault
// against the rest.
func MatchReading(m *match.Matcher, text string, evidence map[string]match.Evidence, weight map[string]float64) match.Result {
	whole := m.Match(text, evidence, weight)
	if whole.Confident || len(whole.Matches) == 0 {
		return whole
	}
	const most = 40 // lines; a screen has no more
	before := ""
	for i, line := range strings.SplitAfter(text, "\n") {
		if i >= most {
			break
		}
		for _, part := range []string{line, before + line} {
			r := m.Match(part, evidence, weight)
			if r.Confident && len(r.Matches) > 0 && r.Matches[0].ID == whole.Matches[0].ID {
				whole.Confident = true
				whole.Matches[0].Score = r.Matches[0].Score
				return whole
			}
		}
		before = line
	}
	return whole
}
