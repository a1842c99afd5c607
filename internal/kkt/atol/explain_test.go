package atol_test

import (
	"encoding/hex"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/atol"
)

func raw(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// golden is a command, a reply and what they say. "source" is where the bytes
// come from: the service document, the maker's driver against a toy, or a
// reply put together by the layout.
type golden struct {
	source, command, reply string
	fields                 map[string]any
}

func goldens() map[string]golden {
	return map[string]golden{
		"last document": {
			"document 001 and the maker's driver", "91 34 00 00", "55 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00 09",
			map[string]any{"documentNumber": int64(93), "date": "2018-01-17", "time": "12:44", "fiscalSign": "0184610009"},
		},
		"type of a toy": {
			"maker's driver", "A5", "00 03 01 39 10 00 04 01 00 12 34",
			map[string]any{"protocolVersion": 3, "deviceKind": 1, "model": 57, "modelName": "АТОЛ 25Ф", "version": "4.1.1234", "name": ""},
		},
		"type of a real register": {
			"independent client's dump", "A5", "00 01 01 4C 10 00 03 00 00 21 95 8A A0 A7 AD A0 E7 A5 A9 20 94 80",
			map[string]any{"protocolVersion": 1, "deviceKind": 1, "model": 76, "modelName": "Казначей ФА", "version": "3.0.2195", "name": "Казначей ФА"},
		},
		"mode": {
			"layout", "45", "55 12 01",
			map[string]any{"mode": 2, "submode": 1, "paper": false, "printerLink": true, "mechanicsFault": false, "cutterFault": false, "overheated": false},
		},
		"state": {
			"layout", "3F", "44 30 01 26 03 10 12 00 59 CB 12 34 56 78 39 34 31 01 00 07 00 42 01 00 00 01 23 45 02 06",
			map[string]any{
				"cashier": 30, "hallNumber": 1, "date": "2026-03-10", "time": "12:00:59", "serialShort": "12345678", "model": 57, "modelName": "АТОЛ 25Ф",
				"version": "41", "mode": 1, "submode": 0, "receiptNumber": int64(7), "lastShift": int64(42), "receiptType": 1, "receiptOpen": true,
				"receiptSum": int64(12345), "registered": true, "shiftOpen": true, "drawerOpen": true, "paper": true, "coverOpen": false, "fnFiscal": true, "battery": true,
			},
		},
		"cash":              {"layout", "91 0A 00 00", "55 00 00 00 00 00 12 34 56", map[string]any{"cash": int64(123456)}},
		"clock":             {"layout", "91 11 00 00", "55 00 10 03 26 12 00 59", map[string]any{"date": "2026-03-10", "time": "12:00:59"}},
		"open shift":        {"layout", "91 12 01 00", "55 00 01 11 03 26 08 00 00", map[string]any{"shiftOpen": true, "date": "2026-03-11", "time": "08:00:00"}},
		"receipt":           {"layout", "91 13 00 00", "55 00 01 00 00 00 05 00 00 00 93", map[string]any{"receiptType": 1, "receiptNumber": int64(5), "documentNumber": int64(93)}},
		"last shift":        {"layout", "91 15 00 00", "55 00 01 02", map[string]any{"lastShift": int64(102)}},
		"serial":            {"layout", "91 16 00 00", "55 00 12 34 56 78 90 12 34", map[string]any{"serial": "12345678901234"}},
		"width":             {"layout", "91 18 00 00", "55 00 30 01 80", map[string]any{"characters": int64(30), "pixels": int64(180)}},
		"width, one more":   {"layout", "91 18 00 00", "55 00 30 01 80 00", map[string]any{"characters": int64(30), "pixels": int64(180)}},
		"registrations":     {"layout", "91 1A 00 00", "55 00 02 10 15 01 28", map[string]any{"registrationsDone": int64(2), "registrationsLeft": int64(10), "validTill": "2028-01-15"}},
		"exchange errors":   {"layout", "91 2B 00 00", "55 00 02 00 20 00 00 00 00 99 20", map[string]any{"networkError": int64(2), "ofdError": int64(0), "fnError": int64(20), "documentNumber": int64(99), "fnCommand": 32}},
		"unsent":            {"layout", "91 2C 00 00", "55 00 00 03", map[string]any{"unsent": int64(3)}},
		"last receipt":      {"layout", "91 33 00 00", "55 00 00 00 00 00 93 01 00 00 00 00 04 59 00 17 01 18 12 44 01 84 61 00 09 00 00 00", map[string]any{"documentNumber": int64(93), "receiptType": 1, "sum": int64(45900), "date": "2018-01-17", "time": "12:44", "fiscalSign": "0184610009"}},
		"receipt in shift":  {"layout", "91 35 00 00", "55 00 00 00 05 00 01 02", map[string]any{"receiptInShift": int64(5), "shift": int64(102)}},
		"formats":           {"layout", "91 36 00 00", "55 00 02 03 02 03", map[string]any{"ffd": "1.05", "fnFfd": "1.1"}},
		"flags":             {"layout", "91 3B 00 00", "55 00 81", map[string]any{"flags": "81"}},
		"unknown register":  {"layout", "91 7F 00 00", "55 00 DE AD", map[string]any{"data": "DE AD"}},
		"nothing unsent":    {"layout", "A4 20", "55 00 01 00 00 00 00 00 00 00 00 00 00 00 00", map[string]any{"connected": true, "hasMessage": false, "awaitsReceipt": false, "ofdCommand": false, "settingsChanged": false, "reading": false, "unsent": int64(0)}},
		"three unsent":      {"layout", "A4 20", "55 00 02 00 03 00 64 00 00 00 1A 0B 01 0A 05", map[string]any{"connected": false, "hasMessage": true, "awaitsReceipt": false, "ofdCommand": false, "settingsChanged": false, "reading": false, "unsent": int64(3), "firstUnsent": int64(100), "date": "2026-11-01", "time": "10:05"}},
		"drive":             {"layout", "A4 30", "55 00 03 00 00 01 08 1A 0B 14 16 12 39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 34 5D 00 00 00", map[string]any{"phase": 3, "openDocument": 0, "shiftOpen": true, "warnings": 8, "fn": "9999078900001234", "lastDocument": int64(93), "date": "2026-11-20", "time": "22:18"}},
		"drive's number":    {"layout", "A4 31", "55 00 39 39 39 39 30 37 38 39 30 30 30 30 31 32 33 34", map[string]any{"fn": "9999078900001234"}},
		"drive's end":       {"layout", "A4 32", "55 00 1C 01 0F 0A 02", map[string]any{"validTill": "2028-01-15", "registrationsLeft": 10, "registrationsDone": 2}},
		"drive's version":   {"layout", "A4 33", "55 00 66 6E 5F 76 5F 31 5F 30 20 20 20 20 20 20 20 20 01", map[string]any{"version": "fn_v_1_0", "serialVersion": true}},
		"drive's shift":     {"layout", "A4 10", "55 00 01 66 00 05 00", map[string]any{"shiftOpen": true, "shift": int64(102), "receiptsInShift": int64(5)}},
		"drive unconfirmed": {"layout", "A4 42", "55 00 03 00", map[string]any{"unconfirmed": int64(3)}},
		"OFD host":          {"layout", "46 13 00 01 01", "55 00 6F 66 64 2E 72 75 00 00", map[string]any{"table": 19, "row": 1, "field": 1, "host": "ofd.ru"}},
		"OFD port":          {"layout", "46 13 00 01 02", "55 00 52 6D", map[string]any{"table": 19, "row": 1, "field": 2, "port": 21101}},
		"OFD channel":       {"maker's driver", "46 13 00 01 04", "55 00 01", map[string]any{"table": 19, "row": 1, "field": 4, "channelCode": 1, "channel": "usb"}},
		"requisite":         {"layout", "E9 FD 03 00", "55 00 01 FD 03 06 00 88 A2 A0 AD AE A2", map[string]any{"blocks": 1, "tag": int64(1021), "value": "88 A2 A0 AD AE A2"}},
		"firmware":          {"layout", "9D 01", "55 00 00 03 00 00 21 95", map[string]any{"version": "3.0.2195", "language": "00", "build": "2195"}},
		"cash by 4D":        {"layout", "4D", "4D 00 00 00 00 12 34 56", map[string]any{"cash": int64(123456)}},
		"protection code":   {"layout", "74 04", "4C 01", map[string]any{"state": 1}},
		"done":              {"layout", "59", "55 00 00", map[string]any{}},
		"unknown command":   {"layout", "F3 01", "55 00 AA BB", map[string]any{"data": "AA BB"}},
	}
}

func TestExplainGoldens(t *testing.T) {
	t.Parallel()
	for name, g := range goldens() {
		m := atol.Protocol{}.Explain(raw(t, g.command), raw(t, g.reply))
		if !m.OK || m.Code != 0 || m.Error != "" {
			t.Errorf("%s (%s): %+v", name, g.source, m)
		}
		if diff := cmp.Diff(g.fields, m.Fields); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestExplainRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		command, reply string
		code           int
		text           string
	}{
		{"91 34 00 00", "55 D2 00", 210, "kkt.error.210"},
		{"59", "55 9A 00", 154, "kkt.error.154"},
		{"A4 30", "55 D7 01", 215, "kkt.error.215"},
		{"3F", "55 8C 00", 140, "kkt.error.140"},
		{"A5", "7A", 122, "kkt.error.122"},
		{"A4 30", "55 02 00", 2, "kkt.meaning.refused"},
	} {
		m := atol.Protocol{}.Explain(raw(t, tc.command), raw(t, tc.reply))
		if !m.OK || m.Code != tc.code || m.Text != tc.text || len(m.Fields) != 1 {
			t.Errorf("%s → %s: %+v", tc.command, tc.reply, m)
		}
	}
}

// TestExplainMakesNothingUp: what cannot be read has a code and no fields.
func TestExplainMakesNothingUp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ command, reply, code string }{
		{"91 34 00 00", "", "no_reply"},
		{"91 34 00 00", "55", "reply_too_short"},
		{"91 34 00 00", "55 00", "reply_too_short"},
		{"91 34 00 00", "55 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00", "reply_too_short"},
		{"91 34 00 00", "55 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00 09 00", "reply_wrong_length"},
		{"91 34 00 00", "56 00 00 00 00 00 93 17 01 18 12 44 01 84 61 00 09", "reply_bad_start"},
		{"91 34 00 00", "55 00 00 00 00 00 9F 17 01 18 12 44 01 84 61 00 09", "reply_bad_digits"},
		{"91 34 00 00", "55 00 00 00 00 00 93 32 01 18 12 44 01 84 61 00 09", "reply_bad_date"},
		{"91 34 00 00", "55 00 00 00 00 00 93 17 13 18 12 44 01 84 61 00 09", "reply_bad_date"},
		{"91 34 00 00", "55 00 00 00 00 00 93 17 01 18 25 44 01 84 61 00 09", "reply_bad_date"},
		{"45", "55 01", "reply_wrong_length"},
		{"45", "44 01 02", "reply_bad_start"},
		{"3F", "44 30 01", "reply_wrong_length"},
		{"3F", "55 00 00", "reply_bad_start"},
		{"91 12 01 00", "55 00 02 11 03 26 08 00 00", "reply_bad_value"},
		{"91 36 00 00", "55 00 77 03", "reply_bad_value"},
		{"59", "48 65 6C 6C 6F", "reply_bad_start"},
		{"59", "55 00 01 02 03 04 05 06 07 08 09 0A", "reply_wrong_length"},
		{"", "55 00 00", "no_command"},
	} {
		m := atol.Protocol{}.Explain(raw(t, tc.command), raw(t, tc.reply))
		if m.OK || m.Error != tc.code || m.Fields != nil || m.Code != 0 {
			t.Errorf("%s → %s: %+v, want %s", tc.command, tc.reply, m, tc.code)
		}
	}
}

