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
	Other []string     `json:"other"` // drafts whose registered sum or direction is another than the one sent
}

// Net is what the till has more by all directions together, in kopecks: what
// went back to buyers, or was paid out, counts against what came in.
func (b Balance) Net() (journal, registered int64) {
	for _, r := range b.Rows {
		journal += r.Operation.Sign() * r.Journal
		registered += r.Operation.Sign() * r.Registered
	}
	return journal, registered
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
		r := row(d.direction())
		r.Documents++
		r.Registered += d.registered()
		if d.Said.Sum < 0 {
			b.AsIs++
		}
		if d.Differs() {
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

// Differs says whether the register has another sum or another direction than
// the ones that were sent.
func (d *Draft) Differs() bool {
	return d.Said != nil && (d.registered() != d.Correction.Total || d.direction() != d.Correction.Operation)
}

// direction is the one in which the register has a draft that was made.
func (d *Draft) direction() fptr.Operation {
	if d.Said.Operation == 0 {
		return d.Correction.Operation
	}
	return d.Said.Operation
}

// registered is the sum that the register has for a draft that was made.
func (d *Draft) registered() int64 {
	if d.Said.Sum < 0 {
		return d.Correction.Total
	}
	return d.Said.Sum
}
