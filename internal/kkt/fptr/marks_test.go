package fptr_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

const (
	milk   = "0104600439930643215Zq7(Xp" + ffd.GS + "93dGVz"
	cheese = "0104600439930650215Zq8(Xp" + ffd.GS + "93dGVa"
)

// marked is a correction of milk by the piece and cheese by weight, for 250.50.
func marked(format fptr.FFD, operation fptr.Operation) fptr.Correction {
	c := outage()
	c.FFD, c.Operation = format, operation
	c.Items[0].Mark, c.Items[0].Quantity, c.Items[0].Price, c.Items[0].Unit = milk, 1000, c.Items[0].Amount, 0
	return c
}

// positions are the positions of a correction's task.
func positions(t *testing.T, c fptr.Correction) (list []map[string]any, whole map[string]any) {
	t.Helper()
	if err := json.Unmarshal(c.Task(), &whole); err != nil {
		t.Fatal(err)
	}
	for _, it := range whole["items"].([]any) {
		list = append(list, it.(map[string]any))
	}
	return list, whole
}

// TestHowACodeIsCarried: whole, in base64, in the way of each format, with the
// status that fits what became of the goods.
func TestHowACodeIsCarried(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		format    fptr.FFD
		operation fptr.Operation
		unit      fptr.Unit
		status    string
	}{
		"sold by the piece":     {fptr.FFD12, fptr.Income, 0, "itemPieceSold"},
		"sold by weight":        {fptr.FFD12, fptr.Income, 11, "itemDryForSale"},
		"back by the piece":     {fptr.FFD12, fptr.IncomeReturn, 0, "itemPieceReturn"},
		"back by weight":        {fptr.FFD12, fptr.IncomeReturn, 11, "itemDryReturn"},
		"sold in format 1.1":    {fptr.FFD11, fptr.Income, 0, ""},
		"brought back, in 1.1":  {fptr.FFD11, fptr.IncomeReturn, 0, ""},
		"excise by the piece":   {fptr.FFD12, fptr.Income, 0, "itemPieceSold"},
		"without being checked": {fptr.FFD12, fptr.Income, 0, "itemPieceSold"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := marked(tc.format, tc.operation)
			c.Items[0].Unit = tc.unit
			c.MarksUnchecked = strings.HasPrefix(name, "without")
			object := "commodityWithMarking"
			if strings.HasPrefix(name, "excise") {
				c.Items[0].Object, object = 2, "exciseWithMarking"
			}
			if err := c.Check(noon); err != nil {
				t.Fatal(problem.Of(err).Fields)
			}
			list, whole := positions(t, c)
			if list[1]["imcParams"] != nil || list[1]["markingCode"] != nil {
				t.Error("goods without a code have one")
			}
			if tc.format == fptr.FFD11 {
				mark := list[0]["markingCode"].(map[string]any)
				if code, _ := base64.StdEncoding.DecodeString(mark["mark"].(string)); string(code) != milk || mark["type"] != "other" || list[0]["paymentObject"] != "commodity" || whole["validateMarkingCodes"] != nil {
					t.Errorf("%v", list[0])
				}
				return
			}
			imc := list[0]["imcParams"].(map[string]any)
			code, err := base64.StdEncoding.DecodeString(imc["imc"].(string))
			if err != nil || string(code) != milk || imc["imcType"] != "auto" || imc["itemEstimatedStatus"] != tc.status || imc["imcModeProcessing"] != 0.0 || list[0]["paymentObject"] != object {
				t.Errorf("%v: %v", list[0], err)
			}
			if measured := tc.unit != 0; measured != (imc["itemUnits"] == "kilogram") || measured != (imc["itemQuantity"] == 1.0) {
				t.Errorf("%v", imc)
			}
			if checked, _ := whole["validateMarkingCodes"].(bool); checked == c.MarksUnchecked {
				t.Errorf("checked %v", checked)
			}
		})
	}
}

func TestWhatACodeMayNotBe(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		spoil       func(c *fptr.Correction)
		field, code string
	}{
		"two pieces of one code":  {func(c *fptr.Correction) { c.Items[0].Quantity, c.Items[0].Amount = 2000, 2*c.Items[0].Amount }, "items[0].quantity", "kkt_mark_one"},
		"a marked service":        {func(c *fptr.Correction) { c.Items[0].Object = 4 }, "items[0].object", "kkt_mark_object"},
		"bought, not sold":        {func(c *fptr.Correction) { c.Operation = fptr.Expense }, "items[0].mark", "kkt_mark_operation"},
		"the ordinary barcode":    {func(c *fptr.Correction) { c.Items[0].Mark = "4600439930643" }, "items[0].mark", "mark_barcode"},
		"a Russian keyboard":      {func(c *fptr.Correction) { c.Items[0].Mark = "0104600439930643215Яй7(Чз" }, "items[0].mark", "mark_layout"},
		"a weight in format 1.1":  {func(c *fptr.Correction) { c.FFD, c.Items[0].Unit, c.Items[0].Quantity = fptr.FFD11, 11, 500 }, "items[0].quantity", "kkt_mark_one"},
		"an object of the format": {func(c *fptr.Correction) { c.Items[0].Object = 33 }, "items[0].object", "kkt_object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := marked(fptr.FFD12, fptr.Income)
			tc.spoil(&c)
			for _, f := range problem.Of(c.Check(noon)).Fields {
				if f.Name == tc.field && f.Code == tc.code {
					return
				}
			}
			t.Errorf("%+v", problem.Of(c.Check(noon)).Fields)
		})
	}
}

