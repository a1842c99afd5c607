package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web"
)

// decisions say of every page who may come. The key is who: "open" needs
// nobody, "anybody" is whoever is signed in, "fix" is who works on cases or is
// of the shop itself, and anything else is the right that it takes. After a
// blank stands whose thing the page is about: a client's or a company's.
//
// A page that stands nowhere here fails TestEveryPageKeepsItsDoor: whoever adds
// one decides.
var decisions = map[string]string{
	"open": `
		/ ; /help ; /help/ ; GET /static/ ; GET /login ; POST /login ; POST /logout ; GET /lang/{lang}
		GET /help ; GET /help/a/{id} ; GET /help/articles ; GET /help/request ; GET /help/sent/{once}
		POST /help/a/{id}/ask ; POST /help/a/{id}/rate ; POST /help/a/{id}/walk ; POST /help/asked ; POST /help/photo ; POST /help/request ; POST /help/sent/{once}/photo
		GET /f/{token} ; POST /f/{token} ; POST /f/{token}/back ; POST /f/{token}/hand ; POST /f/{token}/over`,
	"anybody": `
		GET /{$} ; GET /events ; GET /me ; POST /me/password ; POST /me/sessions/{id}/revoke ; POST /me/sessions/revoke-others ; GET /palette ; GET /search
		GET /faults ; GET /faults/{id} ; POST /faults/photo ; GET /cases/new`,
	"anybody client": `POST /cases`,
	"see_fleet": `
		GET /fleet ; GET /fleet.csv ; GET /fleet.xlsx ; GET /fleet/list
		GET /watch/alerts ; GET /watch/cases ; GET /watch/figures ; GET /watch/forecast ; GET /watch/next`,
	"see_fleet client": `
		GET /devices/{id} ; GET /devices/{id}/commands ; GET /devices/{id}/history ; GET /devices/{id}/now ; GET /devices/{id}/warranty ; GET /fnchange/{id}`,
	"see_cases":        `GET /nav ; GET /cases ; GET /cases.csv ; GET /cases.xlsx`,
	"see_cases client": `GET /cases/{id} ; GET /cases/number/{n} ; POST /cases/{id}/here ; GET /files/{id} ; GET /files/{id}/small`,
	"work_cases company": `
		POST /cases/{id}/close ; POST /cases/{id}/files ; POST /cases/{id}/note ; POST /cases/{id}/reopen ; POST /cases/{id}/resolve ; POST /cases/{id}/resume
		POST /cases/{id}/severity ; POST /cases/{id}/take ; POST /cases/{id}/wait`,
	"run_commands company": `GET /devices/{id}/plan ; POST /devices/{id}/commands ; POST /devices/{id}/commands/{command}/cancel`,
	"run_dangerous company": `
		GET /fnchange/new ; POST /fnchange ; POST /fnchange/{id}/resume ; POST /fnchange/{id}/run ; POST /fnchange/{id}/say ; POST /fnchange/{id}/stop ; POST /fnchange/{id}/support`,
	"fix client": `
		POST /fix ; GET /fix/{id} ; POST /fix/{id} ; POST /fix/{id}/back ; POST /fix/{id}/hand ; POST /fix/{id}/over ; POST /fix/{id}/resume ; POST /fix/{id}/share ; POST /fix/{id}/stop`,
	"keep_journal": `GET /powercut ; GET /powercut/new ; GET /powercut/template.csv ; GET /powercut/template.xlsx`,
	"keep_journal client": `
		POST /powercut ; GET /powercut/{id} ; GET /powercut/{id}/print ; GET /powercut/{id}/journal.csv ; GET /powercut/{id}/journal.xlsx
		GET /powercut/{id}/corrections.csv ; GET /powercut/{id}/corrections.xlsx ; GET /powercut/{id}/drafts/{draft} ; GET /powercut/{id}/settlements/{settlement}
		POST /powercut/{id}/about ; POST /powercut/{id}/settlements ; POST /powercut/{id}/total ; POST /powercut/{id}/table
		POST /powercut/{id}/settlements/{settlement} ; POST /powercut/{id}/settlements/{settlement}/remove`,
	"make_corrections company": `
		POST /powercut/{id}/close ; POST /powercut/{id}/drafts/{draft}/again ; POST /powercut/{id}/drafts/{draft}/copy ; POST /powercut/{id}/pause
		POST /powercut/{id}/prepare ; POST /powercut/{id}/send`,
	"edit_registry": `GET /admin/clients ; GET /admin/clients/new ; POST /admin/clients`,
	"edit_registry company": `
		GET /admin/clients/{id} ; POST /admin/clients/{id} ; POST /admin/clients/{id}/outlets ; GET /admin/outlets/{id} ; POST /admin/outlets/{id} ; POST /admin/outlets/{id}/devices
		GET /admin/devices/{id} ; POST /admin/devices/{id} ; POST /admin/devices/{id}/agent`,
	"edit_rules":         `GET /admin/rules ; POST /admin/rules ; POST /admin/limits/{name} ; GET /admin/windows ; POST /faults/page ; GET /admin/calendars ; GET /admin/calendars/new ; POST /admin/calendars`,
	"edit_rules company": `GET /admin/calendars/{id} ; POST /admin/calendars/{id} ; POST /admin/rules/{id}/remove ; POST /admin/windows/{id}/remove ; GET /windows/new ; POST /windows ; POST /windows/{id}/remove`,
	"manage_people":      `GET /admin/people ; GET /admin/people/new ; POST /admin/people`,
	"manage_people company": `
		GET /admin/people/{id} ; POST /admin/people/{id}/roles ; POST /admin/people/{id}/name ; POST /admin/people/{id}/password
		POST /admin/people/{id}/disable ; POST /admin/people/{id}/enable ; POST /admin/people/{id}/sessions`,
	"manage_agents": `GET /admin/agents ; GET /admin/agents/new`,
	"manage_agents company": `
		POST /admin/agents/codes ; POST /admin/agents/codes/{id}/withdraw ; GET /admin/agents/{id} ; POST /admin/agents/{id}/rename ; POST /admin/agents/{id}/revoke
		POST /admin/agents/{id}/search ; POST /admin/agents/{id}/found/{offer}/add ; POST /admin/agents/{id}/found/{offer}/ignore ; POST /admin/agents/{id}/found/{offer}/restore`,
	"see_audit":              `GET /admin/audit`,
	"some_admin":             `GET /admin`,
	"answer_readers":         `GET /faults/questions ; GET /faults/missed ; GET /faults/worth ; GET /faults/page`,
	"answer_readers company": `POST /faults/questions/{id}/{act} ; POST /faults/missed/{id}/{act}`,
	"draft_articles":         `GET /admin/articles ; POST /admin/articles`,
	"draft_articles company": `
		GET /admin/articles/{id} ; POST /admin/articles/{id} ; GET /admin/articles/{id}/preview ; GET /admin/articles/{id}/history
		POST /admin/articles/{id}/drop ; POST /admin/articles/{id}/acknowledge`,
	"publish_articles company": `
		POST /admin/articles/{id}/publish ; POST /admin/articles/{id}/restore ; POST /admin/articles/{id}/switch ; POST /admin/articles/{id}/rollback`,
}

