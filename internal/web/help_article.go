package web

import (
	"context"
	"net/url"
	"strings"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
)

// helpArticle is one article as a reader sees it: what she may do herself, and
// only that.
type helpArticle struct {
	room helpRoom
	*catalogue.Article
	q         string // what was searched before
	own       []*catalogue.Step
	engineer  bool // there are steps for others
	standing  help.Standing
	questions []help.Question
	asked     bool  // a question was just taken
	form      typed // of the question
	rating    typed
}

func (p *helpPages) article(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	if err := p.Help.Open(ctx, room.Scope(), room.visitor, rq.PathValue("id")); err != nil {
		return answer{}, err
	}
	return p.articleWith(ctx, rq, room, typed{}, typed{})
}

func (p *helpPages) articleWith(ctx context.Context, rq *request, room helpRoom, rating, form typed) (answer, error) {
	sc := room.Scope()
	a, err := p.Help.Library().Article(ctx, sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	v := helpArticle{room: room, Article: a, q: strings.TrimSpace(rq.FormValue("q")), asked: rq.FormValue("asked") != "", form: form, rating: rating}
	v.own, v.engineer = ownSteps(a)
	if v.standing, err = p.Help.Standing(ctx, sc, room.visitor, a.ID); err != nil {
		return answer{}, err
	}
	if rq.live && rating.Values != nil {
		return answer{body: helpRating(rq.View, v), status: rating.status()}, nil
	}
	if v.questions, err = p.Help.Answered(ctx, sc, a.ID); err != nil {
		return answer{}, err
	}
	status := max(form.status(), rating.status())
	return answer{body: helpArticlePage(rq.helpFrame(room, a.Title.In(rq.Lang())), v), status: status}, nil
}

// rate takes "it helped" or "it did not", and the words that may follow.
func (p *helpPages) rate(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	t, id := rq.typed(), rq.PathValue("id")
	helped := t.Get("helped")
	if helped != "1" && helped != "0" {
		return answer{}, problem.New(problem.Malformed, "malformed").In("web.help.rate")
	}
	err := p.Help.Rate(ctx, room.Scope(), room.visitor, id, string(rq.Lang()), help.Rating{Helped: helped == "1", Words: t.Get("words")})
	if err != nil {
		again, ok := t.refused(err)
		if !ok {
			return answer{}, err
		}
		return p.articleWith(ctx, rq, room, again, typed{})
	}
	if rq.live {
		return p.articleWith(ctx, rq, room, t, typed{})
	}
	return goTo(room.helpURL("/a/"+url.PathEscape(id), t.Get("q")) + "#rating")
}

// ask takes a question; it waits for an editor before others see it.
func (p *helpPages) ask(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	t, id := rq.typed(), rq.PathValue("id")
	var err error = problem.New(problem.Invalid, "help_robot").In("web.help.ask")
	if t.Get("website") == "" {
		_, err = p.Help.Ask(ctx, room.Scope(), room.visitor, help.Question{Fault: id, Lang: string(rq.Lang()), Name: t.Get("name"), Text: t.Get("text")})
	}
	if err == nil {
		return goTo(room.base + "/a/" + url.PathEscape(id) + "?asked=1#questions")
	}
	again, ok := t.refused(err)
	if !ok {
		return answer{}, err
	}
	return p.articleWith(ctx, rq, room, typed{}, again)
}

// walk begins the guided walk; its link is the reader's own for three days.
func (p *helpPages) walk(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	token, err := p.Help.Walk(ctx, room.Scope(), room.visitor, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	return goTo("/f/" + url.PathEscape(token))
}

// helpRequest is the form that asks for a person.
type helpRequest struct {
	room    helpRoom
	form    typed
	once    string
	article *catalogue.Article // that was read last; nil = none
	walk    string             // token of a walk that was handed over
	number  int64              // of the walk's case
}

func (p *helpPages) requestForm(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	return p.requestPage(ctx, rq, room, rq.typed(), help.NewKey())
}

func (p *helpPages) requestPage(ctx context.Context, rq *request, room helpRoom, t typed, once string) (answer, error) {
	v := helpRequest{room: room, form: t, once: once, walk: t.Get("w")}
	if id := t.Get("a"); id != "" {
		a, err := p.Help.Library().Article(ctx, room.Scope(), id)
		if pr := problem.Of(err); pr != nil && pr.Kind != problem.NotFound {
			return answer{}, err
		}
		v.article = a
	}
	if v.walk != "" {
		var err error
		if v.number, err = p.Help.WalkTicket(ctx, room.Scope(), v.walk); err != nil {
			return answer{}, err
		}
	}
	return answer{body: helpRequestPage(rq.helpFrame(room, rq.T("help.request.title")), v), status: t.status()}, nil
}

// request makes a case and shows its number at once.
func (p *helpPages) request(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	t := rq.typed()
	_, err := p.Help.Send(ctx, room.Scope(), help.Request{
		Once: t.Get("once"), Visitor: room.visitor, Name: t.Get("name"), Phone: t.Get("phone"), Email: t.Get("email"), Account: t.Get("account"),
		Subject: t.Get("subject"), About: t.Get("about"), Stopped: t.Get("stopped") != "", Asked: t.Get("q"), Fault: t.Get("a"), Walk: t.Get("w"),
		Trap: t.Get("website"), Lang: string(rq.Lang()),
	})
	if err == nil {
		return goTo(room.base + "/sent/" + url.PathEscape(t.Get("once")))
	}
	again, ok := t.refused(err)
	if !ok || problem.Of(err).Kind == problem.Malformed {
		return answer{}, err
	}
	return p.requestPage(ctx, rq, room, again, t.Get("once"))
}

func (p *helpPages) sent(ctx context.Context, rq *request, room helpRoom) (answer, error) {
	t, err := p.Help.Ticket(ctx, room.Scope(), rq.PathValue("once"))
	if err != nil {
		return answer{}, err
	}
	rq.w.Header().Set("X-Robots-Tag", "noindex")
	v := helpTicket{Ticket: t, room: room, once: rq.PathValue("once")}
	if v.files, err = p.ticketFiles(ctx, room, t); err != nil {
		return answer{}, err
	}
	v.mayAdd = t.MayAdd(rq.Now) && len(v.files) < maxTicketFiles
	return show(helpSentPage(rq.helpFrame(room, rq.T("help.sent.title")), v))
}
