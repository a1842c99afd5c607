package client

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// OwnArticle is one of the company's own articles, or what it wrote in place
// of a shipped one.
type OwnArticle struct {
	ID        string    `json:"id"`
	Own       bool      `json:"own" doc:"It stands in place of no shipped article."`
	Published string    `json:"published,omitempty" doc:"Revision of the text that holds; left out: the shipped one, or none."`
	Number    int64     `json:"number" doc:"Of the newest version."`
	Off       bool      `json:"off" doc:"Left out of the company's catalogue."`
	Renewed   bool      `json:"renewed" doc:"The shipped article has changed since the company overrode it."`
	HasDraft  bool      `json:"hasDraft"`
	DraftBy   *Actor    `json:"draftBy,omitempty"`
	DraftAt   time.Time `json:"draftAt,omitzero"`
	ChangedAt time.Time `json:"changedAt,omitzero"`
	Version   int64     `json:"version" doc:"0: nothing is written yet."`
}

// OwnArticleTexts is one with its texts in TOML.
type OwnArticleTexts struct {
	OwnArticle
	Draft       string        `json:"draft,omitempty"`
	Text        string        `json:"text,omitempty" doc:"The published text."`
	Shipped     string        `json:"shipped,omitempty" doc:"The shipped article of this release."`
	ShippedThen string        `json:"shippedThen,omitempty" doc:"The shipped article as the company knew it when it overrode it."`
	Flaws       []ArticleFlaw `json:"flaws" doc:"What keeps the draft from being published."`
}

// ArticleFlaw is one thing that is wrong with an article's text.
type ArticleFlaw struct {
	Place  string `json:"place,omitempty" example:"step[2].branch[0].to"`
	Line   int    `json:"line,omitempty"`
	Code   string `json:"code" example:"article_leads_nowhere"`
	Detail string `json:"detail" doc:"A sentence in the caller's language."`
}

// ArticleDraft writes a draft.
type ArticleDraft struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409. 0 for a new article."`
	Text    string `json:"text" doc:"TOML; it may be unfinished."`
}

// ArticleMove changes what holds.
type ArticleMove struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Note    string `json:"note,omitempty" maxLength:"300" doc:"For the history."`
	Lang    string `json:"lang,omitempty" enum:"ru,de,en" doc:"Stands for languages that are missing; left out: the caller's."`
	Number  int64  `json:"number,omitempty" doc:"Of rollback: the version whose text shall hold."`
	Off     bool   `json:"off,omitempty" doc:"Of switch: leave the article out."`
}

// ArticleVersion is one entry of an article's history.
type ArticleVersion struct {
	Number   int64     `json:"number"`
	What     string    `json:"what" enum:"published,rolled_back,restored,switched_off,switched_on"`
	Revision string    `json:"revision,omitempty" doc:"Of the text that held from then on; left out: the shipped one, or none."`
	From     int64     `json:"from,omitempty" doc:"Of rolled_back: the version that was taken."`
	Note     string    `json:"note,omitempty"`
	By       Actor     `json:"by"`
	At       time.Time `json:"at"`
}

// ArticleText is the text of one version.
type ArticleText struct {
	Number int64  `json:"number"`
	Text   string `json:"text" doc:"Empty when the shipped article held then."`
}

// OwnArticles are the company's own articles and overrides.
func (a *API) OwnArticles(ctx context.Context) ([]OwnArticle, error) {
	return one[OwnArticle](ctx, a, "/articles")
}

// OwnArticle is one with its texts; that of a shipped article nobody overrode
// yet has version 0.
func (a *API) OwnArticle(ctx context.Context, article string) (OwnArticleTexts, error) {
	return get[OwnArticleTexts](ctx, a, "/articles/"+id(article))
}

// DraftArticle keeps a draft. The answer says what keeps it from being
// published.
func (a *API) DraftArticle(ctx context.Context, article string, d ArticleDraft) (OwnArticleTexts, error) {
	return send[OwnArticleTexts](ctx, a, http.MethodPut, "/articles/"+id(article)+"/draft", d)
}

// DropArticleDraft forgets a draft.
func (a *API) DropArticleDraft(ctx context.Context, article string, version int64) error {
	return a.call(ctx, http.MethodDelete, "/articles/"+id(article)+"/draft?version="+strconv.FormatInt(version, 10), nil, nil)
}

// PublishArticle makes the draft hold.
func (a *API) PublishArticle(ctx context.Context, article string, m ArticleMove) (OwnArticle, error) {
	return a.move(ctx, article, "publish", m)
}

// RollBackArticle makes the text of an older version hold.
func (a *API) RollBackArticle(ctx context.Context, article string, m ArticleMove) (OwnArticle, error) {
	return a.move(ctx, article, "rollback", m)
}

// RestoreArticle goes back to the shipped article; one of the company's own is
// withdrawn.
func (a *API) RestoreArticle(ctx context.Context, article string, m ArticleMove) (OwnArticle, error) {
	return a.move(ctx, article, "restore", m)
}

// SwitchArticle leaves an article out of the company's catalogue, or takes it
// in again.
func (a *API) SwitchArticle(ctx context.Context, article string, m ArticleMove) (OwnArticle, error) {
	return a.move(ctx, article, "switch", m)
}

// AcknowledgeArticle says that the shipped article of this release was seen and
// the company's own stays.
func (a *API) AcknowledgeArticle(ctx context.Context, article string, m ArticleMove) (OwnArticle, error) {
	return a.move(ctx, article, "acknowledge", m)
}

func (a *API) move(ctx context.Context, article, what string, m ArticleMove) (OwnArticle, error) {
	return send[OwnArticle](ctx, a, http.MethodPost, "/articles/"+id(article)+"/"+what, m)
}

// ArticleHistory is what was published of an article, the newest first.
func (a *API) ArticleHistory(ctx context.Context, article string) ([]ArticleVersion, error) {
	return one[ArticleVersion](ctx, a, "/articles/"+id(article)+"/history")
}

// ArticleText is the text of one version.
func (a *API) ArticleText(ctx context.Context, article string, number int64) (ArticleText, error) {
	return get[ArticleText](ctx, a, "/articles/"+id(article)+"/history/"+strconv.FormatInt(number, 10))
}
