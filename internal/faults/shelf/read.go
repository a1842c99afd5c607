package shelf

import (
	"context"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// List is the company's articles by id. A draft's text is not read: "…" stands
// for it.
func (s *Service) List(ctx context.Context, sc scope.Scope) (all []Article, err error) {
	if err := mayRead(sc); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = list(ctx, tx, sc)
		return err
	})
	for i := range all {
		s.complete(&all[i])
	}
	return all, err
}

// Get is one article with its draft. One of which nothing is written yet has
// version 0; an id that is neither shipped nor a company's own is NotFound.
func (s *Service) Get(ctx context.Context, sc scope.Scope, fault string) (a Article, err error) {
	if err := mayRead(sc); err != nil {
		return Article{}, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		a, err = load(ctx, tx, sc, fault)
		return err
	})
	s.complete(&a)
	if err == nil && a.Version == 0 && a.Shipped == "" {
		return Article{}, problem.New(problem.NotFound, "fault_unknown").With("fault", fault).In("shelf.Get")
	}
	return a, err
}

// Texts are an article's texts as the editors compare them.
type Texts struct {
	Published string // of the company's; "" = none
	Shipped   string // as this release brought it; "" = none
	Base      string // the shipped one as the editors know it; "" = none
}

// TextsOf reads them.
func (s *Service) TextsOf(ctx context.Context, sc scope.Scope, a Article) (t Texts, err error) {
	if err := mayRead(sc); err != nil {
		return Texts{}, err
	}
	t.Shipped, _ = catalogue.ShippedText(a.Fault)
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		for _, want := range []struct {
			revision string
			into     *string
		}{{a.Published, &t.Published}, {a.Base, &t.Base}} {
			if want.revision == "" {
				continue
			}
			k, _, err := keptText(ctx, tx, sc, a.Fault, want.revision)
			if err != nil {
				return err
			}
			*want.into = k.text
		}
		return nil
	})
	return t, err
}

// maxVersions is how many entries of a history are read.
const maxVersions = 200

// History is what was published of an article, the newest first.
func (s *Service) History(ctx context.Context, sc scope.Scope, fault string) (all []Version, err error) {
	if err := mayRead(sc); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		all, err = versions(ctx, tx, sc, fault, maxVersions)
		return err
	})
	return all, err
}

// Text is the text of one version; "" when the shipped article held then.
func (s *Service) Text(ctx context.Context, sc scope.Scope, fault string, number int64) (text string, err error) {
	if err := mayRead(sc); err != nil {
		return "", err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		text, err = versionText(ctx, tx, sc, fault, number)
		return err
	})
	return text, err
}

func versionAt(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string, number int64) (Version, error) {
	all, err := versions(ctx, tx, sc, fault, maxVersions)
	if err != nil {
		return Version{}, err
	}
	for _, v := range all {
		if v.Number == number {
			return v, nil
		}
	}
	return Version{}, problem.New(problem.NotFound, "not_found").In("shelf")
}

// Broken tells why a published article does not hold: this release's schema
// refuses it, and the shipped one stands in for it.
func (s *Service) Broken(sc scope.Scope, fault string) catalogue.Flaws { return s.of(sc).broken[fault] }

// Keep stores the words in which a guided fix begins.
func (s *Service) Keep(ctx context.Context, tx *db.Tx, sc scope.Scope, a *catalogue.Article) error {
	if shipped, ok := s.shipped.Get(a.ID); ok && shipped == a {
		return s.keepShipped(ctx, tx, sc, a.ID)
	}
	return nil // a company's own words were kept when they were published
}

// Pinned is the article in the words of a revision: the one that holds, the
// shipped one, or the kept text. ok is false when none is left that this
// program can read.
func (s *Service) Pinned(ctx context.Context, tx *db.Tx, sc scope.Scope, fault, revision string) (a *catalogue.Article, ok bool, err error) {
	if a, ok := s.held(sc, fault, revision); ok {
		return a, true, nil
	}
	k, ok, err := keptText(ctx, tx, sc, fault, revision)
	if err != nil {
		return nil, false, fmt.Errorf("shelf: pinned %s: %w", fault, err)
	}
	if ok {
		if a, err := k.parse(); err == nil {
			return a, true, nil
		}
	}
	a, ok = s.Effective(sc).Get(fault)
	return a, ok, nil
}

// held finds the revision among what is in memory.
func (s *Service) held(sc scope.Scope, fault, revision string) (*catalogue.Article, bool) {
	for _, c := range []*catalogue.Catalogue{s.Effective(sc), s.shipped} {
		if a, ok := c.Get(fault); ok && a.Revision == revision {
			return a, true
		}
	}
	return nil, false
}

// Begin is the text that an editor begins with: the draft, the published text,
// the shipped one, or an empty form for one of the company's own.
func (s *Service) Begin(ctx context.Context, sc scope.Scope, a Article) (string, error) {
	if a.Draft != "" {
		return a.Draft, nil
	}
	t, err := s.TextsOf(ctx, sc, a)
	switch {
	case err != nil:
		return "", err
	case t.Published != "":
		return t.Published, nil
	case t.Shipped != "":
		return t.Shipped, nil
	}
	return Blank(a.Fault), nil
}
