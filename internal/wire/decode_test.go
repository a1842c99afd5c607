package wire_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

var drawn = []signal.Def{
	signal.Link, signal.LinkDetail, signal.Serial, signal.Mode, signal.Paper, signal.Unsent, signal.ReceiptOpen,
	signal.FNValidTill, signal.ClockDrift, signal.Shift, signal.ShiftEndsAt, signal.FNLink, signal.LastDocSign,
}

func drawItems(t *rapid.T) []signal.Item {
	var items []signal.Item
	for _, d := range drawn {
		switch pick := rapid.IntRange(0, 3).Draw(t, d.Key); {
		case pick == 0:
		case pick == 1:
			items = append(items, signal.Item{ID: d.ID})
		default:
			items = append(items, signal.Item{ID: d.ID, Value: drawValue(t, d.Kind)})
		}
	}
	return items
}

func drawValue(t *rapid.T, k signal.Kind) signal.Value {
	switch k {
	case signal.Text:
		return signal.TextOf(rapid.OneOf(rapid.SampledFrom([]string{"ok", "open", "", "a\"b", "Ошибка\n"}), rapid.String()).Draw(t, "text"))
	case signal.Bool:
		return signal.BoolOf(rapid.Bool().Draw(t, "bool"))
	case signal.Time:
		return signal.TimeOf(time.Unix(rapid.Int64Range(-1<<35, 1<<35).Draw(t, "time"), 0))
	default:
		return signal.IntOf(rapid.Int64().Draw(t, "int"))
	}
}

func drawReports(t *rapid.T) wire.Reports {
	r := wire.Reports{ID: rapid.Int64().Draw(t, "id"), Now: rapid.Int64().Draw(t, "now")}
	for range rapid.IntRange(0, 5).Draw(t, "reports") {
		r.Reports = append(r.Reports, wire.Report{
			Seq: rapid.Int64().Draw(t, "n"), At: rapid.Int64().Draw(t, "at"), Full: rapid.Bool().Draw(t, "full"),
			Device: rapid.SampledFrom([]string{"", "d1", "d2", "Касса \"1\""}).Draw(t, "dev"), Values: drawItems(t),
		})
	}
	return r
}

// same compares by meaning: the order of a report's values says nothing, as
// long as no key comes twice.
func same(a, b *wire.Reports) error {
	if a.ID != b.ID || a.Now != b.Now || len(a.Reports) != len(b.Reports) {
		return fmt.Errorf("%+v\n%+v", a, b)
	}
	for i := range a.Reports {
		x, y := a.Reports[i], b.Reports[i]
		if x.Seq != y.Seq || x.Device != y.Device || x.At != y.At || x.Full != y.Full || !slices.Equal(ordered(x.Values), ordered(y.Values)) {
			return fmt.Errorf("report %d:\n%+v\n%+v", i, x, y)
		}
	}
	return nil
}

func ordered(items []signal.Item) []signal.Item {
	return slices.SortedFunc(slices.Values(items), func(a, b signal.Item) int { return cmp.Compare(a.ID, b.ID) })
}

// agree checks both directions: what the fast path takes is what encoding/json
// reads, and what encoding/json refuses the fast path does not take.
func agree(data []byte) error {
	var want wire.Message
	wantErr := json.Unmarshal(data, &want)
	if fast, ok := wire.DecodeReports(data); ok {
		if wantErr != nil || want.Type != wire.TypeReports || want.Reports == nil {
			return fmt.Errorf("the fast path took what encoding/json does not: %v", wantErr)
		}
		if err := same(want.Reports, &fast); err != nil {
			return err
		}
	}
	got, err := wire.Decode(data)
	if wantErr != nil {
		if err == nil {
			return fmt.Errorf("Decode took %q, encoding/json says %w", data, wantErr)
		}
		return nil
	}
	if err != nil {
		if errors.Is(err, wire.ErrShape) {
			return nil
		}
		return err
	}
	if want.Reports != nil && want.Type == wire.TypeReports {
		return same(want.Reports, got.Reports)
	}
	return nil
}

func TestDecodeAgreesWithEncodingJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := drawReports(t)
		data, err := json.Marshal(wire.Message{Type: wire.TypeReports, Reports: &r})
		if err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "indent") {
			var wide bytes.Buffer
			_ = json.Indent(&wide, data, " ", "\t")
			data = wide.Bytes()
		}
		for range rapid.IntRange(0, 3).Draw(t, "wounds") {
			at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
			data[at] = rapid.SampledFrom([]byte(`0123456789.eE-+"{}[],:\ntx `)).Draw(t, "byte")
		}
		if err := agree(data); err != nil {
			t.Fatalf("%s\n%v", data, err)
		}
	})
}

func TestTheUsualMessageTakesTheFastPath(t *testing.T) {
	t.Parallel()
	r, ok := wire.DecodeReports(usual(t, 3))
	if !ok || len(r.Reports) != 3 || len(r.Reports[2].Values) != 10 || r.Reports[2].Seq != 2 {
		t.Fatalf("%v %+v", ok, r)
	}
}

