package shelf_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func title(t *testing.T, s *shelf.Service, sc scope.Scope, fault string) string {
	t.Helper()
	a, ok := s.Effective(sc).Get(fault)
	if !ok {
		return ""
	}
	return a.Title.RU
}

func TestADraftIsForEditorsAlone(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, err := s.SaveDraft(t.Context(), engineer, drift, 0, "title.ru = \"Неоконченное")
		if err != nil {
			t.Fatal(err)
		}
		if a.Version != 1 || a.DraftBy.Name != "Ирина" || a.Base != a.Shipped || a.Own() {
			t.Errorf("%+v", a)
		}
		if title(t, s, manager, drift) != title(t, s, foreign, drift) {
			t.Error("a draft holds already")
		}
		_, err = s.Publish(t.Context(), engineer, drift, a.Version, "ru", "")
		wantCode(t, err, "forbidden")
		_, err = s.Publish(t.Context(), manager, drift, a.Version, "ru", "")
		wantCode(t, err, "article_invalid")
		if f := problem.Of(err).Fields; len(f) != 1 || f[0].Code != "article_toml" || f[0].Args["line"] != 1 {
			t.Errorf("fields %+v", f)
		}
		again, err := s.Get(t.Context(), manager, drift)
		if err != nil || again.Version != a.Version || again.Draft != a.Draft || again.Number != 0 {
			t.Errorf("a refused publishing changed %+v (%v)", again, err)
		}
		if a, err = s.DropDraft(t.Context(), engineer, drift, a.Version); err != nil || a.Draft != "" {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestPublishedHoldsForItsCompanyAlone(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		before := title(t, s, manager, drift)
		publish(t, s, manager, drift, shippedText(t, drift, before, "Часы убежали"))
		publish(t, s, manager, label, own(label, "Этикеточник молчит"))
		if got := title(t, s, dispatcher, drift); got != "Часы убежали" {
			t.Errorf("the override is called %q", got)
		}
		m, c := s.Matcher(manager)
		if r := m.Match("этикеточник заклинило", nil, nil); !r.Confident || r.Matches[0].ID != label {
			t.Errorf("the own article is not found: %+v", r)
		}
		if len(c.Articles()) != len(shipped(t).Articles())+1 {
			t.Errorf("%d articles hold", len(c.Articles()))
		}
		if title(t, s, foreign, drift) != before || title(t, s, foreign, label) != "" || title(t, s, scope.Scope{}, drift) != before {
			t.Error("another company has them too")
		}
		m, _ = s.Matcher(foreign)
		if r := m.Match("этикеточник заклинило", nil, nil); slices.ContainsFunc(r.Matches, func(m matchOf) bool { return m.ID == label }) {
			t.Error("another company finds it")
		}
		_, err := s.Get(t.Context(), foreign, label)
		wantCode(t, err, "fault_unknown")
		if h, err := s.History(t.Context(), foreign, drift); err != nil || len(h) != 0 {
			t.Errorf("another company reads the history: %v, %v", h, err)
		}
		_, err = s.Text(t.Context(), foreign, drift, 1)
		wantCode(t, err, "not_found")
		if all, err := s.List(t.Context(), foreign); err != nil || len(all) != 0 {
			t.Errorf("another company lists %v, %v", all, err)
		}
	})
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		for _, sc := range []scope.Scope{dispatcher, owner} {
			_, err := s.SaveDraft(t.Context(), sc, drift, 0, "x")
			wantCode(t, err, "forbidden")
			_, err = s.List(t.Context(), sc)
			wantCode(t, err, "forbidden")
		}
		_, err := s.SaveDraft(t.Context(), scope.Scope{}, drift, 0, "x")
		wantCode(t, err, "no_scope")
		_, err = s.Switch(t.Context(), engineer, drift, 0, true, "")
		wantCode(t, err, "forbidden")
		for _, id := range []string{"own-", "label", "own-Ä", "../own-x", "own-" + strings.Repeat("x", 90)} {
			_, err = s.SaveDraft(t.Context(), manager, id, 0, "x")
			wantCode(t, err, "article_id_own")
		}
		for _, text := range []string{"", " \n", "\xff", "a\x00b", strings.Repeat("x", catalogue.MaxFile+1)} {
			_, err = s.SaveDraft(t.Context(), manager, drift, 0, text)
			wantCode(t, err, "article_text")
		}
	})
}

