package help_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/problem"
)

func good(v help.Visitor) help.Request {
	return help.Request{
		Once: help.NewKey(), Visitor: v, Name: "Марина", Phone: "+7 (912) 345-67-89", Subject: "Касса не пробивает", About: "После грозы",
		Asked: "ошибка 235", Fault: fn235, Lang: "ru",
	}
}

func TestARequestBecomesOneCase(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := visitor()
		must(t, b.Open(ctx, reader, v, fn235))
		must(t, b.Open(ctx, reader, v, printing))
		must(t, b.Rate(ctx, reader, v, printing, "ru", help.Rating{Helped: true}))
		r := good(v)
		r.Account, r.Stopped = "00106900000011", true
		ticket, err := b.Send(ctx, reader, r)
		must(t, err)
		again, err := b.Send(ctx, reader, r)
		must(t, err)
		if ticket.Number != 101 || again.Number != 101 || len(b.world.taken) != 1 {
			t.Fatalf("sent twice: %+v, %+v, %d cases", ticket, again, len(b.world.taken))
		}
		d := b.world.taken[0]
		if d.Device != "device-1" || d.Severity != catalogue.Blocking || d.Fault != fn235 || d.Subject != "Касса не пробивает" || d.About != "После грозы" {
			t.Errorf("the desk got %+v", d)
		}
		if l := d.Left; strings.Join(l.Read, " ") != fn235+" "+printing || strings.Join(l.Helped, " ") != printing || l.Asked[0] != "ошибка 235" || l.Phone == "" {
			t.Errorf("and of the reader %+v", l)
		}
		got, err := b.Ticket(ctx, reader, r.Once)
		must(t, err)
		if got.Number != 101 || !got.At.Equal(b.clock.Now()) {
			t.Errorf("read again: %+v", got)
		}
		for _, once := range []string{help.NewKey(), "", "x"} {
			_, err := b.Ticket(ctx, reader, once)
			wantCode(t, err, "not_found")
		}
		_, err = b.Ticket(ctx, elsewhere, r.Once)
		wantCode(t, err, "not_found")
		if got := b.audited(t, first); !strings.HasPrefix(got, "help.request_sent") {
			t.Errorf("audited %q", got)
		}
	})
}

func TestManyClicksAreOneNumber(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		r := good(visitor())
		numbers, clicks := make(chan int64, 8), sync.WaitGroup{}
		for range cap(numbers) {
			clicks.Go(func() {
				ticket, err := b.Send(ctx, reader, r)
				if err != nil {
					t.Error(err)
				}
				numbers <- ticket.Number
			})
		}
		clicks.Wait()
		close(numbers)
		want, err := b.Ticket(ctx, reader, r.Once)
		must(t, err)
		for n := range numbers {
			if n != want.Number {
				t.Errorf("one click was told %d, the form's number is %d", n, want.Number)
			}
		}
	})
}

func TestARequestThatTheDeskRefusesLeavesNothing(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		b.world.fail = errors.New("no desk")
		r := good(visitor())
		if _, err := b.Send(ctx, reader, r); err == nil {
			t.Fatal("sent to no desk")
		}
		_, err := b.Ticket(ctx, reader, r.Once)
		wantCode(t, err, "not_found")
		b.world.fail = nil
		_, err = b.Send(ctx, reader, r)
		must(t, err)
	})
}

