package shop

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// Bounds of a sale: those of the company's journal.
const (
	maxName     = 128 // characters, tag 1030
	maxBy       = 64
	maxSum      = 99_999_999_99
	maxQuantity = 99_999_999 // thousandths
)

// The ways in which the form asks how a sale was paid.
const (
	payCash = "cash"
	payCard = "card"
	payBoth = "both"
)

// What the form asks a settlement to be.
const (
	opSale   = "sale"
	opReturn = "return"
)

// saleForm is a sale as a person has typed it.
type saleForm struct {
	id    string // of the sale, given to the form when it was made
	rev   int64  // of the sale that is changed; 0 = a new one
	op    string // sale or return
	at    string // "" = the moment in which it is written
	items []itemForm
	pay   string
	cash  string // of both: the part in cash
	by    string
	wrong *problem.Error
}

// itemForm is one line of it.
type itemForm struct{ name, quantity, price, vat, object, unit, mark string }

func emptyItem(vat string) itemForm {
	return itemForm{quantity: "1", vat: vat, object: strconv.Itoa(int(fptr.ObjectCommodity)), unit: "0"}
}

// special says whether the line is not plain goods by the piece.
func (it itemForm) special() bool { return it.object != "1" || it.unit != "0" }

// readSale takes the fields as they were sent. Lines in which nothing was
// typed are left out.
func readSale(in url.Values) saleForm {
	f := saleForm{id: in.Get("form"), op: in.Get("op"), at: in.Get("at"), pay: in.Get("pay"), cash: in.Get("cash"), by: tidy(in.Get("by"))}
	f.rev, _ = strconv.ParseInt(in.Get("rev"), 10, 64) // nonsense is the revision of nothing
	at := func(name string, i int) string {
		if list := in[name]; i < len(list) {
			return list[i]
		}
		return ""
	}
	for i := range min(len(in["name"]), wire.MaxSoldItems+1) {
		it := itemForm{at("name", i), at("quantity", i), at("price", i), at("vat", i), at("object", i), at("unit", i), at("mark", i)}
		if it.name != "" || it.price != "" || it.mark != "" {
			f.items = append(f.items, it)
		}
	}
	if len(f.items) == 0 {
		f.items = []itemForm{emptyItem(at("vat", 0))}
	}
	return f
}

// saleAsForm is a form filled in as a sale is.
func saleAsForm(l *Line, zone *time.Location) saleForm {
	s := l.Sale
	f := saleForm{id: l.ID, rev: l.Rev, op: opSale, at: wall(s.At, zone), pay: payCash, by: l.By}
	if s.Return() {
		f.op = opReturn
	}
	for _, it := range s.Items {
		f.items = append(f.items, itemForm{
			it.Name, thousandths(it.Quantity), plainSum(it.Price), strconv.Itoa(it.VAT), strconv.Itoa(it.Object), strconv.Itoa(it.Unit), ffd.ShownMark(it.Mark),
		})
	}
	switch {
	case s.Cash > 0 && s.Card > 0:
		f.pay, f.cash = payBoth, plainSum(s.Cash)
	case s.Card > 0:
		f.pay = payCard
	}
	return f
}

// day is the day that decides which rates may be chosen.
func (f *saleForm) day(now time.Time, zone *time.Location) time.Time {
	if t := moment(f.at, zone); !t.IsZero() {
		return t
	}
	return now.In(zone)
}

// sale is what the form says of a breakdown. It fails with powercut_invalid and
// the fields at fault.
func (f *saleForm) sale(o *wire.Outage, outage string, now time.Time, zone *time.Location) (wire.Sale, error) {
	var c checks
	s := wire.Sale{Outage: outage, At: now.Truncate(time.Minute).UnixMilli(), Op: f.operation(&c)}
	switch t := moment(f.at, zone); {
	case f.at == "":
		s.At = max(s.At, o.From) // it began in this very minute
	case t.IsZero():
		c.when(true, "at", "powercut_when")
	default:
		c.when(t.After(now), "at", "powercut_ahead")
		s.At = t.UnixMilli()
	}
	c.when(len(c.fields) == 0 && (s.At < o.From || o.To != 0 && s.At > o.To), "at", "powercut_outside")
	c.when(len(f.items) > wire.MaxSoldItems, "items", "kkt_items_many")
	total := int64(0)
	for i, it := range f.items {
		item, amount := it.item(&c, "items["+strconv.Itoa(i)+"].", time.UnixMilli(s.At).In(zone), f.back())
		s.Items = append(s.Items, item)
		total += amount
	}
	c.twice(s.Items)
	c.when(len(c.fields) == 0 && (total <= 0 || total > maxSum), "total", "kkt_sum")
	f.paid(&c, &s, total)
	c.long("by", f.by, maxBy)
	return s, c.err()
}

// kind is what the form is of, a sale where it does not say.
func (f *saleForm) kind() string {
	if f.back() {
		return opReturn
	}
	return opSale
}

// back says whether the form is of a return.
func (f *saleForm) back() bool { return f.op == opReturn }

