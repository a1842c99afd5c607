package fptr_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// totals is the same correction for a register of FFD 1.05.
func totals() fptr.Correction {
	c := outage()
	c.FFD, c.Items = fptr.FFD105, nil
	c.Taxes = []fptr.Tax{{VAT: fptr.VAT10, Sum: 909}, {VAT: fptr.VAT22, Sum: 2_714}}
	return c
}

func TestACorrectionIsMadeOnceUnderItsUUID(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		make func() fptr.Correction
		opt  sim.Options
		kind string
	}{
		"1.2 with items":        {outage, sim.Options{Seed: 21}, "sellCorrection"},
		"1.05 with totals":      {totals, sim.Options{Seed: 22, FFD: "1.05", OldAPI: true}, "sellCorrection"},
		"a wrong receipt, back": {wrongReceipt, sim.Options{Seed: 23}, "sellReturnCorrection"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, c.opt)
			d := dial(t, s, clk)
			uuid := ids.New()
			first, err := d.Correct(t.Context(), uuid, c.make(), noon)
			if err != nil {
				t.Fatal(err)
			}
			again, err := d.Correct(t.Context(), uuid, c.make(), noon)
			if err != nil || again != first {
				t.Errorf("the second time: %+v, %v", again, err)
			}
			o, err := d.Lookup(t.Context(), uuid)
			if err != nil || !o.Made || o.Fiscal != first || !o.Final() {
				t.Errorf("%+v, %v", o, err)
			}
			fnState := s.State().FN
			if first.Document != fnState.LastDocument || first.FN != fnState.Serial || fnState.LastKind != "receiptCorrection" || fnState.LastSum != 25_050 ||
				!first.At.Equal(noon) || first.Sign == "" || first.Shift == 0 || first.Receipt != 1 || len(first.RegNumber) != 16 {
				t.Errorf("%+v, the drive has %+v", first, fnState)
			}
			if n := s.Register.Executed(c.kind); n != 1 || s.CarriedOut(uuid) != 1 {
				t.Errorf("carried out %d times", n)
			}
			if doc, err := d.Document(t.Context(), first.Document); err != nil || doc.Kind != "receiptCorrection" || !doc.At.Equal(noon) {
				t.Errorf("%+v, %v", doc, err)
			}
		})
	}
}

// wrongReceipt takes back a receipt that was wrong.
func wrongReceipt() fptr.Correction {
	c := outage()
	c.Operation, c.WrongSign, c.Basis, c.Number = fptr.IncomeReturn, "2904061834", fptr.ByOrder, "15-01/127"
	return c
}

