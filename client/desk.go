package client

import (
	"context"
	"iter"
	"net/http"
)

// Cases walks the queue. Without states it is the active cases.
func (a *API) Cases(ctx context.Context, f CaseFilter) iter.Seq2[Case, error] {
	q := query{}.list("state", f.State).text("severity", f.Severity).text("owner", f.Owner).text("client", f.Client).text("outlet", f.Outlet).
		text("device", f.Device).text("fault", f.Fault).text("q", f.Query).flag("broken", f.Broken)
	return all[Case](ctx, a, "/cases", q, f.PageSize)
}

// Case is one case with its clock and timeline.
func (a *API) Case(ctx context.Context, c string) (CaseDetail, error) {
	return get[CaseDetail](ctx, a, "/cases/"+id(c))
}

// OpenCase opens a case. With a key that was used before nothing is opened and
// the first case is given.
func (a *API) OpenCase(ctx context.Context, key string, n NewCase) (Case, error) {
	return send[Case](ctx, a, http.MethodPost, "/cases", n, "Idempotency-Key", key)
}

// TakeCase gives a case to a person: to oneself when no owner is named.
func (a *API) TakeCase(ctx context.Context, c string, t CaseTake) (Case, error) {
	return a.caseStep(ctx, c, "take", t)
}

// NoteCase adds words to a case's timeline.
func (a *API) NoteCase(ctx context.Context, c, text string) (Case, error) {
	return a.caseStep(ctx, c, "note", CaseNote{Text: text})
}

// WaitCase stops a case's clock for a reason.
func (a *API) WaitCase(ctx context.Context, c string, w CaseWait) (Case, error) {
	return a.caseStep(ctx, c, "wait", w)
}

// SetCaseSeverity gives a case another severity.
func (a *API) SetCaseSeverity(ctx context.Context, c string, s CaseSeverity) (Case, error) {
	return a.caseStep(ctx, c, "severity", s)
}

// ResumeCase lets a waiting case's clock run again.
func (a *API) ResumeCase(ctx context.Context, c string, s CaseStep) (Case, error) {
	return a.caseStep(ctx, c, "resume", s)
}

// ResolveCase says that the work is done; the clock stops.
func (a *API) ResolveCase(ctx context.Context, c string, s CaseStep) (Case, error) {
	return a.caseStep(ctx, c, "resolve", s)
}

// CloseCase ends a case for good.
func (a *API) CloseCase(ctx context.Context, c string, s CaseStep) (Case, error) {
	return a.caseStep(ctx, c, "close", s)
}

// ReopenCase goes on with a case that was thought to be done.
func (a *API) ReopenCase(ctx context.Context, c string, s CaseStep) (Case, error) {
	return a.caseStep(ctx, c, "reopen", s)
}

func (a *API) caseStep(ctx context.Context, c, step string, in any) (Case, error) {
	return send[Case](ctx, a, http.MethodPost, "/cases/"+id(c)+"/"+step, in)
}

// Colleagues are the company's own people, to hand a case to.
func (a *API) Colleagues(ctx context.Context) ([]Colleague, error) {
	return one[Colleague](ctx, a, "/colleagues")
}

// Faults is the catalogue in a language; "" is the caller's.
func (a *API) Faults(ctx context.Context, lang string) ([]FaultBrief, error) {
	return one[FaultBrief](ctx, a, query{}.text("lang", lang).on("/faults"))
}

// Fault is one article in a language; "" is the caller's.
func (a *API) Fault(ctx context.Context, fault, lang string) (FaultArticle, error) {
	return get[FaultArticle](ctx, a, query{}.text("lang", lang).on("/faults/"+id(fault)))
}

// StartFix begins a guided fix.
func (a *API) StartFix(ctx context.Context, n NewFix) (Fix, error) {
	return send[Fix](ctx, a, http.MethodPost, "/fixes", n)
}

// Fix is a guided fix as it stands.
func (a *API) Fix(ctx context.Context, fix string) (Fix, error) {
	return get[Fix](ctx, a, "/fixes/"+id(fix))
}

// Fixes are the guided fixes of a case or a device, the newest first.
func (a *API) Fixes(ctx context.Context, ofCase, device string) ([]Fix, error) {
	return one[Fix](ctx, a, query{}.text("case", ofCase).text("device", device).on("/fixes"))
}

// AnswerFix answers the current step.
func (a *API) AnswerFix(ctx context.Context, fix string, in FixAnswer) (Fix, error) {
	return send[Fix](ctx, a, http.MethodPost, "/fixes/"+id(fix)+"/answer", in)
}

// RunFix has the machine do the current step.
func (a *API) RunFix(ctx context.Context, fix string, in FixRun) (Fix, error) {
	return send[Fix](ctx, a, http.MethodPost, "/fixes/"+id(fix)+"/run", in)
}

// BackFix returns to the step before.
func (a *API) BackFix(ctx context.Context, fix string, version int64) (Fix, error) {
	return send[Fix](ctx, a, http.MethodPost, "/fixes/"+id(fix)+"/back", FixVersion{Version: version})
}

// HandOverFix ends the walk with a person going on.
func (a *API) HandOverFix(ctx context.Context, fix string, version int64) (Fix, error) {
	return send[Fix](ctx, a, http.MethodPost, "/fixes/"+id(fix)+"/hand-over", FixVersion{Version: version})
}
