package drive_test

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt/drive"
	"github.com/tillwright/tillwright/internal/kkt/octets"
	"github.com/tillwright/tillwright/internal/signal"
)

func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// read reads an answer as a whole.
func read[T any](data []byte, of func(*octets.Reader) T) (T, error) {
	r := octets.Read(data)
	t := of(&r)
	return t, r.End()
}

const (
	unsent  = "02 00 03 00 64 00 00 00 1A 0B 01 0A 05"
	allSent = "01 00 00 00 FF FF FF FF FF FF FF FF FF"
	inTrade = "03 00 00 01 08 1A 0B 14 16 12 39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 34 5D 00 00 00"
)

// fieldsOf reads one answer of each kind as people see it.
func fieldsOf(kind string, data []byte) (map[string]any, error) {
	switch kind {
	case "exchange":
		e, err := read(data, drive.ReadExchange)
		return e.Fields(), err
	case "state":
		s, err := read(data, drive.ReadState)
		return s.Fields(), err
	case "validity":
		v, err := read(data, drive.ReadValidity)
		return v.Fields(), err
	case "shift":
		s, err := read(data, drive.ReadShift)
		return s.Fields(), err
	case "version":
		return read(data, drive.ReadVersion)
	case "unconfirmed":
		return read(data, drive.ReadUnconfirmed)
	default:
		s, err := read(data, drive.ReadSerial)
		return map[string]any{"fn": s}, err
	}
}

func TestWhatTheDriveAnswers(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, data string
		want       map[string]any
	}{
		{"exchange", unsent, map[string]any{
			"connected": false, "hasMessage": true, "awaitsReceipt": false, "ofdCommand": false, "settingsChanged": false, "reading": false,
			"unsent": int64(3), "firstUnsent": int64(100), "date": "2026-11-01", "time": "10:05",
		}},
		{"exchange", allSent, map[string]any{
			"connected": true, "hasMessage": false, "awaitsReceipt": false, "ofdCommand": false, "settingsChanged": false, "reading": false, "unsent": int64(0),
		}},
		{"exchange", "1C 01 00 00 00 00 00 00 00 00 00 00 00", map[string]any{
			"connected": false, "hasMessage": false, "awaitsReceipt": true, "ofdCommand": true, "settingsChanged": true, "reading": true, "unsent": int64(0),
		}},
		{"state", inTrade, map[string]any{
			"phase": 3, "openDocument": 0, "shiftOpen": true, "warnings": 8, "fn": "9999078900001234", "lastDocument": int64(93), "date": "2026-11-20", "time": "22:18",
		}},
		{"state", strings.Repeat("00 ", 30), map[string]any{"phase": 0, "openDocument": 0, "shiftOpen": false, "warnings": 0, "fn": "", "lastDocument": int64(0)}},
		{"validity", "1C 01 0F 0A 02", map[string]any{"registrationsLeft": 10, "registrationsDone": 2, "validTill": "2028-01-15"}},
		{"validity", "1C 01 0F", map[string]any{"validTill": "2028-01-15"}},
		{"validity", "00 00 00", map[string]any{}},
		{"shift", "01 66 00 05 00", map[string]any{"shiftOpen": true, "shift": int64(102), "receiptsInShift": int64(5)}},
		{"shift", "00 66 00 00 00", map[string]any{"shiftOpen": false, "shift": int64(102), "receiptsInShift": int64(0)}},
		{"version", "66 6E 5F 76 5F 31 5F 30 20 20 20 20 20 20 20 20 01", map[string]any{"version": "fn_v_1_0", "serialVersion": true}},
		{"unconfirmed", "03 00", map[string]any{"unconfirmed": int64(3)}},
		{"serial", "39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 34", map[string]any{"fn": "9999078900001234"}},
	} {
		got, err := fieldsOf(tc.kind, raw(t, tc.data))
		if diff := cmp.Diff(tc.want, got); diff != "" || err != nil {
			t.Errorf("%s %s: %v, %s", tc.kind, tc.data, err, diff)
		}
		for n := range raw(t, tc.data) {
			if tc.kind == "validity" && n == 3 {
				continue // the day alone
			}
			if f, err := fieldsOf(tc.kind, raw(t, tc.data)[:n]); err == nil {
				t.Errorf("%s: %d bytes of %d were read as %v", tc.kind, n, len(raw(t, tc.data)), f)
			}
		}
	}
}

