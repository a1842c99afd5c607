package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// entryView is the form of one settlement as a person has filled it in.
type entryView struct {
	id        string // of a settlement that is changed; "" = a new one
	version   int64
	at        string
	operation string
	items     []itemFields
	pay       string // cash, card or both
	cash      string // of both: the part in cash
	note      string
	rates     []fptr.VAT
	codes     bool // the last settlement had marking codes, so this one may have some
	wrong     *problem.Error
}

// itemFields are the fields of one line.
type itemFields struct{ name, quantity, price, vat, object, unit, mark string }

// How a total is paid, as the form asks.
const (
	payCash = "cash"
	payCard = "card"
	payBoth = "both"
)

func (e *entryView) field(v ui.View, name string) string { return wrongField(v, e.wrong, name) }

// nextEntry is an empty form, with time and rate of the last settlement: the
// next one is mostly much the same.
func nextEntry(x *journalView) entryView {
	e := entryView{at: wallOf(x.From, x.zone), operation: "1", pay: payCash, items: []itemFields{{quantity: "1", object: "1", unit: "0"}}}
	day, op := x.From, fptr.Income
	if n := len(x.Settlements); n > 0 {
		last := newest(x.Settlements)
		e.at, day = wallOf(last.At, x.zone), last.At
		e.items[0].vat = strconv.Itoa(int(last.Items[0].VAT))
		e.codes = slices.ContainsFunc(last.Items, func(it powercut.Item) bool { return it.Mark != "" })
	}
	e.rates = powercut.RatesOn(day.In(x.zone), op)
	return e
}

// newest is the settlement that was written down last.
func newest(list []powercut.Settlement) powercut.Settlement {
	best := list[0]
	for _, s := range list {
		if s.No > best.No {
			best = s
		}
	}
	return best
}

// copiedEntry is a form filled in as a settlement is.
func copiedEntry(x *journalView, s *powercut.Settlement) entryView {
	e := entryView{
		at: wallOf(s.At, x.zone), operation: strconv.Itoa(int(s.Operation)), pay: payCash, note: s.Note, rates: powercut.RatesOn(s.At.In(x.zone), s.Operation),
	}
	for _, it := range s.Items {
		e.items = append(e.items, itemFields{
			name: it.Name, quantity: thousandths(it.Quantity), price: plainSum(it.Price), vat: strconv.Itoa(int(it.VAT)), object: strconv.Itoa(int(it.Object)),
			unit: strconv.Itoa(int(it.Unit)), mark: it.Mark,
		})
	}
	var cash, card int64
	for _, p := range s.Payments {
		if p.Kind == fptr.PaidCash {
			cash = p.Sum
		} else {
			card += p.Sum
		}
	}
	switch {
	case cash > 0 && card > 0:
		e.pay, e.cash = payBoth, plainSum(cash)
	case card > 0:
		e.pay = payCard
	}
	return e
}

