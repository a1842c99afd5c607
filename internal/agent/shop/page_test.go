package shop

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestAShopGetsThroughAPowerCut is the whole of it: a register that does not
// answer, its journal, sales, a change, one struck out and put back, and the
// end; without a server, and over a kill.
func TestAShopGetsThroughAPowerCut(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	s.set.Put(signal.Link, signal.TextOf(signal.LinkNoAnswer))
	s.set.Put(signal.LinkSince, signal.TimeOf(noon().Add(-10*time.Minute)))
	s.get("/").has(t, "Касса 1", "Does not answer", "since 11:50", "No connection to the service company")
	s.get("/begin/"+till1).has(t, `value="2026-03-10T11:50"`, "Касса 1")
	begun := s.post("/begin/"+till1, url.Values{"reason": {"power"}, "from": {"2026-03-10T11:50"}, "by": {"Лиза"}})
	if begun.status != http.StatusSeeOther || !strings.HasPrefix(begun.to, "/journal/") {
		t.Fatalf("%d %s\n%s", begun.status, begun.to, begun.said())
	}
	journal := begun.to
	wrote := s.post(journal, typed(s.get(journal).formOf(t)))
	if wrote.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", wrote.status, wrote.said())
	}
	s.reopen() // killed after the page said that it is written
	s.serve()
	seen := s.get(strings.TrimSuffix(wrote.to, "#entry"))
	seen.has(t, "Written down", "Кофе", "150.00", "waits for the connection", `<option value="11" selected>`, `value="Лиза"`)
	sale := regexp.MustCompile(`<li class="sold" id="sale-([^"]+)"`).FindStringSubmatch(seen.text)[1]

	s.get("/sale/"+sale).has(t, `value="150"`, `value="2026-03-10T12:00"`)
	if p := s.post("/sale/"+sale, with(typed("", "price", "155,50", "pay", "both", "cash", "100"), "rev", "1")); p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	s.get(journal).has(t, "155.50", "cash 100.00", "card 55.50")
	s.post("/sale/"+sale, url.Values{"do": {"strike"}})
	s.get(journal).has(t, `class="sold struck"`, "Put back")
	s.post("/sale/"+sale, url.Values{"do": {"restore"}})
	s.clock.Advance(time.Hour)
	if p := s.post(journal, url.Values{"do": {"over"}, "to": {""}}); p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	s.get(journal).has(t, "11:50 – 13:00", "The breakdown is over")
	s.get("/").has(t, "Past journals", "155.50")

	l, _ := s.line(sale)
	if l.Rev != 4 || l.Sale.Struck || l.Sale.Cash != 10000 || l.Sale.Card != 5550 || l.By != "Лиза" {
		t.Errorf("%+v %+v", l, l.Sale)
	}
}

// TestAFormSentTwiceIsOneSale, also a while later; the same form with other
// content is told, and kept, and becomes a second sale when it is pressed again.
func TestAFormSentTwiceIsOneSale(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	form := s.get("/journal/" + id).formOf(t)
	for range 2 {
		if p := s.post("/journal/"+id, typed(form)); p.status != http.StatusSeeOther {
			t.Fatalf("%d\n%s", p.status, p.said())
		}
		s.clock.Advance(2 * time.Minute)
	}
	if n := len(s.sales(id)); n != 1 {
		t.Fatalf("%d sales", n)
	}
	other := s.post("/journal/"+id, typed(form, "name", "Чай"))
	other.has(t, "sent before", `value="Чай"`)
	if n := len(s.sales(id)); n != 1 || other.status != http.StatusConflict {
		t.Fatalf("%d sales, %d", n, other.status)
	}
	if p := s.post("/journal/"+id, typed(other.formOf(t), "name", "Чай")); p.status != http.StatusSeeOther || len(s.sales(id)) != 2 {
		t.Errorf("%d, %d sales", p.status, len(s.sales(id)))
	}
	again := s.post("/begin/"+till1, url.Values{"reason": {"drive"}, "from": {"2026-03-10T12:00"}})
	if again.to != "/journal/"+id || len(s.outages()) != 1 {
		t.Errorf("a second journal for one register: %q, %d", again.to, len(s.outages()))
	}
}

func TestWhatWasTypedStaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	for name, c := range map[string]struct {
		pairs []string
		want  []string
	}{
		"no name":                {[]string{"name", " "}, []string{"must be filled in"}},
		"no number":              {[]string{"price", "fifteen"}, []string{"That is no number", `value="fifteen"`, `value="Кофе"`}},
		"too fine a price":       {[]string{"price", "1,005"}, []string{"That is no number", `value="1,005"`}},
		"nothing of it":          {[]string{"quantity", "0"}, []string{"quantity"}},
		"no rate":                {[]string{"vat", ""}, []string{"must be filled in"}},
		"a rate of other years":  {[]string{"vat", "1"}, []string{"10.03.2026", `<option value="1" selected>20`}},
		"a time to come":         {[]string{"at", "2026-03-10T12:30"}, []string{"still to come", `value="2026-03-10T12:30"`}},
		"before it broke":        {[]string{"at", "2026-03-10T10:30"}, []string{"outside the breakdown"}},
		"nonsense for a time":    {[]string{"at", "yesterday"}, []string{"cannot be read"}},
		"cash that is too much":  {[]string{"pay", "both", "cash", "200"}, []string{"add up", `value="200"`}},
		"no cash of both":        {[]string{"pay", "both", "cash", ""}, []string{"must be filled in"}},
		"an unheard-of object":   {[]string{"object", "99"}, []string{"no such object"}},
		"given away":             {[]string{"price", "0"}, []string{"sum is not possible"}},
		"paid by no way":         {[]string{"pay", ""}, []string{"must be filled in"}},
		"a name longer than 128": {[]string{"name", strings.Repeat("ы", 129)}, []string{"128", strings.Repeat("ы", 129)}},
	} {
		t.Run(name, func(t *testing.T) {
			form := s.get("/journal/" + id).formOf(t)
			p := s.post("/journal/"+id, typed(form, c.pairs...))
			if p.status != http.StatusUnprocessableEntity || len(s.sales(id)) != 0 {
				t.Errorf("%d, %d sales", p.status, len(s.sales(id)))
			}
			p.has(t, c.want...)
			p.has(t, form)
		})
	}
	more := s.post("/journal/"+id, with(typed("x", "do", "more", "price", "?"), "name", "Кофе"))
	more.has(t, "name-1", `value="?"`)
}

func TestABreakdownsTimes(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	for name, c := range map[string]struct{ reason, from, want string }{
		"no reason":    {"", "2026-03-10T11:00", "choose what happened"},
		"other reason": {"mass", "2026-03-10T11:00", "choose what happened"},
		"no time":      {"power", "", "must be filled in"},
		"to come":      {"power", "2026-03-10T13:00", "still to come"},
		"long ago":     {"power", "2018-03-10T13:00", "2019"},
	} {
		p := s.post("/begin/"+till1, url.Values{"reason": {c.reason}, "from": {c.from}})
		if p.status != http.StatusUnprocessableEntity || len(s.outages()) != 0 {
			t.Errorf("%s: %d", name, p.status)
		}
		p.has(t, c.want)
	}
	id := s.began(till1)
	s.sold(id)
	for name, c := range map[string]struct{ do, from, to, want string }{
		"a sale before it":   {"about", "2026-03-10T12:01", "", "still to come"},
		"a sale after it":    {"about", "2026-03-10T11:00", "2026-03-10T11:30", "leaves out"},
		"over before a sale": {"over", "", "2026-03-10T11:30", "leaves out"},
		"backwards":          {"over", "", "2026-03-10T10:30", "before"},
		"over tomorrow":      {"over", "", "2026-03-11T10:30", "still to come"},
	} {
		p := s.post("/journal/"+id, url.Values{"do": {c.do}, "reason": {"power"}, "from": {c.from}, "to": {c.to}})
		if l, _ := s.line(id); p.status != http.StatusUnprocessableEntity || l.Rev != 1 {
			t.Errorf("%s: %d", name, p.status)
		}
		p.has(t, c.want)
	}
	if p := s.post("/journal/"+id, url.Values{"do": {"about"}, "reason": {"drive"}, "from": {"2026-03-10T10:45"}, "to": {""}}); p.status != http.StatusSeeOther {
		t.Errorf("%d\n%s", p.status, p.said())
	}
	s.post("/journal/"+id, url.Values{"do": {"over"}})
	s.post("/journal/"+id, url.Values{"do": {"reopen"}})
	if l, _ := s.line(id); l.Outage.Reason != "drive" || l.Outage.To != 0 || l.Rev != 4 {
		t.Errorf("%+v %+v", l, l.Outage)
	}
}

// TestWhatTheCompanyHasIsShown beside each entry.
func TestWhatTheCompanyHasIsShown(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	sale := s.sold(id)
	s.get("/journal/"+id).has(t, "waits for the connection")
	s.get("/").has(t, "2 entries are still to be sent")
	s.answered("")
	s.answered("")
	s.get("/journal/"+id).has(t, "the service company has it")
	if err := s.strike(sale, true); err != nil {
		t.Fatal(err)
	}
	s.Answered(ackOf(sale, 2, "powercut_sent"))
	s.get("/journal/"+id).has(t, "not taken", "was sent already", "still has what stood here before")
	l, _ := s.line(sale)
	l.Answer.Fields = []wire.SoldFault{{Name: "items[0].vat", Code: "powercut_vat_day", Args: map[string]string{"day": "01.02.2026"}}}
	if why := refusal(bundle(t).For("en"), l.Answer); len(why) != 1 || !strings.Contains(why[0], "01.02.2026") {
		t.Errorf("%q", why)
	}
	if why := refusal(bundle(t).For("en"), &wire.SoldAnswer{Code: "of_tomorrow"}); len(why) != 1 || !strings.Contains(why[0], "of_tomorrow") {
		t.Errorf("%q", why)
	}
}

func TestThePageSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	s.lang = "de-DE,de;q=0.9"
	s.get("/").has(t, `lang="de"`, "Keine Verbindung")
	s.get("/journal/"+id+"?lang=ru").has(t, `lang="ru"`, "Продажа без чека")
	s.get("/").has(t, `lang="ru"`, "Связи с сервисной компанией нет")
	for _, path := range []string{"/", "/begin/" + till2, "/journal/" + id, "/nowhere"} {
		if p := s.get(path); strings.Contains(p.text, "«shop") || strings.Contains(p.text, "«powercut") || strings.Contains(p.text, "«problem") {
			t.Errorf("%s has a text that no language has:\n%s", path, p.said())
		}
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	sale := s.sold(s.began(till1))
	for _, path := range []string{"/x", "/begin/x", "/journal/x", "/journal/" + sale, "/sale/x"} {
		if p := s.get(path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	for _, path := range []string{"/begin/x", "/journal/x", "/sale/x"} {
		if p := s.post(path, url.Values{"do": {"strike"}}); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	big := s.post("/journal/"+s.outages()[0].ID, url.Values{"name": {strings.Repeat("x", maxForm)}})
	if big.status != http.StatusBadRequest {
		t.Errorf("a form of %d bytes: %d", maxForm, big.status)
	}
}

// TestAFullDiskIsSaidAndNothingIsLost: what was typed stands in the form.
func TestAFullDiskIsSaidAndNothingIsLost(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no disk that is always full")
	}
	s := newShop(t, "")
	id := s.began(till1)
	form := s.get("/journal/" + id).formOf(t)
	real := s.file
	s.file = full
	p := s.post("/journal/"+id, typed(form))
	p.has(t, "Nothing was written down", `value="Кофе"`, form)
	if p.status != http.StatusServiceUnavailable || len(s.sales(id)) != 0 {
		t.Errorf("%d, %d sales", p.status, len(s.sales(id)))
	}
	_ = real.Close()
	if p := s.post("/journal/"+id, typed(form)); p.status != http.StatusSeeOther { // there is room again
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	s.reopen()
	if len(s.sales(id)) != 1 || len(s.bad) != 0 {
		t.Errorf("%d sales, %d bad lines", len(s.sales(id)), len(s.bad))
	}
}

func TestHowARegisterIs(t *testing.T) {
	t.Parallel()
	v := bundle(t).For("en")
	put := func(items ...signal.Item) Register {
		set := signal.Of(append([]signal.Item{{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)}}, items...)...)
		return Register{Set: set}
	}
	for name, c := range map[string]struct {
		reg  Register
		tone string
		want string
	}{
		"not read yet": {Register{}, toneSilent, "Not looked at"},
		"well":         {put(), toneOK, "Works"},
		"silent":       {put(signal.Item{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkMissing)}), toneIll, "Does not answer"},
		"held":         {put(signal.Item{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkBusy)}), toneCare, "Held"},
		"no paper":     {put(signal.Item{ID: signal.Paper.ID, Value: signal.BoolOf(false)}), toneIll, "Out of paper"},
		"no drive":     {put(signal.Item{ID: signal.FNLink.ID, Value: signal.TextOf("lost")}), toneIll, "fiscal drive"},
		"a long shift": {put(signal.Item{ID: signal.Shift.ID, Value: signal.TextOf("expired")}), toneIll, "24 hours"},
		"late documents": {put(signal.Item{ID: signal.Unsent.ID, Value: signal.IntOf(3)},
			signal.Item{ID: signal.FirstUnsentAt.ID, Value: signal.TimeOf(noon().Add(-48 * time.Hour))}), toneCare, "3 documents"},
		"documents on their way": {put(signal.Item{ID: signal.Unsent.ID, Value: signal.IntOf(3)},
			signal.Item{ID: signal.FirstUnsentAt.ID, Value: signal.TimeOf(noon().Add(-time.Hour))}), toneOK, "Works"},
	} {
		s := c.reg.see(v, noon(), time.UTC)
		if s.tone != c.tone || !strings.Contains(s.word+" "+strings.Join(s.more, " "), c.want) {
			t.Errorf("%s: %+v", name, s)
		}
	}
}
