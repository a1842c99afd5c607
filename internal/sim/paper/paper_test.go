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

// TestReceiptsAreWhole: whatever is sold in whatever format, the format's own
// check finds nothing.
func TestReceiptsAreWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h, d := holder(), drawReceipt(t)
		h.FFD = rapid.SampledFrom([]ffd.Version{ffd.V105, ffd.V110, ffd.V120}).Draw(t, "format")
		if d.Form == paper.Correction && h.FFD == ffd.V105 && rapid.Bool().Draw(t, "bare") {
			d.Items, d.Rates = nil, []paper.Rate{{VAT: 1, Sum: d.Sum / 6}}
		}
		b, err := paper.Encode(h, d)
		if err != nil {
			t.Fatal(err)
		}
		outer, err := ffd.Decode(b)
		if err != nil || len(outer) != 1 || outer[0].Tag != uint16(d.Form) {
			t.Fatalf("%v, %v", outer, err)
		}
		if found := ffd.Check(ffd.Document(d.Form), h.FFD, outer[0].Fields); len(found) != 0 {
			t.Fatalf("%+v", found)
		}
		if v := ffd.Find(outer[0].Fields, 1209); v.Num != uint64(h.FFD) {
			t.Errorf("format %d in 1209", v.Num)
		}
	})
}

// drawReceipt draws a receipt or a correction of any rates and payments.
func drawReceipt(t *rapid.T) paper.Document {
	d := paper.Document{
		Form: paper.Receipt, Number: rapid.Uint32Range(1, 250_000).Draw(t, "number"), Sign: rapid.Uint32().Draw(t, "sign"), Shift: 7, Receipt: 3,
		Kind: rapid.Uint8Range(1, 4).Draw(t, "kind"), At: time.Unix(rapid.Int64Range(1_780_000_000, 1_900_000_000).Draw(t, "at"), 0).UTC(),
	}
	var rates uint8 = 12
	if rapid.Bool().Draw(t, "correction") {
		d.Form = paper.Correction
		d.Ground = paper.Ground{Ordered: rapid.Bool().Draw(t, "ordered"), Order: "12-34/5"}
		if rapid.Bool().Draw(t, "dated") {
			d.Ground.Day, rates = d.At.AddDate(0, 0, -rapid.IntRange(1, 1800).Draw(t, "ago")), 6
		}
		d.WrongSign = rapid.SampledFrom([]string{"", "1234567890"}).Draw(t, "wrong")
	}
	for range rapid.IntRange(1, 5).Draw(t, "items") {
		i := paper.Item{
			Name: "Кофе", Price: rapid.Int64Range(1, 9_999_999).Draw(t, "price"), Quantity: rapid.Int64Range(1, 99_999).Draw(t, "quantity"),
			VAT: rapid.Uint8Range(0, rates).Draw(t, "rate"), Unit: rapid.SampledFrom([]uint8{0, 11, 41}).Draw(t, "unit"),
		}
		i.Sum = (i.Price*i.Quantity + 500) / 1000
		d.Items, d.Sum = append(d.Items, i), d.Sum+i.Sum
	}
	d.Cash = rapid.Int64Range(0, d.Sum).Draw(t, "cash")
	d.Prepaid = rapid.Int64Range(0, d.Sum-d.Cash).Draw(t, "prepaid")
	return d
}

// TestACorrectionBearsWhatWasTold: the task's own requisites, not the holder's.
func TestACorrectionBearsWhatWasTold(t *testing.T) {
	t.Parallel()
	h := holder()
	h.FFD = ffd.V120
	f := paper.Fields(h, paper.Document{
		Form: paper.Correction, Kind: 2, At: time.Date(2026, 3, 10, 15, 0, 0, 0, time.UTC), Sum: 1000, Cash: 100, Credit: 200, Taxation: 4, Address: "Лавка",
		Place: "У окна", WrongSign: "77", Contact: "a@b.invalid", INN: "123456789047", Cashier: "Иванова",
		Items:  []paper.Item{{Name: "Чай", Price: 1000, Quantity: 1000, Sum: 1000, VAT: 6, Method: 1, Object: 4, Unit: 11}},
		Ground: paper.Ground{Day: time.Date(2025, 12, 31, 23, 0, 0, 0, time.UTC), Order: "5"},
	})
	for tag, want := range map[uint16]uint64{1031: 100, 1081: 700, 1216: 200, 1055: 4, 1105: 1000, 1173: 0} {
		if got := ffd.Find(f, tag); got == nil || got.Num != want {
			t.Errorf("tag %d: %+v, want %d", tag, got, want)
		}
	}
	for tag, want := range map[uint16]string{1009: "Лавка", 1187: "У окна", 1192: "77", 1008: "a@b.invalid", 1203: "123456789047", 1021: "Иванова"} {
		if got := ffd.Find(f, tag); got == nil || got.Trimmed() != want {
			t.Errorf("tag %d: %+v, want %s", tag, got, want)
		}
	}
	for tag, want := range map[uint16]uint64{1199: 6, 1214: 1, 1212: 4, 2108: 11} {
		if got := ffd.Find(ffd.Find(f, 1059).Fields, tag); got == nil || got.Num != want {
			t.Errorf("tag %d of the item: %+v, want %d", tag, got, want)
		}
	}
}

// TestWhatEachFormatAsksOfARegistration (tables 16, 87 and 88 of the order).
func TestWhatEachFormatAsksOfARegistration(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ has, lacks []uint16 }{
		"1.05": {[]uint16{1101, 1108, 1221}, []uint16{1205, 1213, 1190, 1290}},
		"1.1":  {[]uint16{1205, 1108, 1221, 1213, 1190}, []uint16{1101, 1290}},
		"1.2":  {[]uint16{1205, 1213, 1190, 1290}, []uint16{1101, 1108, 1109, 1110, 1221}},
	} {
		h := holder()
		h.FFD = paper.Version(name)
		b, err := paper.Encode(h, paper.Document{Form: paper.Changed, Number: 1, At: time.Unix(1_780_000_000, 0), KeyDays: 400})
		if err != nil {
			t.Fatal(err)
		}
		outer, err := ffd.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for _, tag := range c.has {
			if ffd.Find(outer[0].Fields, tag) == nil {
				t.Errorf("%s lacks %d", name, tag)
			}
		}
		for _, tag := range c.lacks {
			if ffd.Find(outer[0].Fields, tag) != nil {
				t.Errorf("%s has %d", name, tag)
			}
		}
	}
	if paper.Version("2.0") != 0 || paper.Protocol(ffd.V110) == paper.Protocol(ffd.V120) {
		t.Error("versions")
	}
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

// TestLowerTakesOffExactlyThat: whatever the items, their sums go down by what
// was taken off, and none below nought.
func TestLowerTakesOffExactlyThat(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) paper.Item {
			return paper.Item{Quantity: rapid.Int64Range(1, 99_999).Draw(t, "quantity"), Sum: rapid.Int64Range(0, 9_999_999).Draw(t, "sum")}
		}), 1, 9).Draw(t, "items")
		var total, left int64
		for _, i := range items {
			total += i.Sum
		}
		off := rapid.Int64Range(-total, total).Draw(t, "off")
		for n, i := range paper.Lower(items, off) {
			if left += i.Sum; i.Sum < 0 || off >= 0 && i.Sum > items[n].Sum {
				t.Errorf("item %d: %d of %d", n, i.Sum, items[n].Sum)
			}
		}
		if left != total-off {
			t.Errorf("%d less %d is not %d", total, off, left)
		}
	})
}