// decision is one page's.
type decision struct{ who, whose string }

func decided(t *testing.T) map[string]decision {
	t.Helper()
	out := map[string]decision{}
	for key, list := range decisions {
		who, whose, _ := strings.Cut(key, " ")
		for _, p := range regexp.MustCompile(`[;\n]`).Split(list, -1) {
			if p = strings.TrimSpace(p); p == "" {
				continue
			}
			if _, twice := out[p]; twice {
				t.Errorf("%s is decided twice", p)
			}
			out[p] = decision{who, whose}
		}
	}
	return out
}

// may says whether a person has what the page asks for.
func (d decision) may(sc scope.Scope) bool {
	switch d.who {
	case "open":
		return true
	case "anybody":
		return sc.Valid()
	case "fix":
		return sc.Can(scope.WorkCases) || sc.Client() != ""
	case "some_admin":
		return sc.Can(scope.EditRegistry) || sc.Can(scope.DraftArticles)
	}
	return sc.Can(scope.Right(d.who))
}

// reaches says whether the thing that the page is about is within her reach.
func (d decision) reaches(who string) bool {
	return d.whose == "" || who != "stranger" && !strings.HasSuffix(who, "2")
}

// address fills in what the first client's things are called.
func (s *street) address(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = http.MethodGet, pattern
	}
	for _, of := range [][2]string{
		{"/cases/{id}", "case"},
		{"/devices/{id}", "device"},
		{"/files/{id}", "file"},
		{"/fix/{id}", "fix"},
		{"/fnchange/{id}", "drive"},
		{"/powercut/{id}", "cut"},
		{"/admin/agents/codes/{id}", "enrolment"},
		{"/admin/agents/{id}", "agent"},
		{"/admin/people/{id}", "target"},
		{"/admin/clients/{id}", "client"},
		{"/admin/outlets/{id}", "outlet"},
		{"/admin/devices/{id}", "device"},
		{"/windows/{id}", "window"},
		{"/admin/windows/{id}", "window"},
		{"/admin/calendars/{id}", "calendar"},
		{"/faults/questions/{id}", "question"},
	} {
		if strings.HasPrefix(path, of[0]) {
			path = strings.Replace(path, "{id}", s.ids[of[1]], 1)
		}
	}
	path = strings.NewReplacer(
		"/f/{token}", "/f/"+s.ids["walk"], "{once}", s.ids["once"], "{command}", s.ids["command"], "{$}", "", "/help/a/{id}", "/help/a/"+fn235, "/faults/{id}", "/faults/"+fn235,
		"/admin/articles/{id}", "/admin/articles/own-zarya", "/admin/rules/{id}", "/admin/rules/zarya-hot", "{lang}", "en", "{n}", s.ids["number"], "{act}", "hide",
		"{id}", s.ids["none"], "{offer}", s.ids["none"], "{draft}", s.ids["none"], "{settlement}", s.ids["none"], "{name}", "clock_drift",
	).Replace(path)
	switch path {
	case "/palette", "/search", "/cases/new":
		path += "?q=" + url.QueryEscape("Касса")
	case "/fnchange/new":
		path += "?device=" + s.ids["device"]
	case "/windows/new":
		path += "?device=" + s.ids["device"]
	}
	if strings.HasSuffix(path, "/plan") {
		path += "?procedure=last_document"
	}
	return method, path
}

