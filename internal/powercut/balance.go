package powercut

import "github.com/tillwright/tillwright/internal/kkt/fptr"

// BalanceRow is the journal against the register in one direction. Sums are
// kopecks.
type BalanceRow struct {
	Operation   fptr.Operation `json:"operation"`
	Settlements int            `json:"settlements"`
	Journal     int64          `json:"journal"`
	Documents   int            `json:"documents"`
	Registered  int64          `json:"registered"`
}

// Difference is what the register lacks; negative: what it has too much.
func (r BalanceRow) Difference() int64 { return r.Journal - r.Registered }

// Balance is a journal reconciled with the register.
type Balance struct {
	Rows  []BalanceRow `json:"rows"`
	Open  int          `json:"open"`  // settlements without a document yet
	AsIs  int          `json:"asIs"`  // documents whose sum the register did not tell: counted as they were sent
	Other []string     `json:"other"` // drafts whose registered sum is another than the one sent
}

// Equal says whether every settlement has its document and the sums agree.
func (b Balance) Equal() bool {
	for _, r := range b.Rows {
		if r.Difference() != 0 {
			return false
		}
	}
	return b.Open == 0 && len(b.Other) == 0 && len(b.Rows) > 0
}

// Reconcile compares the settlements with what the register said it
// registered.
func Reconcile(list []Settlement, drafts []Draft) Balance {
	b := Balance{Other: []string{}}
	rows := map[fptr.Operation]*BalanceRow{}
	row := func(op fptr.Operation) *BalanceRow {
		if rows[op] == nil {
			rows[op] = &BalanceRow{Operation: op}
		}
		return rows[op]
	}
	made := map[string]bool{}
	for i := range drafts {
		d := &drafts[i]
		if !d.State.Made() || d.Said == nil {
			continue
		}
		made[d.ID] = true
		r := row(d.Correction.Operation)
		r.Documents++
		r.Registered += d.registered()
		if d.Said.Sum < 0 {
			b.AsIs++
		} else if d.Said.Sum != d.Correction.Total {
			b.Other = append(b.Other, d.ID)
		}
	}
	for _, s := range list {
		r := row(s.Operation)
		r.Settlements++
		r.Journal += s.Total
		if !made[s.Draft] {
			b.Open++
		}
	}
	for op := fptr.Income; op <= fptr.ExpenseReturn; op++ {
		if rows[op] != nil {
			b.Rows = append(b.Rows, *rows[op])
		}
	}
	return b
}

// registered is the sum that the register has for a draft that was made.
func (d *Draft) registered() int64 {
	if d.Said.Sum < 0 {
		return d.Correction.Total
	}
	return d.Said.Sum
}
