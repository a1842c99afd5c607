package shtrih_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

func TestExplainRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		command, reply string
		code, device   int
		text           string
	}{
		{"11", "11 4F", 0x4F, 140, "kkt.shtrih.error.4f"},
		{"11", "11 4F 00", 0x4F, 140, "kkt.shtrih.error.4f"},
		{"88", "88 55", 0x55, 154, "kkt.shtrih.error.55"},
		{"FF 39", "FF 39 30", 0x30, 210, "kkt.shtrih.error.30"},
		{"FF 39", "FF 39 05", 5, 215, "kkt.fn.code.05"},
		{"FF 39", "FF 39 15", 0x15, 239, "kkt.fn.code.15"},
		{"FF 45", "FF 45 18", 0x18, 0, "kkt.fn.code.18"},
		{"80", "80 3A", 0x3A, 0, "kkt.shtrih.error.amount"},
		{"FF 46", "FF 46 A3", 0xA3, 0, "kkt.shtrih.error.marking"},
		{"41", "41 EE", 0xEE, 0, "kkt.meaning.shtrih_refused"},
		{"11 1E 00 00 00", "8F 04 00 18 00 1E 00 A9 B6", 0x1E, 0, "kkt.meaning.shtrih_refused"}, // javapos #50
	} {
		m := (&shtrih.Protocol{}).Explain(raw(t, tc.command), raw(t, tc.reply))
		device, _ := m.Fields["deviceCode"].(int)
		if !m.OK || m.Code != tc.code || m.Text != tc.text || device != tc.device || m.Fields["errorCode"] != tc.code {
			t.Errorf("%s → %s: %+v", tc.command, tc.reply, m)
		}
	}
}

// TestExplainMakesNothingUp: what cannot be read has a code and no fields.
func TestExplainMakesNothingUp(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ command, reply, code string }{
		{"", "11 00", "no_command"},
		{"FF 39", "", "no_reply"},
		{"FF 39", "FF", "reply_too_short"},
		{"FF 39", "FF 39", "reply_too_short"},
		{"FF 39", "FF 40 00", "reply_bad_start"},
		{"FF 39", "FF 39 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", "reply_wrong_length"},
		{"FF 39", "FF 39 00 03 00 04 00 01 00 00 00 1A 0D 1D 13 2E", "reply_bad_date"},
		{"FF 03", "FF 03 00 1B 02 1E", "reply_bad_date"},
		{"FF 40", "FF 40 00 02 03 01 07 00", "reply_bad_value"},
		{"FF 02", "FF 02 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F 10", "reply_bad_value"},
		{"1F 13 01 00 02", "1F 00", "reply_too_short"},
		{"1F 13 01 00 01", "1F 00 01 02 03 04 05", "reply_bad_value"},
		{"1F 13 01 00", "1F 00 61", "command_wrong_length"},
		{"1F 13 00 00 02", "1F 00 61", "command_wrong_length"},
		{"1E 15 01 00 02", "1E 00", "command_wrong_length"},
		{"21 18 00 00", "21 00", "command_wrong_length"},
		{"22 1F 02 16", "22 00", "command_wrong_length"},
		{"21 11 04 20", "21 00 01 02 03 04 05 06 07 08 09", "reply_wrong_length"},
		{"88", "48 65 6C 6C 6F", "reply_bad_start"},
		{"88", "00", "reply_bad_start"},
		{"FF 0A 01 00 00 00", "FF 0A 00 03 00 00 00 00 00 00 01 00 00 00 B5 BC 48 11", "reply_bad_date"},
	} {
		m := (&shtrih.Protocol{}).Explain(raw(t, tc.command), raw(t, tc.reply))
		if m.OK || m.Error != tc.code || m.Fields != nil || m.Code != 0 {
			t.Errorf("%s → %s: %+v, want %s", tc.command, tc.reply, m, tc.code)
		}
	}
}

// TestEveryCutReplyIsRefused: a reply that lost its end must not pass for a
// shorter one. Left out are replies of free length, those whose end may be
// missing, and those that only say "done".
func TestEveryCutReplyIsRefused(t *testing.T) {
	t.Parallel()
	free := regexp.MustCompile(`^(receipt (opened|cancelled)|capabilities|document found|block for|document's part|OFD's receipt|OFD host|OFD port|a (number|text)|` +
		`text's field|clock|date|shift closed with|print|restarted|unknown|type|registration, FFD)`)
	shorter := map[string]int{ // bytes that the forms of a reply differ by
		"short state with the print's end": 1, "drive's last day and registrations": 2, "free memory with marking": 1,
		"shift closed in the drive": 5, "registration, first form": 1,
	}
	for _, g := range append(goldens(t, "exchanges.tsv", 5), goldens(t, "frames.tsv", 6)...) {
		if free.MatchString(g.name) || g.command == "" || g.reply == "" {
			continue
		}
		reply := raw(t, g.reply)
		for n := range reply {
			m := (&shtrih.Protocol{}).Explain(raw(t, g.command), reply[:n])
			if m.OK && m.Code == 0 && n != len(reply)-shorter[g.name] {
				t.Errorf("%s: % X was read as %v", g.name, reply[:n], m.Fields)
			}
		}
	}
}

