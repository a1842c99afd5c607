package powercut

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
)

// Bounds of what is written down; those of requisites are the format's.
const (
	maxItems    = 100
	maxName     = 128 // 1030
	maxNote     = 500
	maxSum      = 99_999_999_99
	maxQuantity = 99_999_999 // thousandths
	// maxSettlements is how many one journal holds: a day of a busy shop.
	maxSettlements = 2000
	objectExcise   = fptr.Object(2)
)

// Form is a settlement as a person writes it down. The amounts are worked out.
type Form struct {
	At        time.Time
	Operation fptr.Operation
	Items     []Item
	Payments  []fptr.Payment
	Note      string
}

// Amount is price times quantity, rounded half up to the kopeck.
func (it Item) amount() int64 { return (it.Price*it.Quantity + 500) / 1000 }

// Tidy trims the texts, works out the amounts, and leaves payments of nothing
// out. It is to be called before Check.
func (f *Form) Tidy() {
	f.Note = strings.TrimSpace(f.Note)
	f.Items = slices.Clone(f.Items)
	for i := range f.Items {
		it := &f.Items[i]
		it.Name = strings.Join(strings.Fields(it.Name), " ")
		if it.Object == 0 {
			it.Object = fptr.ObjectCommodity
		}
		it.Amount = 0
		if it.sane() {
			it.Amount = it.amount()
		}
	}
	f.Payments = slices.DeleteFunc(slices.Clone(f.Payments), func(p fptr.Payment) bool { return p.Sum == 0 })
}

func (it Item) sane() bool {
	return it.Price >= 0 && it.Price <= maxSum && it.Quantity > 0 && it.Quantity <= maxQuantity
}

// Total is the sum of the items in kopecks.
func (f *Form) Total() int64 {
	var sum int64
	for _, it := range f.Items {
		sum += it.Amount
	}
	return sum
}

// Check finds everything that is wrong with a settlement of a journal; zone is
// the shop's, whose calendar decides which rates hold.
func (f *Form) Check(j *Journal, zone *time.Location, now time.Time) []problem.Field {
	var c checks
	c.when(f.At.IsZero(), "at", "required")
	c.when(f.At.After(now), "at", "powercut_ahead")
	c.when(!f.At.IsZero() && !j.during(f.At), "at", "powercut_outside")
	c.when(f.Operation < fptr.Income || f.Operation > fptr.ExpenseReturn, "operation", "kkt_operation")
	c.when(len(f.Items) == 0, "items", "required")
	c.when(len(f.Items) > maxItems, "items", "kkt_items_many")
	for i, it := range f.Items {
		c.item(fmt.Sprintf("items[%d]", i), it, f.At.In(zone), f.Operation)
	}
	c.twice(f.Items)
	total := f.Total()
	c.when(len(f.Items) > 0 && (total <= 0 || total > maxSum), "total", "kkt_sum")
	c.payments(f.Payments, total)
	c.long("note", f.Note, maxNote)
	return c.fields
}

// during says whether an instant lies in the breakdown.
func (j *Journal) during(t time.Time) bool {
	return !t.Before(j.From) && (j.To.IsZero() || !t.After(j.To))
}

type checks struct{ fields []problem.Field }

func (c *checks) when(wrong bool, name, code string) {
	if wrong {
		c.fields = append(c.fields, problem.Field{Name: name, Code: code})
	}
}

func (c *checks) long(name, text string, most int) {
	if len([]rune(text)) > most {
		c.fields = append(c.fields, problem.Field{Name: name, Code: "too_long", Args: map[string]any{"max": most}})
	}
}

func (c *checks) item(name string, it Item, day time.Time, op fptr.Operation) {
	c.when(it.Name == "", name+".name", "required")
	c.long(name+".name", it.Name, maxName)
	c.when(it.Price < 0 || it.Price > maxSum, name+".price", "kkt_sum")
	c.when(it.Quantity <= 0 || it.Quantity > maxQuantity, name+".quantity", "kkt_quantity")
	c.when(it.sane() && it.Amount > maxSum, name+".amount", "kkt_sum")
	c.when(it.Object.Word() == "", name+".object", "kkt_object")
	c.when(it.Unit.Word() == "", name+".unit", "kkt_unit")
	c.mark(name, it, op)
	switch {
	case it.VAT.Word() == "":
		c.when(true, name+".vat", "kkt_vat")
	case !day.IsZero() && !RateHolds(it.VAT, day, op):
		c.fields = append(c.fields, problem.Field{Name: name + ".vat", Code: "powercut_vat_day", Args: map[string]any{"day": day.Format("02.01.2006")}})
	}
}

// mark judges the form of a marking code; it belongs to one piece of goods that
// was sold or came back.
func (c *checks) mark(name string, it Item, op fptr.Operation) {
	if it.Mark == "" {
		return
	}
	if fault := ffd.MarkFault(it.Mark); fault != "" {
		c.when(true, name+".mark", fault)
	}
	c.when(op != fptr.Income && op != fptr.IncomeReturn, name+".mark", "kkt_mark_operation")
	c.when(it.Object != fptr.ObjectCommodity && it.Object != objectExcise, name+".object", "kkt_mark_object")
	c.when(it.Unit == 0 && it.Quantity != 1000, name+".quantity", "kkt_mark_one")
}

// twice finds a marking code that stands at two lines.
func (c *checks) twice(items []Item) {
	seen := map[string]bool{}
	for i, it := range items {
		c.when(it.Mark != "" && seen[it.Mark], fmt.Sprintf("items[%d].mark", i), "mark_twice")
		seen[it.Mark] = true
	}
}

func (c *checks) payments(list []fptr.Payment, total int64) {
	c.when(len(list) == 0, "payments", "required")
	var sum int64
	seen := map[fptr.PaymentKind]bool{}
	for i, p := range list {
		name := fmt.Sprintf("payments[%d]", i)
		c.when(!slices.Contains(PaymentKinds(), p.Kind) || seen[p.Kind], name+".kind", "kkt_payment")
		c.when(p.Sum < 0 || p.Sum > maxSum, name+".sum", "kkt_sum")
		seen[p.Kind] = true
		sum += p.Sum
	}
	c.when(len(list) > 0 && sum != total, "payments", "kkt_payments")
}

// PaymentKinds are the ways in which a total may be paid.
func PaymentKinds() []fptr.PaymentKind {
	return []fptr.PaymentKind{fptr.PaidCash, fptr.PaidElectronically, fptr.PaidPrepaid, fptr.PaidCredit, fptr.PaidOther}
}

// invalid is the problem of a form with fields at fault; nil without any.
func invalid(code string, fields []problem.Field) error {
	if len(fields) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, code).In("powercut")
	p.Fields = fields
	return p
}
