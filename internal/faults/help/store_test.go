package help_test

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func TestWhoseHelpPageItIs(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		c, err := b.Company(ctx, "")
		must(t, err)
		if c.ID != first || !c.First || c.Path() != "/help" {
			t.Fatalf("the first company is %+v", c)
		}
		if c, err := b.CompanyOf(ctx, elsewhere); err != nil || c.Path() != "" {
			t.Errorf("a second company without a slug is at %q, %v", c.Path(), err)
		}
		_, err = b.SavePage(ctx, foreign, help.Page{Slug: "Kassen-Hilfe", Phone: "+49 30 1234567", Hours: "Mo–Fr"})
		must(t, err)
		c, err = b.Company(ctx, "kassen-hilfe")
		must(t, err)
		if c.ID != second || c.Path() != "/help/kassen-hilfe" || c.Phone != "+49 30 1234567" || c.Hours != "Mo–Fr" {
			t.Errorf("by its slug: %+v", c)
		}
		for _, slug := range []string{"nobody", "articles", "../x", "Kassen-Hilfe", "'; DROP TABLE"} {
			if _, err := b.Company(ctx, slug); problem.CodeOf(err) != "help_no_page" {
				t.Errorf("%q: %v", slug, err)
			}
		}
		_, err = b.SavePage(ctx, admin, help.Page{Slug: "kassen-hilfe"})
		wantField(t, err, "slug", "help_slug_taken")
		p, err := b.SavePage(ctx, admin, help.Page{Closed: true})
		must(t, err)
		_, err = b.Company(ctx, "")
		wantCode(t, err, "help_no_page")
		_, err = b.SavePage(ctx, admin, help.Page{})
		wantCode(t, err, "conflict")
		p.Closed = false
		_, err = b.SavePage(ctx, admin, p)
		must(t, err)
		if got := b.audited(t, first); strings.Count(got, "help.page_changed") != 2 {
			t.Errorf("audited: %s", got)
		}
	})
}

func TestPageRefusesNonsense(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		_, err := b.SavePage(ctx, admin, help.Page{Slug: "request", Phone: "call me", Hours: strings.Repeat("x", 200)})
		wantField(t, err, "slug", "help_slug_form")
		wantField(t, err, "phone", "help_phone_form")
		wantField(t, err, "hours", "help_too_long")
		_, err = b.SavePage(ctx, engineer, help.Page{})
		wantCode(t, err, "forbidden")
		_, err = b.PageOf(ctx, dispatcher)
		wantCode(t, err, "forbidden")
	})
}

func TestRatingIsOneWordOfEach(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		anna := visitor()
		must(t, b.Rate(ctx, reader, anna, fn235, "ru", help.Rating{Helped: true}))
		must(t, b.Rate(ctx, reader, anna, fn235, "ru", help.Rating{Helped: false, Words: "не нашёл\x00 адрес"}))
		st, err := b.Standing(ctx, reader, anna, fn235)
		must(t, err)
		if st.Rated != 1 || st.Helped != 0 || st.Own == nil || st.Own.Words != "не нашёл адрес" || st.Shown() {
			t.Fatalf("one visitor's two words are %+v", st)
		}
		for range 2 {
			must(t, b.Rate(ctx, reader, visitor(), fn235, "xx", help.Rating{Helped: true}))
		}
		st, err = b.Standing(ctx, reader, visitor(), fn235)
		must(t, err)
		if st.Rated != 3 || st.Helped != 2 || st.Own != nil || !st.Shown() {
			t.Errorf("three visitors' words are %+v", st)
		}
		words, err := b.Words(ctx, manager, "")
		must(t, err)
		if len(words) != 1 || words[0].Helped || words[0].Fault != fn235 {
			t.Errorf("words: %+v", words)
		}
		if st, err := b.Standing(ctx, elsewhere, anna, fn235); err != nil || st.Rated != 0 || st.Own != nil {
			t.Errorf("another company's readers see %+v, %v", st, err)
		}
		if words, err := b.Words(ctx, foreign, ""); err != nil || len(words) != 0 {
			t.Errorf("another company's editors read %+v, %v", words, err)
		}
		wantCode(t, b.Rate(ctx, reader, "", fn235, "ru", help.Rating{}), "help_no_visitor")
		wantCode(t, b.Rate(ctx, reader, anna, "no-such", "ru", help.Rating{}), "fault_unknown")
		wantCode(t, b.Rate(ctx, scope.Scope{}, anna, fn235, "ru", help.Rating{}), "no_scope")
		wantField(t, b.Rate(ctx, reader, anna, fn235, "ru", help.Rating{Words: strings.Repeat("я", help.MaxWords+1)}), "words", "help_too_long")
	})
}

