package web

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// foundFor is an article as the answer to a question: with the symptom that
// is nearest to the reader's words, and the step a cashier begins with.
func foundFor(v ui.View, a *catalogue.Article, q string) helpFound {
	f := helpFound{Article: a, symptom: nearest(a.Symptoms.In(v.Lang()), q)}
	if s := a.First(); s != nil && forCashier(s) {
		f.first = s
	}
	return f
}

// nearest is the phrase that shares most of its words with the question; the
// first one when none does.
func nearest(phrases []string, q string) string {
	asked := stems(q)
	best, most := "", -1.0
	for _, p := range phrases {
		words := stems(p)
		shared := 0
		for w := range words {
			if asked[w] {
				shared++
			}
		}
		if share := float64(shared) / float64(len(words)+1); share > most {
			best, most = p, share
		}
	}
	return best
}

func stems(text string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(match.Fold(text)) {
		out[match.Stem(strings.Trim(w, ".,;:!?()«»\"'"))] = true
	}
	return out
}

// forCashier says whether a reader may do the step with her own hands.
func forCashier(s *catalogue.Step) bool {
	return s.Who == catalogue.Cashier && (s.Kind == catalogue.Do || s.Kind == catalogue.Look || s.Kind == catalogue.Ask)
}

// ownSteps are the steps for a reader, and whether there are others that an
// engineer does.
func ownSteps(a *catalogue.Article) (own []*catalogue.Step, others bool) {
	for i := range a.Steps {
		s := &a.Steps[i]
		switch {
		case forCashier(s):
			own = append(own, s)
		case s.Who != catalogue.Cashier:
			others = true
		}
	}
	return own, others
}

// helpURL is an address of the room with what the reader searched for.
func (r helpRoom) helpURL(path, q string) string {
	u := r.base + path
	if q == "" {
		return u
	}
	return u + "?" + url.Values{"q": {q}}.Encode()
}

func (r helpRoom) requestURL(q, article string) string {
	vals := url.Values{}
	for k, v := range map[string]string{"q": q, "a": article} {
		if v != "" {
			vals.Set(k, v)
		}
	}
	if len(vals) == 0 {
		return r.base + "/request"
	}
	return r.base + "/request?" + vals.Encode()
}

// dial is a phone number as a link dials it.
func dial(phone string) string {
	return "tel:" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r == '+' {
			return r
		}
		return -1
	}, phone)
}

// examples are questions that a reader may press in place of typing.
func examples(v ui.View) []string {
	var out []string
	for _, key := range []string{"help.example.code", "help.example.print", "help.example.shift", "help.example.internet"} {
		out = append(out, v.T(key))
	}
	return out
}

// helpedText says how many of those who rated were helped.
func helpedText(v ui.View, st help.Standing) string {
	return v.N("help.rated", st.Rated, "helped", v.Int(int64(st.Helped)))
}

// askerName is who asked a question, in words.
func askerName(v ui.View, q help.Question) string {
	if q.Name == "" {
		return v.T("help.reader")
	}
	return q.Name
}

// capital is a phrase with its first letter large: symptoms are kept as people
// type them.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