// form has what many pages ask for, about the first client's things.
func (s *street) form() url.Values {
	return url.Values{
		"version": {"1"}, "v": {"1"}, "answer": {"0"}, "text": {"Слово"}, "device": {s.ids["device"]}, "outlet": {s.ids["outlet"]}, "client": {s.ids["client"]},
		"fault": {"kkt-3801-3802-receipt-open-closed"}, "procedure": {"last_document"}, "subject": {"Слово"}, "severity": {"minor"}, "reason": {"power"},
		"target": {s.ids["device"]}, "scope": {"device"}, "agent": {s.ids["agent"]}, "step": {"shift"}, "from": {"2026-03-10T10:00"},
	}
}

// secrets of the first company that no outsider is to read.
func (s *street) secrets() []string {
	return []string{"Заря", s.ids["client"], s.ids["device"], s.ids["outlet"], s.ids["agent"], s.ids["case"], s.ids["cut"], s.ids["file"]}
}

func (s *street) number(t *testing.T) {
	t.Helper()
	c, err := s.Desk.Get(t.Context(), s.sc(), s.ids["case"])
	must(t, err)
	s.ids["number"] = strconvItoa(c.Number)
}

// TestEveryPageKeepsItsDoor asks every page as everybody. First come those who
// must not, and nothing of what they tried is left; then those who may.
func TestEveryPageKeepsItsDoor(t *testing.T) {
	t.Parallel()
	s, table, patterns := newStreet(t), decided(t), web.Patterns()
	s.number(t)
	for p := range table {
		if !slices.Contains(patterns, p) {
			t.Errorf("%s is decided, and there is no such page", p)
		}
	}
	before := s.trail(t)
	for _, p := range patterns {
		d, ok := table[p]
		if !ok {
			t.Errorf("%s: nobody has decided who may come; see decisions", p)
			continue
		}
		for _, who := range everybody() {
			if !d.may(s.scopes[who]) || !d.reaches(who) {
				s.turnedAway(t, p, d, who)
			}
		}
	}
	if after := s.trail(t); after != before {
		t.Errorf("those who were turned away left %d entries in the trail", after-before)
	}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		for _, p := range patterns {
			for _, who := range everybody() {
				if d, ok := table[p]; ok && d.may(s.scopes[who]) && d.reaches(who) {
					s.letIn(t, p, method, who)
				}
			}
		}
	}
}

