package powercut

import (
	"strconv"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// Operations are the directions of a settlement, the usual one first.
func Operations() []fptr.Operation {
	return []fptr.Operation{fptr.Income, fptr.IncomeReturn, fptr.Expense, fptr.ExpenseReturn}
}

// OperationKey is the message key of a direction's name.
func OperationKey(op fptr.Operation) string { return "powercut.operation." + strconv.Itoa(int(op)) }

// VATKey is the message key of a rate's name.
func VATKey(v fptr.VAT) string { return "powercut.vat." + strconv.Itoa(int(v)) }

// ColumnKey is the message key of a column's title.
func ColumnKey(c Column) string { return "powercut.column." + string(c) }

// WordsOf is what tables may say, in every language that there is, and the
// columns' own names.
func WordsOf(texts *i18n.Bundle) Words {
	w := Words{Columns: map[string]Column{}, Operations: map[string]fptr.Operation{}, NoVAT: map[string]bool{"none": true, "no": true}}
	for _, c := range Columns() {
		w.Columns[string(c)] = c
		for _, l := range i18n.Langs() {
			w.Columns[plain(texts.For(l).T(ColumnKey(c)))] = c
		}
	}
	for _, l := range i18n.Langs() {
		v := texts.For(l)
		for _, op := range Operations() {
			w.Operations[plain(v.T(OperationKey(op)))] = op
			w.Operations[strconv.Itoa(int(op))] = op
		}
		w.Operations[plain(v.T("shop.kind.sale"))] = fptr.Income
		w.Operations[plain(v.T("shop.kind.return"))] = fptr.IncomeReturn
		w.NoVAT[plain(v.T(VATKey(fptr.VATNone)))] = true
	}
	return w
}
