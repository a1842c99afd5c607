package shop

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/wire"
)

// TestAReturnIsWrittenDown as what it is, counts against the sales, and may
// carry the rate of the year in which the goods were sold.
func TestAReturnIsWrittenDown(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	s.sold(id)
	page := s.get("/journal/" + id)
	page.has(t, "A sale without a receipt", `name="op" value="sale"`, "/journal/"+id+"?op=return#entry")
	if strings.Contains(page.text, `>20 %<`) {
		t.Error("20 % is offered for a sale of 2026")
	}
	form := s.get("/journal/" + id + "?op=return")
	form.has(t, "A return without a receipt", `name="op" value="return"`, `>20 %<`, "Paid back with")
	wrote := s.post("/journal/"+id, typed(form.formOf(t), "op", "return", "vat", "1", "price", "50"))
	if wrote.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", wrote.status, wrote.said())
	}
	s.reopen()
	s.serve()
	seen := s.get("/journal/" + id)
	seen.has(t, `class="sold-kind">Return<`, "−50.00", "sold 150.00", "returned 50.00", "net 100.00")
	list := s.sales(id)
	l := list[0]
	if !l.Sale.Return() || l.Sale.Cash != 5000 || l.Sale.Signed() != -5000 || l.Sale.Items[0].VAT != 1 {
		t.Fatalf("%+v", l.Sale)
	}
	s.get("/sale/"+l.ID).has(t, `name="op" value="return"`)
	s.get("/sale/"+l.ID+"?op=sale").has(t, `name="op" value="sale"`)
	if p := s.post("/sale/"+l.ID, with(typed("", "op", "sale", "vat", "11"), "rev", "1")); p.status != http.StatusSeeOther {
		t.Fatalf("%d\n%s", p.status, p.said())
	}
	if l, _ = s.line(l.ID); l.Sale.Return() || l.Rev != 2 {
		t.Errorf("%+v", l.Sale)
	}
	if p := s.post("/journal/"+id, typed(s.get("/journal/"+id).formOf(t), "op", "gift")); p.status != http.StatusUnprocessableEntity {
		t.Errorf("a gift: %d", p.status)
	}
}

// TestAReturnWaitsForAServerThatKnowsReturns: an older one would book it as a
// sale. The rest is told meanwhile.
func TestAReturnWaitsForAServerThatKnowsReturns(t *testing.T) {
	t.Parallel()
	s := newShop(t, "")
	id := s.began(till1)
	s.answered("")
	sale := s.sold(id)
	r := coffee(id, s.clock.Now())
	r.Op = wire.OpReturn
	const back = "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b99"
	if err := s.enter(back, r, "", nil); err != nil {
		t.Fatal(err)
	}
	old := s.Pending(wire.ReturnsSince - 1)
	if old == nil || len(old.Entries) != 1 || old.Entries[0].ID != sale {
		t.Fatalf("an older server is told %+v", old)
	}
	s.Answered(ackOf(sale, 1, ""))
	if p := s.Pending(wire.ReturnsSince - 1); p != nil {
		t.Fatalf("%+v", p)
	}
	s.get("/journal/"+id).has(t, "waits for an update")
	if p := s.Pending(wire.ReturnsSince); p == nil || len(p.Entries) != 1 || p.Entries[0].ID != back || p.Entries[0].Sale.Op != wire.OpReturn {
		t.Errorf("a server of today is told %+v", p)
	}
	if strings.Contains(s.get("/journal/"+id).text, "waits for an update") {
		t.Error("it still waits for an update")
	}
}

// TestAJournalOfBeforeReturnsIsRead: its sales are sales. The file is one that
// an agent of that time wrote.
func TestAJournalOfBeforeReturnsIsRead(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	old, err := os.ReadFile("testdata/journal-before-returns.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	s.reopen()
	outs := s.outages()
	if len(outs) != 1 || len(s.bad) != 0 {
		t.Fatalf("%d breakdowns, %d bad lines", len(outs), len(s.bad))
	}
	list := s.sales(outs[0].ID)
	if len(list) != 2 || list[0].Sale.Return() || list[0].Sale.Signed() != 15000 || !list[1].Taken() || list[1].Rev != 2 {
		t.Fatalf("%+v", list)
	}
	if got := tallyOf(list); got != (tally{count: 2, sold: 33100}) {
		t.Errorf("%+v", got)
	}
	if p := s.Pending(wire.SoldSince); len(p.Entries) != 1 || p.Entries[0].Rev != 1 {
		t.Errorf("%+v", p)
	}
}
