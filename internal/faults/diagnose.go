package faults

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// MaxQuestion bounds what is asked, in characters.
const MaxQuestion = 4000

// Question is what somebody wants to know.
type Question struct {
	Text   string `json:"text"`
	Lang   string `json:"lang,omitempty"`     // ru, de, en; "" = as the text is written
	Device string `json:"deviceId,omitempty"` // its state speaks too, if the scope reaches it
	// Photo says that the text was read off a photograph, with much around what
	// matters.
	Photo bool `json:"-"`
}

// Diagnosis is the answer, in the form of POST /api/v1/diagnose.
type Diagnosis struct {
	Confident bool      `json:"confident"`
	Matches   []Finding `json:"matches"`
	Codes     []string  `json:"codes"`
}

// Finding is one fault that fits.
type Finding struct {
	FaultID  string           `json:"faultId"`
	Score    float64          `json:"score"`
	Title    string           `json:"title"`
	Evidence []match.Evidence `json:"evidence"`
}

// NewMatcher indexes a catalogue.
func NewMatcher(c *catalogue.Catalogue) *match.Matcher {
	entries := make([]match.Entry, 0, len(c.Articles()))
	for _, a := range c.Articles() {
		entries = append(entries, EntryOf(a))
	}
	return match.New(entries)
}

// EntryOf is an article as the matcher sees it: titles and symptoms are phrases
// that may be asked as a whole, the rest are words that belong to it.
func EntryOf(a *catalogue.Article) match.Entry {
	e := match.Entry{ID: a.ID, HowTo: a.Kind == catalogue.HowTo}
	for _, l := range i18n.Langs() {
		e.Passages = append(e.Passages, a.Title.In(l))
		e.Passages = append(e.Passages, a.Symptoms.In(l)...)
		e.Body = append(e.Body, a.Gist.In(l))
		for _, c := range a.Causes {
			e.Body = append(e.Body, c.Name.In(l), c.Tell.In(l))
		}
	}
	for _, c := range a.Codes {
		for _, v := range append([]string{c.Value}, c.Aliases...) {
			e.Codes = append(e.Codes, match.Code{Value: v, Shared: c.Shared})
		}
	}
	return e
}

// Diagnose answers a question out of the catalogue that holds in the scope's
// company. Without a device it needs no rights: articles are for whoever stands
// before a register.
func (s *Service) Diagnose(ctx context.Context, sc scope.Scope, q Question) (Diagnosis, error) {
	if utf8.RuneCountInString(q.Text) > MaxQuestion {
		return Diagnosis{}, problem.New(problem.TooLarge, "question_too_long").With("max", MaxQuestion)
	}
	matcher, holds := s.shelf.Matcher(sc)
	var evidence map[string]match.Evidence
	var weight map[string]float64
	if q.Device != "" && sc.Valid() && mayTouch(sc) == nil && sc.Actor().Kind != scope.ByGuest {
		set, at, err := s.ports.Readings.Reading(ctx, sc, q.Device)
		switch {
		case err == nil:
			evidence, weight = SignsOf(holds, &set, at)
		case problem.Of(err).Kind != problem.NotFound:
			return Diagnosis{}, err
		}
	}
	if q.Photo {
		return answerOf(q, holds, MatchReading(matcher, q.Text, evidence, weight)), nil
	}
	return answerOf(q, holds, matcher.Match(q.Text, evidence, weight)), nil
}

func answerOf(q Question, c *catalogue.Catalogue, r match.Result) Diagnosis {
	lang, ok := i18n.Parse(q.Lang)
	if !ok {
		lang = langOf(q.Text, r)
	}
	d := Diagnosis{Confident: r.Confident, Matches: []Finding{}, Codes: append([]string{}, r.Codes...)}
	for _, m := range r.Matches {
		a, ok := c.Get(m.ID)
		if !ok {
			continue
		}
		d.Matches = append(d.Matches, Finding{FaultID: m.ID, Score: m.Score, Title: a.Title.In(lang), Evidence: m.Evidence})
	}
	return d
}

// SignsOf says which faults a reading speaks for, how strongly and why.
func SignsOf(c *catalogue.Catalogue, set *signal.Set, at time.Time) (map[string]match.Evidence, map[string]float64) {
	evidence, weight := make(map[string]match.Evidence), make(map[string]float64)
	for _, a := range c.Articles() {
		for i := range a.State {
			sign := &a.State[i]
			if sign.Weight > weight[a.ID] && sign.Holds(set, at) {
				weight[a.ID], evidence[a.ID] = sign.Weight, match.Evidence{Kind: "state", Value: sign.When}
			}
		}
	}
	return evidence, weight
}
