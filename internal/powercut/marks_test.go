package powercut

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

const (
	milkCode  = "0104600439930643215Zq7(Xp" + ffd.GS + "93dGVz"
	waterCode = "0104607177950990215ifGTqopPcrq5" + ffd.GS + "93gCXj"
)

// groceries are milk and water, each with its code, and bread.
func groceries(at time.Time) Form {
	return Form{
		At: at, Operation: fptr.Income,
		Items: []Item{
			{Name: "Молоко", Price: 89_90, Quantity: 1000, VAT: fptr.VAT10, Mark: milkCode},
			{Name: "Хлеб", Price: 45_00, Quantity: 2000, VAT: fptr.VAT10},
			{Name: "Вода", Price: 65_00, Quantity: 1000, VAT: fptr.VAT22, Mark: waterCode},
		},
		Payments: []fptr.Payment{{Kind: fptr.PaidCash, Sum: 244_90}},
	}
}

// TestACodeLosesNoByte on its way into the journal and out again, through the
// database, JSON, CSV and XLSX.
func TestACodeLosesNoByte(t *testing.T) {
	t.Parallel()
	j := journalOf()
	rapid.Check(t, func(t *rapid.T) {
		letters := []rune("0123456789ABCXYZabcxyz!\"%&'()*+,-./:;<=>?_\x1d")
		code := rapid.StringOfN(rapid.SampledFrom(letters[:22]), 16, 16, -1).Draw(t, "head") + rapid.StringOfN(rapid.SampledFrom(letters), 0, 120, -1).Draw(t, "tail")
		raw, err := json.Marshal(Item{Name: "x", Mark: code})
		var back Item
		if err != nil || json.Unmarshal(raw, &back) != nil || back.Mark != code {
			t.Fatalf("JSON: %q became %q", code, back.Mark)
		}
		for kind, begin := range map[string]func(*bytes.Buffer, []string) (document.Table, error){
			"csv":  func(b *bytes.Buffer, head []string) (document.Table, error) { return document.NewCSV(b, ';', head) },
			"xlsx": func(b *bytes.Buffer, head []string) (document.Table, error) { return document.NewXLSX(b, "x", head) },
		} {
			var b bytes.Buffer
			table, err := begin(&b, []string{"date", "time", "name", "price", "vat", "cash", "mark"})
			if err != nil {
				t.Fatal(err)
			}
			for _, mark := range []string{code, ""} {
				cells := []document.Cell{document.Text("10.03.2026"), document.Text("15:30"), document.Text("Молоко"), document.Text("1"), document.Text("22"), document.Text("1"), document.Text(mark)}
				if err := table.Row(cells...); err != nil {
					t.Fatal(err)
				}
			}
			if err := table.Close(); err != nil {
				t.Fatal(err)
			}
			rows, err := document.ReadTable(&b)
			if err != nil {
				t.Fatal(err)
			}
			forms, bad := ReadSheet(rows, words(), &j, omsk(), noon())
			if len(bad) > 0 || len(forms) != 2 || forms[0].Items[0].Mark != code || forms[1].Items[0].Mark != "" {
				t.Fatalf("%s: %q became %+v, %v", kind, code, forms, bad)
			}
		}
	})
}

// TestWhereACodeIsWrongIsSaid by the line of the table and by the field.
func TestWhereACodeIsWrongIsSaid(t *testing.T) {
	t.Parallel()
	j := journalOf()
	for name, tc := range map[string]struct {
		spoil func(f *Form)
		want  string
	}{
		"well":                {func(*Form) {}, "[]"},
		"a Russian keyboard":  {func(f *Form) { f.Items[0].Mark = "0104600439930643215Яй7(Чз" }, "[items[0].mark mark_layout]"},
		"the wrong barcode":   {func(f *Form) { f.Items[2].Mark = "4607177950990" }, "[items[2].mark mark_barcode]"},
		"one code, two lines": {func(f *Form) { f.Items[2].Mark = milkCode }, "[items[2].mark mark_twice]"},
		"two of one code": {
			func(f *Form) { f.Items[0].Quantity, f.Payments[0].Sum = 2000, f.Payments[0].Sum+89_90 },
			"[items[0].quantity kkt_mark_one]",
		},
		"a purchase": {func(f *Form) { f.Operation = fptr.Expense }, "[items[0].mark kkt_mark_operation items[2].mark kkt_mark_operation]"},
		"a service":  {func(f *Form) { f.Items[0].Object = 4 }, "[items[0].object kkt_mark_object]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := groceries(noon().Add(-2 * time.Hour))
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
	_, bad := ReadSheet(rowsOf("date;time;name;price;vat;cash;mark\n10.03.2026;15:30;Вода;65;22;65;4607177950990\n"), words(), &j, omsk(), noon())
	if len(bad) != 1 || bad[0].Line != 2 || bad[0].Column != ColMark || bad[0].Code != "mark_barcode" {
		t.Errorf("%+v", bad)
	}
}

// TestMarkedGoodsInDrafts: carried whole where the format has a place, each in
// a line of its own also in a total, and missed in words where it has none.
func TestMarkedGoodsInDrafts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, view := t.Context(), must[View](t)
		v := b.written(1)
		second := groceries(noon().Add(-3 * time.Hour))
		second.Items[0].Mark, second.Items[2].Mark = milkCode[:24]+"q"+milkCode[25:], waterCode[:30]+"6"+waterCode[31:]
		v = view(b.Enter(ctx, cashier(), v.ID, []Form{groceries(noon().Add(-2 * time.Hour)), second}))
		if v.Marks() != 4 || v.Settlements[1].Items[0].Mark+v.Settlements[2].Items[0].Mark == "" {
			t.Fatalf("%d codes", v.Marks())
		}
		p := plan()
		p.Total, p.Ground = true, "сбой"
		v = view(b.Prepare(ctx, engineer(), v.ID, v.Version, p))
		c := v.Drafts[0].Correction
		if len(v.Drafts) != 1 || !v.Fit() || len(c.Items) != 7 || c.MarksUnchecked {
			t.Fatalf("%d items, %+v", len(c.Items), v.Drafts[0].Findings)
		}
		seen := map[string]int{}
		for _, it := range c.Items {
			if it.Name == "Хлеб" && it.Quantity != 4000 {
				t.Errorf("bread, which has no code, is not added: %+v", it)
			}
			seen[it.Mark]++
		}
		if seen[milkCode] != 1 || seen[waterCode] != 1 || len(seen) != 5 {
			t.Errorf("%v", seen)
		}
		p = plan()
		p.FFD = fptr.FFD105
		v = view(b.Prepare(ctx, engineer(), v.ID, v.Version, p))
		lost := 0
		for _, d := range v.Drafts {
			lost += d.MarksLost
		}
		if !v.Fit() || lost != 4 || strings.Contains(string(v.Drafts[1].Correction.Task()), "imc") {
			t.Errorf("%d codes lost in words, fit %v", lost, v.Fit())
		}
	})
}