func TestTheTaskOfACorrection(t *testing.T) {
	t.Parallel()
	var got any
	if err := json.Unmarshal(wrongReceipt().Task(), &got); err != nil {
		t.Fatal(err)
	}
	var want any
	if err := json.Unmarshal([]byte(`{
		"type": "sellReturnCorrection", "electronically": false, "taxationType": "osn", "operator": {"name": "Иванова А. А.", "vatin": "123456789047"},
		"correctionType": "instruction", "correctionBaseDate": "2026.03.09", "correctionBaseNumber": "15-01/127", "total": 250.50,
		"items": [
			{"type": "additionalAttribute", "value": "2904061834", "print": true},
			{"type": "position", "name": "Кофе", "price": 150.50, "quantity": 1, "amount": 150.50, "measurementUnit": "piece", "paymentMethod": "fullPayment",
				"paymentObject": "commodity", "tax": {"type": "vat22"}},
			{"type": "position", "name": "Яблоки", "price": 200, "quantity": 0.5, "amount": 100, "measurementUnit": "kilogram", "paymentMethod": "fullPayment",
				"paymentObject": "commodity", "tax": {"type": "vat10"}}
		],
		"payments": [{"type": "cash", "sum": 100}, {"type": "electronically", "sum": 150.50}]
	}`), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatTheRulesForbid(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		base  func() fptr.Correction
		spoil func(c *fptr.Correction)
		field string
		code  string
	}{
		"no format":                    {outage, func(c *fptr.Correction) { c.FFD = "1.3" }, "ffd", "kkt_ffd"},
		"no items in 1.2":              {outage, func(c *fptr.Correction) { c.Items = nil }, "items", "required"},
		"items in 1.05":                {totals, func(c *fptr.Correction) { c.Items = outage().Items }, "items", "kkt_items_105"},
		"no taxes in 1.05":             {totals, func(c *fptr.Correction) { c.Taxes = nil }, "taxes", "required"},
		"a return in 1.05":             {totals, func(c *fptr.Correction) { c.Operation = fptr.IncomeReturn }, "operation", "kkt_operation_105"},
		"a wrong receipt in 1.05":      {totals, func(c *fptr.Correction) { c.WrongSign = "1" }, "wrongSign", "kkt_wrong_sign_105"},
		"a rate twice":                 {totals, func(c *fptr.Correction) { c.Taxes[1].VAT = c.Taxes[0].VAT }, "taxes[1].vat", "kkt_vat_twice"},
		"an order without number":      {outage, func(c *fptr.Correction) { c.Basis = fptr.ByOrder }, "number", "required"},
		"no day":                       {outage, func(c *fptr.Correction) { c.Date = time.Time{} }, "date", "required"},
		"a day ahead":                  {outage, func(c *fptr.Correction) { c.Date = noon.AddDate(0, 0, 1) }, "date", "kkt_date_ahead"},
		"22 % before 2026":             {outage, func(c *fptr.Correction) { c.Date = time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC) }, "items[0].vat", "kkt_vat_since"},
		"no such rate":                 {outage, func(c *fptr.Correction) { c.Items[1].VAT = 13 }, "items[1].vat", "kkt_vat"},
		"ЕНВД after its end":           {outage, func(c *fptr.Correction) { c.Taxation = fptr.TaxationENVD }, "taxation", "kkt_taxation_envd"},
		"nobody signs":                 {outage, func(c *fptr.Correction) { c.Operator.Name = " " }, "operator.name", "required"},
		"a firm's number for a person": {outage, func(c *fptr.Correction) { c.Operator.VATIN = "7707083893" }, "operator.vatin", "kkt_inn"},
		"an amount that is not":        {outage, func(c *fptr.Correction) { c.Items[0].Amount += 2 }, "items[0].amount", "kkt_amount"},
		"a total that is not":          {outage, func(c *fptr.Correction) { c.Total++ }, "total", "kkt_total"},
		"payments that are not":        {outage, func(c *fptr.Correction) { c.Payments[0].Sum-- }, "payments", "kkt_payments"},
		"a payment twice":              {outage, func(c *fptr.Correction) { c.Payments[1].Kind = fptr.PaidCash }, "payments[1].kind", "kkt_payment"},
		"marked goods":                 {outage, func(c *fptr.Correction) { c.Items[0].Object = 33 }, "items[0].object", "kkt_object"},
		"no contact for no paper":      {outage, func(c *fptr.Correction) { c.Electronically = true }, "contact", "required"},
		"a name too long":              {outage, func(c *fptr.Correction) { c.Items[0].Name = string(make([]rune, 129)) }, "items[0].name", "too_long"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			good := c.base()
			if err := good.Check(noon); err != nil {
				t.Fatal("before it was spoilt:", err)
			}
			c.spoil(&good)
			err := good.Check(noon)
			if problem.CodeOf(err) != "kkt_correction" {
				t.Fatal(err)
			}
			for _, f := range problem.Of(err).Fields {
				if f.Name == c.field && f.Code == c.code {
					return
				}
			}
			t.Errorf("%+v", problem.Of(err).Fields)
		})
	}
}

func TestAForbiddenCorrectionIsNotPosted(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 24})
	d := dial(t, s, clk)
	bad, uuid := outage(), ids.New()
	bad.Payments = nil
	if _, err := d.Correct(t.Context(), uuid, bad, noon); problem.CodeOf(err) != "kkt_correction" {
		t.Error(err)
	}
	if _, err := d.Lookup(t.Context(), uuid); !errors.Is(err, fptr.ErrNoTask) {
		t.Error(err)
	}
}

