package faults_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/i18n"
)

// leftOutParts is into how many parts the symptoms are dealt.
const leftOutParts = 10

// TestPhrasesLeftOut asks each symptom of a catalogue that lacks it: how well
// a phrase is found that its article does not hold. It says what the next
// stranger's words will meet, without a question set to grow tired of.
func TestPhrasesLeftOut(t *testing.T) {
	t.Parallel()
	articles := shipped(t).Articles()
	byLang := map[i18n.Lang]*figure{i18n.RU: {}, i18n.DE: {}, i18n.EN: {}}
	for part := range leftOutParts {
		kept, left := deal(articles, part)
		m := match.New(kept)
		for _, p := range left {
			r := m.Match(p.text, nil, nil)
			place := slices.IndexFunc(r.Matches, func(x match.Match) bool { return x.ID == p.id })
			byLang[p.lang].add(place, r.Confident)
			if testing.Verbose() && place != 0 {
				t.Logf("%q is of %s: %s", p.text, p.id, brief(r))
			}
		}
	}
	all := figure{}
	for _, l := range i18n.Langs() {
		f := byLang[l]
		t.Logf("%s  %s", l, f)
		all = figure{all.all + f.all, all.first + f.first, all.third + f.third, all.confident + f.confident, all.wrong + f.wrong}
	}
	t.Logf("all %s", &all)
	if share(all.first, all.all) < 84 {
		t.Errorf("phrases left out are found worse than they were: %s", &all)
	}
}

type leftPhrase struct {
	id, text string
	lang     i18n.Lang
}

// deal takes every tenth symptom out, beginning with part.
func deal(articles []*catalogue.Article, part int) (kept []match.Entry, left []leftPhrase) {
	n := 0
	for _, a := range articles {
		e := faults.EntryOf(a)
		for _, l := range i18n.Langs() {
			for _, s := range a.Symptoms.In(l) {
				n++
				if n%leftOutParts != part {
					continue
				}
				left = append(left, leftPhrase{id: a.ID, text: s, lang: l})
				e.Passages = slices.DeleteFunc(e.Passages, func(p string) bool { return strings.EqualFold(p, s) })
			}
		}
		kept = append(kept, e)
	}
	return kept, left
}
