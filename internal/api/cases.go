package api

import (
	"cmp"
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/scope"
)

type casesIn struct {
	Paging
	State    []string `query:"state" enum:"new,open,waiting,resolved,closed" doc:"Left out: those that are active."`
	Severity string   `query:"severity" enum:"blocking,critical,important,minor"`
	Owner    string   `query:"owner" doc:"A person's id; me; - for nobody's."`
	Client   string   `query:"client"`
	Outlet   string   `query:"outlet"`
	Device   string   `query:"device"`
	Fault    string   `query:"fault"`
	Query    string   `query:"q" maxLength:"200" doc:"The number, or words of the subject."`
	Broken   bool     `query:"broken" doc:"Only with a broken promise."`
}

type caseIn struct {
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"A second call with the same key opens nothing and gives the first one's case."`
	Body client.NewCase
}

func (a *API) mountCases() {
	handle(a, operation{
		id: "listCases", method: http.MethodGet, path: "/cases", tag: "cases", right: scope.SeeCases,
		summary: "The queue", about: "Cases whose clock runs by the time left on their promise, then those whose clock stands; " +
			"when only ended states are asked for, the newest ended first.",
	}, func(ctx context.Context, w who, in *casesIn) (*answer[client.List[client.Case]], error) {
		return said(a.cases(ctx, w, in))
	})
	handle(a, operation{
		id: "openCase", method: http.MethodPost, path: "/cases", tag: "cases", status: 201,
		summary: "Open a case by hand", about: "Who works cases may, and a shop's own people for their own shop.",
	}, func(ctx context.Context, w who, in *caseIn) (*answer[client.Case], error) {
		d := draftOf(in.Body)
		if in.Key == "" {
			c, err := a.Desk.Open(ctx, w.sc, d)
			return said(a.caseOf(w, c), err)
		}
		c, err := a.Desk.OpenOnce(ctx, w.sc, "api:"+w.id.Person.ID+":"+in.Key, d)
		return said(a.caseOf(w, c), err)
	})
	handle(a, operation{
		id: "getCase", method: http.MethodGet, path: "/cases/{id}", tag: "cases", right: scope.SeeCases,
		summary: "One case with its clock, explained, and its timeline",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.CaseDetail], error) {
		v, err := a.Desk.View(ctx, w.sc, in.ID)
		if err != nil {
			return nil, err
		}
		return said(client.CaseDetail{Case: a.caseOf(w, v.Case), Clock: clockOf(v.Clock), Entries: each(v.Entries, entryOf)}, nil)
	})
}

func (a *API) cases(ctx context.Context, w who, in *casesIn) (client.List[client.Case], error) {
	f := desk.Filter{
		Severity: calendar.Severity(in.Severity), Owner: in.Owner, Client: in.Client, Outlet: in.Outlet, Device: in.Device, Fault: in.Fault,
		Text: in.Query, Broken: in.Broken, After: in.After, Limit: in.Limit,
	}
	if in.Owner == "me" {
		f.Owner = w.id.Person.ID
	}
	for _, s := range in.State {
		f.States = append(f.States, desk.State(s))
	}
	if len(f.States) == 0 {
		f.States = []desk.State{desk.New, desk.Open, desk.Waiting}
	}
	p, err := a.Desk.List(ctx, w.sc, f)
	return listed(p.Cases, p.Next, func(c desk.Case) client.Case { return a.caseOf(w, c) }), err
}

func draftOf(n client.NewCase) desk.Draft {
	return desk.Draft{
		Client: n.Client, Outlet: n.Outlet, Device: n.Device, Fault: n.Fault, Subject: n.Subject,
		Severity: calendar.Severity(n.Severity), Note: n.Note, Source: desk.FromAPI,
	}
}

func (a *API) caseOf(w who, c desk.Case) client.Case {
	return client.Case{
		ID: c.ID, Number: c.Number, Client: c.Client, Outlet: c.Outlet, Device: c.Device, Fault: c.Fault, Subject: c.Subject,
		Title: cmp.Or(c.Subject, a.title(w, c.Fault), c.Fault), Severity: string(c.Severity), Terms: string(c.Terms), State: string(c.State),
		WaitReason: string(c.WaitReason), Owner: c.Owner, OwnerName: c.OwnerName, Source: string(c.Source), Evidence: evidenceOf(c.Evidence),
		OpenedAt: c.OpenedAt, ClosedAt: c.ClosedAt, DueAt: c.DueAt, LimitAt: c.LimitAt, BrokenAt: c.BrokenAt, Version: c.Version,
	}
}

func entryOf(e desk.Entry) client.CaseEntry {
	return client.CaseEntry{ID: e.ID, At: e.At, Kind: string(e.Kind), Actor: actorOf(e.Actor), Text: e.Text, Data: entryData(e.Data)}
}

func clockOf(r calendar.Result) client.CaseClock {
	c := client.CaseClock{State: string(r.State), UsedMinutes: r.Used.Minutes(), CaseMark: markOf(r.Mark), Explanation: each(r.Explanation, lineOf)}
	if r.Limit != nil {
		limit := markOf(*r.Limit)
		c.Limit = &limit
	}
	return c
}

func markOf(m calendar.Mark) client.CaseMark {
	return client.CaseMark{
		Deadline: m.Deadline, Projected: m.Projected, TotalMinutes: m.Total.Minutes(), LeftMinutes: m.Left.Minutes(),
		OverrunMinutes: m.Overrun.Minutes(), Broken: m.Breached, BrokenAt: m.BreachedAt,
	}
}

func lineOf(l calendar.Line) client.ClockLine {
	return client.ClockLine{From: l.From, To: l.To, Minutes: l.Minutes, What: string(l.What), Reason: string(l.Reason)}
}