// TestARegisterThatRefusesSaysWhy: the code is the driver's, the outcome is
// final and nothing was made.
func TestARegisterThatRefusesSaysWhy(t *testing.T) {
	t.Parallel()
	cases := map[string]int{
		sim.FaultNoPaper: 44, sim.FaultShiftOver: 68, sim.FaultPassword: 71, sim.FaultBlocked: 34, sim.FaultReceiptOpen: 82, sim.FaultFormat: 26,
		sim.FaultDriveTerms: 133, sim.FaultFNLink: 115, sim.FaultFNFormat: 116, sim.FaultFNState: 117, sim.FaultHung: 32,
	}
	for id, code := range cases {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 25})
			d := dial(t, s, clk)
			if err := s.Inject(id); err != nil {
				t.Fatal(err)
			}
			before, uuid := s.State().FN.LastDocument, ids.New()
			_, err := d.Correct(t.Context(), uuid, outage(), noon)
			var refused *kkt.RefusalError
			if !errors.As(err, &refused) || refused.Code != code {
				t.Fatalf("%v, want %d", err, code)
			}
			if o, err := d.Lookup(t.Context(), uuid); err != nil || o.Made || !o.Final() || o.Code != code {
				t.Errorf("%+v, %v", o, err)
			}
			if after := s.State().FN.LastDocument; after != before {
				t.Errorf("document %d was made", after)
			}
		})
	}
}

func TestADriveThatIsFullOfUnsentDocumentsSignsNothing(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 26})
	d := dial(t, s, clk)
	if err := s.Inject(sim.FaultUnsent); err != nil {
		t.Fatal(err)
	}
	clk.Set(noon.AddDate(0, 0, 5)) // the oldest is now over thirty days old
	_, err := d.Correct(t.Context(), ids.New(), outage(), clk.Now())
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != 137 || fptr.DeviceCode(refused.Code) != 235 {
		t.Fatal(err)
	}
	if err := s.Clear(sim.FaultUnsent); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Correct(t.Context(), ids.New(), outage(), clk.Now()); err != nil {
		t.Error("everything is sent, yet", err)
	}
}

// TestACheckedCorrectionIsTakenByTheBench: whatever Check lets through has
// sums that add up, to the kopeck, in the JSON as well.
func TestACheckedCorrectionIsTakenByTheBench(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 27})
	d := dial(t, s, clk)
	rapid.Check(t, func(rt *rapid.T) {
		c := outage()
		c.Items, c.Total, c.Payments = nil, 0, nil
		for range rapid.IntRange(1, 5).Draw(rt, "items") {
			it := fptr.Item{
				Name: rapid.StringMatching(`[А-Я][а-я ]{0,40}`).Draw(rt, "name"), Price: rapid.Int64Range(1, 9_999_999).Draw(rt, "price"),
				Quantity: rapid.Int64Range(1, 99_999).Draw(rt, "quantity"), VAT: fptr.VAT(rapid.IntRange(1, 12).Draw(rt, "vat")),
				Method: fptr.MethodFull, Object: fptr.ObjectCommodity,
			}
			it.Amount = (it.Price*it.Quantity + 500) / 1000
			c.Items, c.Total = append(c.Items, it), c.Total+it.Amount
		}
		if c.Total < 2 {
			return
		}
		cash := rapid.Int64Range(1, c.Total-1).Draw(rt, "cash")
		c.Payments = []fptr.Payment{{Kind: fptr.PaidCash, Sum: cash}, {Kind: fptr.PaidElectronically, Sum: c.Total - cash}}
		if err := c.Check(noon); err != nil {
			rt.Fatal(err)
		}
		if _, err := d.Correct(t.Context(), ids.New(), c, noon); err != nil {
			rt.Fatal(err)
		}
		if got := s.State().FN.LastSum; got != c.Total {
			rt.Fatalf("the drive has %d, the correction %d", got, c.Total)
		}
	})
}
