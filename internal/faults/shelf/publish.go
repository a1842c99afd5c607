package shelf

import (
	"context"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Check reads a company's text as publishing would: by the schema, the graph
// check, the id it is published under, and what it says is related. lang stands
// for languages that are missing. What is wrong is [catalogue.Flaws].
func (s *Service) Check(sc scope.Scope, fault, text string, lang i18n.Lang) (*catalogue.Article, error) {
	a, err := catalogue.ParseOwn([]byte(text), lang)
	if err != nil {
		return nil, err
	}
	if a.ID != fault {
		return nil, catalogue.Flaws{{Place: "id", Line: 1, Code: "id_other", Args: map[string]any{"id": a.ID, "known": fault}}}
	}
	return a, s.Effective(sc).CheckRelated(a, text)
}

// Publish makes the draft hold. lang is the editors' language, in which texts
// stand for missing ones. It fails with article_invalid, whose fields point to
// what is wrong, and then changes nothing.
func (s *Service) Publish(ctx context.Context, sc scope.Scope, fault string, version int64, lang i18n.Lang, remark string) (Article, error) {
	if err := mayPublish(sc, remark); err != nil {
		return Article{}, err
	}
	return s.change(ctx, sc, fault, version, "article.published", func(tx *db.Tx, a *Article) (*Version, error) {
		if a.Draft == "" {
			return nil, problem.New(problem.Conflict, "article_no_draft").In("shelf.Publish")
		}
		if err := s.hang(ctx, tx, sc, a, a.Draft, lang); err != nil {
			return nil, err
		}
		a.Draft, a.Off = "", false
		return &Version{What: Published, Note: remark}, nil
	})
}

// hang makes a text the published one.
func (s *Service) hang(ctx context.Context, tx *db.Tx, sc scope.Scope, a *Article, text string, lang i18n.Lang) error {
	art, err := s.Check(sc, a.Fault, text, lang)
	if err != nil {
		return refused(catalogue.FlawsOf(err))
	}
	a.Published = art.Revision
	return keep(ctx, tx, sc, kept{fault: a.Fault, revision: art.Revision, text: text, lang: lang, own: true})
}

// Rollback makes the text of an older version hold again. A draft stays.
func (s *Service) Rollback(ctx context.Context, sc scope.Scope, fault string, version, number int64, remark string) (Article, error) {
	if err := mayPublish(sc, remark); err != nil {
		return Article{}, err
	}
	return s.change(ctx, sc, fault, version, "article.rolled_back", func(tx *db.Tx, a *Article) (*Version, error) {
		old, err := versionAt(ctx, tx, sc, fault, number)
		if err != nil {
			return nil, err
		}
		if old.Revision == "" {
			return nil, problem.New(problem.Invalid, "article_no_text").With("number", number).In("shelf.Rollback")
		}
		k, ok, err := keptText(ctx, tx, sc, fault, old.Revision)
		if err != nil || !ok {
			return nil, orNotFound(err)
		}
		if err := s.hang(ctx, tx, sc, a, k.text, k.lang); err != nil {
			return nil, err
		}
		a.Off = false
		return &Version{What: RolledBack, From: number, Note: remark}, nil
	})
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return problem.New(problem.NotFound, "not_found").In("shelf")
}

// Restore goes back to the shipped article; one of the company's own is
// withdrawn. Drafts and history stay.
func (s *Service) Restore(ctx context.Context, sc scope.Scope, fault string, version int64, remark string) (Article, error) {
	if err := mayPublish(sc, remark); err != nil {
		return Article{}, err
	}
	return s.change(ctx, sc, fault, version, "article.restored", func(tx *db.Tx, a *Article) (*Version, error) {
		if a.Published == "" {
			return nil, problem.New(problem.Conflict, "article_not_published").In("shelf.Restore")
		}
		a.Published = ""
		if a.Shipped != "" {
			a.Base = a.Shipped
			if err := s.keepShipped(ctx, tx, sc, fault); err != nil {
				return nil, err
			}
		}
		return &Version{What: Restored, Note: remark}, nil
	})
}

// Switch leaves an article out of the company's catalogue, or takes it in
// again. What stands behind a fix that is under way goes on in its words.
func (s *Service) Switch(ctx context.Context, sc scope.Scope, fault string, version int64, off bool, remark string) (Article, error) {
	if err := mayPublish(sc, remark); err != nil {
		return Article{}, err
	}
	v := Version{What: SwitchedOn, Note: remark}
	if off {
		v.What = SwitchedOff
	}
	return s.change(ctx, sc, fault, version, "article."+string(v.What), func(tx *db.Tx, a *Article) (*Version, error) {
		if a.Off == off || a.Shipped == "" && a.Published == "" {
			return nil, changed()
		}
		a.Off = off
		return &v, s.begun(ctx, tx, sc, a)
	})
}

func mayPublish(sc scope.Scope, remark string) error {
	if utf8.RuneCountInString(remark) > MaxNote {
		return problem.New(problem.Invalid, "invalid").In("shelf").Field("note", "article_note_long")
	}
	return may(sc, scope.PublishArticles)
}