func TestARequestIsChecked(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		for field, tc := range map[string]struct {
			spoil func(*help.Request)
			code  string
		}{
			"subject": {func(r *help.Request) { r.Subject = " \n" }, "required"},
			"about":   {func(r *help.Request) { r.About = strings.Repeat("я", help.MaxAbout+1) }, "help_too_long"},
			"phone":   {func(r *help.Request) { r.Phone, r.Email = "", "" }, "help_no_way_back"},
			"email":   {func(r *help.Request) { r.Email = "Марина <m@example.org>" }, "help_email_form"},
			"name":    {func(r *help.Request) { r.Name = strings.Repeat("я", 81) }, "help_too_long"},
			"account": {func(r *help.Request) { r.Account = strings.Repeat("1", 121) }, "help_too_long"},
		} {
			r := good(visitor())
			tc.spoil(&r)
			_, err := b.Send(ctx, reader, r)
			wantField(t, err, field, tc.code)
		}
		for _, phone := range []string{"позвоните", "123", "+7<script>", strings.Repeat("1", 31)} {
			r := good(visitor())
			r.Phone = phone
			_, err := b.Send(ctx, reader, r)
			wantField(t, err, "phone", "help_phone_form")
		}
		r := good(visitor())
		r.Trap = "http://x"
		_, err := b.Send(ctx, reader, r)
		wantCode(t, err, "help_robot")
		r = good(visitor())
		r.Once = "short"
		_, err = b.Send(ctx, reader, r)
		wantCode(t, err, "malformed")
		if len(b.world.taken) != 0 {
			t.Errorf("the desk got %+v", b.world.taken)
		}
		r = good("")
		r.Fault, r.Email, r.Phone = "no-such", "m@example.org", ""
		_, err = b.Send(ctx, reader, r)
		must(t, err)
		if d := b.world.taken[0]; d.Fault != "" || d.Severity != catalogue.Important {
			t.Errorf("the desk got %+v", d)
		}
	})
}

func TestAWalkThatIsHandedOverIsAddedTo(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		v := visitor()
		token, err := b.Walk(ctx, reader, v, fn235)
		must(t, err)
		if n, err := b.WalkTicket(ctx, reader, token); err != nil || n != 0 {
			t.Errorf("a walk under way has the case %d, %v", n, err)
		}
		sc, ref, err := b.world.Guest(ctx, token)
		must(t, err)
		view, err := b.world.View(ctx, sc, ref)
		must(t, err)
		if view.Session.Device != "" {
			t.Fatal("a stranger's walk has a device")
		}
		_, err = b.world.HandOver(ctx, sc, ref, view.Session.Version)
		must(t, err)
		if n, err := b.WalkTicket(ctx, reader, token); err != nil || n != 77 {
			t.Errorf("its case is %d, %v", n, err)
		}
		_, err = b.WalkTicket(ctx, elsewhere, token)
		wantCode(t, err, "fix_link_over")
		r := help.Request{Once: help.NewKey(), Visitor: v, Phone: "8 912 345 67 89", Walk: token}
		ticket, err := b.Send(ctx, reader, r)
		must(t, err)
		if d := b.world.taken[0]; ticket.Number != 77 || d.Case != "case-of-"+view.Session.ID || d.Fault != fn235 || d.Left.Phone == "" {
			t.Errorf("%+v made %+v", ticket, d)
		}
		r.Once, r.Walk = help.NewKey(), "not-a-token"
		_, err = b.Send(ctx, reader, r)
		if p := problem.Of(err); p == nil || p.Code != "fix_link_over" {
			t.Errorf("with another's link: %v", err)
		}
	})
}

