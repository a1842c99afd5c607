package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

type questionsIn struct {
	State string `query:"state" enum:"waiting,published,hidden" doc:"Left out: those that wait."`
}

type wordsIn struct {
	Fault string `query:"fault" maxLength:"100"`
}

type missedIn struct {
	State string `query:"state" enum:"open,dismissed,linked" doc:"Left out: open."`
	Sort  string `query:"sort" enum:"count,last" doc:"Left out: count."`
}

type figuresIn struct {
	Days int `query:"days" minimum:"0" maximum:"365" doc:"How many, today included; left out: 30."`
}

// answering is a call of who answers readers.
func answering(id, method, path, summary string) operation {
	return operation{
		id: id, method: method, path: "/help-desk" + path, tag: "help", right: scope.AnswerReaders, summary: summary,
		conflicts: method != http.MethodGet,
	}
}

func (a *API) mountHelpDesk() {
	handle(a, answering("listHelpQuestions", http.MethodGet, "/questions", "Readers' questions"),
		func(ctx context.Context, w who, in *questionsIn) (*answer[client.List[client.HelpQuestion]], error) {
			state := help.QuestionState(in.State)
			if state == "" {
				state = help.Waiting
			}
			list, err := a.Help.Questions(ctx, w.sc, state)
			return said(listed(list, "", questionOf), err)
		})
	handle(a, answering("answerHelpQuestion", http.MethodPost, "/questions/{id}/answer", "Publish a question, with an answer or without"),
		func(ctx context.Context, w who, in *with[client.HelpAnswer]) (*answer[client.HelpQuestion], error) {
			q, err := a.Help.Answer(ctx, w.sc, in.ID, in.Body.Version, in.Body.Answer)
			return said(questionOf(q), err)
		})
	handle(a, answering("hideHelpQuestion", http.MethodPost, "/questions/{id}/hide", "Take a question out of readers' sight"),
		func(ctx context.Context, w who, in *with[client.HelpVersion]) (*answer[client.HelpQuestion], error) {
			q, err := a.Help.Hide(ctx, w.sc, in.ID, in.Body.Version)
			return said(questionOf(q), err)
		})
	handle(a, helpStatus(answering("removeHelpQuestion", http.MethodPost, "/questions/{id}/remove", "Delete a question for good"), 204),
		func(ctx context.Context, w who, in *with[client.HelpVersion]) (*empty, error) {
			return done(a.Help.Remove(ctx, w.sc, in.ID, in.Body.Version))
		})
	handle(a, answering("listHelpWords", http.MethodGet, "/words", "What readers wrote with their ratings, the newest first"),
		func(ctx context.Context, w who, in *wordsIn) (*answer[client.List[client.HelpWord]], error) {
			list, err := a.Help.Words(ctx, w.sc, in.Fault)
			return said(listed(list, "", func(x help.Word) client.HelpWord {
				return client.HelpWord{Fault: x.Fault, Lang: x.Lang, Helped: x.Helped, Words: x.Words, At: x.At}
			}), err)
		})
	a.mountMissed()
	a.mountHelpFigures()
}

func missedOf(m help.Missed) client.HelpMissed {
	return client.HelpMissed{
		ID: m.ID, Text: m.Text, Lang: m.Lang, Source: string(m.Source), Count: m.Count, FirstAt: m.FirstAt, LastAt: m.LastAt,
		State: string(m.State), Fault: m.Fault, Version: m.Version,
	}
}

func (a *API) mountMissed() {
	handle(a, answering("listHelpMissed", http.MethodGet, "/missed", "What was searched and not found"),
		func(ctx context.Context, w who, in *missedIn) (*answer[client.List[client.HelpMissed]], error) {
			list, err := a.Help.NotFound(ctx, w.sc, help.MissedFilter{State: help.MissedState(in.State), Newest: in.Sort == "last", Limit: 1000})
			return said(listed(list, "", missedOf), err)
		})
	handle(a, answering("settleHelpMissed", http.MethodPost, "/missed/{id}", "Dismiss a search, link it to an article, or put it back"),
		func(ctx context.Context, w who, in *with[client.HelpMissedStep]) (*answer[client.HelpMissed], error) {
			var m help.Missed
			var err error
			switch help.MissedState(in.Body.State) {
			case help.MissedLinked:
				m, err = a.Help.Link(ctx, w.sc, in.ID, in.Body.Version, in.Body.Fault)
			case help.MissedDismissed:
				m, err = a.Help.Dismiss(ctx, w.sc, in.ID, in.Body.Version)
			case help.MissedOpen:
				m, err = a.Help.Reopen(ctx, w.sc, in.ID, in.Body.Version)
			default:
				err = problem.New(problem.Malformed, "malformed").In("api.settleHelpMissed")
			}
			return said(missedOf(m), err)
		})
}

func funnelOf(f help.Funnel) client.HelpFunnel {
	return client.HelpFunnel{Shown: f.Shown, Opened: f.Opened, Solved: f.Solved, Spared: f.Spared, Waiting: f.Waiting, Called: f.Called}
}

func funnels(in map[string]help.Funnel) map[string]client.HelpFunnel {
	out := make(map[string]client.HelpFunnel, len(in))
	for k, f := range in {
		out[k] = funnelOf(f)
	}
	return out
}

func helpPageOf(p help.Page) client.HelpPage {
	return client.HelpPage{Slug: p.Slug, Phone: p.Phone, Hours: p.Hours, Closed: p.Closed, Version: p.Version}
}

func (a *API) mountHelpFigures() {
	handle(a, answering("helpFigures", http.MethodGet, "/figures", "What articles were worth: shown, opened, helped, and no case within a week"),
		func(ctx context.Context, w who, in *figuresIn) (*answer[client.HelpFigures], error) {
			zone, err := time.LoadLocation(w.id.Zone)
			if err != nil {
				zone = time.UTC
			}
			if in.Days == 0 {
				in.Days = 30
			}
			p, err := help.LastDays(in.Days, a.Clock.Now(), zone)
			if err != nil {
				return nil, err
			}
			r, err := a.Help.Report(ctx, w.sc, p)
			return said(client.HelpFigures{From: p.From, To: p.To, All: funnelOf(r.All), Articles: funnels(r.ByFault), Days: funnels(r.ByDay)}, err)
		})
	handle(a, answering("getHelpPage", http.MethodGet, "/page", "How the company's help page is reached and what it offers"),
		func(ctx context.Context, w who, _ *struct{}) (*answer[client.HelpPage], error) {
			p, err := a.Help.PageOf(ctx, w.sc)
			return said(helpPageOf(p), err)
		})
	set := answering("setHelpPage", http.MethodPut, "/page", "Change how the help page is reached and what it offers")
	set.right = scope.EditRules
	handle(a, set, func(ctx context.Context, w who, in *bare[client.HelpPage]) (*answer[client.HelpPage], error) {
		b := in.Body
		p, err := a.Help.SavePage(ctx, w.sc, help.Page{Slug: b.Slug, Phone: b.Phone, Hours: b.Hours, Closed: b.Closed, Version: b.Version})
		return said(helpPageOf(p), err)
	})
}
