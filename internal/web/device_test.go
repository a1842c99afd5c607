package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func english(t *testing.T) ui.View {
	t.Helper()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return ui.View{Voice: b.For(i18n.EN), Now: time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), Zone: time.UTC}
}

func TestParseHex(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]byte{
		"91 34 00 00": {0x91, 0x34, 0, 0}, "91340000": {0x91, 0x34, 0, 0}, " a4\n20\t": {0xA4, 0x20}, "A420 00": {0xA4, 0x20, 0},
	} {
		if got, err := parseHex(in); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: % X, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "  ", "9", "9 1", "0x91", "91,34", "zz", "91 3", strings.Repeat("00", maxCommand+1), "９1"} {
		if got, err := parseHex(in); err == nil {
			t.Errorf("%q was taken as % X", in, got)
		}
	}
}

func FuzzParseHex(f *testing.F) {
	f.Add("91 34 00 00")
	f.Add("a4")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := parseHex(s)
		if err != nil {
			if b != nil {
				t.Errorf("%q: bytes and an error", s)
			}
			return
		}
		digits := strings.ToLower(strings.Join(strings.Fields(s), ""))
		if len(b) == 0 || len(b) > maxCommand || len(digits) != 2*len(b) {
			t.Errorf("%q became %d bytes", s, len(b))
		}
		again, err := parseHex(digits)
		if err != nil || !bytes.Equal(again, b) {
			t.Errorf("%q does not read the same without its spaces", s)
		}
	})
}

// Every value that an agent can send has a name and is said in words that
// exist, whatever the value.
func TestEverySignalHasWords(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range i18n.Langs() {
		v := ui.View{Voice: b.For(l), Now: time.Now(), Zone: time.UTC}
		for id := range uint16(200) {
			d, ok := signal.ByID(id)
			if !ok {
				continue
			}
			if v.Or("signal."+d.Key, "") == "" {
				t.Errorf("%s: %q has no name", l, d.Key)
			}
			for _, val := range []signal.Value{signal.IntOf(0), signal.IntOf(7), signal.IntOf(-4000), signal.BoolOf(true), signal.BoolOf(false), signal.TextOf("strange"), signal.TimeOf(v.Now)} {
				if text := signalText(v, d, val); val.Kind() == d.Kind && (text == "" || strings.Contains(text, "«signal")) {
					t.Errorf("%s: %q of %v is said as %q", l, d.Key, val, text)
				}
			}
		}
	}
}

func TestEveryProcedureHasWords(t *testing.T) {
	t.Parallel()
	v := english(t)
	for _, name := range append(procedures(), kkt.ProcRaw) {
		if v.Or("device.procedure."+name, "") == "" {
			t.Errorf("%q has no name", name)
		}
	}
	for _, r := range []kkt.Risk{kkt.RiskRead, kkt.RiskChange, kkt.RiskDangerous} {
		if v.Or("device.risk."+string(r), "") == "" || v.Or("device.risk_note."+string(r), "") == "" {
			t.Errorf("the risk %q has no words", r)
		}
	}
	for _, s := range []string{
		fleet.CommandAsked, fleet.CommandSent, fleet.CommandTaken, fleet.CommandDone, fleet.CommandFailed, fleet.CommandUnknown,
		fleet.CommandExpired, fleet.CommandCancelled,
	} {
		if v.Or("device.command_state."+s, "") == "" {
			t.Errorf("the state %q has no words", s)
		}
	}
}

func TestEvidenceKeepsGarbageApart(t *testing.T) {
	t.Parallel()
	v := english(t)
	lines, junk := evidence(v, json.RawMessage(`{"link":"garbage","link.detail":"48 54 54 50","fn.error":0,"submode":0,"some.new.key":1}`))
	if !bytes.Equal(junk, []byte("HTTP")) {
		t.Errorf("garbage % X", junk)
	}
	if len(lines) != 1 || lines[0].Key != v.T("signal.link") {
		t.Errorf("lines %+v, want the link alone", lines)
	}
	if lines, junk := evidence(v, json.RawMessage(`{"heartbeats":3}`)); len(lines) != 0 || junk != nil {
		t.Error("an unknown key was shown")
	}
	if lines, _ := evidence(v, json.RawMessage(`[1`)); lines != nil {
		t.Error("broken evidence was shown")
	}
}

func TestChangeLine(t *testing.T) {
	t.Parallel()
	v := english(t)
	if _, news := changeLine(v, &fleet.Change{Changes: map[string][2]any{"doc.number": {1.0, 2.0}, "port.hold": {3.0, 4.0}, "ofd.unsent": {0.0, 1.0}}}); news {
		t.Error("a sale is told as news")
	}
	h, news := changeLine(v, &fleet.Change{Seq: 7, Changes: map[string][2]any{"shift": {"closed", "open"}, "doc.number": {1.0, 2.0}}})
	if !news || len(h.changes) != 1 || h.changes[0].to != v.T("signal.value.shift.open") || h.ID != "change-7" {
		t.Errorf("%+v", h)
	}
	h, _ = changeLine(v, &fleet.Change{Changes: map[string][2]any{"link": {"ok", "no_answer"}}})
	if h.Kind != ui.EventLink {
		t.Errorf("a lost register is told as %q", h.Kind)
	}
}