func TestTheReportFollowsReaders(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		well, ill, shop, walker := visitor(), visitor(), visitor(), visitor()
		find := func(v help.Visitor) {
			_, err := b.Find(ctx, reader, help.Search{Text: "ошибка 235", Lang: "ru", Visitor: v, Source: help.FromHelp})
			must(t, err)
			must(t, b.Open(ctx, reader, v, fn235))
		}
		find(well)
		must(t, b.Rate(ctx, reader, well, fn235, "ru", help.Rating{Helped: true}))
		find(ill)
		must(t, b.Rate(ctx, reader, ill, fn235, "ru", help.Rating{Helped: true}))
		must(t, b.Rate(ctx, reader, ill, fn235, "ru", help.Rating{Helped: false}))
		r := good(shop) // known to stand at outlet-1 since a month ago
		r.Account = "00106900000011"
		b.clock.Set(b.clock.Now().AddDate(0, -1, 0))
		_, err := b.Send(ctx, reader, r)
		must(t, err)
		b.clock.Set(b.clock.Now().AddDate(0, 1, 0))
		find(shop)
		must(t, b.Rate(ctx, reader, shop, fn235, "ru", help.Rating{Helped: true}))
		b.world.outlets["outlet-1"] = []time.Time{b.clock.Now().Add(48 * time.Hour)}
		b.walked(t, ctx, walker)
		b.clock.Advance(8 * 24 * time.Hour)
		p, err := help.LastDays(30, b.clock.Now(), time.UTC)
		must(t, err)
		got, err := b.Report(ctx, manager, p)
		must(t, err)
		if want := (help.Funnel{Shown: 4, Opened: 4, Solved: 3, Spared: 2, Called: 1}); got.ByFault[fn235] != want || got.All != want {
			t.Errorf("%+v and %+v, want %+v", got.ByFault[fn235], got.All, want)
		}
		theirs, err := b.Report(ctx, foreign, p)
		must(t, err)
		if theirs.All != (help.Funnel{}) || len(theirs.ByFault) != 0 {
			t.Errorf("another company's report: %+v", theirs)
		}
		_, err = b.Report(ctx, dispatcher, p)
		wantCode(t, err, "forbidden")
		p.From = p.To
		_, err = b.Report(ctx, manager, p)
		wantField(t, err, "to", "help_period")
		b.clock.Advance(help.KeepTraces)
		must(t, b.Sweep(ctx))
		p, err = help.LastDays(365, b.clock.Now().Add(-help.KeepTraces), time.UTC)
		must(t, err)
		if got, err := b.Report(ctx, manager, p); err != nil || got.All.Shown != 0 {
			t.Errorf("after a year and more: %+v, %v", got.All, err)
		}
	})
}

// walked is a guided walk of a reader that ends well.
func (b *bench) walked(t *testing.T, ctx context.Context, v help.Visitor) {
	t.Helper()
	token, err := b.Walk(ctx, reader, v, fn235)
	must(t, err)
	sc, ref, err := b.world.Guest(ctx, token)
	must(t, err)
	view, err := b.world.View(ctx, sc, ref)
	must(t, err)
	for range 20 {
		if view.Session.State.Over() {
			break
		}
		for i, br := range view.Step.Branches { // the way that does not end with an engineer
			next, ok := view.Article.Step(br.To)
			if ok && (next.Kind != catalogue.HandOver || i == len(view.Step.Branches)-1) {
				view, err = b.world.Answer(ctx, sc, ref, view.Session.Version, i)
				must(t, err)
				break
			}
		}
	}
	if view.Session.State != faults.Told {
		t.Fatalf("the walk ended as %s", view.Session.State)
	}
}

// TestQuestionsAskedDoNotGrow counts what the database is asked for one reader
// and for many.
func TestQuestionsAskedDoNotGrow(t *testing.T) {
	story(t, func(t *testing.T, ctx context.Context, b *bench) {
		read := func() {
			v := visitor()
			r := good(v)
			r.Account = "00106900000011"
			_, err := b.Send(ctx, reader, r)
			must(t, err)
			must(t, b.Rate(ctx, reader, v, fn235, "ru", help.Rating{Helped: true, Words: "да"}))
			_, err = b.Ask(ctx, reader, v, help.Question{Fault: fn235, Text: "?"})
			must(t, err)
			_, err = b.Find(ctx, reader, help.Search{Text: "кофеварка " + help.NewKey(), Lang: "ru", Source: help.FromHelp})
			must(t, err)
		}
		p, err := help.LastDays(7, b.clock.Now(), time.UTC)
		must(t, err)
		asked := func() int {
			counting, counted := db.CountQueries(ctx)
			_, err := b.Report(counting, manager, p)
			must(t, err)
			_, err = b.NotFound(counting, manager, help.MissedFilter{})
			must(t, err)
			_, err = b.Questions(counting, manager, help.Waiting)
			must(t, err)
			_, err = b.Words(counting, manager, "")
			must(t, err)
			_, err = b.Standings(counting, manager)
			must(t, err)
			return counted()
		}
		read()
		one := asked()
		for range 12 {
			read()
		}
		if many := asked(); many != one {
			t.Errorf("%d questions for one reader, %d for thirteen", one, many)
		}
	})
}