// TestMarkedGoodsAreRegistered with their codes checked in the same task: once
// under their UUID, and the code stands in the document.
func TestMarkedGoodsAreRegistered(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 61})
	d := dial(t, s, clk)
	deliver := func(c fptr.Correction, uuid string) (fptr.Outcome, error) {
		t.Helper()
		list, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCorrection, Raw: fptr.Delivery{UUID: uuid, Task: c.Task()}.Raw()})
		o, _, told := fptr.Delivered(list)
		if told != nil {
			t.Fatal(told)
		}
		return o, err
	}
	sold, uuid := marked(fptr.FFD12, fptr.Income), ids.New()
	for range 2 {
		o, err := deliver(sold, uuid)
		if err != nil || !o.Made || len(o.Marks) != 1 || !o.Marks[0].Good() {
			t.Fatalf("%+v: %v", o, err)
		}
	}
	if n := s.CarriedOut(uuid); n != 1 {
		t.Errorf("made %d times", n)
	}
	before := s.State().FN.LastDocument
	again := ids.New()
	o, err := deliver(sold, again) // the same piece cannot be sold twice
	var refused *kkt.RefusalError
	if !errors.As(err, &refused) || refused.Code != fptr.CodeMark || o.Made || !o.Final() || len(o.Marks) != 1 || o.Marks[0].Allowed || !o.Marks[0].Genuine {
		t.Fatalf("%+v: %v", o, err)
	}
	if s.State().FN.LastDocument != before {
		t.Error("a receipt was made")
	}
	if _, err := d.Correct(t.Context(), again, sold, noon); !errors.As(err, &refused) {
		t.Errorf("called with types: %v", err)
	}
	if o, err := deliver(marked(fptr.FFD12, fptr.IncomeReturn), ids.New()); err != nil || !o.Made {
		t.Errorf("brought back: %+v, %v", o, err)
	}
	unchecked := sold
	unchecked.MarksUnchecked = true
	if o, err := deliver(unchecked, ids.New()); err != nil || !o.Made || o.Marks != nil {
		t.Errorf("unchecked: %+v, %v", o, err)
	}
}

// TestACodeWithoutItsSeparatorsIsFoundWanting, and a way to the marking system
// that is cut is told as what it is; neither makes a receipt.
func TestACodeWithoutItsSeparatorsIsFoundWanting(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 62})
	d := dial(t, s, clk)
	before := s.State().FN.LastDocument
	c := marked(fptr.FFD12, fptr.Income)
	c.Items[0].Mark = strings.ReplaceAll(milk, ffd.GS, "")
	var refused *kkt.RefusalError
	if _, err := d.Correct(t.Context(), ids.New(), c, noon); !errors.As(err, &refused) || refused.Code != fptr.CodeMark {
		t.Errorf("bare: %v", err)
	}
	if err := s.Inject(sim.FaultNoInternet); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Correct(t.Context(), ids.New(), marked(fptr.FFD12, fptr.Income), noon); !errors.As(err, &refused) || refused.Code != 421 {
		t.Errorf("no way to the marking system: %v", err)
	}
	if s.State().FN.LastDocument != before {
		t.Error("a receipt was made")
	}
}

// TestWhatTheDriverSaysOfCodes, in the forms in which it may say it; what says
// nothing against a code and names no document leaves the outcome open.
func TestWhatTheDriverSaysOfCodes(t *testing.T) {
	t.Parallel()
	bad := `{"driverError":{"code":0},"onlineValidation":{"itemInfoCheckResult":{"imcCheckFlag":true,"imcCheckResult":true,"imcStatusInfo":true,"imcEstimatedStatusCorrect":false}}}`
	good := strings.Replace(bad, "false", "true", 1)
	late := `{"driverError":{"code":421,"description":"late"},"offlineValidation":{"fmCheck":true}}`
	for name, tc := range map[string]struct {
		entry string
		marks int
		known bool // surely not made
	}{
		"a list":             {`{"status":"ready","result":[` + bad + `]}`, 1, true},
		"beside":             {`{"status":"ready","result":{"validateMarks":[` + good + `,` + bad + `]}}`, 2, true},
		"no answer":          {`{"status":"ready","result":{"validateMarks":[` + late + `]}}`, 1, true},
		"an error":           {`{"status":"error","error":{"code":421},"result":{"validateMarks":[` + late + `]}}`, 1, true},
		"all good, and then": {`{"status":"ready","result":{"validateMarks":[` + good + `]}}`, 0, false},
		"of something else":  {`{"status":"ready","result":[{"x":1}]}`, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _, err := fptr.Delivered([]kkt.Exchange{{Sent: []byte(`{"type":"sellCorrection"}`), Got: []byte(tc.entry)}})
			if o.Made || (err == nil) != tc.known || tc.known && (!o.Final() || len(o.Marks) != tc.marks) {
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
}
