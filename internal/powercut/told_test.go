package powercut

import (
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

func shopsAgent() scope.Scope { return scope.Agent("t", "a1", "Магазин на углу") }

// tells is what a shop's agent says of one breakdown.
type tells struct {
	*bed
	outage ShopOutage
}

func (b *bed) tells(from, to time.Duration) *tells {
	b.t.Helper()
	s := &tells{bed: b, outage: ShopOutage{ID: ids.New(), Device: "d", About: About{Reason: Power, From: noon().Add(from)}}}
	if to != 0 {
		s.outage.To = noon().Add(to)
	}
	s.again()
	return s
}

// again tells the breakdown in another revision.
func (s *tells) again() {
	s.t.Helper()
	s.outage.Rev++
	if err := s.TellOutage(s.t.Context(), shopsAgent(), s.outage); err != nil {
		s.t.Fatal(err)
	}
}

func (s *tells) sale(at time.Duration) ShopSale {
	return ShopSale{ID: ids.New(), Rev: 1, Outage: s.outage.ID, By: "Лиза", Form: coffee(noon().Add(at))}
}

// tell tells a sale and gives the code of what is wrong with it.
func (s *tells) tell(x ShopSale) string {
	s.t.Helper()
	return problem.CodeOf(s.TellSale(s.t.Context(), shopsAgent(), x))
}

// journals are the journals that there are, the newest first.
func (b *bed) journals() []View {
	b.t.Helper()
	list, err := b.List(b.t.Context(), engineer(), Filter{Device: "d"})
	if err != nil {
		b.t.Fatal(err)
	}
	var out []View
	for _, j := range list {
		out = append(out, must[View](b.t)(b.View(b.t.Context(), engineer(), j.ID)))
	}
	return out
}

// TestWhatAShopTellsIsTakenOnce, however often it is told, changed and taken
// back.
func TestWhatAShopTellsIsTakenOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		s := b.tells(-3*time.Hour, 0)
		x := s.sale(-time.Hour)
		for range 3 {
			if code := s.tell(x); code != "" {
				t.Fatal(code)
			}
			if err := s.TellOutage(t.Context(), shopsAgent(), s.outage); err != nil {
				t.Fatal(err)
			}
		}
		list := b.journals()
		if len(list) != 1 || len(list[0].Settlements) != 1 || list[0].Settlements[0].By != "Лиза" || list[0].Client != "c" {
			t.Fatalf("%+v", list)
		}
		was := list[0].Settlements[0]
		x.Rev, x.Items[0].Quantity, x.Payments[0].Sum = 2, 1000, 54_55
		x.Payments[1].Sum = 150_00
		if code := s.tell(x); code != "" {
			t.Fatal(code)
		}
		if v := b.journals()[0]; len(v.Settlements) != 1 || v.Settlements[0].Total != was.Total-150_00 || v.Settlements[0].No != was.No {
			t.Fatalf("%+v", v.Settlements)
		}
		x.Rev, x.Struck = 3, true
		for range 2 {
			if code := s.tell(x); code != "" {
				t.Fatal(code)
			}
		}
		if v := b.journals()[0]; len(v.Settlements) != 0 {
			t.Fatalf("%+v", v.Settlements)
		}
		x.Rev, x.Struck = 4, false
		if code := s.tell(x); code != "" || len(b.journals()[0].Settlements) != 1 {
			t.Errorf("put back: %q, %d", code, len(b.journals()[0].Settlements))
		}
		x.Rev, x.Struck = 2, true // late, from a line that broke
		if code := s.tell(x); code != "" || len(b.journals()[0].Settlements) != 1 {
			t.Errorf("an old revision: %q, %d", code, len(b.journals()[0].Settlements))
		}
	})
}

// TestABreakdownIsOver, and lasts after all: sales told then are within it.
func TestABreakdownIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		s := b.tells(-3*time.Hour, 0)
		if code := s.tell(s.sale(-time.Hour)); code != "" {
			t.Fatal(code)
		}
		s.outage.To = noon().Add(-2 * time.Hour) // less than its sales say
		s.again()
		if v := b.journals()[0]; !v.To.Equal(noon().Add(-time.Hour)) {
			t.Errorf("it ends %v", v.To)
		}
		if code := s.tell(s.sale(-30 * time.Minute)); code != "powercut_invalid" {
			t.Errorf("a sale after the end: %q", code)
		}
		if code := s.tell(s.sale(-time.Hour + time.Minute)); code != "" {
			t.Errorf("a sale in the minute of the end: %q", code)
		}
		s.outage.To = time.Time{}
		s.again()
		if code := s.tell(s.sale(-30 * time.Minute)); code != "" || !b.journals()[0].To.IsZero() {
			t.Errorf("a sale when it lasts after all: %q", code)
		}
		s.outage.From = noon().Add(-5 * time.Hour)
		s.again()
		if v := b.journals()[0]; !v.From.Equal(s.outage.From) || len(v.Settlements) != 3 {
			t.Errorf("from %v, %d settlements", v.From, len(v.Settlements))
		}
	})
}

