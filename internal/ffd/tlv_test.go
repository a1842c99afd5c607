package ffd

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// report is the document inside the session of a test drive that package ofd
// keeps; the head of its file says where it comes from. Behind the document
// stand ten bytes of the drive's own.
func report(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("../ofd/testdata/report.hex")
	if err != nil {
		t.Fatal(err)
	}
	var raw []byte
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			b, err := hex.DecodeString(strings.Join(strings.Fields(line), ""))
			if err != nil {
				t.Fatal(err)
			}
			raw = append(raw, b...)
		}
	}
	const heads = 30 + 32
	return raw[heads : len(raw)-10]
}

// TestARealReportIsRead: a registration as a test drive wrote it.
func TestARealReportIsRead(t *testing.T) {
	t.Parallel()
	raw := report(t)
	doc, err := Decode(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(doc) != 1 || doc[0].Tag != 11 {
		t.Fatalf("%+v", doc)
	}
	in := doc[0].Fields
	for tag, want := range map[uint16]string{
		1041: "9999078900005488", 1018: "7702203276", 1017: "7704358518", 1060: "nalog.ru", 1117: "example@example.com", 1021: "Шеннон К.", 1048: "ООО РОМАШКА",
	} {
		if f := Find(in, tag); f != nil && tag != 1048 && f.Trimmed() != want {
			t.Errorf("%d is %q, want %q", tag, f.Trimmed(), want)
		}
	}
	if f := Find(in, 1012); f == nil || f.Time().Year() != 2017 {
		t.Errorf("1012: %+v", f)
	}
	if f := Find(in, 1040); f == nil || f.Num != 1 {
		t.Errorf("1040: %+v", f)
	}
	again, err := Encode(doc)
	if err != nil || !bytes.Equal(again, raw) {
		t.Errorf("written again it differs: %v", err)
	}
}

func hexed(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestKindsOfValues(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hex  string
		want Field
	}{
		"byte":             {"1E 04 01 00 01", Field{Tag: 1054, Num: 1}},
		"sum":              {"FC 03 02 00 0F 27", Field{Tag: 1020, Num: 9999}},
		"sum of nought":    {"FC 03 01 00 00", Field{Tag: 1020}},
		"quantity 1.5":     {"FF 03 02 00 01 0F", Field{Tag: 1023, Places: 1, Num: 15}},
		"time":             {"F4 03 04 00 98 55 B9 58", Field{Tag: 1012, Num: 0x58B95598}},
		"text":             {"FD 03 06 00 88 A2 A0 AD AE A2", Field{Tag: 1021, Text: "Иванов"}},
		"empty text":       {"FD 03 00 00", Field{Tag: 1021}},
		"inside another":   {"96 04 08 00 9A 04 04 00 00 00 00 00", Field{Tag: 1174, Fields: []Field{{Tag: 1178}}}},
		"unknown, kept":    {"0F 27 02 00 AB CD", Field{Tag: 9999, Raw: []byte{0xAB, 0xCD}}},
		"drive's own sign": {"35 04 06 00 21 04 AA 10 75 41", Field{Tag: 1077, Raw: []byte{0x21, 0x04, 0xAA, 0x10, 0x75, 0x41}}},
	} {
		raw := hexed(t, tc.hex)
		got, err := Decode(raw)
		if err != nil || len(got) != 1 {
			t.Errorf("%s: %v %v", name, got, err)
			continue
		}
		if diff := cmp.Diff(tc.want, got[0]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if again, err := Encode(got); err != nil || !bytes.Equal(again, raw) {
			t.Errorf("%s: written again % X (%v)", name, again, err)
		}
	}
}

func TestWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]string{
		"half a head": "FC 03 02", "too short": "FC 03 05 00 01", "byte of two": "1E 04 02 00 01 01", "no number": "FC 03 00 00", "number of nine": "FC 03 09 00 01 02 03 04 05 06 07 08 09",
		"quantity without digits": "FF 03 01 00 02", "text too long": "FA 03 0D 00 31 31 31 31 31 31 31 31 31 31 31 31 31", "inside broken off": "96 04 03 00 9A 04 04",
	} {
		if got, err := Decode(hexed(t, s)); !errors.Is(err, ErrTLV) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	deep := []byte{}
	for range 8 {
		deep = append([]byte{0x96, 0x04, byte(len(deep)), 0}, deep...)
	}
	if _, err := Decode(deep); !errors.Is(err, ErrTLV) {
		t.Errorf("eight levels: %v", err)
	}
	for name, f := range map[string]Field{
		"no letter of CP866": {Tag: 1021, Text: "Ünal"}, "too long": {Tag: 1018, Text: "1234567890123"}, "byte of 300": {Tag: 1054, Num: 300}, "sum of seven bytes": {Tag: 1020, Num: 1 << 50},
	} {
		if b, err := Encode([]Field{f}); !errors.Is(err, ErrTLV) {
			t.Errorf("%s: % X %v", name, b, err)
		}
	}
}

// TestTheTableIsWhole reads every line of the table of tags.
func TestTheTableIsWhole(t *testing.T) {
	t.Parallel()
	last := uint16(0)
	for _, d := range Tags() {
		if d.Tag <= last {
			t.Errorf("%d stands behind %d", d.Tag, last)
		}
		last = d.Tag
		switch d.Kind {
		case U8, U16, U32, Bits8, Bits32, VLN, FVLN, Unix, Text, STLV, Bytes:
		default:
			t.Errorf("%d is a %q", d.Tag, d.Kind)
		}
		if d.Kind == Text && d.Length == 0 {
			t.Errorf("%d may be of any length", d.Tag)
		}
	}
	if len(Tags()) < 130 {
		t.Errorf("%d tags", len(Tags()))
	}
}

// drawField makes a field that a register could write.
func drawField(t *rapid.T, depth int) Field {
	d := rapid.SampledFrom(Tags()).Draw(t, "tag")
	f := Field{Tag: d.Tag}
	switch d.Kind {
	case Text:
		most := min(d.Length, 20)
		f.Text = string(rapid.SliceOfN(rapid.SampledFrom([]rune("абвЯЁё №abc019 .,-")), 0, most).Draw(t, "text"))
	case Bytes:
		f.Raw = rapid.SliceOfN(rapid.Byte(), 1, max(1, min(d.Length, 16))).Draw(t, "raw")
	case STLV:
		if depth < 2 && d.Length != 9 {
			f.Fields = []Field{{Tag: 1054, Num: uint64(rapid.IntRange(0, 255).Draw(t, "inner"))}}
		}
	case FVLN:
		f.Places, f.Num = uint8(rapid.IntRange(0, 6).Draw(t, "places")), rapid.Uint64Range(0, 1<<40).Draw(t, "digits")
	case VLN:
		f.Num = rapid.Uint64Range(0, 1<<48-1).Draw(t, "sum")
	default:
		f.Num = rapid.Uint64Range(0, 1<<(8*size(d.Kind))-1).Draw(t, "num")
	}
	return f
}

func TestDocumentsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var doc []Field
		for range rapid.IntRange(0, 12).Draw(t, "fields") {
			doc = append(doc, drawField(t, 0))
		}
		b, err := Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add(report(f))
	f.Add([]byte{0xFC, 0x03, 0x02, 0x00, 0x0F, 0x27})
	f.Add([]byte{0x96, 0x04, 0x04, 0x00, 0x0F, 0x27, 0x00, 0x00})
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Encode(doc)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Decode(again)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if diff := cmp.Diff(doc, back); diff != "" {
			t.Fatal(diff)
		}
		for _, v := range []Version{V105, V110, V120} {
			Check(ReceiptCorrection, v, doc)
			Check(Receipt, v, doc)
		}
	})
}
