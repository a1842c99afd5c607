package powercut

import (
	"fmt"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// backForm is the first settlement's coffee brought back.
func backForm(at time.Time) Form {
	f := coffee(at)
	f.Operation, f.Items = fptr.IncomeReturn, f.Items[:1]
	f.Payments = []fptr.Payment{{Kind: fptr.PaidCash, Sum: 300_00}}
	return f
}

// withAReturn is a journal of two sales and a return, drafted by a plan.
func (b *bed) withAReturn(p Plan) View {
	b.t.Helper()
	ctx, view := b.t.Context(), must[View](b.t)
	v := b.written(2)
	v = view(b.Enter(ctx, cashier(), v.ID, []Form{backForm(noon().Add(-90 * time.Minute))}))
	return view(b.Prepare(ctx, engineer(), v.ID, v.Version, p))
}

// TestAReturnCountsAgainstTheSales: on every sum that a bookkeeper reads, and
// never in the same correction as a sale.
func TestAReturnCountsAgainstTheSales(t *testing.T) {
	t.Parallel()
	for name, total := range map[string]bool{"one each": false, "one total": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, b *bed) {
				b.keeps = "right"
				p := plan()
				if p.Total = total; total {
					p.Ground = "сбой"
				}
				v := b.withAReturn(p)
				if got := v.Tally(); got != (Tally{Income: 709_10, Returned: 300_00}) || got.Net() != 409_10 || v.WaitingTally() != got {
					t.Errorf("%+v, waiting %+v", got, v.WaitingTally())
				}
				var kinds []string
				for _, d := range v.Drafts {
					kinds = append(kinds, fmt.Sprint(d.Correction.Operation, " ", fptr.TypeOf(d.Correction.Task()), " ", d.Correction.Total))
				}
				want := "[1 sellCorrection 35455 1 sellCorrection 35455 2 sellReturnCorrection 30000]"
				if total {
					want = "[1 sellCorrection 70910 2 sellReturnCorrection 30000]"
				}
				if fmt.Sprint(kinds) != want {
					t.Errorf("%v, want %s", kinds, want)
				}
				list, err := b.List(t.Context(), engineer(), Filter{})
				if err != nil || len(list) != 1 || list[0].Total != 409_10 || list[0].Returned != 300_00 || list[0].Settlements != 3 {
					t.Errorf("%+v: %v", list, err)
				}
				v = b.send(v)
				journal, registered := v.Balance.Net()
				if v.State != Closed || !v.Balance.Equal() || journal != 409_10 || registered != 409_10 || len(v.Balance.Rows) != 2 || v.Balance.AsIs != 0 {
					t.Fatalf("%s %s %+v", v.State, states(v), v.Balance)
				}
				if d := v.Drafts[len(v.Drafts)-1]; d.Said.Operation != fptr.IncomeReturn || d.Differs() {
					t.Errorf("%+v", d.Said)
				}
			})
		})
	}
}

// TestARegisterThatRegisteredTheOtherWay is found out, though the sum is right.
func TestARegisterThatRegisteredTheOtherWay(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		b.keeps = "another way"
		v := b.send(b.withAReturn(plan()))
		journal, registered := v.Balance.Net()
		if v.State != Open || v.Balance.Equal() || len(v.Balance.Other) != 3 || journal != 409_10 || registered != -409_10 {
			t.Errorf("%s %+v", v.State, v.Balance)
		}
	})
}

// TestAReturnIn105IsMadeAtTheRegister: the format has no correction for it. The
// journal says so, takes the number of the ordinary receipt, and then lets the
// rest go.
func TestAReturnIn105IsMadeAtTheRegister(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		p := plan()
		p.FFD = fptr.FFD105
		v := b.withAReturn(p)
		d := v.Drafts[2]
		if v.Fit() || len(d.Findings) != 1 || d.Findings[0].Code() != "kkt_operation_105" || len(v.Drafts[0].Findings) != 0 {
			t.Fatalf("%+v", v.Drafts)
		}
		v = must[View](t)(b.Copy(ctx, engineer(), v.ID, d.ID, v.Version, CopyRequest{Document: 90, Sign: "12", At: noon().Add(-time.Minute), Sum: 300_00}))
		if v = b.send(v); v.State != Closed || b.documents() != 2 {
			t.Errorf("%s %s, %d documents", v.State, states(v), b.documents())
		}
	})
}

// TestTablesSaySalesAndReturns in every language, and by the format's own words
// and numbers.
func TestTablesSaySalesAndReturns(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := WordsOf(texts)
	for word, want := range map[string]fptr.Operation{
		"Продажа": fptr.Income, "возврат": fptr.IncomeReturn, "Возврат прихода": fptr.IncomeReturn, "Verkauf": fptr.Income, "Rückgabe": fptr.IncomeReturn, "sale": fptr.Income,
		"Return": fptr.IncomeReturn, "2": fptr.IncomeReturn, "Расход": fptr.Expense, "подарок": 0,
	} {
		if got := w.Operations[plain(word)]; got != want {
			t.Errorf("%q: %d, want %d", word, got, want)
		}
	}
}