func TestExplainNamesACommandWithoutReply(t *testing.T) {
	t.Parallel()
	for command, name := range map[string]string{
		"10": "read_short_state", "11": "read_full_state", "FC": "read_type", "FF 01": "fn_status", "88": "cancel_receipt", "B0": "continue_print",
		"1E 15 01 00 02 01": "write_table", "FE F1 01 00 00 00": "service_serial", "02 05 88 1E 00 00 00 93": "cancel_receipt",
		"8F 07 00 26 00 10 01 00 00 00 E4 14": "read_short_state", "E0": "open_shift", "FF": "other", "77": "other",
	} {
		if m := (&shtrih.Protocol{}).Explain(raw(t, command), nil); m.Command != name || m.Error != "no_reply" {
			t.Errorf("%s: %+v", command, m)
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
	for _, g := range append(goldens(t, "exchanges.tsv", 5), goldens(t, "frames.tsv", 6)...) {
		if g.command == "" || g.reply == "" {
			continue
		}
		m := (&shtrih.Protocol{}).Explain(raw(t, g.command), raw(t, g.reply))
		for _, l := range i18n.Langs() {
			v := texts.For(l)
			if v.Or(m.Text, "") == "" || v.Or(shtrih.CommandKey(m.Command), "") == "" {
				t.Errorf("%s: %s lacks %q or the name of %q", g.name, l, m.Text, m.Command)
			}
			for _, p := range blank.FindAllStringSubmatch(v.T(m.Text), -1) {
				if _, ok := m.Fields[p[1]]; !ok {
					t.Errorf("%s, %s: nothing fills {%s} of %q", g.name, l, p[1], m.Text)
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
	for code := 1; code < 256; code++ {
		if key := shtrih.ErrorKey(code); !texts.Has(key) {
			t.Errorf("%02X: no sentence %q", code, key)
		}
		if shtrih.KnownError(code) {
			known++
		}
	}
	if known < 100 {
		t.Errorf("%d codes known, the notes list over 100", known)
	}
}

// TestCodesThatTheCatalogueKnows: each code of the drive and of the register
// that has a like at ATOL has one that the texts know.
func TestCodesThatTheCatalogueKnows(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[int]int{
		0x01: 211, 0x02: 212, 0x05: 215, 0x09: 231, 0x14: 235, 0x16: 240, 0x20: 236, 0x2F: 210, 0x30: 210, 0x4E: 136, 0x4F: 140, 0x6B: 103, 0x73: 102, 0xC8: 104,
		0x18: 0, 0x21: 0, 0x50: 0, 0xFF: 0, 0: 0,
	} {
		if got := shtrih.DeviceCode(code); got != want {
			t.Errorf("%02X: %d, want %d", code, got, want)
		}
	}
	for code := range 256 {
		if device := shtrih.DeviceCode(code); device != 0 && !texts.Has("kkt.error."+strings.TrimSpace(itoa(device))) {
			t.Errorf("%02X gives %d, which has no text", code, device)
		}
	}
}

func TestEveryCommandAndModeHasAName(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &shtrih.Protocol{}
	for n := range 256 {
		for _, command := range [][]byte{{byte(n)}, {0xFE, byte(n)}, {0xFF, byte(n)}} {
			if m := p.Explain(command, nil); !texts.Has(shtrih.CommandKey(m.Command)) {
				t.Errorf("% X: %q has no name", command, m.Command)
			}
		}
	}
	for mode := range 16 {
		m := p.Explain([]byte{0x10}, []byte{0x10, 0, 1, 0x90, 0, byte(mode), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
		n, _ := m.Fields["mode"].(int)
		if !m.OK || !texts.Has("kkt.mode."+itoa(n)) {
			t.Errorf("mode %d is told as %d: %+v", mode, n, m)
		}
		if resting := n < 2; resting != (mode == 0 || mode == 2 || mode == 3 || mode == 4 || mode == 8) {
			t.Errorf("mode %d is told as %d", mode, n)
		}
	}
}

func TestRiskOfBytesGivenByHand(t *testing.T) {
	t.Parallel()
	p := &shtrih.Protocol{}
	for command, want := range map[string]kkt.Risk{
		"10": kkt.RiskRead, "11": kkt.RiskRead, "FC": kkt.RiskRead, "FF 01": kkt.RiskRead, "FF 0A 01 00 00 00": kkt.RiskRead, "1F 13 01 00 01": kkt.RiskRead,
		"2D 13": kkt.RiskRead, "FE F4": kkt.RiskRead,
		"88": kkt.RiskDangerous, "1E 15 01 00 02 01": kkt.RiskDangerous, "16": kkt.RiskDangerous, "27": kkt.RiskDangerous, "FF 07": kkt.RiskDangerous,
		"FE F1": kkt.RiskDangerous, "FE F3": kkt.RiskDangerous, "FE": kkt.RiskDangerous, "FF": kkt.RiskDangerous, "": kkt.RiskDangerous, "99": kkt.RiskDangerous,
		"FF 08": kkt.RiskDangerous, "FE ED": kkt.RiskDangerous,
	} {
		if got := p.RiskOf(raw(t, command)); got != want {
			t.Errorf("%s: %s, want %s", command, got, want)
		}
	}
}

func FuzzExplain(f *testing.F) {
	for _, g := range append(goldens(f, "exchanges.tsv", 5), goldens(f, "frames.tsv", 6)...) {
		f.Add(raw(f, g.command), raw(f, g.reply))
	}
	p := &shtrih.Protocol{}
	f.Fuzz(func(t *testing.T, command, reply []byte) {
		m := p.Explain(command, reply)
		if !m.OK && (m.Error == "" || m.Fields != nil) {
			t.Fatalf("%+v", m)
		}
		if m.OK && m.Error != "" {
			t.Fatalf("%+v", m)
		}
	})
}
