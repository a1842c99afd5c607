package shelf

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// SaveDraft keeps a text that may be unfinished: it changes nothing for
// anybody but the editors. version is the one that was read, 0 for an article
// of which nothing is written yet.
func (s *Service) SaveDraft(ctx context.Context, sc scope.Scope, fault string, version int64, text string) (Article, error) {
	if err := may(sc, scope.DraftArticles); err != nil {
		return Article{}, err
	}
	if err := s.checkID(fault); err != nil {
		return Article{}, err
	}
	if len(text) > catalogue.MaxFile || !utf8.ValidString(text) || strings.ContainsRune(text, 0) || strings.TrimSpace(text) == "" {
		return Article{}, problem.New(problem.Invalid, "article_text").With("most", catalogue.MaxFile).Field("text", "article_text").In("shelf.SaveDraft")
	}
	return s.change(ctx, sc, fault, version, "article.drafted", func(tx *db.Tx, a *Article) (*Version, error) {
		a.Draft, a.DraftBy, a.DraftAt = text, sc.Actor(), tx.Now
		return nil, s.begun(ctx, tx, sc, a)
	})
}

// begun notes which shipped article the company's is put in place of, and
// keeps its text, so that a later release can be compared with it.
func (s *Service) begun(ctx context.Context, tx *db.Tx, sc scope.Scope, a *Article) error {
	if a.Version == 0 {
		n, err := countArticles(ctx, tx, sc)
		if err != nil {
			return err
		}
		if n >= MaxArticles {
			return problem.New(problem.Invalid, "articles_too_many").With("most", MaxArticles).In("shelf")
		}
	}
	if a.Base != "" || a.Shipped == "" {
		return nil
	}
	a.Base = a.Shipped
	return s.keepShipped(ctx, tx, sc, a.Fault)
}

func (s *Service) keepShipped(ctx context.Context, tx *db.Tx, sc scope.Scope, fault string) error {
	text, ok := catalogue.ShippedText(fault)
	if !ok {
		return nil
	}
	return keep(ctx, tx, sc, kept{fault: fault, revision: catalogue.RevisionOf([]byte(text)), text: text, lang: i18n.RU})
}

// checkID refuses ids that are neither shipped nor of the form of a company's
// own.
func (s *Service) checkID(fault string) error {
	if _, ok := s.shipped.Get(fault); ok {
		return nil
	}
	if !catalogue.IsOwnID(fault) {
		return problem.New(problem.Invalid, "article_id_own").With("id", fault).With("prefix", catalogue.OwnPrefix).Field("id", "article_id_form").In("shelf")
	}
	return nil
}

// DropDraft forgets the draft; what is published stays.
func (s *Service) DropDraft(ctx context.Context, sc scope.Scope, fault string, version int64) (Article, error) {
	if err := may(sc, scope.DraftArticles); err != nil {
		return Article{}, err
	}
	return s.change(ctx, sc, fault, version, "article.draft_dropped", func(_ *db.Tx, a *Article) (*Version, error) {
		if a.Draft == "" {
			return nil, problem.New(problem.Conflict, "article_no_draft").In("shelf.DropDraft")
		}
		a.Draft = ""
		return nil, nil
	})
}

// Acknowledge says that the editors have seen the shipped article as this
// release brought it and keep theirs.
func (s *Service) Acknowledge(ctx context.Context, sc scope.Scope, fault string, version int64) (Article, error) {
	if err := may(sc, scope.DraftArticles); err != nil {
		return Article{}, err
	}
	return s.change(ctx, sc, fault, version, "article.shipped_seen", func(tx *db.Tx, a *Article) (*Version, error) {
		a.Base = a.Shipped
		return nil, s.keepShipped(ctx, tx, sc, fault)
	})
}

// change reads the article, checks that it is the one its editor saw, lets f
// change it and writes it with its audit entry in one transaction. When f
// gives a version, what holds has changed: it is built anew before change
// returns.
func (s *Service) change(ctx context.Context, sc scope.Scope, fault string, version int64, action string,
	f func(tx *db.Tx, a *Article) (*Version, error),
) (Article, error) {
	var a Article
	var v *Version
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		if a, err = load(ctx, tx, sc, fault); err != nil {
			return err
		}
		s.complete(&a)
		if version != a.Version {
			return changed()
		}
		if v, err = f(tx, &a); err != nil {
			return err
		}
		if err := s.hold(ctx, tx, sc, &a, v); err != nil {
			return err
		}
		if err := save(ctx, tx, sc, &a); err != nil {
			return err
		}
		return note(ctx, tx, sc, action, a, v)
	})
	if err != nil {
		return Article{}, err
	}
	if v != nil {
		// It is published; a database that fails just now is asked again by
		// the next Refresh.
		_ = s.build(ctx, sc.Tenant())
	}
	return a, nil
}

// hold writes the version, if what holds has changed.
func (s *Service) hold(ctx context.Context, tx *db.Tx, sc scope.Scope, a *Article, v *Version) error {
	if v == nil {
		return nil
	}
	a.Number++
	v.Number, v.By, v.At, v.Revision = a.Number, sc.Actor(), tx.Now, a.Published
	if err := addVersion(ctx, tx, sc, a.Fault, *v); err != nil {
		return err
	}
	return grow(ctx, tx, sc)
}

func note(ctx context.Context, tx *db.Tx, sc scope.Scope, action string, a Article, v *Version) error {
	detail := map[string]any{}
	if v != nil {
		detail = map[string]any{"number": v.Number, "revision": v.Revision, "note": v.Note, "from": v.From}
	}
	return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "article", SubjectID: a.Fault, Detail: detail})
}

// complete adds what the program knows of the shipped article.
func (s *Service) complete(a *Article) {
	if shipped, ok := s.shipped.Get(a.Fault); ok {
		a.Shipped = shipped.Revision
	}
}