func (s *street) turnedAway(t *testing.T, pattern string, d decision, who string) {
	t.Helper()
	method, path := s.address(pattern)
	w := s.knock(t, who, method, path, s.form())
	login := strings.HasPrefix(w.Header().Get("Location"), "/login")
	switch {
	case who == "" && method == http.MethodGet && w.Code == http.StatusSeeOther && login:
	case who == "" && w.Code == http.StatusUnauthorized:
	case who != "" && w.Code == http.StatusForbidden && !d.may(s.scopes[who]):
	case who != "" && w.Code >= 400 && w.Code < 500 && d.whose != "": // usually 404; a form that names what is not hers may be wrong before that
	default:
		t.Errorf("%s as %q: %d, to %q", pattern, who, w.Code, w.Header().Get("Location"))
	}
	for _, secret := range s.secrets() {
		if body := strings.ReplaceAll(w.Body.String(), url.QueryEscape(path), ""); strings.Contains(strings.ReplaceAll(body, path, ""), secret) {
			t.Errorf("%s shows %q: %s", pattern, who, secret)
		}
	}
}

func (s *street) letIn(t *testing.T, pattern, method, who string) {
	t.Helper()
	does, path := s.address(pattern)
	if does != method || path == "/events" { // the stream does not end; see TestEventsOfAShop
		return
	}
	w := s.knock(t, who, method, path, s.form())
	if pattern == "POST /login" { // an empty form is refused, and counted
		return
	}
	bad := w.Code == http.StatusUnauthorized || w.Code == http.StatusForbidden || w.Code >= 500 || w.Code == http.StatusTooManyRequests
	missing := strings.Contains(path, s.ids["none"]) || path == "/" && pattern == "/" || strings.HasPrefix(path, "/static")
	if method == http.MethodGet && !missing && w.Code >= 400 {
		bad = true
	}
	if bad {
		t.Errorf("%s as %q, who may: %d %.300s", pattern, who, w.Code, w.Body)
	}
	if who != "" && (who == "stranger" || strings.HasSuffix(who, "2")) && !strings.HasPrefix(path, "/help") && !strings.HasPrefix(path, "/f/") {
		for _, secret := range s.secrets() {
			if strings.Contains(w.Body.String(), secret) {
				t.Errorf("%s shows %q: %s", pattern, who, secret)
			}
		}
	}
	keepsToItself(t, pattern, w)
}

// trail is how much the company's audit trail holds.
func (s *street) trail(t *testing.T) (n int) {
	t.Helper()
	must(t, s.DB.Read(t.Context(), func(tx *db.Tx) error {
		return tx.QueryRow(t.Context(), `SELECT count(*) FROM audit_entry`).Scan(&n)
	}))
	return n
}