// filled reads the form as it was sent. Lines without a name, a price and a
// quantity are left out.
func (rq *request) filled(x *journalView) entryView {
	e := entryView{
		id: rq.PathValue("settlement"), version: versionOf(rq), at: rq.FormValue("at"), operation: rq.FormValue("operation"), pay: rq.FormValue("pay"),
		cash: rq.FormValue("cash"), note: rq.FormValue("note"),
	}
	at := func(name string, i int) string {
		if list := rq.Form[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range rq.Form["name"] {
		it := itemFields{at("name", i), at("quantity", i), at("price", i), at("vat", i), at("object", i), at("unit", i), ffd.TypedMark(at("mark", i))}
		if it.name != "" || it.price != "" || it.mark != "" {
			e.items = append(e.items, it)
		}
	}
	if len(e.items) == 0 {
		e.items = []itemFields{{quantity: "1", object: "1", unit: "0", vat: at("vat", 0)}}
	}
	day := cutTime(e.at, x.zone)
	if day.IsZero() {
		day = x.From.In(x.zone)
	}
	op, _ := strconv.Atoi(e.operation) // nonsense has the rates of nothing special
	e.rates = powercut.RatesOn(day, fptr.Operation(op))
	return e
}

// form is what the area takes; fields that are no numbers are told.
func (e *entryView) form(zone *time.Location) (powercut.Form, []problem.Field) {
	var wrong []problem.Field
	number := func(name, text string, places int) int64 {
		n, err := powercut.Decimal(text, places)
		if err != nil {
			wrong = append(wrong, problem.Field{Name: name, Code: "powercut_number"})
		}
		return n
	}
	whole := func(text string) int { n, _ := strconv.Atoi(text); return n } // nonsense is refused by the area as no such code
	f := powercut.Form{At: cutTime(e.at, zone), Operation: fptr.Operation(whole(e.operation)), Note: e.note}
	for i, it := range e.items {
		head := "items[" + strconv.Itoa(i) + "]."
		f.Items = append(f.Items, powercut.Item{
			Name: it.name, Price: number(head+"price", it.price, 2), Quantity: number(head+"quantity", it.quantity, 3), VAT: fptr.VAT(whole(it.vat)),
			Object: fptr.Object(whole(it.object)), Unit: fptr.Unit(whole(it.unit)), Mark: it.mark,
		})
	}
	f.Tidy()
	total := f.Total()
	switch e.pay {
	case payCard:
		f.Payments = []fptr.Payment{{Kind: fptr.PaidElectronically, Sum: total}}
	case payBoth:
		cash := number("cash", e.cash, 2)
		f.Payments = []fptr.Payment{{Kind: fptr.PaidCash, Sum: cash}, {Kind: fptr.PaidElectronically, Sum: total - cash}}
	default:
		f.Payments = []fptr.Payment{{Kind: fptr.PaidCash, Sum: total}}
	}
	return f, wrong
}

func (w *Web) entrySave(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	x.entry = rq.filled(x)
	if rq.FormValue("do") == "more" {
		x.entry.items = append(x.entry.items, itemFields{quantity: "1", object: "1", unit: "0", vat: x.entry.items[len(x.entry.items)-1].vat})
		return w.journalShow(ctx, rq, x)
	}
	f, wrong := x.entry.form(x.zone)
	if len(wrong) == 0 {
		_, err = w.PowerCut.Enter(ctx, rq.sc, x.ID, []powercut.Form{f})
	}
	return w.entered(ctx, rq, x, wrong, err, w.journalShow)
}

// entered goes back to the journal, or shows the form with what is wrong in it.
func (w *Web) entered(ctx context.Context, rq *request, x *journalView, wrong []problem.Field, err error,
	show func(context.Context, *request, *journalView) (answer, error),
) (answer, error) {
	if len(wrong) > 0 {
		p := problem.New(problem.Invalid, "powercut_invalid")
		p.Fields = wrong
		err = p
	}
	if err == nil {
		return goTo("/powercut/" + x.ID + "#entry")
	}
	p := problem.Of(err)
	if p.Kind != problem.Invalid && p.Kind != problem.Conflict {
		return answer{}, err
	}
	x.entry.wrong, x.status = p, p.Status()
	return show(ctx, rq, x)
}

func (w *Web) entryPage(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	s := x.Settlement(rq.PathValue("settlement"))
	if s == nil {
		return answer{}, problem.New(problem.NotFound, "not_found").In("web.powercut")
	}
	x.entry = copiedEntry(x, s)
	x.entry.id, x.entry.version = s.ID, s.Version
	return w.entryShow(ctx, rq, x)
}

func (w *Web) entryShow(ctx context.Context, rq *request, x *journalView) (answer, error) {
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.change"))
	return answer{body: entryChangePage(f, x), status: x.status}, err
}

func (w *Web) entryChange(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	x.entry = rq.filled(x)
	if rq.FormValue("do") == "more" {
		x.entry.items = append(x.entry.items, itemFields{quantity: "1", object: "1", unit: "0", vat: x.entry.items[len(x.entry.items)-1].vat})
		return w.entryShow(ctx, rq, x)
	}
	f, wrong := x.entry.form(x.zone)
	if len(wrong) == 0 {
		_, err = w.PowerCut.Change(ctx, rq.sc, x.ID, x.entry.id, x.entry.version, f)
	}
	return w.entered(ctx, rq, x, wrong, err, w.entryShow)
}

func (w *Web) entryRemove(ctx context.Context, rq *request) (answer, error) {
	_, err := w.PowerCut.Remove(ctx, rq.sc, rq.PathValue("id"), rq.PathValue("settlement"), versionOf(rq))
	return w.pressed(ctx, rq, err)
}

// entryTotal is what the form adds up to while it is being filled in.
func (w *Web) entryTotal(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	e := rq.filled(x)
	f, _ := e.form(x.zone)
	return answer{body: entrySum(rq.View, &e, f.Total()), status: http.StatusOK}, nil
}