func TestHistoryPagesMeet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	var changes []fleet.Change
	for i := range historyRows {
		changes = append(changes, fleet.Change{Seq: int64(1000 - i), Received: at.Add(-time.Duration(i) * time.Minute)})
	}
	if h := horizon(changes, []fleet.Alert{{OpenedAt: at.Add(-time.Hour * 24)}}, nil); !h.Equal(changes[historyRows-1].Received) {
		t.Errorf("a page that was cut off goes to %v", h)
	}
	if h := horizon(changes[:5], nil, nil); !h.IsZero() {
		t.Errorf("a complete history ends at %v", h)
	}
	b := before{at: at, seq: 941, command: "01a1"}
	href, ok := strings.CutPrefix(b.href("d1"), "/devices/d1/history?")
	if !ok {
		t.Fatal(b.href("d1"))
	}
	if got := parseBefore(mustQuery(t, href)); got != b {
		t.Errorf("%+v came back as %+v", b, got)
	}
}

func TestSparksStayInside(t *testing.T) {
	t.Parallel()
	to := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	from := to.Add(-14 * 24 * time.Hour)
	sparks := sparksOf([]fleet.Alert{
		{OpenedAt: to.Add(-time.Second), Severity: fleet.Critical},
		{OpenedAt: from.Add(-time.Hour), ClosedAt: from.Add(time.Hour), Severity: fleet.Blocking},
		{OpenedAt: from.Add(-2 * time.Hour), ClosedAt: from.Add(-time.Hour), Severity: fleet.Minor},
	}, from, to)
	if len(sparks) != 2 {
		t.Fatalf("%d stretches, want 2", len(sparks))
	}
	for _, s := range sparks {
		if s.From.Before(from) || s.To.After(to) || !s.From.Before(s.To) {
			t.Errorf("%v – %v", s.From, s.To)
		}
	}
	if sparks[1].Severity != ui.Blocking {
		t.Error("the worst is not drawn last")
	}
}

func TestWindowsOfTheForm(t *testing.T) {
	t.Parallel()
	devices := []registry.Device{{ID: "1", Outlet: "a"}, {ID: "2", Outlet: "a"}, {ID: "3", Outlet: "b"}}
	v := windowView{
		devices: devices, whole: fleet.WindowDevice, starts: "2026-11-23T22:00", ends: "2026-11-24T02:00", repeat: fleet.RepeatWeekly,
		days: []string{"1", "7", "9", "x"}, until: "2026-12-31", zone: "Europe/Berlin",
	}
	list, err := v.windows()
	if err != nil || len(list) != 3 || list[0].Target != "1" || list[0].Zone != "Europe/Berlin" {
		t.Fatalf("%+v", list)
	}
	w := list[0]
	if !slices.Equal(w.Weekdays, []time.Weekday{time.Monday, time.Sunday}) {
		t.Errorf("weekdays %v", w.Weekdays)
	}
	if got := w.Starts.UTC().Format(time.RFC3339); got != "2026-11-23T21:00:00Z" {
		t.Errorf("begins at %s: the form speaks by the shop's clock", got)
	}
	if got := w.Until.UTC().Format(time.RFC3339); got != "2026-12-31T23:00:00Z" {
		t.Errorf("ends for good at %s: the last day is meant as a whole", got)
	}
	v.whole = fleet.WindowOutlet
	if list, _ := v.windows(); len(list) != 2 || list[0].Target != "a" || list[0].Scope != fleet.WindowOutlet {
		t.Errorf("%+v, want one window for each outlet", list)
	}
	v.starts = "yesterday"
	if list, _ := v.windows(); !list[0].Starts.IsZero() {
		t.Error("a time that cannot be read was read")
	}
	v.until = "soon"
	if _, err := v.windows(); problem.CodeOf(err) != "window_until" {
		t.Errorf("a last day that is none: %v", err)
	}
}

// TestAWindowComesBackIntoItsForm: what is changed stands in the form as it
// was written, by the clock of its zone.
func TestAWindowComesBackIntoItsForm(t *testing.T) {
	t.Parallel()
	v := windowView{
		devices: []registry.Device{{ID: "1", Outlet: "a"}}, whole: fleet.WindowOutlet, starts: "2026-11-23T22:00", ends: "2026-11-24T02:00",
		repeat: fleet.RepeatWeekly, days: []string{"1", "7"}, until: "2026-12-31", reason: "ФН", zone: "Europe/Berlin",
	}
	list, err := v.windows()
	if err != nil {
		t.Fatal(err)
	}
	planned := list[0]
	again := windowView{devices: v.devices, zone: planned.Zone}
	again.fill(&planned)
	if !reflect.DeepEqual(again, v) {
		t.Errorf("%+v\nbecame %+v", v, again)
	}
}

func TestConfirmWordIsTheEndOfTheSerial(t *testing.T) {
	t.Parallel()
	d := registry.Device{DeviceForm: registry.DeviceForm{Serial: "00106178201364", Name: "ККТ 3"}}
	if w := confirmWord(&d); w != "1364" {
		t.Errorf("%q", w)
	}
	d.Serial = ""
	if w := confirmWord(&d); w != "КТ 3" {
		t.Errorf("%q", w)
	}
}

func mustQuery(t *testing.T, s string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
