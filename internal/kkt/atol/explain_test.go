package atol_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
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

// golden is a command, a reply and what they say, with where the bytes come
// from.
type golden struct {
	source, command, reply string
	fields                 map[string]any
}

// goldens reads testdata/exchanges.tsv; its head explains the columns.
func goldens(t testing.TB) map[string]golden {
	t.Helper()
	data, err := os.ReadFile("testdata/exchanges.tsv")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]golden{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 5 || f[1] == "" {
			t.Fatalf("%q has %d columns", line, len(f))
		}
		g := golden{source: f[1], command: f[2], reply: f[3]}
		if err := json.Unmarshal([]byte(f[4]), &g.fields); err != nil {
			t.Fatalf("%s: %v", f[0], err)
		}
		out[f[0]] = g
	}
	return out
}

// asJSON is fields as the API sends them.
func asJSON(t testing.TB, fields map[string]any) (out map[string]any) {
	t.Helper()
	data, err := json.Marshal(fields)
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestExplainGoldens(t *testing.T) {
	t.Parallel()
	for name, g := range goldens(t) {
		m := atol.Protocol{}.Explain(raw(t, g.command), raw(t, g.reply))
		if !m.OK || m.Code != 0 || m.Error != "" {
			t.Errorf("%s (%s): %+v", name, g.source, m)
		}
		if diff := cmp.Diff(g.fields, asJSON(t, m.Fields)); diff != "" {
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
	for name, g := range goldens(t) {
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
	for name, g := range goldens(t) {
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
	for _, g := range goldens(f) {
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
