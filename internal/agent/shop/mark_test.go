package shop

import (
	"html"
	"net/http"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/wire"
)

const (
	milk  = "0104600439930643215Zq7(Xp" + ffd.GS + "93dGVz"
	water = "0104607177950990215ifGTqopPcrq5" + ffd.GS + "93gCXj"
)

// TestAScannedCodeIsKept byte by byte, also over a kill, and shown short. The
// scanner's Enter and its name of the symbology are no part of it.
func TestAScannedCodeIsKept(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	form := s.get("/journal/" + id)
	form.has(t, "<textarea", `name="mark"`, "Marking code")
	if strings.Contains(form.text, `class="more item-code" open`) {
		t.Error("a shop without marked goods is shown the field")
	}
	if p := s.post("/journal/"+id, typed(form.formOf(t), "mark", "]d2"+milk+"\r\n")); p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	s.reopen()
	s.serve()
	l := s.sales(id)[0]
	if l.Sale.Items[0].Mark != milk {
		t.Fatalf("%q", l.Sale.Items[0].Mark)
	}
	seen := s.get("/journal/" + id)
	seen.has(t, "0104600439930643215Zq7(Xp…", `class="more item-code" open`)
	again := s.get("/sale/" + l.ID)
	again.has(t, html.EscapeString(ffd.ShownMark(milk)))
	if p := s.post("/sale/"+l.ID, with(typed("", "mark", ffd.ShownMark(milk), "price", "90"), "rev", "1")); p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	if l, _ = s.line(l.ID); l.Sale.Items[0].Mark != milk || l.Rev != 2 {
		t.Errorf("changed: %q", l.Sale.Items[0].Mark)
	}
	if copied := s.get("/journal/" + id + "?as=" + l.ID); strings.Contains(copied.text, "93dGVz") {
		t.Error("a code that belongs to one piece is copied")
	}
	bare := strings.ReplaceAll(water, ffd.GS, "")
	s.post("/journal/"+id, typed(s.get("/journal/"+id).formOf(t), "mark", bare))
	s.get("/journal/"+id).has(t, "without separators")
}

// TestACodeThatIsNoneIsSaid in the reader's language, and what was typed stays.
func TestACodeThatIsNoneIsSaid(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	for name, tc := range map[string]struct {
		lang string
		form []string
		want []string
	}{
		"Russian letters":      {"ru", []string{"mark", "0104600439930643215Яй7(Чз"}, []string{"русской раскладке", "0104600439930643215Яй7(Чз"}},
		"the ordinary barcode": {"de", []string{"mark", "4600439930643"}, []string{"gewöhnliche Strichcode", ">4600439930643</textarea>"}},
		"half of it":           {"en", []string{"mark", "01046"}, []string{"16 to 256"}},
		"two scans in one":     {"en", []string{"mark", milk + "\r\n" + water}, []string{"has a character that no marking code has"}},
		"two packs":            {"en", []string{"mark", milk, "quantity", "2"}, []string{"One piece is sold with one marking code"}},
		"a service":            {"en", []string{"mark", milk, "object", "4"}, []string{"Only goods have a marking code"}},
	} {
		t.Run(name, func(t *testing.T) {
			s.lang = tc.lang
			p := s.post("/journal/"+id, typed(s.get("/journal/"+id).formOf(t), tc.form...))
			if p.status != http.StatusUnprocessableEntity || len(s.sales(id)) != 0 {
				t.Errorf("%d, %d sales", p.status, len(s.sales(id)))
			}
			p.has(t, tc.want...)
		})
	}
	s.lang = "en"
	two := typed(s.get("/journal/" + id).formOf(t))
	for _, field := range []string{"name", "price", "quantity", "vat", "object", "unit"} {
		two[field] = append(two[field], two.Get(field))
	}
	two["mark"] = []string{milk, ffd.ShownMark(milk)}
	s.post("/journal/"+id, two).has(t, "stands in another line already")
}

// TestACodeWaitsForAServerThatKeepsIt: an older one would lose it.
func TestACodeWaitsForAServerThatKeepsIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	id := s.began(till1)
	s.answered("")
	sale := coffee(id, s.clock.Now())
	sale.Items[0].Mark = milk
	if err := s.enter("0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b98", sale, "", nil); err != nil {
		t.Fatal(err)
	}
	if p := s.Pending(wire.MarksSince - 1); p != nil {
		t.Errorf("an older server is told %+v", p.Entries)
	}
	if p := s.Pending(wire.MarksSince); p == nil || p.Entries[0].Sale.Items[0].Mark != milk || p.Entries[0].Whole() != nil {
		t.Errorf("%+v", p)
	}
	foul := wire.Entry{ID: id, Rev: 1, Sale: &wire.Sale{Outage: id, Items: []wire.SoldItem{{Name: "x", Mark: "Ж"}}}}
	if foul.Whole() == nil {
		t.Error("a code of foreign letters passes the line")
	}
}