func TestTwoEditors(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		first, err := s.SaveDraft(t.Context(), engineer, label, 0, own(label, "Один"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.SaveDraft(t.Context(), manager, label, 0, own(label, "Два"))
		wantCode(t, err, "article_changed")
		second, err := s.SaveDraft(t.Context(), manager, label, first.Version, own(label, "Два"))
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Publish(t.Context(), manager, label, first.Version, "ru", "")
		wantCode(t, err, "article_changed")
		if _, err = s.Publish(t.Context(), manager, label, second.Version, "ru", ""); err != nil || title(t, s, manager, label) != "Два" {
			t.Errorf("%q, %v", title(t, s, manager, label), err)
		}
	})
}

func TestHistoryRollbackAndBackToShipped(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		old := title(t, s, manager, drift)
		publish(t, s, manager, drift, shippedText(t, drift, old, "Первая"))
		a := publish(t, s, manager, drift, shippedText(t, drift, old, "Вторая"))
		a, err := s.Rollback(t.Context(), manager, drift, a.Version, 1, "вторая хуже")
		if err != nil || title(t, s, manager, drift) != "Первая" {
			t.Fatalf("%q, %v", title(t, s, manager, drift), err)
		}
		a, err = s.Restore(t.Context(), manager, drift, a.Version, "")
		if err != nil || title(t, s, manager, drift) != old || a.Published != "" {
			t.Fatalf("%+v, %v", a, err)
		}
		_, err = s.Restore(t.Context(), manager, drift, a.Version, "")
		wantCode(t, err, "article_not_published")
		h, err := s.History(t.Context(), engineer, drift)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, v := range h {
			got = append(got, string(v.What))
		}
		if !slices.Equal(got, []string{"restored", "rolled_back", "published", "published"}) || h[1].From != 1 || h[1].Note != "вторая хуже" || h[1].By.Name != "Марина" || h[1].At.IsZero() {
			t.Errorf("history %+v", h)
		}
		for number, want := range map[int64]string{1: "Первая", 2: "Вторая", 3: "Первая", 4: ""} {
			text, err := s.Text(t.Context(), manager, drift, number)
			if err != nil || (want == "") != (text == "") || !strings.Contains(text, want) {
				t.Errorf("version %d: %v", number, err)
			}
		}
		_, err = s.Rollback(t.Context(), manager, drift, a.Version, 4, "")
		wantCode(t, err, "article_no_text")
		_, err = s.Rollback(t.Context(), manager, drift, a.Version, 9, "")
		wantCode(t, err, "not_found")
	})
}

func TestSwitchedOff(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a, err := s.Switch(t.Context(), manager, drift, 0, true, "касс таких нет")
		if err != nil {
			t.Fatal(err)
		}
		m, _ := s.Matcher(manager)
		r := m.Match("часы кассы спешат", nil, nil)
		if title(t, s, manager, drift) != "" || slices.ContainsFunc(r.Matches, func(m matchOf) bool { return m.ID == drift }) {
			t.Error("it is still found")
		}
		if n, ok := s.Named(manager, drift); !ok || n.ID != drift {
			t.Error("an old alert lost its name")
		}
		if _, err = s.Switch(t.Context(), manager, drift, a.Version, false, ""); err != nil || title(t, s, manager, drift) == "" {
			t.Errorf("it did not come back: %v", err)
		}
	})
}

func TestARestartKnowsWhatWasPublished(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		one, other := newShelf(t, d), newShelf(t, d)
		publish(t, one, manager, label, own(label, "Этикеточник молчит"))
		if title(t, other, manager, label) != "" {
			t.Fatal("it knows without asking")
		}
		if err := other.Refresh(t.Context()); err != nil || title(t, other, manager, label) != "Этикеточник молчит" {
			t.Fatalf("%q, %v", title(t, other, manager, label), err)
		}
		was, _ := other.Effective(manager).Get(label)
		publish(t, one, manager, drift, shippedText(t, drift, title(t, one, foreign, drift), "Часы убежали"))
		if err := other.Refresh(t.Context()); err != nil || title(t, other, manager, drift) != "Часы убежали" {
			t.Fatal(err)
		}
		if now, _ := other.Effective(manager).Get(label); now != was {
			t.Error("what did not change was read anew")
		}
	})
}

func TestEverythingIsInTheAuditTrail(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		a := publish(t, s, manager, label, own(label, "Этикеточник молчит"))
		if a, err := s.Switch(t.Context(), manager, label, a.Version, true, ""); err != nil {
			t.Fatal(a, err)
		}
		var list []audit.Record
		err := d.Read(t.Context(), func(tx *db.Tx) (err error) {
			list, err = audit.List(context.Background(), tx, manager, audit.Filter{Limit: 10})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, r := range list {
			if r.SubjectID == label {
				got = append(got, r.Action)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, []string{"article.drafted", "article.published", "article.switched_off"}) {
			t.Errorf("the trail has %v", got)
		}
	})
}
