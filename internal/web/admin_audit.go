package web

import (
	"bytes"
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// pageOfAudit is how many entries a page shows.
const pageOfAudit = 100

// auditSubjects are what the entries are about, for the filter.
func auditSubjects() []string {
	return []string{"person", "session", "client", "outlet", "device", "agent", "enrolment", "case", "command", "rule", "limit", "window", "powercut", "fnchange", "article", "calendar", "file"}
}

// auditView is a page of the audit trail.
type auditView struct {
	rows    []audit.Record
	subject string
	id      string
	next    string
	first   string

	people, machines, rules bool // the reader may open people's, agents' and calendars' pages
}

func (w *Web) auditPage(ctx context.Context, rq *request) (answer, error) {
	v := auditView{
		subject: rq.FormValue("subject"), id: rq.FormValue("id"),
		people: rq.sc.Can(scope.ManagePeople), machines: rq.sc.Can(scope.ManageAgents), rules: rq.sc.Can(scope.EditRules),
	}
	before, err := strconv.ParseInt(rq.FormValue("before"), 10, 64)
	if err != nil {
		before = 0 // from the newest
	}
	v.rows, err = w.Audit(ctx, rq.sc, audit.Filter{Subject: v.subject, SubjectID: v.id, Before: before, Limit: pageOfAudit})
	if err != nil {
		return answer{}, err
	}
	if len(v.rows) == pageOfAudit {
		v.next = v.href(strconv.FormatInt(v.rows[len(v.rows)-1].Number, 10), v.subject)
	}
	if before > 0 {
		v.first = v.href("", v.subject)
	}
	f, err := rq.admin(ctx, "audit", rq.T("admin.audit.title"))
	return answer{body: auditFullPage(f, v)}, err
}

func (v auditView) href(before, subject string) string {
	q := url.Values{}
	for k, s := range map[string]string{"before": before, "subject": subject, "id": v.id} {
		if s != "" {
			q.Set(k, s)
		}
	}
	return address("/admin/audit", q)
}

func (v auditView) chips(voice ui.View) []ui.Chip {
	var chips []ui.Chip
	for _, s := range auditSubjects() {
		on := v.subject == s
		to := s
		if on {
			to = ""
		}
		chips = append(chips, ui.Chip{Label: voice.T("admin.audit.subject." + s), On: on, Href: auditView{id: ""}.href("", to)})
	}
	return chips
}

// auditDetail is an entry's detail as one line of JSON; an empty one is
// nothing.
func auditDetail(d any) string {
	raw, ok := d.(json.RawMessage)
	if !ok {
		return ""
	}
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil || b.String() == "null" || b.String() == "{}" {
		return ""
	}
	return b.String()
}

// subjectHref leads to what an entry is about, "" when it has no page
// or the reader may not see it.
func (v auditView) subjectHref(r audit.Record) string {
	switch r.Subject {
	case "person":
		return ifMay(v.people, "/admin/people/"+r.SubjectID)
	case "client":
		return "/admin/clients/" + r.SubjectID
	case "outlet":
		return "/admin/outlets/" + r.SubjectID
	case "device":
		return "/devices/" + r.SubjectID
	case "agent":
		return ifMay(v.machines, "/admin/agents/"+r.SubjectID)
	case "case":
		return "/cases/" + r.SubjectID
	case "powercut", "fnchange":
		return "/" + r.Subject + "/" + r.SubjectID
	case "article":
		return "/admin/articles/" + r.SubjectID
	case "calendar":
		return ifMay(v.rules, calendarsPath+"/"+r.SubjectID)
	default:
		return ""
	}
}

func ifMay(may bool, href string) string {
	if may {
		return href
	}
	return ""
}
