package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/scope"
)

// OfCompany says whose help page is meant.
type OfCompany struct {
	Company string `query:"company" maxLength:"40" doc:"The name in the page's address; left out: the first company of the server."`
}

type helpIn[T any] struct {
	OfCompany
	Body T
}

type helpArticleIn struct {
	OfCompany
	ByID
	Lang string `query:"lang" enum:"ru,de,en" doc:"Left out: as the request's Accept-Language."`
}

type helpArticlesIn struct {
	OfCompany
	Lang string `query:"lang" enum:"ru,de,en" doc:"Left out: as the request's Accept-Language."`
}

type helpArticleBody[T any] struct {
	OfCompany
	ByID
	Body T
}

// open is a call of the public help page. Reading may be done often, a search
// is asked at every pause of typing; writing seldom.
func open(id, method, path, summary string) operation {
	op := operation{id: id, method: method, path: "/help" + path, tag: "help", public: true, perMinute: 120, maxBody: 64 << 10, summary: summary}
	if method == http.MethodPost && id != "helpSearch" && id != "helpOpened" {
		op.perMinute = 12
	}
	return op
}

// reader is the scope of a stranger in the company that is meant.
func (a *API) reader(ctx context.Context, in OfCompany) (scope.Scope, help.Company, error) {
	c, err := a.Help.Company(ctx, in.Company)
	return c.Scope(), c, err
}

func (a *API) mountHelp() {
	handle(a, open("helpCompany", http.MethodGet, "", "Whose help page it is"),
		func(ctx context.Context, _ who, in *OfCompany) (*answer[client.HelpCompany], error) {
			_, c, err := a.reader(ctx, *in)
			return said(client.HelpCompany{Name: c.Name, Phone: c.Phone, Hours: c.Hours, Path: c.Path()}, err)
		})
	handle(a, open("helpSearch", http.MethodPost, "/search", "What is wrong: words or codes; what finds nothing is kept for the editors"),
		func(ctx context.Context, _ who, in *helpIn[client.HelpSearch]) (*answer[client.Diagnosis], error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err != nil {
				return nil, err
			}
			d, err := a.Help.Find(ctx, sc, help.Search{
				Text: in.Body.Text, Lang: in.Body.Lang, Visitor: help.VisitorOf(in.Body.Visitor), Source: help.FromAPI,
			})
			return said(diagnosisOf(d), err)
		})
	handle(a, open("helpArticles", http.MethodGet, "/articles", "The articles for readers"),
		func(ctx context.Context, w who, in *helpArticlesIn) (*answer[client.List[client.FaultBrief]], error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err != nil {
				return nil, err
			}
			all, err := a.Help.Library().Articles(ctx, sc)
			l := a.speak(w, in.Lang).Lang()
			return said(listed(all, "", func(art *catalogue.Article) client.FaultBrief { return briefOf(l, art) }), err)
		})
	handle(a, open("helpArticle", http.MethodGet, "/articles/{id}", "One article: the signs, and the steps a cashier may do"), a.helpArticle)
	a.mountHelpWrites()
}

func diagnosisOf(d faults.Diagnosis) client.Diagnosis {
	return client.Diagnosis{Confident: d.Confident, Codes: texts(d.Codes), Matches: each(d.Matches, findingOf)}
}

func (a *API) helpArticle(ctx context.Context, w who, in *helpArticleIn) (*answer[client.HelpArticle], error) {
	sc, _, err := a.reader(ctx, in.OfCompany)
	if err != nil {
		return nil, err
	}
	art, err := a.Help.Library().Article(ctx, sc, in.ID)
	if err != nil {
		return nil, err
	}
	standing, err := a.Help.Standing(ctx, sc, "", art.ID)
	if err != nil {
		return nil, err
	}
	questions, err := a.Help.Answered(ctx, sc, art.ID)
	stranger := who{sc: sc, voice: w.voice} // also for who is signed in: this is the readers' page
	out := client.HelpArticle{FaultArticle: articleOf(stranger, a.speak(w, in.Lang).Lang(), art), Questions: each(questions, questionOf)}
	for i := range art.Steps {
		out.Engineer = out.Engineer || art.Steps[i].Who != catalogue.Cashier
	}
	if standing.Shown() {
		out.Helped, out.Rated = standing.Helped, standing.Rated
	}
	return said(out, err)
}