// TestARefusedCodeIsNamed: the draft says what was found about which, the
// journal stays open, and unchecked it goes when a person says so.
func TestARefusedCodeIsNamed(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, view := t.Context(), must[View](t)
		v := view(b.Start(ctx, cashier(), StartRequest{Device: "d", About: About{Reason: Power, From: noon().AddDate(0, 0, -4), To: noon().Add(-time.Hour)}}))
		v = view(b.Enter(ctx, cashier(), v.ID, []Form{groceries(noon().Add(-2 * time.Hour))}))
		v = view(b.Prepare(ctx, engineer(), v.ID, v.Version, plan()))
		b.next = []string{"bad mark"}
		v = b.send(v)
		d := v.Drafts[0]
		if v.State != Open || d.State != Refused || d.Code != "marks_refused" || v.Stopped != "marks_refused" || len(d.Marks) != 2 || !d.Marks[0].Good() || d.Marks[1].Good() || b.documents() != 0 {
			t.Fatalf("%s %s %+v", v.State, states(v), d.Marks)
		}
		p := plan()
		p.Unchecked = true
		v = view(b.Prepare(ctx, engineer(), v.ID, v.Version, p))
		if !v.Drafts[0].Correction.MarksUnchecked || v.Drafts[0].Marks != nil || v.Drafts[0].UUID == d.UUID {
			t.Errorf("%+v", v.Drafts[0])
		}
		if v = b.send(v); v.State != Closed || b.documents() != 1 {
			t.Errorf("%s %s", v.State, states(v))
		}
	})
}

// TestTheFormatMissesNoCode: the format's own rules find a marked item well.
func TestTheFormatMissesNoCode(t *testing.T) {
	t.Parallel()
	f := groceries(noon().Add(-2 * time.Hour))
	f.Items[0].Object = objectExcise
	f.Tidy()
	c := draw([]Settlement{{ID: "s", At: f.At, Operation: f.Operation, Items: f.Items, Payments: f.Payments, Total: f.Total()}}, plan(), here())[0].Correction
	if list := Inspect(c, signal.Set{}, here(), noon()); len(list) > 0 {
		t.Fatalf("%+v", list)
	}
	items := ffd.All(fields(c, ffd.V120, signal.Set{}, here(), noon()), 1059)
	for i, want := range []struct {
		object uint64
		code   string
	}{{31, "0104600439930643215Zq7(Xp"}, {1, ""}, {33, "0104607177950990215ifGTqopPcrq5"}} {
		code := ""
		if box := ffd.Find(items[i].Fields, 1163); box != nil {
			code = ffd.Find(box.Fields, 1305).Text
		}
		if got := ffd.Find(items[i].Fields, 1212).Num; got != want.object || code != want.code {
			t.Errorf("item %d: %d %q", i, got, code)
		}
	}
}

// TestAShopTellsCodes: an agent's entry with a code is the journal's, byte by
// byte.
func TestAShopTellsCodes(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		sc := scope.Agent("t", "a1", "касса")
		const out, sale = "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b21", "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b22"
		if err := b.TellOutage(t.Context(), sc, ShopOutage{ID: out, Rev: 1, Device: "d", About: About{Reason: Power, From: noon().Add(-3 * time.Hour)}}); err != nil {
			t.Fatal(err)
		}
		if err := b.TellSale(t.Context(), sc, ShopSale{ID: sale, Rev: 1, Outage: out, By: "Лиза", Form: groceries(noon().Add(-2 * time.Hour))}); err != nil {
			t.Fatal(err)
		}
		list, err := b.List(t.Context(), engineer(), Filter{})
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		v := must[View](t)(b.View(t.Context(), engineer(), list[0].ID))
		if items := v.Settlements[0].Items; items[0].Mark != milkCode || items[1].Mark != "" || items[2].Mark != waterCode {
			t.Errorf("%+v", items)
		}
	})
}
