package paper_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

func holder() paper.Holder {
	return paper.Holder{
		Serial: "00106112345678", Drive: "9999078902000001", INN: "7707083893", Number: "0000000001012345", Name: "ООО Стенд", Address: "г. Стенд, ул. Пробная, 1",
		Place: "касса 1", OFDINN: "7704211201", OFDName: "Стенд ОФД", Firmware: "4.1.1234", Taxes: 1,
	}
}

// TestReceiptsAreWhole: whatever is sold, the format's own check finds nothing.
func TestReceiptsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := paper.Document{
			Form: paper.Receipt, Number: rapid.Uint32Range(1, 250_000).Draw(t, "number"), Sign: rapid.Uint32().Draw(t, "sign"), Shift: 7, Receipt: 3,
			Kind: rapid.Uint8Range(1, 4).Draw(t, "kind"), At: time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "at"), 0).UTC(),
		}
		if rapid.Bool().Draw(t, "correction") {
			d.Form = paper.Correction
			d.Ground = paper.Ground{Ordered: rapid.Bool().Draw(t, "ordered"), Order: "12-34/5"}
			if rapid.Bool().Draw(t, "dated") {
				d.Ground.Day = d.At.AddDate(0, 0, -rapid.IntRange(1, 400).Draw(t, "ago"))
			}
		}
		for range rapid.IntRange(1, 5).Draw(t, "items") {
			i := paper.Item{Name: "Кофе", Price: rapid.Int64Range(1, 9_999_999).Draw(t, "price"), Quantity: rapid.Int64Range(1, 99_999).Draw(t, "quantity")}
			i.Sum = (i.Price*i.Quantity + 500) / 1000
			d.Items, d.Sum = append(d.Items, i), d.Sum+i.Sum
		}
		d.Cash = rapid.Int64Range(0, d.Sum).Draw(t, "cash")
		b, err := paper.Encode(holder(), d)
		if err != nil {
			t.Fatal(err)
		}
		outer, err := ffd.Decode(b)
		if err != nil || len(outer) != 1 || outer[0].Tag != uint16(d.Form) {
			t.Fatalf("%v, %v", outer, err)
		}
		if found := ffd.Check(ffd.Document(d.Form), ffd.V105, outer[0].Fields); len(found) != 0 {
			t.Fatalf("%+v", found)
		}
	})
}

// TestWhatEachFormHolds beside the head that all have.
func TestWhatEachFormHolds(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 10, 15, 4, 59, 0, time.FixedZone("MSK", 3*3600))
	for form, want := range map[uint8]map[uint16]uint64{
		paper.Registration: {1062: 1, 1189: 2},
		paper.Changed:      {1101: 1},
		paper.OpenShift:    {1038: 7},
		paper.CloseShift:   {1038: 7, 1118: 4, 1111: 6, 1097: 2, 1098: uint64(time.Date(2026, 3, 9, 10, 0, 0, 0, time.UTC).Unix())},
		paper.CloseDrive:   {1038: 7},
		paper.Settlement:   {1097: 2, 1116: 40},
	} {
		d := paper.Document{
			Form: form, Number: 42, At: at, Sign: 0x01020304, Shift: 7, Receipts: 4, Documents: 6, Unsent: 2, FirstNumber: 40,
			FirstUnsent: time.Date(2026, 3, 9, 10, 0, 30, 0, at.Location()), Cashier: "Иванов",
		}
		b, err := paper.Encode(holder(), d)
		if err != nil {
			t.Fatal(err)
		}
		outer, err := ffd.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		inner := outer[0].Fields
		want[1040], want[1209], want[1012] = 42, 2, uint64(time.Date(2026, 3, 10, 15, 4, 0, 0, time.UTC).Unix())
		for tag, n := range want {
			if f := ffd.Find(inner, tag); f == nil || f.Num != n {
				t.Errorf("form %d, tag %d: %+v, want %d", form, tag, f, n)
			}
		}
		if diff := cmp.Diff([]byte{0, 0, 1, 2, 3, 4}, ffd.Find(inner, 1077).Raw); diff != "" {
			t.Error(diff)
		}
		if ffd.Find(inner, 1041).Text != holder().Drive || ffd.Find(inner, 1021).Text != "Иванов" {
			t.Errorf("form %d: %+v", form, inner)
		}
	}
}

// TestWhatCannotBeWritten is an error and no half document.
func TestWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	h := holder()
	h.Name = "日本"
	if b, err := paper.Encode(h, paper.Document{Form: paper.OpenShift}); err == nil {
		t.Errorf("% X", b)
	}
}