func TestTheFastPathLeavesTheUnusualAlone(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		``, `{}`, `{"t":"reports"}`, `{"t":"ack","reports":{}}`, `{"t":"reports","reports":null}`, `{"t":"reports","reports":{}}x`,
		`{"t":"reports","reports":{"id":1,"id":2}}`, `{"t":"reports","reports":{"id":01}}`, `{"t":"reports","reports":{"id":1.5}}`,
		`{"t":"reports","reports":{"id":- 1}}`, `{"t":"reports","reports":{"id":9223372036854775808}}`,
		`{"t":"reports","reports":{"reports":[null]}}`, `{"t":"reports","reports":{"reports":[{"v":{"link":"a\u0041"}}]}}`,
		`{"t":"reports","reports":{"reports":[{"v":{"ofd.unsent":1,"ofd.unsent":2}}]}}`,
		`{"t":"reports","reports":{"reports":[{"v":{"ofd.unsent":"many"}}]}}`, `{"t":"reports","reports":{"reports":[{"v":{"paper":1}}]}}`,
		`{"t":"reports","reports":{"reports":[{"v":{"new.key":1}}]}}`, "{\"t\":\"reports\",\"reports\":{\"reports\":[{\"dev\":\"\xff\"}]}}",
	} {
		if _, ok := wire.DecodeReports([]byte(data)); ok {
			t.Errorf("taken: %s", data)
		}
		if err := agree([]byte(data)); err != nil {
			t.Errorf("%s: %v", data, err)
		}
	}
}

func TestDecodeRefusesAMessageWithoutItsField(t *testing.T) {
	t.Parallel()
	for _, data := range []string{`{}`, `{"t":"taken"}`, `{"t":"taken","result":{"id":"1"}}`, `{"t":"weather"}`, `null`} {
		if _, err := wire.Decode([]byte(data)); !errors.Is(err, wire.ErrShape) {
			t.Errorf("%s: %v", data, err)
		}
	}
	m, err := wire.Decode([]byte(`{"t":"taken","taken":{"id":"c1"}}`))
	if err != nil || m.Taken.ID != "c1" {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestAppendAckWritesWhatEncodingJSONWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := wire.Ack{ID: rapid.Int64().Draw(t, "id"), Now: rapid.Int64().Draw(t, "now")}
		for range rapid.IntRange(0, 3).Draw(t, "refused") {
			code := rapid.OneOf(rapid.SampledFrom([]string{"report_too_old", "unknown_device", ""}), rapid.String()).Draw(t, "code")
			a.Refused = append(a.Refused, wire.Refused{Seq: rapid.Int64().Draw(t, "n"), Code: code})
		}
		want, err := json.Marshal(wire.Message{Type: wire.TypeAck, Ack: &a})
		if err != nil {
			t.Fatal(err)
		}
		if got := wire.AppendAck(nil, a); !bytes.Equal(got, want) {
			t.Fatalf("\n%s\n%s", got, want)
		}
	})
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"t":"reports","reports":{"id":1,"now":1760000000000,"reports":[{"n":1,"dev":"d","at":5,"full":true,"v":{"link":"ok","ofd.unsent":3,"paper":true,"serial":null}}]}}`))
	f.Add([]byte(`{"t":"taken","taken":{"id":"c1"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := agree(data); err != nil {
			t.Fatal(err)
		}
	})
}

// usual is a bundle of n reports of ten values, as an agent writes it.
func usual(tb testing.TB, n int) []byte {
	tb.Helper()
	items := []signal.Item{
		{ID: signal.Link.ID, Value: signal.TextOf("ok")},
		{ID: signal.Serial.ID, Value: signal.TextOf("00106112345678")},
		{ID: signal.Mode.ID, Value: signal.IntOf(1)},
		{ID: signal.Paper.ID, Value: signal.BoolOf(true)},
		{ID: signal.Shift.ID, Value: signal.TextOf("open")},
		{ID: signal.ShiftEndsAt.ID, Value: signal.TimeOf(time.Unix(1800000000, 0))},
		{ID: signal.ClockDrift.ID, Value: signal.IntOf(-3)},
		{ID: signal.FNLink.ID, Value: signal.TextOf("ok")},
		{ID: signal.Unsent.ID, Value: signal.IntOf(12)},
		{ID: signal.LastDocNo.ID, Value: signal.IntOf(48211)},
	}
	r := wire.Reports{ID: 7, Now: 1790000000000}
	for i := range n {
		r.Reports = append(r.Reports, wire.Report{Seq: int64(i), Device: "0199c0de-0000-7000-8000-00000000000" + string(rune('0'+i%3)), At: 1790000000000, Values: items})
	}
	data, err := json.Marshal(wire.Message{Type: wire.TypeReports, Reports: &r})
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

func BenchmarkDecodeReports(b *testing.B) {
	data := usual(b, 100)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := wire.DecodeReports(data); !ok {
			b.Fatal("not taken")
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/report")
}

func BenchmarkEncodingJSON(b *testing.B) {
	data := usual(b, 100)
	b.ReportAllocs()
	for b.Loop() {
		var m wire.Message
		if err := json.Unmarshal(data, &m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/report")
}