// operation is what the form says the settlement is. A form without a word is
// one of an older page: a sale.
func (f *saleForm) operation(c *checks) int {
	switch f.op {
	case opSale, "":
		return wire.OpSale
	case opReturn:
		return wire.OpReturn
	default:
		c.when(true, "op", "kkt_operation")
		return 0
	}
}

// paid reads how the total was paid.
func (f *saleForm) paid(c *checks, s *wire.Sale, total int64) {
	switch f.pay {
	case payCard:
		s.Card = total
	case payBoth:
		s.Cash = c.number("cash", f.cash, 2)
		s.Card = total - s.Cash
		c.when(len(c.fields) == 0 && (s.Cash <= 0 || s.Card <= 0), "cash", "kkt_payments")
	case payCash:
		s.Cash = total
	default:
		c.when(true, "pay", "required")
	}
}

// item reads one line; amount is price times quantity, rounded half up to the
// kopeck.
func (it itemForm) item(c *checks, head string, day time.Time, back bool) (item wire.SoldItem, amount int64) {
	item = wire.SoldItem{
		Name: tidy(it.name), Price: c.number(head+"price", it.price, 2), Quantity: c.number(head+"quantity", it.quantity, 3),
		VAT: whole(it.vat), Object: whole(it.object), Unit: whole(it.unit), Mark: ffd.TypedMark(it.mark),
	}
	before := len(c.fields)
	c.when(item.Name == "", head+"name", "required")
	c.long(head+"name", item.Name, maxName)
	c.when(item.Price > maxSum, head+"price", "kkt_sum")
	c.when(it.quantity != "" && item.Quantity <= 0 && !c.at(head+"quantity") || item.Quantity > maxQuantity, head+"quantity", "kkt_quantity")
	c.when(it.vat == "", head+"vat", "required")
	if it.vat != "" && !rateHolds(item.VAT, day, back) {
		c.fields = append(c.fields, problem.Field{Name: head + "vat", Code: "powercut_vat_day", Args: map[string]any{"day": day.Format("02.01.2006")}})
	}
	c.when(!slices.Contains(objects(), item.Object), head+"object", "kkt_object")
	c.when(!slices.Contains(units(), item.Unit), head+"unit", "kkt_unit")
	c.mark(head, item)
	if len(c.fields) > before {
		return item, 0
	}
	amount = (item.Price*item.Quantity + 500) / 1000
	c.when(amount > maxSum, head+"price", "kkt_sum")
	return item, amount
}

// mark judges the form of a marking code. It belongs to one piece of goods.
func (c *checks) mark(head string, item wire.SoldItem) {
	if item.Mark == "" {
		return
	}
	if fault := ffd.MarkFault(item.Mark); fault != "" {
		c.when(true, head+"mark", fault)
	}
	c.when(item.Object != 1 && item.Object != 2, head+"object", "kkt_mark_object")
	c.when(item.Unit == 0 && item.Quantity != 1000 && !c.at(head+"quantity"), head+"quantity", "kkt_mark_one")
}

// twice finds a code that stands at two lines.
func (c *checks) twice(items []wire.SoldItem) {
	seen := map[string]bool{}
	for i, it := range items {
		c.when(it.Mark != "" && seen[it.Mark], "items["+strconv.Itoa(i)+"].mark", "mark_twice")
		seen[it.Mark] = true
	}
}

func whole(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1 // no such code
	}
	return n
}

// checks gathers the fields at fault.
type checks struct{ fields []problem.Field }

func (c *checks) when(wrong bool, name, code string) {
	if wrong {
		c.fields = append(c.fields, problem.Field{Name: name, Code: code})
	}
}

func (c *checks) at(name string) bool {
	return slices.ContainsFunc(c.fields, func(f problem.Field) bool { return f.Name == name })
}

func (c *checks) long(name, text string, most int) {
	if len([]rune(text)) > most {
		c.fields = append(c.fields, problem.Field{Name: name, Code: "too_long", Args: map[string]any{"max": most}})
	}
}

func (c *checks) number(name, text string, places int) int64 {
	if tidy(text) == "" {
		c.when(true, name, "required")
		return 0
	}
	n, err := decimal(text, places)
	c.when(err != nil, name, "powercut_number")
	return n
}

func (c *checks) err() error {
	if len(c.fields) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, "powercut_invalid")
	p.Fields = c.fields
	return p
}

// fieldError is the sentence of what is wrong with a field, "" for nothing.
func fieldError(v i18n.Voice, wrong *problem.Error, names ...string) string {
	if wrong == nil {
		return ""
	}
	for _, f := range wrong.Fields {
		if slices.Contains(names, f.Name) {
			return v.Field(f.Code, f.Args)
		}
	}
	return ""
}

// same says whether a sale that was written under this form's id is what the
// form says. A form without a time was sent again later.
func (f *saleForm) same(s, written wire.Sale) bool {
	if f.at == "" {
		s.At = written.At
	}
	return s.Outage == written.Outage && s.At == written.At && s.Return() == written.Return() && s.Cash == written.Cash && s.Card == written.Card && slices.Equal(s.Items, written.Items)
}
