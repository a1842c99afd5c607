package api_test

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/scope"
)

const fn235 = "fn-235-unsent-documents"

// TestAReadersWay goes from a question to a case and back to the editors, by
// the public client.
func TestAReadersWay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, page, key := t.Context(), h.as(t, "").Help(""), help.NewKey()
	c, err := page.Company(ctx)
	must(t, err)
	if c.Name != h.tenant.Name || c.Path != "/help" {
		t.Fatalf("the page is of %+v", c)
	}
	d, err := page.Search(ctx, client.HelpSearch{Text: "ошибка 235", Lang: "ru", Visitor: key})
	must(t, err)
	if !d.Confident || d.Matches[0].FaultID != fn235 {
		t.Fatalf("235 is %+v", d)
	}
	must(t, page.Opened(ctx, fn235, key))
	for i := range 3 {
		must(t, page.Rate(ctx, fn235, client.HelpRating{Visitor: help.NewKey(), Helped: i > 0}))
	}
	must(t, page.Rate(ctx, fn235, client.HelpRating{Visitor: key, Helped: true, Words: "быстро"}))
	a, err := page.Article(ctx, fn235, "de")
	must(t, err)
	if a.Rated != 4 || a.Helped != 3 || !strings.Contains(a.Title, "Speicher voll") {
		t.Errorf("the article: %d of %d, %q", a.Helped, a.Rated, a.Title)
	}
	for _, s := range a.Steps {
		if s.Who != "cashier" {
			t.Errorf("a reader is shown the step %s of %s", s.ID, s.Who)
		}
	}
	ticket, err := page.Request(ctx, client.NewHelpRequest{Once: help.NewKey(), Visitor: key, Subject: "Всё равно стоит", Phone: "+7 912 345-67-89", Fault: fn235, Asked: "ошибка 235"})
	must(t, err)
	h.theCaseHasIt(t, ticket.Number)
	f, err := h.as(t, "manager").HelpFigures(ctx, 7)
	must(t, err)
	if got := f.Articles[fn235]; got.Opened != 3 || got.Called != 1 || got.Waiting != 2 {
		t.Errorf("the figures: %+v", got)
	}
	words, err := h.as(t, "engineer").HelpWords(ctx, fn235)
	must(t, err)
	if len(words) != 1 || words[0].Words != "быстро" {
		t.Errorf("the words: %+v", words)
	}
}

func (h *house) theCaseHasIt(t *testing.T, number int64) {
	t.Helper()
	c, err := h.Desk.ByNumber(t.Context(), h.sc(), number)
	must(t, err)
	v, err := h.Desk.View(t.Context(), scope.System(h.tenant.ID, "test"), c.ID)
	must(t, err)
	if c.Source != "web" || c.Fault != fn235 || c.Subject != "Всё равно стоит" || len(v.Entries) != 2 || v.Entries[1].Kind != "request" {
		t.Fatalf("the case is %+v with %+v", c, v.Entries)
	}
	left, _ := v.Entries[1].Data["left"].(map[string]any)
	if left["phone"] != "+7 912 345-67-89" || left["read"].([]any)[0] != fn235 || left["asked"].([]any)[0] != "ошибка 235" {
		t.Errorf("the case was told %v", left)
	}
}

// TestHelpKeepsCompaniesApart asks for the second company by its slug.
func TestHelpKeepsCompaniesApart(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	if a := h.call(t, "", "GET", "/help?company=kassenhilfe", ""); a.status != 404 || !strings.Contains(a.body, "help_no_page") {
		t.Errorf("before it has a slug: %d %s", a.status, a.body)
	}
	_, err := h.as(t, "stranger").SetHelpPage(ctx, client.HelpPage{Slug: "kassenhilfe", Phone: "+49 30 1234567"})
	must(t, err)
	theirs := h.as(t, "").Help("kassenhilfe")
	c, err := theirs.Company(ctx)
	must(t, err)
	if c.Name != "Kassenhilfe" || c.Path != "/help/kassenhilfe" || c.Phone == "" {
		t.Errorf("by the slug: %+v", c)
	}
	_, err = theirs.Search(ctx, client.HelpSearch{Text: "Kaffeemaschine kalt", Lang: "de"})
	must(t, err)
	_, err = theirs.Ask(ctx, fn235, client.NewHelpQuestion{Visitor: help.NewKey(), Text: "Wie?"})
	must(t, err)
	for name, want := range map[string]int{"stranger": 1, "admin": 1} { // one each: the harness left its own
		q, err := h.as(t, name).HelpQuestions(ctx, "waiting")
		must(t, err)
		m, err := h.as(t, name).HelpMissed(ctx, "open", "last")
		must(t, err)
		if len(q) != want || len(m) != want || strings.Contains(q[0].Text+m[0].Text, "заря") == (name == "stranger") {
			t.Errorf("%s sees %+v and %+v", name, q, m)
		}
	}
	for _, name := range []string{"dispatcher", "owner", "cashier"} {
		if a := h.call(t, name, "GET", "/help-desk/questions", ""); a.status != 403 {
			t.Errorf("%s reads questions: %d", name, a.status)
		}
	}
}

func TestHelpRefusesNonsense(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := help.NewKey()
	for _, tc := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/help?company=../x", "", 404, "help_no_page"},
		{"GET", "/help/articles/none", "", 404, "fault_unknown"},
		{"POST", "/help/search", `{"text": ""}`, 422, ""},
		{"POST", "/help/articles/none/rating", `{"visitor": "` + key + `", "helped": true}`, 404, "fault_unknown"},
		{"POST", "/help/articles/" + fn235 + "/rating", `{"visitor": "x", "helped": true}`, 422, "help_no_visitor"},
		{"POST", "/help/articles/" + fn235 + "/questions", `{"visitor": "` + key + `", "text": " "}`, 422, "required"},
		{"POST", "/help/articles/" + fn235 + "/walk", `{`, 400, ""},
		{"POST", "/help/requests", `{"once": "` + key + `", "subject": "x"}`, 422, "help_no_way_back"},
		{"POST", "/help/requests", `{"once": "` + key + `", "subject": "x", "phone": "нет"}`, 422, "help_phone_form"},
	} {
		if a := h.call(t, "", tc.method, tc.path, tc.body); a.status != tc.status || !strings.Contains(a.body, tc.code) {
			t.Errorf("%s %s %s: %d %s", tc.method, tc.path, tc.body, a.status, a.body)
		}
	}
}

// TestStrangersAreSlowedDown sends one form after another.
func TestStrangersAreSlowedDown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for i := range 40 {
		a := h.call(t, "", "POST", "/help/requests", `{"once": "`+help.NewKey()+`", "subject": "x", "phone": "+7 912 345-67-89"}`)
		if a.status == 429 {
			if i < 5 || a.header.Get("Retry-After") == "" {
				t.Errorf("slowed down at form %d, Retry-After %q", i, a.header.Get("Retry-After"))
			}
			return
		}
	}
	t.Error("forty forms in a row were taken")
}

// TestDiagnoseKeepsWhatItDidNotFind asks as a stranger and as an engineer.
func TestDiagnoseKeepsWhatItDidNotFind(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, name := range []string{"", "engineer"} {
		if a := h.call(t, name, "POST", "/diagnose", `{"text": "микроволновка искрит", "lang": "ru"}`); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
	}
	m, err := h.as(t, "admin").HelpMissed(t.Context(), "", "count")
	must(t, err)
	if len(m) != 2 || m[0].Text != "микроволновка искрит" || m[0].Count != 2 || m[0].Source != "api" {
		t.Errorf("kept: %+v", m)
	}
}
