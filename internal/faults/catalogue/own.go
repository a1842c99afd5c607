package catalogue

import (
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/i18n"
)

// ParseOwn reads and checks an article that a company wrote: one of its own,
// whose id begins with [OwnPrefix], or one in place of a shipped article. It
// is the same schema and the same check of the graph, but for what a company
// cannot be asked for: sources, a day of review, and texts in languages that
// nobody there speaks. A text in another language stands for one that is
// missing, the company's main one first.
func ParseOwn(data []byte, main i18n.Lang) (*Article, error) { return parse(data, true, main) }

// ReadOwn decodes a company's text without checking it: a draft may be
// unfinished. It fails with [Flaws] on what is no TOML or no article.
func ReadOwn(data []byte) (*Article, error) {
	a, c, err := read(data)
	if err != nil {
		return nil, err
	}
	if len(c.flaws) > 0 {
		return nil, c.verdict(string(data))
	}
	a.Revision = RevisionOf(data)
	a.index = make(graphIndex, len(a.Steps))
	for i := range a.Steps {
		a.index[a.Steps[i].ID] = &a.Steps[i]
	}
	return a, nil
}

// spread fills missing languages of every text that has at least one.
func (a *Article) spread(main i18n.Lang) {
	order := []i18n.Lang{main}
	for _, l := range i18n.Langs() {
		if l != main {
			order = append(order, l)
		}
	}
	for _, t := range a.texts() {
		t.spread(order)
	}
}

// texts are all texts of the article.
func (a *Article) texts() []*Text {
	out := []*Text{&a.Title, &a.Gist, &a.Notes}
	for i := range a.Causes {
		out = append(out, &a.Causes[i].Name, &a.Causes[i].Tell)
	}
	for i := range a.Links {
		out = append(out, &a.Links[i].Title)
	}
	for i := range a.Steps {
		s := &a.Steps[i]
		out = append(out, &s.Title, &s.Do, &s.Why, &s.See, &s.Warning)
		for j := range s.Branches {
			out = append(out, &s.Branches[j].Text)
		}
	}
	return out
}

func (t *Text) spread(order []i18n.Lang) {
	i := slices.IndexFunc(order, func(l i18n.Lang) bool { return strings.TrimSpace(t.In(l)) != "" })
	if i < 0 {
		return
	}
	from := t.In(order[i])
	for _, l := range order {
		if t.In(l) == "" {
			t.Set(l, from)
		}
	}
}

// Set writes the text in one language.
func (t *Text) Set(l i18n.Lang, s string) {
	switch l {
	case i18n.RU:
		t.RU = s
	case i18n.DE:
		t.DE = s
	case i18n.EN:
		t.EN = s
	}
}

// Set writes the phrases of one language.
func (p *Phrases) Set(l i18n.Lang, list []string) {
	switch l {
	case i18n.RU:
		p.RU = list
	case i18n.DE:
		p.DE = list
	case i18n.EN:
		p.EN = list
	}
}

// With is the catalogue with other articles put over it: those of the same id
// are replaced, new ones added, those in without left out. The articles must
// have been checked.
func (c *Catalogue) With(over []*Article, without map[string]bool) *Catalogue {
	out := &Catalogue{byID: make(map[string]*Article, len(c.articles)+len(over))}
	for _, a := range slices.Concat(c.articles, over) {
		if !without[a.ID] {
			out.byID[a.ID] = a
		}
	}
	for _, a := range out.byID {
		out.articles = append(out.articles, a)
	}
	slices.SortFunc(out.articles, func(a, b *Article) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// CheckRelated tells which of an article's related ids neither exist in the
// catalogue nor are known faults.
func (c *Catalogue) CheckRelated(a *Article, text string) error {
	k := &critic{}
	for _, id := range a.Related {
		_, ok := c.byID[id]
		if id == a.ID || !ok && !isKnown(id) {
			k.bad("related", "related", "related", id)
		}
	}
	return k.verdict(text)
}

// IsOwnID says whether an id has the form of a company's own articles.
func IsOwnID(id string) bool {
	return strings.HasPrefix(id, OwnPrefix) && len(id) <= maxID && idForm.MatchString(id)
}

// maxID bounds an id of a company's own, in bytes.
const maxID = 80
