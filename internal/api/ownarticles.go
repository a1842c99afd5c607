package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

type dropDraftIn struct {
	ByID
	Version int64 `query:"version" required:"true" doc:"The one that was read; an older one is answered with 409."`
}

type articleVersionIn struct {
	ByID
	Number int64 `path:"number"`
}

// maxArticleBody is an article's text within its JSON.
const maxArticleBody = 4 * catalogue.MaxFile

func (a *API) mountOwnArticles() {
	s := a.shelf
	handle(a, operation{
		id: "listOwnArticles", method: http.MethodGet, path: "/articles", tag: "faults", right: scope.DraftArticles,
		summary: "The company's own articles and what it wrote in place of shipped ones", about: "There is one page. What holds for readers is under /faults.",
	}, func(ctx context.Context, w who, _ *struct{}) (*answer[client.List[client.OwnArticle]], error) {
		list, err := s().List(ctx, w.sc)
		return said(listed(list, "", ownArticle), err)
	})
	handle(a, operation{
		id: "getOwnArticle", method: http.MethodGet, path: "/articles/{id}", tag: "faults", right: scope.DraftArticles,
		summary: "One article with its draft, the published and the shipped text",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.OwnArticleTexts], error) {
		art, err := s().Get(ctx, w.sc, in.ID)
		if err != nil {
			return nil, err
		}
		return said(a.articleTexts(ctx, w, art))
	})
	handle(a, operation{
		id: "draftArticle", method: http.MethodPut, path: "/articles/{id}/draft", tag: "faults", right: scope.DraftArticles, conflicts: true, maxBody: maxArticleBody,
		summary: "Keep a draft", about: "It may be unfinished and holds for nobody until it is published. The id of a company's own article begins with own-.",
	}, func(ctx context.Context, w who, in *with[client.ArticleDraft]) (*answer[client.OwnArticleTexts], error) {
		art, err := s().SaveDraft(ctx, w.sc, in.ID, in.Body.Version, in.Body.Text)
		if err != nil {
			return nil, err
		}
		return said(a.articleTexts(ctx, w, art))
	})
	handle(a, operation{
		id: "dropArticleDraft", method: http.MethodDelete, path: "/articles/{id}/draft", tag: "faults", right: scope.DraftArticles, conflicts: true, status: http.StatusNoContent,
		summary: "Forget a draft",
	}, func(ctx context.Context, w who, in *dropDraftIn) (*empty, error) {
		if _, err := s().Get(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		_, err := s().DropDraft(ctx, w.sc, in.ID, in.Version)
		return done(err)
	})
	a.mountArticleHistory()
	a.mountArticleMoves()
}

func (a *API) mountArticleHistory() {
	handle(a, operation{
		id: "articleHistory", method: http.MethodGet, path: "/articles/{id}/history", tag: "faults", right: scope.DraftArticles,
		summary: "What was published of an article, by whom and when, the newest first", about: "There is one page.",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.List[client.ArticleVersion]], error) {
		if _, err := a.shelf().Get(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		list, err := a.shelf().History(ctx, w.sc, in.ID)
		return said(listed(list, "", articleVersion), err)
	})
	handle(a, operation{
		id: "articleText", method: http.MethodGet, path: "/articles/{id}/history/{number}", tag: "faults", right: scope.DraftArticles,
		summary: "The text of one version",
	}, func(ctx context.Context, w who, in *articleVersionIn) (*answer[client.ArticleText], error) {
		text, err := a.shelf().Text(ctx, w.sc, in.ID, in.Number)
		return said(client.ArticleText{Number: in.Number, Text: text}, err)
	})
}

