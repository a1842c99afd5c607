package web

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// watchRows is how many cases the watch page shows; the queue has the rest.
const watchRows = 15

// queueView is the head of the queue.
type queueView struct {
	rows   []caseRow
	active int
}

func (w *Web) watchCases(ctx context.Context, rq *request) (templ.Component, error) {
	if !rq.sc.Can(scope.SeeCases) {
		return templ.NopComponent, nil
	}
	page, err := w.Desk.List(ctx, rq.sc, desk.Filter{Limit: watchRows})
	if err != nil {
		return nil, err
	}
	n, err := w.Desk.Count(ctx, rq.sc, rq.id.Person.ID)
	if err != nil {
		return nil, err
	}
	rows, err := w.caseRows(ctx, rq, page.Cases)
	if err != nil {
		return nil, err
	}
	return queuePart(rq.View, queueView{rows: rows, active: n.Active}), nil
}

// caseTitle is what a case is called: the person's own words, or the fault.
func (w *Web) caseTitle(sc scope.Scope, l i18n.Lang, c *desk.Case) string {
	if c.Subject != "" {
		return c.Subject
	}
	return w.faultName(sc, l, c.Fault)
}

// railOf is the rail at a row's edge: for the worst alone.
func railOf(s ui.Severity) ui.Severity {
	if s == ui.Blocking {
		return s
	}
	return ""
}

// standsWhy says why a clock stands.
func standsWhy(v ui.View, c *desk.Case) string {
	if c.WaitReason != "" {
		return v.Or("pause."+string(c.WaitReason), string(c.WaitReason))
	}
	return v.T("desk.state." + string(c.State))
}

// joined puts words side by side and leaves out those that are not there.
func joined(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(s string) bool { return s == "" }), " · ")
}

// unbroken keeps a short name in one line: "ККТ 23" is one word to the eye.
func unbroken(name string) string {
	const short = 12 // letters; longer ones have to break somewhere
	if utf8.RuneCountInString(name) > short {
		return name
	}
	return strings.ReplaceAll(name, " ", "\u00a0")
}

// queueCols are the columns of the queue as Watch shows it.
func queueCols(v ui.View) []ui.Col {
	return []ui.Col{
		{Key: "case", Title: v.T("watch.col_case"), Wide: true, Phone: ui.PhoneTitle},
		{Key: "place", Title: v.T("watch.col_place"), Phone: ui.PhonePlain},
		{Key: "severity", Title: v.T("watch.col_severity"), Fit: true, Phone: ui.PhoneSide},
		{Key: "clock", Title: v.T("watch.col_promise"), Fit: true, Phone: ui.PhonePlain},
		{Key: "owner", Title: v.T("watch.col_owner"), Spare: true, Phone: ui.PhonePlain},
	}
}
