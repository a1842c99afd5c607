package web_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// shopOf is a client's shop with a register, and its cashier.
func (h *house) shopOf(t *testing.T) registry.Device {
	t.Helper()
	sc := scope.System(h.tenant.ID, "test")
	c, err := h.Registry.AddClient(t.Context(), sc, registry.Client{Name: "Заря", Kind: registry.Company, Country: registry.RU})
	must(t, err)
	o, err := h.Registry.AddOutlet(t.Context(), sc, registry.Outlet{Client: c.ID, Name: "Заря на Лесной", City: "Тула", Zone: "Europe/Moscow"})
	must(t, err)
	d, err := h.Registry.AddDevice(t.Context(), sc, o.ID, "", registry.DeviceForm{Kind: registry.FiscalPrinter, Name: "Касса 1", Model: "АТОЛ 30Ф"})
	must(t, err)
	_, err = h.Access.CreatePerson(t.Context(), sc, access.NewPerson{
		Email: "cashier@example.org", Name: "Лиза", Lang: i18n.EN, Roles: []scope.Role{scope.Cashier}, Client: c.ID, Password: "четыре слова подряд 8",
	})
	must(t, err)
	return d
}

// journalOf is the only journal of the company.
func (h *house) journalOf(t *testing.T) powercut.View {
	t.Helper()
	sc := scope.System(h.tenant.ID, "test")
	list, err := h.PowerCut.List(t.Context(), sc, powercut.Filter{})
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d journals", len(list))
	}
	v, err := h.PowerCut.View(t.Context(), sc, list[0].ID)
	must(t, err)
	return v
}

// TestAnOutageOnPages: a cashier writes down, an engineer makes receipts, and
// the sums agree by hand.
func TestAnOutageOnPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.shopOf(t)
	b := h.browser(t)
	b.signIn(t, "cashier")
	b.get(t, "/powercut/new").wants(t, 200, "Касса 1", "What happened") // her only register
	about := url.Values{"device": {d.ID}, "reason": {"power"}, "from": {"2026-03-10T12:00"}, "to": {"2026-03-10T11:00"}}
	b.send(t, "POST", "/powercut", about).wants(t, 422, "The end is before the beginning")
	about.Set("to", "2026-03-10T14:00")
	b.send(t, "POST", "/powercut", about)
	j := h.journalOf(t)
	base := "/powercut/" + j.ID
	sale := url.Values{
		"at": {"2026-03-10T12:20"}, "operation": {"1"}, "name": {"Кофе", ""}, "quantity": {"2", "1"}, "price": {"150,5", ""}, "vat": {"1", "11"}, "object": {"1", "1"}, "unit": {"0", "0"},
		"pay": {"both"}, "cash": {"100"},
	}
	b.send(t, "POST", base+"/settlements", sale).wants(t, 422, "That VAT rate did not hold on 10.03.2026", `value="Кофе"`)
	sale.Set("vat", "11")
	sale.Set("do", "more")
	b.send(t, "POST", base+"/settlements", sale).wants(t, 200, `id="name-1"`, `value="Кофе"`)
	sale.Del("do")
	b.send(t, "POST", base+"/total", sale).wants(t, 200, "301.00", "201.00")
	b.send(t, "POST", base+"/settlements", sale)
	b.get(t, base).wants(t, 200, "12:20", "Кофе ×2", "301.00", "cash 100.00", "no receipt")
	back := url.Values{
		"at": {"2026-03-10T12:30"}, "operation": {"2"}, "name": {"Кофе"}, "quantity": {"1"}, "price": {"1"}, "vat": {"1"}, "object": {"1"}, "unit": {"0"}, "pay": {"cash"},
	}
	b.send(t, "POST", base+"/settlements", back)
	b.get(t, base).wants(t, 200, "Return of income", "−1.00", "sold 301.00", "returned 1.00", "net 300.00")
	b.get(t, "/powercut").wants(t, 200, "300.00", "returns 1.00")
	x := h.journalOf(t).Settlements[1]
	b.send(t, "POST", base+"/settlements/"+x.ID+"/remove", withVersion(url.Values{}, x.Version))
	b.get(t, base+"?copy="+h.journalOf(t).Settlements[0].ID).wants(t, 200, `value="Кофе"`, `value="150,50"`)
	table := "receipt;date;time;name;price;vat;cash\n;10.03.2026;12:40;Чай;100;22;100\n;10.03.2026;22:40;Сок;сто;22;100\n"
	b.upload(t, base+"/table", "file", table).wants(t, 422, "1 fault", "<td class=\"num\">3</td>", "That is no number")
	b.upload(t, base+"/table", "file", strings.Split(table, ";10.03.2026;22:40")[0])
	b.get(t, base).wants(t, 200, "2 entries")
	b.send(t, "POST", base+"/send", url.Values{"consent": {"Лиза"}, "agreed": {"1"}}).wants(t, 403)
	b.get(t, "/powercut/template.csv").wants(t, 200, "Receipt,Date,Time")

	e := h.browser(t)
	e.signIn(t, "engineer")
	e.get(t, "/devices/"+d.ID).wants(t, 200, "/powercut?device="+d.ID)
	plan := url.Values{"ffd": {"1.2"}, "taxation": {"osn"}, "operator": {"Иванова"}, "basis": {"1"}}
	e.send(t, "POST", base+"/prepare", plan).wants(t, 422, `id="number-error"`)
	plan.Set("basis", "0")
	e.send(t, "POST", base+"/prepare", plan)
	e.get(t, base).wants(t, 200, "This register cannot be asked from afar", "ready")
	e.get(t, base+"/print").wants(t, 200, "Correction receipt no. 1", "(1178)", "10.03.2026")
	e.get(t, base+"/corrections.csv").wants(t, 200, "Кофе", "22 %")
	for i, x := range h.journalOf(t).Drafts {
		path := base + "/drafts/" + x.ID
		e.get(t, path).wants(t, 200, "Made by hand", x.UUID)
		said := url.Values{"document": {[]string{"501", "502"}[i]}, "sign": {"4711"}, "at": {"2026-03-10T15:00"}, "sum": {[]string{"301", "100,00"}[i]}}
		e.send(t, "POST", path+"/copy", url.Values{"document": {"x"}}).wants(t, 422, `id="document-error"`)
		e.send(t, "POST", path+"/copy", withVersion(said, h.journalOf(t).Version))
	}
	e.get(t, base).wants(t, 200, "The sums agree", "FD 501", "registered by hand")
	e.get(t, base+"/journal.csv").wants(t, 200, "Кофе", "501")
	if v := h.journalOf(t); v.State != powercut.Closed || !v.Balance.Equal() {
		t.Errorf("%s %+v", v.State, v.Balance)
	}
}

