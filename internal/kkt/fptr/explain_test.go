package fptr_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
)

// golden is one file of testdata/golden: an exchange, where it was taken from,
// and what it means.
type golden struct {
	Source, Command, Reply string
	Meaning                struct {
		OK                   bool
		Code                 int
		Command, Error, Text string
		Fields               map[string]any
	}
}

func goldens(t testing.TB) map[string]golden {
	t.Helper()
	files, err := filepath.Glob("testdata/golden/*.json")
	if err != nil || len(files) < 20 {
		t.Fatal(len(files), err)
	}
	out := map[string]golden{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var g golden
		if err := json.Unmarshal(b, &g); err != nil || g.Source == "" {
			t.Fatalf("%s: %v", f, err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".json")] = g
	}
	return out
}

func TestGoldenExchanges(t *testing.T) {
	t.Parallel()
	for name, g := range goldens(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := fptr.Protocol{}.Explain([]byte(g.Command), []byte(g.Reply))
			if m.OK != g.Meaning.OK || m.Code != g.Meaning.Code || m.Command != g.Meaning.Command || m.Error != g.Meaning.Error || m.Text != g.Meaning.Text {
				t.Errorf("%+v, want %+v", m, g.Meaning)
			}
			if diff := cmp.Diff(g.Meaning.Fields, plainFields(t, m.Fields)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// plainFields are fields as JSON makes them.
func plainFields(t *testing.T, fields map[string]any) map[string]any {
	t.Helper()
	if fields == nil {
		return nil
	}
	b, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEverySentenceIsThereAndFilled: what Explain names exists in all three
// languages and finds its fields.
func TestEverySentenceIsThereAndFilled(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, g := range goldens(t) {
		m := fptr.Protocol{}.Explain([]byte(g.Command), []byte(g.Reply))
		var pairs []any
		for k, v := range m.Fields {
			pairs = append(pairs, k, v)
		}
		for _, lang := range []i18n.Lang{"ru", "de", "en"} {
			v := texts.For(lang)
			for _, key := range []string{m.Text, "kkt.command." + m.Command} {
				if s := v.Or(key, ""); s == "" {
					t.Errorf("%s: no %s text for %s", name, lang, key)
				}
			}
			if s := v.T(m.Text, pairs...); strings.ContainsAny(s, "{}") {
				t.Errorf("%s: %s", name, s)
			}
			if m.Error != "" && v.Or("kkt.unreadable."+m.Error, "") == "" {
				t.Errorf("%s: no %s text for %s", name, lang, m.Error)
			}
		}
	}
	for _, code := range fptr.Codes() {
		key := fptr.ErrorKey(code)
		for _, lang := range []i18n.Lang{"ru", "de", "en"} {
			if texts.For(lang).Or(key, "") == "" {
				t.Errorf("code %d: no %s text for %s", code, lang, key)
			}
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	if n := len(fptr.Codes()); n < 300 {
		t.Errorf("%d codes", n)
	}
	// Measured one by one with the maker's driver.
	for device, code := range map[int]int{10: 17, 103: 44, 114: 66, 134: 66, 136: 68, 210: 115, 211: 116, 212: 117, 231: 133, 234: 136, 235: 137, 245: 147, 1: 15} {
		if got := fptr.FromDevice(device); got != code {
			t.Errorf("device code %d is %d, want %d", device, got, code)
		}
	}
	for code, device := range map[int]int{44: 103, 66: 134, 77: 148, 115: 210, 137: 235, 501: 0, 2: 0, 5000: 0} {
		if got := fptr.DeviceCode(code); got != device {
			t.Errorf("code %d is device code %d, want %d", code, got, device)
		}
	}
	for code, name := range map[int]string{0: "LIBFPTR_OK", 44: "LIBFPTR_ERROR_NO_PAPER", 501: "LIBFPTR_ERROR_RECEIPT_PARSE_ERROR", 4: "LIBFPTR_ERROR_PORT_NOT_AVAILABLE", 1500: ""} {
		if got := fptr.Identifier(code); got != name {
			t.Errorf("%d is %q, want %q", code, got, name)
		}
	}
}

func FuzzExplain(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.Command, g.Reply)
	}
	f.Fuzz(func(t *testing.T, command, reply string) {
		m := fptr.Protocol{}.Explain([]byte(command), []byte(reply))
		if m.OK == (m.Error != "") || m.Text == "" || !m.OK && m.Fields != nil {
			t.Errorf("%+v", m)
		}
		if _, err := json.Marshal(m.Fields); err != nil {
			t.Error(err)
		}
	})
}

func FuzzParseResults(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.Reply)
	}
	f.Fuzz(func(t *testing.T, body string) {
		entries, err := fptr.ParseResults([]byte(body))
		if err != nil {
			return
		}
		for _, e := range entries {
			if !e.Status.Known() || !json.Valid(e.Raw) || e.Result != nil && !json.Valid(e.Result) {
				t.Errorf("%+v", e)
			}
		}
	})
}