func TestAQuestionWaitsForAnEditor(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := visitor()
		q, err := b.Ask(ctx, reader, v, help.Question{Fault: fn235, Lang: "ru", Name: " Марина\n", Text: "Где пункт? \u202ehttp://x"})
		must(t, err)
		if q.Name != "Марина" || q.Text != "Где пункт? http://x" || q.State != help.Waiting {
			t.Errorf("kept as %+v", q)
		}
		if list, err := b.Answered(ctx, reader, fn235); err != nil || len(list) != 0 {
			t.Fatalf("readers see what waits: %+v, %v", list, err)
		}
		for sc, want := range map[*scope.Scope]int{&engineer: 1, &manager: 1, &admin: 1, &dispatcher: 0, &owner: 0, &foreign: 0, &reader: 0} {
			if n, err := b.CountWaiting(ctx, *sc); err != nil || n != want {
				t.Errorf("%s counts %d, %v", sc.Actor().Name, n, err)
			}
		}
		_, err = b.Answer(ctx, dispatcher, q.ID, 1, "x")
		wantCode(t, err, "forbidden")
		_, err = b.Answer(ctx, foreign, q.ID, 1, "x")
		wantCode(t, err, "not_found")
		b.clock.Advance(time.Hour)
		a, err := b.Answer(ctx, engineer, q.ID, 1, "В меню «ОФД».")
		must(t, err)
		_, err = b.Hide(ctx, manager, q.ID, 1)
		wantCode(t, err, "conflict")
		list, err := b.Answered(ctx, reader, fn235)
		must(t, err)
		if len(list) != 1 || list[0].Answer != "В меню «ОФД»." || list[0].AnsweredBy != "Ирина" || !list[0].AnsweredAt.Equal(b.clock.Now()) || a.Version != 2 {
			t.Fatalf("readers see %+v", list)
		}
		if list, err := b.Answered(ctx, elsewhere, fn235); err != nil || len(list) != 0 {
			t.Errorf("another company's readers see %+v, %v", list, err)
		}
		_, err = b.Hide(ctx, manager, q.ID, 2)
		must(t, err)
		if list, err := b.Answered(ctx, reader, fn235); err != nil || len(list) != 0 {
			t.Errorf("readers see what is hidden: %+v, %v", list, err)
		}
		wantCode(t, b.Remove(ctx, foreign, q.ID, 3), "not_found")
		must(t, b.Remove(ctx, admin, q.ID, 3))
		if list, err := b.Questions(ctx, admin, help.Hidden); err != nil || len(list) != 0 {
			t.Errorf("removed and still there: %+v, %v", list, err)
		}
		if got, want := b.audited(t, first), "question.removed question.hidden question.answered question.asked"; got != want {
			t.Errorf("audited %q, want %q", got, want)
		}
		if n := len(b.told.C); n != 4 { // asked, answered, hidden, removed; not what was refused
			t.Errorf("the bus was told %d times", n)
		}
		for range len(b.told.C) {
			if e := <-b.told.C; e.Topic != help.Topic || e.ID != q.ID || e.Tenant != first {
				t.Errorf("the bus was told %+v", e)
			}
		}
	})
}

func TestNobodyBuriesTheQuestionsOfOthers(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := visitor()
		for range 5 {
			_, err := b.Ask(ctx, reader, v, help.Question{Fault: fn235, Text: "?"})
			must(t, err)
		}
		_, err := b.Ask(ctx, reader, v, help.Question{Fault: fn235, Text: "?"})
		wantCode(t, err, "help_questions_wait")
		_, err = b.Ask(ctx, reader, visitor(), help.Question{Fault: fn235, Text: "?"})
		must(t, err)
		_, err = b.Ask(ctx, reader, visitor(), help.Question{Fault: fn235, Text: " \x00 ", Name: strings.Repeat("n", 81)})
		wantField(t, err, "text", "required")
		wantField(t, err, "name", "help_too_long")
	})
}

func TestWhatFoundNothingIsKept(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := visitor()
		for _, q := range []help.Search{
			{Text: "кофеварка не греет", Lang: "ru", Visitor: v, Source: help.FromHelp},
			{Text: " КОФЕВАРКА  не греет", Lang: "ru", Source: help.FromAPI},
			{Text: "кофеварка не", Lang: "ru", Visitor: v, Source: help.FromHelp, Typing: true},
			{Text: "звоните 8 999 123-45-67", Lang: "ru", Source: help.FromHelp},
			{Text: "ошибка 235", Lang: "ru", Visitor: v, Source: help.FromHelp},
			{Text: "   ", Lang: "ru", Source: help.FromHelp},
			{Text: "?", Lang: "ru", Source: help.FromHelp},
		} {
			_, err := b.Find(ctx, reader, q)
			must(t, err)
			b.clock.Advance(time.Minute)
		}
		list, err := b.NotFound(ctx, engineer, help.MissedFilter{})
		must(t, err)
		if len(list) != 2 || list[0].Text != "кофеварка не греет" || list[0].Count != 2 || list[0].Source != help.FromAPI || list[1].Text != "звоните #" {
			t.Fatalf("not found: %+v", list)
		}
		if got := list[0].LastAt.Sub(list[0].FirstAt); got != time.Minute {
			t.Errorf("first and last are %s apart", got)
		}
		newest, err := b.NotFound(ctx, engineer, help.MissedFilter{Newest: true})
		must(t, err)
		if newest[0].ID != list[1].ID {
			t.Errorf("the newest is %+v", newest[0])
		}
		b.missedIsSettled(t, ctx, list)
	})
}