// TestMarkedGoodsOnPages: a code is typed in, told when it is none, shown short
// in the journal and whole on the receipt, and missed in words where the format
// has no place for it.
func TestMarkedGoodsOnPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	d := h.shopOf(t)
	b := h.browser(t)
	b.signIn(t, "cashier")
	b.send(t, "POST", "/powercut", url.Values{"device": {d.ID}, "reason": {"power"}, "from": {"2026-03-10T12:00"}, "to": {"2026-03-10T14:00"}})
	base := "/powercut/" + h.journalOf(t).ID
	sale := url.Values{
		"at": {"2026-03-10T12:20"}, "operation": {"1"}, "name": {"Молоко"}, "quantity": {"1"}, "price": {"90"}, "vat": {"2"}, "object": {"1"}, "unit": {"0"}, "pay": {"cash"},
		"mark": {"4600439930643"},
	}
	b.send(t, "POST", base+"/settlements", sale).wants(t, 422, "That is the ordinary barcode", ">4600439930643</textarea>")
	sale.Set("mark", "0104600439930643215Zq7(Xp\x1d93dGVz\r\n")
	b.send(t, "POST", base+"/settlements", sale)
	b.get(t, base).wants(t, 200, "0104600439930643215Zq7(Xp…", `class="cut-fine cut-code" open`)
	x := h.journalOf(t).Settlements[0]
	if x.Items[0].Mark != "0104600439930643215Zq7(Xp\x1d93dGVz" {
		t.Fatalf("%q", x.Items[0].Mark)
	}
	b.get(t, base+"/settlements/"+x.ID).wants(t, 200, "0104600439930643215Zq7(Xp␝93dGVz</textarea>")
	if copied := b.get(t, base+"?copy="+x.ID); strings.Contains(copied.body, "93dGVz</textarea>") {
		t.Error("a code that belongs to one piece is copied")
	}
	b.get(t, base+"/journal.csv").wants(t, 200, "Marking code", "0104600439930643215Zq7(Xp\x1d93dGVz")
	e := h.browser(t)
	e.signIn(t, "engineer")
	plan := url.Values{"ffd": {"1.05"}, "taxation": {"osn"}, "operator": {"Иванова"}, "basis": {"0"}}
	e.get(t, base).wants(t, 200, "Send the codes unchecked")
	e.send(t, "POST", base+"/prepare", plan)
	e.get(t, base).wants(t, 200, "1 marking code is not in the receipt")
	plan.Set("ffd", "1.2")
	plan.Set("unchecked", "1")
	e.send(t, "POST", base+"/prepare", plan)
	draft := h.journalOf(t).Drafts[0]
	if !draft.Correction.MarksUnchecked {
		t.Error("the choice is lost")
	}
	e.get(t, base+"/drafts/"+draft.ID).wants(t, 200, "0104600439930643215Zq7(Xp␝93dGVz")
	e.get(t, base+"/print").wants(t, 200, "0104600439930643215Zq7(Xp␝93dGVz")
	e.get(t, base+"/corrections.csv").wants(t, 200, "0104600439930643215Zq7(Xp\x1d93dGVz")
}

func withVersion(form url.Values, version int64) url.Values {
	form.Set("version", strconv.FormatInt(version, 10))
	return form
}
