package fptr

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
)

// Bounds of requisites (order ЕД-7-20/662@) and of what a register takes.
const (
	maxItems  = 100
	maxName   = 128 // 1030
	maxNumber = 32  // 1179
	maxSign   = 16  // 1192
	maxText   = 256 // 1009, 1187
	maxSum    = 99_999_999_99
)

// Check finds what the rules forbid, all fields at once; nil when the
// correction may be posted. now is the true time.
func (c Correction) Check(now time.Time) error {
	var f findings
	f.when(!c.FFD.known(), "ffd", "kkt_ffd")
	f.when(!c.Taxation.known(), "taxation", "kkt_taxation")
	c.checkOperation(&f)
	c.checkBasis(&f, now)
	f.operator("operator", c.Operator)
	if c.FFD == FFD105 {
		c.checkTotals(&f)
	} else {
		c.checkItems(&f)
	}
	f.when(c.Total <= 0 || c.Total > maxSum, "total", "kkt_sum")
	c.checkPayments(&f)
	c.checkTexts(&f)
	return f.problem("kkt_correction")
}

// checkOperation: in 1.05 a correction is only for what went without a
// receipt, and only for income and expense.
func (c Correction) checkOperation(f *findings) {
	f.when(c.Operation.task() == "", "operation", "kkt_operation")
	if c.FFD == FFD105 {
		f.when(c.Operation == IncomeReturn || c.Operation == ExpenseReturn, "operation", "kkt_operation_105")
		f.when(c.WrongSign != "", "wrongSign", "kkt_wrong_sign_105")
	}
}

func (c Correction) checkBasis(f *findings, now time.Time) {
	f.when(c.Basis != OwnInitiative && c.Basis != ByOrder, "basis", "kkt_basis")
	if c.Basis == ByOrder {
		f.must("number", c.Number)
	}
	f.upTo("number", c.Number, maxNumber)
	switch {
	case c.Date.IsZero():
		f.when(true, "date", "required")
	case c.Date.After(now):
		f.when(true, "date", "kkt_date_ahead")
	}
	f.when(c.Taxation == TaxationENVD && c.Date.Year() > 2020, "taxation", "kkt_taxation_envd")
}

func (c Correction) checkTotals(f *findings) {
	f.when(len(c.Items) > 0, "items", "kkt_items_105")
	f.when(len(c.Taxes) == 0, "taxes", "required")
	seen := map[VAT]bool{}
	for i, t := range c.Taxes {
		name := fmt.Sprintf("taxes[%d]", i)
		c.checkVAT(f, name+".vat", t.VAT)
		f.when(seen[t.VAT], name+".vat", "kkt_vat_twice")
		f.when(t.Sum < 0 || t.Sum > c.Total, name+".sum", "kkt_sum")
		seen[t.VAT] = true
	}
}

// checkVAT: a rate exists since some year, and a correction keeps the rate of
// the day that it corrects.
func (c Correction) checkVAT(f *findings, name string, v VAT) {
	f.when(v.Word() == "", name, "kkt_vat")
	if since := v.since(); since != 0 && c.Date.Year() < since && !c.Date.IsZero() {
		f.fields = append(f.fields, problem.Field{Name: name, Code: "kkt_vat_since", Args: map[string]any{"year": since}})
	}
}

func (c Correction) checkItems(f *findings) {
	f.when(len(c.Items) == 0, "items", "required")
	f.when(len(c.Items) > maxItems, "items", "kkt_items_many")
	f.when(len(c.Taxes) > 0, "taxes", "kkt_taxes_by_items")
	var sum int64
	for i, it := range c.Items {
		c.checkItem(f, fmt.Sprintf("items[%d]", i), it)
		sum += it.Amount
	}
	f.when(len(c.Items) > 0 && sum != c.Total, "total", "kkt_total")
}

func (c Correction) checkItem(f *findings, name string, it Item) {
	f.must(name+".name", it.Name)
	f.upTo(name+".name", it.Name, maxName)
	f.when(it.Price < 0 || it.Price > maxSum, name+".price", "kkt_sum")
	f.when(it.Quantity <= 0 || it.Quantity > 99_999_999, name+".quantity", "kkt_quantity")
	f.when(it.Amount < 0 || it.Amount > maxSum || !it.adds(), name+".amount", "kkt_amount")
	c.checkVAT(f, name+".vat", it.VAT)
	f.when(it.Method.Word() == "", name+".method", "kkt_method")
	f.when(it.Object.Word() == "", name+".object", "kkt_object")
	f.when(c.FFD == FFD12 && it.Unit.Word() == "", name+".unit", "kkt_unit")
	c.checkMark(f, name, it)
}

// adds says whether the amount is price times quantity, to the kopeck either
// way.
func (it Item) adds() bool {
	if it.Price < 0 || it.Price > maxSum || it.Quantity < 0 || it.Quantity > 99_999_999 {
		return false
	}
	diff := it.Price*it.Quantity - it.Amount*1000
	return diff >= -1000 && diff <= 1000
}

func (c Correction) checkPayments(f *findings) {
	f.when(len(c.Payments) == 0, "payments", "required")
	var sum int64
	seen := map[PaymentKind]bool{}
	for i, p := range c.Payments {
		name := fmt.Sprintf("payments[%d]", i)
		f.when(!p.Kind.known() || seen[p.Kind], name+".kind", "kkt_payment")
		f.when(p.Sum <= 0 || p.Sum > maxSum, name+".sum", "kkt_sum")
		seen[p.Kind] = true
		sum += p.Sum
	}
	f.when(len(c.Payments) > 0 && sum != c.Total, "payments", "kkt_payments")
}

func (c Correction) checkTexts(f *findings) {
	f.upTo("wrongSign", c.WrongSign, maxSign)
	f.upTo("address", c.Address, maxText)
	f.upTo("place", c.Place, maxText)
	f.upTo("contact", c.Contact, 64)
	if c.Electronically {
		f.must("contact", c.Contact)
	}
}
