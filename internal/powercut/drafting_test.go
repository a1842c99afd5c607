package powercut

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/signal"
)

func noon() time.Time { return time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC) }

func omsk() *time.Location { return time.FixedZone("Omsk", 6*3600) }

func here() Place {
	return Place{Client: "c", Outlet: "o", Zone: omsk(), Protocol: fptr.Name, FFD: "1.2", Taxations: []fptr.Taxation{fptr.TaxationOSN}}
}

func plan() Plan {
	return Plan{FFD: fptr.FFD12, Taxation: fptr.TaxationOSN, Operator: fptr.Operator{Name: "Иванова А. А."}}
}

// journalOf is a journal of the four days before noon.
func journalOf() Journal {
	return Journal{ID: "j", Device: "d", State: Open, From: noon().AddDate(0, 0, -4), To: noon().Add(-time.Hour)}
}

// coffee is one settlement of two coffees and an apple, cash and card.
func coffee(at time.Time) Form {
	return Form{
		At: at, Operation: fptr.Income,
		Items: []Item{
			{Name: "Кофе", Price: 150_00, Quantity: 2000, VAT: fptr.VAT22},
			{Name: "Яблоки", Price: 119_90, Quantity: 455, VAT: fptr.VAT10, Unit: 11},
		},
		Payments: []fptr.Payment{{Kind: fptr.PaidCash, Sum: 54_55}, {Kind: fptr.PaidElectronically, Sum: 300_00}},
	}
}

// anyForm draws a settlement that passes Check.
func anyForm(t *rapid.T, j *Journal) Form {
	f := Form{
		At:        j.From.Add(time.Duration(rapid.Int64Range(0, int64(j.To.Sub(j.From)/time.Second)).Draw(t, "at")) * time.Second),
		Operation: fptr.Operation(rapid.IntRange(1, 4).Draw(t, "operation")),
	}
	rates := RatesOn(f.At.In(omsk()), f.Operation)
	for range rapid.IntRange(1, 6).Draw(t, "items") {
		f.Items = append(f.Items, Item{
			Name: rapid.SampledFrom([]string{"Кофе", "Чай", "Яблоки", "Ремонт"}).Draw(t, "name"), Price: rapid.SampledFrom([]int64{1, 333, 150_00, 119_90, 99_999}).Draw(t, "price"),
			Quantity: rapid.SampledFrom([]int64{1000, 2000, 455, 333, 1}).Draw(t, "quantity"), VAT: rapid.SampledFrom(rates).Draw(t, "vat"), Unit: rapid.SampledFrom([]fptr.Unit{0, 11}).Draw(t, "unit"),
		})
	}
	f.Items = append(f.Items, Item{Name: "Хлеб", Price: 45_00, Quantity: 1000, VAT: rates[0]}) // nothing is free
	f.Tidy()
	cash := rapid.Int64Range(0, f.Total()).Draw(t, "cash")
	f.Payments = []fptr.Payment{{Kind: fptr.PaidCash, Sum: cash}, {Kind: fptr.PaidElectronically, Sum: f.Total() - cash}}
	f.Tidy()
	return f
}

func anyJournal(t *rapid.T) (j Journal, list []Settlement) {
	j = journalOf()
	for i := range rapid.IntRange(1, 40).Draw(t, "settlements") {
		f := anyForm(t, &j)
		if wrong := f.Check(&j, omsk(), noon()); len(wrong) > 0 {
			t.Fatalf("%+v: %v", f, wrong)
		}
		list = append(list, Settlement{ID: fmt.Sprint("s", i), No: int64(i + 1), At: f.At, Operation: f.Operation, Items: f.Items, Payments: f.Payments, Total: f.Total()})
	}
	return j, list
}

