package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

type caseAnswer = answer[client.Case]

// stepped is a case's call that changes it.
func stepped(id, path, summary string) operation {
	return operation{
		id: id, method: http.MethodPost, path: "/cases/{id}/" + path, tag: "cases", right: scope.WorkCases, conflicts: true, summary: summary,
	}
}

func (a *API) mountCaseSteps() {
	handle(a, stepped("takeCase", "take", "Give a case to a person"),
		func(ctx context.Context, w who, in *with[client.CaseTake]) (*caseAnswer, error) {
			return a.take(ctx, w, in)
		})
	handle(a, stepped("noteCase", "note", "Add words to a case's timeline"),
		func(ctx context.Context, w who, in *with[client.CaseNote]) (*caseAnswer, error) {
			return a.after(w)(a.Desk.Note(ctx, w.sc, in.ID, in.Body.Text))
		})
	handle(a, stepped("waitCase", "wait", "Stop a case's clock for a reason"),
		func(ctx context.Context, w who, in *with[client.CaseWait]) (*caseAnswer, error) {
			return versioned(in.Body.Version, func() (*caseAnswer, error) {
				return a.after(w)(a.Desk.Wait(ctx, w.sc, in.ID, in.Body.Version, calendar.Reason(in.Body.Reason), in.Body.Text))
			})
		})
	handle(a, stepped("severityCase", "severity", "Give a case another severity and its clock that severity's marks"),
		func(ctx context.Context, w who, in *with[client.CaseSeverity]) (*caseAnswer, error) {
			return versioned(in.Body.Version, func() (*caseAnswer, error) {
				return a.after(w)(a.Desk.SetSeverity(ctx, w.sc, in.ID, in.Body.Version, calendar.Severity(in.Body.Severity), in.Body.Text))
			})
		})
	a.mountCaseStates()
}

// mountCaseStates are the steps that take a case to another state with words.
func (a *API) mountCaseStates() {
	resume := func(ctx context.Context, sc scope.Scope, id string, version int64, _ string) (desk.Case, error) {
		return a.Desk.Resume(ctx, sc, id, version)
	}
	var resolve, end, reopen func(context.Context, scope.Scope, string, int64, string) (desk.Case, error)
	if a.Desk != nil { // nil when only the description is asked for
		resolve, end, reopen = a.Desk.Resolve, a.Desk.Close, a.Desk.Reopen
	}
	for _, s := range []struct {
		op operation
		do func(context.Context, scope.Scope, string, int64, string) (desk.Case, error)
	}{
		{stepped("resumeCase", "resume", "Let a waiting case's clock run again"), resume},
		{stepped("resolveCase", "resolve", "Say that the work is done; the clock stops"), resolve},
		{stepped("closeCase", "close", "End a case for good"), end},
		{stepped("reopenCase", "reopen", "Go on with a case that was thought to be done"), reopen},
	} {
		handle(a, s.op, func(ctx context.Context, w who, in *with[client.CaseStep]) (*caseAnswer, error) {
			return versioned(in.Body.Version, func() (*caseAnswer, error) {
				return a.after(w)(s.do(ctx, w.sc, in.ID, in.Body.Version, in.Body.Text))
			})
		})
	}
}

// versioned refuses a version that no case has: to the desk nought means "as
// it is", which is for the program's own changes.
func versioned(version int64, do func() (*caseAnswer, error)) (*caseAnswer, error) {
	if version < 1 {
		return nil, problem.New(problem.Invalid, "invalid").Field("version", "required").In("api.version")
	}
	return do()
}

// after is the case as it stands after a change.
func (a *API) after(w who) func(desk.Case, error) (*caseAnswer, error) {
	return func(c desk.Case, err error) (*caseAnswer, error) { return said(a.caseOf(w, c), err) }
}

func (a *API) take(ctx context.Context, w who, in *with[client.CaseTake]) (*caseAnswer, error) {
	owner, name := w.id.Person.ID, w.id.Person.Name
	if in.Body.Owner != nil && *in.Body.Owner != owner {
		colleague, err := a.colleague(ctx, w, *in.Body.Owner)
		if err != nil {
			return nil, err
		}
		owner, name = colleague.ID, colleague.Name
	}
	return versioned(in.Body.Version, func() (*caseAnswer, error) {
		return a.after(w)(a.Desk.Take(ctx, w.sc, in.ID, in.Body.Version, owner, name))
	})
}

// colleague finds who shall have a case; "" is nobody.
func (a *API) colleague(ctx context.Context, w who, id string) (client.Colleague, error) {
	if id == "" {
		return client.Colleague{}, nil
	}
	list, err := a.Access.Colleagues(ctx, w.sc)
	if err != nil {
		return client.Colleague{}, err
	}
	for _, c := range list {
		if c.ID == id {
			return client.Colleague{ID: c.ID, Name: c.Name}, nil
		}
	}
	return client.Colleague{}, problem.New(problem.Invalid, "invalid").Field("owner", "person_unknown").In("api.take")
}

// entryData is the figures of an entry with its instants, which are kept as
// milliseconds, in RFC 3339 as everywhere in the API.
func entryData(data map[string]any) map[string]any {
	out := make(map[string]any, len(data))
	for k, v := range data {
		if k == "at" || k == "began" {
			v = instant(v)
		}
		out[k] = v
	}
	return out
}

func instant(v any) any {
	switch n := v.(type) {
	case float64:
		return time.UnixMilli(int64(n)).UTC()
	case int64:
		return time.UnixMilli(n).UTC()
	case json.Number:
		if ms, err := n.Int64(); err == nil {
			return time.UnixMilli(ms).UTC()
		}
	}
	return v
}