func (b *bench) missedIsSettled(t *testing.T, ctx context.Context, list []help.Missed) {
	t.Helper()
	_, err := b.Link(ctx, foreign, list[0].ID, 1, fn235)
	wantCode(t, err, "not_found")
	_, err = b.Link(ctx, engineer, list[0].ID, 1, "no-such")
	wantCode(t, err, "fault_unknown")
	_, err = b.Dismiss(ctx, dispatcher, list[0].ID, 1)
	wantCode(t, err, "forbidden")
	m, err := b.Link(ctx, engineer, list[0].ID, 1, fn235)
	must(t, err)
	if m.State != help.MissedLinked || m.Fault != fn235 || m.Version != 2 {
		t.Errorf("linked: %+v", m)
	}
	_, err = b.Dismiss(ctx, manager, list[0].ID, 1)
	wantCode(t, err, "conflict")
	_, err = b.Dismiss(ctx, manager, list[1].ID, 1)
	must(t, err)
	_, err = b.Find(ctx, reader, help.Search{Text: "звоните 8 999 123-45-68", Lang: "ru", Source: help.FromHelp})
	must(t, err)
	if open, err := b.NotFound(ctx, engineer, help.MissedFilter{}); err != nil || len(open) != 0 {
		t.Errorf("dismissed, asked again and open: %+v, %v", open, err)
	}
	gone, err := b.NotFound(ctx, engineer, help.MissedFilter{State: help.MissedDismissed})
	must(t, err)
	if len(gone) != 1 || gone[0].Count != 2 {
		t.Errorf("dismissed: %+v", gone)
	}
	if theirs, err := b.NotFound(ctx, foreign, help.MissedFilter{State: help.MissedLinked}); err != nil || len(theirs) != 0 {
		t.Errorf("another company reads %+v, %v", theirs, err)
	}
	if got := b.audited(t, first); got != "missed.dismissed missed.linked" {
		t.Errorf("audited %q", got)
	}
}

// TestALinkedSearchFindsItsArticle: what an editor linked is found from then on,
// in the company alone, and no more once it is reopened.
func TestALinkedSearchFindsItsArticle(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		const words = "пищалка орет как резаная"
		finds := func(sc scope.Scope) string {
			d, err := b.Find(ctx, sc, help.Search{Text: "орёт пищалка, как резаная!", Lang: "ru", Source: help.FromHelp})
			must(t, err)
			if !d.Confident {
				return ""
			}
			return d.Matches[0].FaultID
		}
		_, err := b.Find(ctx, reader, help.Search{Text: words, Lang: "ru", Source: help.FromHelp})
		must(t, err)
		if got := finds(reader); got != "" {
			t.Fatalf("it is known already: %s", got)
		}
		list, err := b.NotFound(ctx, engineer, help.MissedFilter{})
		must(t, err)
		i := slices.IndexFunc(list, func(m help.Missed) bool { return m.Text == words })
		m, err := b.Link(ctx, engineer, list[i].ID, list[i].Version, fn235)
		must(t, err)
		if got := finds(reader); got != fn235 {
			t.Errorf("linked, it finds %q", got)
		}
		if got := finds(elsewhere); got != "" {
			t.Errorf("another company finds %q by it", got)
		}
		_, err = b.Reopen(ctx, engineer, m.ID, m.Version)
		must(t, err)
		if got := finds(reader); got != "" {
			t.Errorf("reopened, it still finds %q", got)
		}
	})
}

func TestNoiseDoesNotFillTheDatabase(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		must(t, b.db.Write(ctx, func(tx *db.Tx) error {
			for i := range 5000 {
				if _, err := tx.Exec(ctx, `INSERT INTO faults_missed (id, tenant, text, lang, source, count, first_at, last_at, state, fault, version)
					VALUES ($1,$2,$3,'ru','help',1,1,1,'open','',1)`, "m"+strconv.Itoa(i), first, "шум "+strconv.Itoa(i)); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err := b.Find(ctx, reader, help.Search{Text: "кофеварка", Lang: "ru", Source: help.FromHelp})
		must(t, err)
		var n int
		must(t, b.db.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM faults_missed`).Scan(&n)
		}))
		list, err := b.NotFound(ctx, engineer, help.MissedFilter{Newest: true, Limit: 1})
		must(t, err)
		if n != 5000 || list[0].Text != "кофеварка" {
			t.Errorf("%d rows, the newest is %q", n, list[0].Text)
		}
	})
}