// TestDraftsHoldTheJournal: whatever was written down and whatever the plan,
// each settlement is in one correction, the sums agree in each direction and
// way of payment, and the rules of driver and format find nothing.
func TestDraftsHoldTheJournal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, list := anyJournal(t)
		p := plan()
		p.FFD = rapid.SampledFrom([]fptr.FFD{fptr.FFD105, fptr.FFD11, fptr.FFD12}).Draw(t, "ffd")
		if p.Total = rapid.Bool().Draw(t, "total"); p.Total {
			p.Ground = "сбой 20.12.2017"
		}
		seen := map[string]bool{}
		want, got := map[string]int64{}, map[string]int64{}
		for _, s := range list {
			want[fmt.Sprint(s.Operation)] += s.Total
			for _, x := range s.Payments {
				want[fmt.Sprint(s.Operation, x.Kind)] += x.Sum
			}
		}
		byID := map[string]Settlement{}
		for _, s := range list {
			byID[s.ID] = s
		}
		drafts := draw(list, p, here())
		for _, d := range drafts {
			c := d.Correction
			for _, id := range d.of {
				if seen[id] {
					t.Fatalf("%s is in two corrections", id)
				}
				seen[id] = true
				if s := byID[id]; s.Operation != c.Operation || s.At.In(omsk()).Format(time.DateOnly) != c.Date.Format(time.DateOnly) {
					t.Fatalf("%s at %s in a correction of %v for %s", id, s.At.In(omsk()), c.Operation, c.Date)
				}
			}
			got[fmt.Sprint(c.Operation)] += c.Total
			for _, x := range c.Payments {
				got[fmt.Sprint(c.Operation, x.Kind)] += x.Sum
			}
			if !p.Total && len(d.of) != 1 || (d.Ground != "") != p.Total {
				t.Fatalf("%+v", d)
			}
			for _, f := range Inspect(c, signal.Set{}, here(), noon()) {
				if f.Code() != "kkt_operation_105" { // returns have no correction in 1.05
					t.Fatalf("%s: %+v\n%+v", f.Code(), f, c)
				}
			}
			if p.FFD == fptr.FFD105 != (len(c.Items) == 0) || p.FFD == fptr.FFD105 != (len(c.Taxes) > 0) {
				t.Fatalf("FFD %s with %d items and %d taxes", p.FFD, len(c.Items), len(c.Taxes))
			}
		}
		if len(seen) != len(list) || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%d of %d settlements; %v, want %v", len(seen), len(list), got, want)
		}
		plain := make([]Draft, len(drafts))
		for i, d := range drafts {
			plain[i] = d.Draft
			plain[i].State, plain[i].Said = Registered, &Said{Sum: d.Correction.Total}
			for _, id := range d.of {
				for k := range list {
					if list[k].ID == id {
						list[k].Draft = d.ID
					}
				}
			}
		}
		if b := Reconcile(list, plain); !b.Equal() {
			t.Fatalf("all registered, and not equal: %+v", b)
		}
		plain[0].Said.Sum++
		if b := Reconcile(list, plain); b.Equal() || len(b.Other) != 1 {
			t.Fatalf("a kopeck too much, and equal: %+v", b)
		}
		plain[0].State, plain[0].Said = Unknown, nil
		if b := Reconcile(list, plain); b.Equal() || b.Open != len(drafts[0].of) {
			t.Fatalf("one is missing, and equal: %+v", b)
		}
	})
}

// TestRatesByTheDay: by the shop's calendar, and a return keeps the rate of its
// sale.
func TestRatesByTheDay(t *testing.T) {
	t.Parallel()
	eve := time.Date(2025, 12, 31, 23, 59, 0, 0, omsk())
	for _, tc := range []struct {
		vat  fptr.VAT
		at   time.Time
		op   fptr.Operation
		want bool
	}{
		{fptr.VAT20, eve, fptr.Income, true},
		{fptr.VAT22, eve, fptr.Income, false},
		{fptr.VAT22, eve.Add(time.Minute), fptr.Income, true},
		{fptr.VAT20, eve.Add(time.Minute), fptr.Income, false},
		{fptr.VAT20_120, eve.Add(time.Minute), fptr.Expense, false},
		{fptr.VAT20, eve.Add(time.Minute), fptr.IncomeReturn, true},
		{fptr.VAT22_122, eve, fptr.ExpenseReturn, false},
		{fptr.VAT5, time.Date(2024, 12, 31, 12, 0, 0, 0, omsk()), fptr.Income, false},
		{fptr.VAT5, time.Date(2025, 1, 1, 0, 0, 0, 0, omsk()), fptr.Income, true},
		{fptr.VATNone, eve, fptr.Income, true},
		{0, eve, fptr.Income, false},
		{13, eve, fptr.Income, false},
		{-1, eve, fptr.Income, false},
	} {
		if got := RateHolds(tc.vat, tc.at, tc.op); got != tc.want {
			t.Errorf("code %d on %s, direction %d: %v", tc.vat, tc.at, tc.op, got)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		at := time.Date(2024, 6, 1, 0, 0, 0, 0, omsk()).Add(time.Duration(rapid.IntRange(0, 3*365*24).Draw(t, "hour")) * time.Hour)
		op := fptr.Operation(rapid.IntRange(1, 4).Draw(t, "operation"))
		var twenty, twentyTwo bool
		for _, v := range RatesOn(at, op) {
			rate, known := ffd.VATOf(uint64(v))
			if !known {
				t.Fatalf("code %d is no rate", v)
			}
			twenty, twentyTwo = twenty || rate.Percent == 20, twentyTwo || rate.Percent == 22
		}
		if sale := op == fptr.Income || op == fptr.Expense; twentyTwo != (at.Year() >= 2026) || sale && twenty == twentyTwo {
			t.Fatalf("%s, direction %d: 20 %% %v, 22 %% %v", at, op, twenty, twentyTwo)
		}
	})
}