func questionOf(q help.Question) client.HelpQuestion {
	return client.HelpQuestion{
		ID: q.ID, Fault: q.Fault, Lang: q.Lang, Name: q.Name, Text: q.Text, State: string(q.State), Answer: q.Answer, AnsweredBy: q.AnsweredBy,
		AskedAt: q.AskedAt, AnsweredAt: q.AnsweredAt, Version: q.Version,
	}
}

func (a *API) mountHelpWrites() {
	handle(a, helpStatus(open("helpOpened", http.MethodPost, "/articles/{id}/opened", "A visitor opened an article"), 204),
		func(ctx context.Context, _ who, in *helpArticleBody[client.HelpVisit]) (*empty, error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err == nil {
				err = a.Help.Open(ctx, sc, help.VisitorOf(in.Body.Visitor), in.ID)
			}
			return done(err)
		})
	handle(a, helpStatus(open("helpRate", http.MethodPost, "/articles/{id}/rating", "Whether an article helped, one word of each visitor"), 204),
		func(ctx context.Context, _ who, in *helpArticleBody[client.HelpRating]) (*empty, error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err == nil {
				err = a.Help.Rate(ctx, sc, help.VisitorOf(in.Body.Visitor), in.ID, in.Body.Lang, help.Rating{Helped: in.Body.Helped, Words: in.Body.Words})
			}
			return done(err)
		})
	handle(a, helpStatus(open("helpAsk", http.MethodPost, "/articles/{id}/questions", "Ask a question; it is shown once an editor publishes it"), 201),
		func(ctx context.Context, _ who, in *helpArticleBody[client.NewHelpQuestion]) (*answer[client.HelpQuestion], error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err != nil {
				return nil, err
			}
			q, err := a.Help.Ask(ctx, sc, help.VisitorOf(in.Body.Visitor), help.Question{Fault: in.ID, Lang: in.Body.Lang, Name: in.Body.Name, Text: in.Body.Text})
			return said(questionOf(q), err)
		})
	handle(a, helpStatus(open("helpWalk", http.MethodPost, "/articles/{id}/walk", "Begin the guided walk of an article without a login"), 201),
		func(ctx context.Context, _ who, in *helpArticleBody[client.HelpVisit]) (*answer[client.HelpWalk], error) {
			sc, _, err := a.reader(ctx, in.OfCompany)
			if err != nil {
				return nil, err
			}
			token, err := a.Help.Walk(ctx, sc, help.VisitorOf(in.Body.Visitor), in.ID)
			return said(client.HelpWalk{Path: "/f/" + url.PathEscape(token)}, err)
		})
	handle(a, helpStatus(open("helpRequest", http.MethodPost, "/requests", "Ask for a person; the number of the case comes at once"), 201), a.helpRequest)
}

func (a *API) helpRequest(ctx context.Context, _ who, in *helpIn[client.NewHelpRequest]) (*answer[client.HelpTicket], error) {
	sc, _, err := a.reader(ctx, in.OfCompany)
	if err != nil {
		return nil, err
	}
	b := in.Body
	t, err := a.Help.Send(ctx, sc, help.Request{
		Once: b.Once, Visitor: help.VisitorOf(b.Visitor), Name: b.Name, Phone: b.Phone, Email: b.Email, Account: b.Account,
		Subject: b.Subject, About: b.About, Stopped: b.Stopped, Asked: b.Asked, Fault: b.Fault, Lang: b.Lang,
	})
	return said(client.HelpTicket{Number: t.Number, At: t.At}, err)
}

func helpStatus(op operation, status int) operation {
	op.status = status
	return op
}