// TestAShopJoinsTheJournalThatTheCompanyBegan of the same time, and no other.
func TestAShopJoinsTheJournalThatTheCompanyBegan(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		own := must[View](t)(b.Start(t.Context(), cashier(), StartRequest{Device: "d", About: About{
			Reason: Power, From: noon().Add(-10 * time.Hour), To: noon().Add(-6 * time.Hour),
		}}))
		same := b.tells(-7*time.Hour, -5*time.Hour)
		other := b.tells(-4*time.Hour, 0)
		for _, s := range []struct {
			*tells
			at time.Duration
		}{{same, -330 * time.Minute}, {other, -time.Hour}} {
			if code := s.tell(s.sale(s.at)); code != "" {
				t.Fatal(code)
			}
		}
		list := b.journals()
		if len(list) != 2 {
			t.Fatalf("%d journals", len(list))
		}
		for _, v := range list {
			if len(v.Settlements) != 1 || v.ID == own.ID && (!v.From.Equal(own.From) || !v.To.Equal(noon().Add(-5*time.Hour))) {
				t.Errorf("%v to %v, %d settlements", v.From, v.To, len(v.Settlements))
			}
		}
	})
}

// TestWhatTheCompanyIsDoneWithIsNotChanged by a shop: what it tells late gets a
// journal of its own, and what was sent or changed there stays.
func TestWhatTheCompanyIsDoneWithIsNotChanged(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		s := b.tells(-3*time.Hour, -30*time.Minute)
		x := s.sale(-time.Hour)
		if code := s.tell(x); code != "" {
			t.Fatal(code)
		}
		v := b.journals()[0]
		f := coffee(noon().Add(-2 * time.Hour))
		if _, err := b.Change(t.Context(), engineer(), v.ID, v.Settlements[0].ID, v.Settlements[0].Version, f); err != nil {
			t.Fatal(err)
		}
		x.Rev = 2
		if code := s.tell(x); code != "powercut_changed" {
			t.Errorf("over the company's change: %q", code)
		}
		v = b.journals()[0]
		v = must[View](t)(b.Prepare(t.Context(), engineer(), v.ID, v.Version, plan()))
		if v = b.send(v); v.State != Closed {
			t.Fatalf("%s %s", v.State, states(v))
		}
		x.Rev, x.Struck = 3, true
		if code := s.tell(x); code != "powercut_closed" {
			t.Errorf("struck after the end: %q", code)
		}
		s.again()
		for range 2 {
			if code := s.tell(s.sale(-40 * time.Minute)); code != "" {
				t.Errorf("a forgotten sale: %q", code)
			}
		}
		list := b.journals()
		if len(list) != 2 || len(list[0].Settlements)+len(list[1].Settlements) != 3 {
			t.Errorf("%d journals", len(list))
		}
	})
}

// TestWhoMayTell: an agent of the same company, of a breakdown that it told.
func TestWhoMayTell(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		s := b.tells(-3*time.Hour, 0)
		x := s.sale(-time.Hour)
		for name, sc := range map[string]scope.Scope{"a person": engineer(), "the system": scope.System("t", "x")} {
			if code := problem.CodeOf(b.TellSale(ctx, sc, x)); code != "forbidden" {
				t.Errorf("%s tells a sale: %q", name, code)
			}
			if code := problem.CodeOf(b.TellOutage(ctx, sc, s.outage)); code != "forbidden" {
				t.Errorf("%s tells a breakdown: %q", name, code)
			}
		}
		if code := problem.CodeOf(b.TellSale(ctx, scope.Agent("t", "a2", "Другой"), x)); code != "not_found" {
			t.Errorf("another agent: %q", code)
		}
		if code := problem.CodeOf(b.TellOutage(ctx, scope.Agent("t2", "a1", "Чужой"), ShopOutage{ID: ids.New(), Rev: 1, Device: "d", About: s.outage.About})); code != "not_found" {
			t.Errorf("another company's agent: %q", code)
		}
		x.Outage = ids.New()
		if code := s.tell(x); code != "not_found" {
			t.Errorf("of no breakdown: %q", code)
		}
		bad := s.sale(-time.Hour)
		bad.Items[0].VAT = 1
		if code := s.tell(bad); code != "powercut_invalid" {
			t.Errorf("a rate that does not hold: %q", code)
		}
		if n := len(b.journals()[0].Settlements); n != 0 {
			t.Errorf("%d settlements", n)
		}
	})
}

// TestAJournalThatIsBeingSentIsWaitedFor: the shop tells it again later.
func TestAJournalThatIsBeingSentIsWaitedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		s := b.tells(-3*time.Hour, 0)
		if code := s.tell(s.sale(-time.Hour)); code != "" {
			t.Fatal(code)
		}
		v := b.journals()[0]
		v = must[View](t)(b.Prepare(t.Context(), engineer(), v.ID, v.Version, plan()))
		b.next = []string{"line broke"}
		if _, err := b.Send(t.Context(), engineer(), v.ID, v.Version, "Лиза"); err == nil {
			t.Fatal("the line did not break")
		}
		if v = b.journals()[0]; v.State != Sending {
			t.Fatalf("%s", v.State)
		}
		err := b.TellSale(t.Context(), shopsAgent(), s.sale(-30*time.Minute))
		if p := problem.Of(err); p == nil || p.Kind != problem.Unavailable {
			t.Errorf("%v", err)
		}
	})
}