// mountArticleMoves are the calls that change what holds.
func (a *API) mountArticleMoves() {
	for _, m := range []struct {
		id, path, summary, about string
		right                    scope.Right
		do                       func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error)
	}{
		{
			"publishArticle", "publish", "Make the draft hold", "A draft with mistakes is answered with 422, a field for each with its place; nothing is changed then.", scope.PublishArticles,
			func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error) {
				return a.shelf().Publish(ctx, w.sc, fault, in.Version, a.speak(w, in.Lang).Lang(), in.Note)
			},
		},
		{
			"rollBackArticle", "rollback", "Make the text of an older version hold", "A draft stays.", scope.PublishArticles,
			func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error) {
				return a.shelf().Rollback(ctx, w.sc, fault, in.Version, in.Number, in.Note)
			},
		},
		{
			"restoreArticle", "restore", "Back to the shipped article", "One of the company's own is withdrawn. Draft and history stay.", scope.PublishArticles,
			func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error) {
				return a.shelf().Restore(ctx, w.sc, fault, in.Version, in.Note)
			},
		},
		{
			"switchArticle", "switch", "Leave an article out of the company's catalogue, or take it in again", "Guided fixes under way go on.", scope.PublishArticles,
			func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error) {
				return a.shelf().Switch(ctx, w.sc, fault, in.Version, in.Off, in.Note)
			},
		},
		{
			"acknowledgeArticle", "acknowledge", "The shipped article of this release was seen, the company's own stays", "", scope.DraftArticles,
			func(ctx context.Context, w who, fault string, in client.ArticleMove) (shelf.Article, error) {
				return a.shelf().Acknowledge(ctx, w.sc, fault, in.Version)
			},
		},
	} {
		handle(a, operation{
			id: m.id, method: http.MethodPost, path: "/articles/{id}/" + m.path, tag: "faults", right: m.right, conflicts: true, summary: m.summary, about: m.about,
		}, func(ctx context.Context, w who, in *with[client.ArticleMove]) (*answer[client.OwnArticle], error) {
			if _, err := a.shelf().Get(ctx, w.sc, in.ID); err != nil {
				return nil, err
			}
			art, err := m.do(ctx, w, in.ID, in.Body)
			return said(ownArticle(art), err)
		})
	}
}

func (a *API) shelf() *shelf.Service { return a.Faults.Shelf() }

// articleTexts adds the texts and what is wrong with the draft.
func (a *API) articleTexts(ctx context.Context, w who, art shelf.Article) (client.OwnArticleTexts, error) {
	out := client.OwnArticleTexts{OwnArticle: ownArticle(art), Draft: art.Draft, Flaws: []client.ArticleFlaw{}}
	t, err := a.shelf().TextsOf(ctx, w.sc, art)
	if err != nil {
		return out, err
	}
	out.Text, out.Shipped, out.ShippedThen = t.Published, t.Shipped, t.Base
	if art.Draft != "" {
		_, err := a.shelf().Check(w.sc, art.Fault, art.Draft, w.voice.Lang())
		out.Flaws = each(catalogue.FlawsOf(err), func(f catalogue.Flaw) client.ArticleFlaw { return articleFlaw(w.voice, f) })
	}
	return out, nil
}

func articleFlaw(v i18n.Voice, f catalogue.Flaw) client.ArticleFlaw {
	field := shelf.FieldOf(f)
	return client.ArticleFlaw{Place: f.Place, Line: f.Line, Code: field.Code, Detail: v.Field(field.Code, field.Args)}
}

func ownArticle(a shelf.Article) client.OwnArticle {
	out := client.OwnArticle{
		ID: a.Fault, Own: a.Own(), Published: a.Published, Number: a.Number, Off: a.Off, Renewed: a.Renewed(), HasDraft: a.Draft != "",
		ChangedAt: a.ChangedAt, Version: a.Version,
	}
	if out.HasDraft {
		by := actorOf(a.DraftBy)
		out.DraftBy, out.DraftAt = &by, a.DraftAt
	}
	return out
}

func articleVersion(v shelf.Version) client.ArticleVersion {
	return client.ArticleVersion{Number: v.Number, What: string(v.What), Revision: v.Revision, From: v.From, Note: v.Note, By: actorOf(v.By), At: v.At}
}