// TestEveryCutGoldenIsRefused: a reply that lost its end must not pass for a
// shorter one. Replies of free length are left out, and so are the last bytes
// whose meaning nobody knows.
func TestEveryCutGoldenIsRefused(t *testing.T) {
	t.Parallel()
	free := map[string]bool{
		"done": true, "unknown register": true, "unknown command": true, "OFD host": true, "type of a real register": true, "width, one more": true,
		"unsent": true, "last receipt": true, "formats": true, "firmware": true, "drive's end": true,
	}
	for name, g := range goldens() {
		if free[name] {
			continue
		}
		reply := raw(t, g.reply)
		for n := range reply {
			if m := (atol.Protocol{}).Explain(raw(t, g.command), reply[:n]); m.OK && m.Code == 0 {
				t.Errorf("%s: % X was read as %v", name, reply[:n], m.Fields)
			}
		}
	}
}

var blank = regexp.MustCompile(`\{([A-Za-z]+)\}`)

// TestEverySentenceIsFilled reads the sentences in all languages and looks for
// placeholders that no field fills.
func TestEverySentenceIsFilled(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range goldens() {
		m := atol.Protocol{}.Explain(raw(t, g.command), raw(t, g.reply))
		for _, l := range i18n.Langs() {
			v := texts.For(l)
			if v.Or(m.Text, "") == "" || v.Or(atol.CommandKey(m.Command), "") == "" {
				t.Errorf("%s: %s lacks %q or the name of %q", name, l, m.Text, m.Command)
			}
			for _, p := range blank.FindAllStringSubmatch(v.T(m.Text), -1) {
				if _, ok := m.Fields[p[1]]; !ok {
					t.Errorf("%s, %s: nothing fills {%s} of %q", name, l, p[1], m.Text)
				}
			}
		}
	}
}

func TestEveryErrorCodeHasASentence(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	known := 0
	for code := range 256 {
		if key := atol.ErrorKey(code); !texts.Has(key) {
			t.Errorf("%d: no sentence %q", code, key)
		}
		if atol.KnownError(code) {
			known++
		}
	}
	if known < 91 {
		t.Errorf("%d codes known, 91 were measured", known)
	}
}

func FuzzExplain(f *testing.F) {
	for _, g := range goldens() {
		f.Add(raw(f, g.command), raw(f, g.reply))
	}
	f.Fuzz(func(t *testing.T, command, reply []byte) {
		m := atol.Protocol{}.Explain(command, reply)
		if !m.OK && (m.Error == "" || m.Fields != nil) {
			t.Fatalf("%+v", m)
		}
		if m.OK && m.Error != "" {
			t.Fatalf("%+v", m)
		}
	})
}
