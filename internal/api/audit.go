package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

type auditIn struct {
	Paging
	Subject   string `query:"subject" example:"device"`
	SubjectID string `query:"subjectId"`
}

func (a *API) mountAudit() {
	handle(a, operation{
		id: "listAudit", method: http.MethodGet, path: "/audit", tag: "people", right: scope.SeeAudit,
		summary: "Who did what to what, the newest first",
	}, func(ctx context.Context, w who, in *auditIn) (*answer[client.List[client.AuditEntry]], error) {
		return said(a.audit(ctx, w, in))
	})
}

// audit is the company's trail. It is about all clients, so a client's own
// people never see it, whatever their roles say.
func (a *API) audit(ctx context.Context, w who, in *auditIn) (client.List[client.AuditEntry], error) {
	var none client.List[client.AuditEntry]
	if w.sc.Client() != "" {
		return none, problem.New(problem.Forbidden, "forbidden").In("api.audit")
	}
	if a.Audit == nil {
		return none, problem.New(problem.Unavailable, "unavailable").In("api.audit")
	}
	before, err := beforeOf(in.After)
	if err != nil {
		return none, err
	}
	list, err := a.Audit(ctx, w.sc, audit.Filter{Subject: in.Subject, SubjectID: in.SubjectID, Before: before, Limit: in.Limit + 1})
	if err != nil {
		return none, err
	}
	list, more := cut(list, in.Limit)
	next := nextIf(list, more, func(r audit.Record) string { return strconv.FormatInt(r.Number, 10) })
	return listed(list, next, func(r audit.Record) client.AuditEntry {
		return client.AuditEntry{
			Number: r.Number, At: r.At, Actor: actorOf(r.Actor), Action: r.Action, Subject: r.Subject, SubjectID: r.SubjectID,
			Detail: r.Detail, Hash: r.Hash,
		}
	}), nil
}
