package client

import (
	"context"
	"net/http"
)

// Help reads a company's public help page. Company "" is the first one of the
// server; the calls need no token.
type Help struct {
	api     *API
	company string
}

// Help is the public help page of a company.
func (a *API) Help(company string) Help { return Help{a, company} }

func (h Help) on(path string) string { return query{}.text("company", h.company).on("/help" + path) }

// Company is whose page it is.
func (h Help) Company(ctx context.Context) (HelpCompany, error) {
	return get[HelpCompany](ctx, h.api, h.on(""))
}

// Search asks what is wrong; what found nothing is kept for the editors.
func (h Help) Search(ctx context.Context, s HelpSearch) (Diagnosis, error) {
	return send[Diagnosis](ctx, h.api, http.MethodPost, h.on("/search"), s)
}

// Articles lists what a reader may read; lang "" is the client's.
func (h Help) Articles(ctx context.Context, lang string) ([]FaultBrief, error) {
	return one[FaultBrief](ctx, h.api, query{}.text("company", h.company).text("lang", lang).on("/help/articles"))
}

// Article is one article with the steps a cashier may do.
func (h Help) Article(ctx context.Context, fault, lang string) (HelpArticle, error) {
	return get[HelpArticle](ctx, h.api, query{}.text("company", h.company).text("lang", lang).on("/help/articles/"+id(fault)))
}

// Opened says that a visitor opened an article.
func (h Help) Opened(ctx context.Context, fault, visitor string) error {
	return h.api.call(ctx, http.MethodPost, h.on("/articles/"+id(fault)+"/opened"), HelpVisit{Visitor: visitor}, nil)
}

// Rate says whether an article helped.
func (h Help) Rate(ctx context.Context, fault string, r HelpRating) error {
	return h.api.call(ctx, http.MethodPost, h.on("/articles/"+id(fault)+"/rating"), r, nil)
}

// Ask asks a question under an article.
func (h Help) Ask(ctx context.Context, fault string, q NewHelpQuestion) (HelpQuestion, error) {
	return send[HelpQuestion](ctx, h.api, http.MethodPost, h.on("/articles/"+id(fault)+"/questions"), q)
}

// Walk begins the guided walk of an article.
func (h Help) Walk(ctx context.Context, fault, visitor string) (HelpWalk, error) {
	return send[HelpWalk](ctx, h.api, http.MethodPost, h.on("/articles/"+id(fault)+"/walk"), HelpVisit{Visitor: visitor})
}

// Request asks for a person and gives the number of the case.
func (h Help) Request(ctx context.Context, r NewHelpRequest) (HelpTicket, error) {
	return send[HelpTicket](ctx, h.api, http.MethodPost, h.on("/requests"), r)
}

// HelpQuestions lists readers' questions in a state, for who answers them.
func (a *API) HelpQuestions(ctx context.Context, state string) ([]HelpQuestion, error) {
	return one[HelpQuestion](ctx, a, query{}.text("state", state).on("/help-desk/questions"))
}

// AnswerHelpQuestion publishes a question, with an answer or without.
func (a *API) AnswerHelpQuestion(ctx context.Context, question string, in HelpAnswer) (HelpQuestion, error) {
	return send[HelpQuestion](ctx, a, http.MethodPost, "/help-desk/questions/"+id(question)+"/answer", in)
}

// HideHelpQuestion takes a question out of readers' sight.
func (a *API) HideHelpQuestion(ctx context.Context, question string, version int64) (HelpQuestion, error) {
	return send[HelpQuestion](ctx, a, http.MethodPost, "/help-desk/questions/"+id(question)+"/hide", HelpVersion{version})
}

// RemoveHelpQuestion deletes a question for good.
func (a *API) RemoveHelpQuestion(ctx context.Context, question string, version int64) error {
	return a.call(ctx, http.MethodPost, "/help-desk/questions/"+id(question)+"/remove", HelpVersion{version}, nil)
}

// HelpWords lists what readers wrote with their ratings; fault "" is all.
func (a *API) HelpWords(ctx context.Context, fault string) ([]HelpWord, error) {
	return one[HelpWord](ctx, a, query{}.text("fault", fault).on("/help-desk/words"))
}

// HelpMissed lists what was searched and not found. sort is "count" or "last".
func (a *API) HelpMissed(ctx context.Context, state, sort string) ([]HelpMissed, error) {
	return one[HelpMissed](ctx, a, query{}.text("state", state).text("sort", sort).on("/help-desk/missed"))
}

// SettleHelpMissed dismisses a search, links it to an article, or puts it back.
func (a *API) SettleHelpMissed(ctx context.Context, missed string, s HelpMissedStep) (HelpMissed, error) {
	return send[HelpMissed](ctx, a, http.MethodPost, "/help-desk/missed/"+id(missed), s)
}

// HelpFigures measures the last days, today included; 0 is 30.
func (a *API) HelpFigures(ctx context.Context, days int) (HelpFigures, error) {
	return get[HelpFigures](ctx, a, query{}.number("days", days).on("/help-desk/figures"))
}

// HelpPage is the company's own settings of its page.
func (a *API) HelpPage(ctx context.Context) (HelpPage, error) {
	return get[HelpPage](ctx, a, "/help-desk/page")
}

// SetHelpPage changes them.
func (a *API) SetHelpPage(ctx context.Context, p HelpPage) (HelpPage, error) {
	return send[HelpPage](ctx, a, http.MethodPut, "/help-desk/page", p)
}