// TestWhatNoDriveSays is refused rather than guessed.
func TestWhatNoDriveSays(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, data string
		why        octets.Fault
	}{
		{"exchange", "02 00 03 00 64 00 00 00 1A 0D 01 0A 05", octets.BadDate},
		{"state", strings.Replace(inTrade, "39 39 39 39", "39 39 39 41", 1), octets.BadValue},
		{"state", strings.Replace(inTrade, "16 12 39", "18 12 39", 1), octets.BadDate},
		{"validity", "1C 01 20 0A 02", octets.BadDate},
		{"validity", "1C 01 0F 0A", octets.WrongLength},
		{"shift", "02 66 00 05 00", octets.BadValue},
		{"serial", "39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 20", octets.BadValue},
	} {
		if f, err := fieldsOf(tc.kind, raw(t, tc.data)); !errors.Is(err, tc.why) {
			t.Errorf("%s %s: %v, %v", tc.kind, tc.data, f, err)
		}
	}
}

// TestWhatAReadingTakes: times are the register's own zone's.
func TestWhatAReadingTakes(t *testing.T) {
	t.Parallel()
	omsk := time.FixedZone("Omsk", 6*3600)
	var set signal.Set
	for _, put := range []func() error{
		func() error { e, err := read(raw(t, unsent), drive.ReadExchange); e.Put(&set, omsk); return err },
		func() error { s, err := read(raw(t, inTrade), drive.ReadState); s.Put(&set); return err },
		func() error {
			v, err := read(raw(t, "1C 01 0F 0A 02"), drive.ReadValidity)
			v.Put(&set, omsk)
			return err
		},
	} {
		if err := put(); err != nil {
			t.Fatal(err)
		}
	}
	if set.Get(signal.Unsent).Int() != 3 || set.Get(signal.FirstUnsentNo).Int() != 100 || set.Get(signal.FNPhase).Int() != 3 ||
		set.Get(signal.FNWarnings).Int() != 8 || set.Get(signal.FNSerial).Text() != "9999078900001234" {
		t.Errorf("%+v", set.Items())
	}
	first, till := set.Get(signal.FirstUnsentAt).Time(), set.Get(signal.FNValidTill).Time()
	if !first.Equal(time.Date(2026, 11, 1, 10, 5, 0, 0, omsk)) || !till.Equal(time.Date(2028, 1, 15, 0, 0, 0, 0, omsk)) {
		t.Errorf("%v, %v", first, till)
	}
	var none signal.Set
	e, err := read(raw(t, allSent), drive.ReadExchange)
	e.Put(&none, omsk)
	if err != nil || !none.Get(signal.Unsent).Known() || none.Get(signal.FirstUnsentNo).Known() || none.Get(signal.FirstUnsentAt).Known() {
		t.Errorf("what an earlier document left behind is told: %+v, %v", none.Items(), err)
	}
}

// FuzzAnswers: whatever bytes come, what is not refused is a time of a calendar
// and a number of sixteen digits or none.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{unsent, allSent, inTrade, "1C 01 0F 0A 02", "01 66 00 05 00"} {
		f.Add(raw(f, seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := read(data, drive.ReadState); err == nil && len(s.Serial) != 16 && s.Serial != "" {
			t.Fatalf("%q", s.Serial)
		}
		for _, kind := range []string{"exchange", "state", "validity", "shift", "version", "unconfirmed", "serial"} {
			fields, err := fieldsOf(kind, data)
			if day, ok := fields["date"].(string); ok && err == nil {
				if _, err := time.Parse(time.DateOnly, day); err != nil {
					t.Fatalf("%s: %v", kind, err)
				}
			}
		}
	})
}