func TestWhatMayNotBeWrittenDown(t *testing.T) {
	t.Parallel()
	j := journalOf()
	at := noon().Add(-2 * time.Hour)
	for name, tc := range map[string]struct {
		spoil func(f *Form)
		want  string
	}{
		"well":                    {func(*Form) {}, "[]"},
		"without a time":          {func(f *Form) { f.At = time.Time{} }, "[at required]"},
		"after the power is back": {func(f *Form) { f.At = noon().Add(-time.Minute) }, "[at powercut_outside]"},
		"in the future":           {func(f *Form) { f.At = noon().Add(time.Minute) }, "[at powercut_ahead at powercut_outside]"},
		"no direction":            {func(f *Form) { f.Operation = 0 }, "[operation kkt_operation]"},
		"nothing sold":            {func(f *Form) { f.Items = nil }, "[items required payments kkt_payments]"},
		"nameless":                {func(f *Form) { f.Items[0].Name = "  " }, "[items[0].name required]"},
		"22 % for the old year":   {func(f *Form) { f.Items[0].VAT = fptr.VAT20 }, "[items[0].vat powercut_vat_day]"},
		"no such rate":            {func(f *Form) { f.Items[1].VAT = 44 }, "[items[1].vat kkt_vat]"},
		"a marked thing":          {func(f *Form) { f.Items[0].Object = 33 }, "[items[0].object kkt_object]"},
		"none of it":              {func(f *Form) { f.Items[1].Quantity = 0 }, "[items[1].quantity kkt_quantity payments kkt_payments]"},
		"a negative price":        {func(f *Form) { f.Items[1].Price = -1 }, "[items[1].price kkt_sum payments kkt_payments]"},
		"too little paid":         {func(f *Form) { f.Payments[0].Sum-- }, "[payments kkt_payments]"},
		"not paid":                {func(f *Form) { f.Payments = nil }, "[payments required]"},
		"paid in shells":          {func(f *Form) { f.Payments[0].Kind = "shells" }, "[payments[0].kind kkt_payment]"},
		"twice in cash":           {func(f *Form) { f.Payments[1].Kind = fptr.PaidCash }, "[payments[1].kind kkt_payment]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := coffee(at)
			tc.spoil(&f)
			f.Tidy()
			got := []string{}
			for _, w := range f.Check(&j, omsk(), noon()) {
				got = append(got, w.Name+" "+w.Code)
			}
			if fmt.Sprint(got) != tc.want {
				t.Errorf("%v, want %s", got, tc.want)
			}
		})
	}
}

// TestWhatTheFormatFinds shows that both sets of rules speak, and each thing
// once.
func TestWhatTheFormatFinds(t *testing.T) {
	t.Parallel()
	f := coffee(noon().Add(-2 * time.Hour))
	f.Tidy()
	c := draw([]Settlement{{ID: "s", At: f.At, Operation: f.Operation, Items: f.Items, Payments: f.Payments, Total: f.Total()}}, plan(), here())[0].Correction
	read := signal.Set{}
	for def, text := range map[signal.Def]string{signal.FFD: "1.05", signal.INN: "7707083894"} {
		read.Put(def, signal.TextOf(text))
	}
	codes := func(c fptr.Correction) (list []string) {
		for _, f := range Inspect(c, read, here(), noon()) {
			list = append(list, f.Code())
		}
		return list
	}
	if got := fmt.Sprint(codes(c)); got != "[powercut_ffd inn]" {
		t.Errorf("the register speaks another format and has a wrong INN: %s", got)
	}
	read = signal.Set{}
	c.Payments = c.Payments[:1]
	if got := fmt.Sprint(codes(c)); got != "[kkt_payments]" {
		t.Errorf("%s", got)
	}
}
