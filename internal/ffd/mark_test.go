package ffd_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/ffd"
)

// Codes of the kinds that a shop meets: the numbers are invented, the shapes
// are those of the marking system's own rules.
const (
	milk    = "0104600439930643215Zq7(Xp" + ffd.GS + "93dGVz"
	water   = "0104607177950990215ifGTqopPcrq5" + ffd.GS + "93gCXj"
	shoes   = "010463003022541621Yu7t_HclAYqqD" + ffd.GS + "91006A" + ffd.GS + "92lYF//jixJXUlaO7WTSPELeZj20OiWEYGcF2HCN8/cUY="
	tobacco = "04012922850973EAlW+x4AC+8o2Wv"
	fur     = "RU-401301-AAA0277031"
)

func TestTheFormOfAMarkingCode(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ code, want string }{
		"milk": {milk, ""}, "water": {water, ""}, "shoes": {shoes, ""}, "tobacco": {tobacco, ""}, "a fur": {fur, ""},
		"a separator first":      {ffd.GS + milk, ""},
		"Russian keyboard":       {"0104600439930643215Яй7(Чз93вПМя", "mark_layout"},
		"German keyboard":        {"0104600439930643215Zq7ÄXp93dGVz", "mark_layout"},
		"the ordinary barcode":   {"4600439930643", "mark_barcode"},
		"the short barcode":      {"46004399", "mark_barcode"},
		"a blank in it":          {"0104600439930643 215Zq7(Xp", "mark_character"},
		"a line end in it":       {"0104600439930643\n215Zq7(Xp", "mark_character"},
		"a sign that no code is": {"0104600439930643#215Zq7(Xp", "mark_character"},
		"a formula":              {"=0104600439930643215Zq7(Xp", "mark_character"},
		"half of it":             {"010460043", "mark_length"},
		"nothing":                {"", "mark_length"},
		"endless":                {milk + strings.Repeat("A", 256), "mark_length"},
		"no text":                {"\xff\xfe0104600439930643", "mark_character"},
	} {
		if got := ffd.MarkFault(tc.code); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestWhatACodeSays(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		code, id, short string
		tag             uint16
		bare            bool
	}{
		"milk":          {milk, "0104600439930643215Zq7(Xp", "0104600439930643215Zq7(Xp…", 1305, false},
		"water":         {water, "0104607177950990215ifGTqopPcrq5", "0104607177950990215ifGTqo…", 1305, false},
		"milk, bare":    {strings.ReplaceAll(milk, ffd.GS, ""), "0104600439930643215Zq7(Xp93dGVz", "0104600439930643215Zq7(Xp…", 1305, true},
		"tobacco":       {tobacco, tobacco, "04012922850973EAlW+x4AC+8…", 1306, false},
		"a fur":         {fur, fur, fur, 1307, false},
		"a first FNC1":  {ffd.GS + milk, "0104600439930643215Zq7(Xp", "0104600439930643215Zq7(Xp…", 1305, false},
		"hardly a code": {"01", "01", "01", 1306, false},
	} {
		if id, short, tag, bare := ffd.MarkID(tc.code), ffd.ShortMark(tc.code), ffd.MarkTag(tc.code), ffd.MarkBare(tc.code); id != tc.id || short != tc.short || tag != tc.tag || bare != tc.bare {
			t.Errorf("%s: %q %q %d %v", name, id, short, tag, bare)
		}
	}
}

// TestACodeIsTypedBackAsItIsShown: no byte is lost or another one on the way
// over a page.
func TestACodeIsTypedBackAsItIsShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		code := anyMark(t)
		if fault := ffd.MarkFault(code); fault != "" {
			t.Fatalf("%q: %s", code, fault)
		}
		if got := ffd.TypedMark(" " + ffd.ShownMark(code) + "\r\n"); got != code {
			t.Fatalf("%q became %q", code, got)
		}
	})
	for typed, want := range map[string]string{
		"]d2" + milk + "\r": milk, strings.ReplaceAll(milk, ffd.GS, "↔"): milk, "": "", "  ": "",
	} {
		if got := ffd.TypedMark(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

// anyMark draws a code of any allowed characters.
func anyMark(t *rapid.T) string {
	letters := []rune("0123456789ABCXYZabcxyz!\"%&'()*+,-./:;<=>?_\x1d")
	return rapid.StringOfN(rapid.SampledFrom(letters[:22]), 16, 16, -1).Draw(t, "head") + rapid.StringOfN(rapid.SampledFrom(letters), 0, 120, -1).Draw(t, "tail")
}

func FuzzMark(f *testing.F) {
	for _, code := range []string{milk, water, shoes, tobacco, fur, "", "]d2", "\x1d\x1d", "RU-"} {
		f.Add(code)
	}
	f.Fuzz(func(t *testing.T, text string) {
		code := ffd.TypedMark(text)
		fault := ffd.MarkFault(code)
		if fault == "" && (len(code) > ffd.MaxMark || strings.ContainsFunc(code, func(r rune) bool { return r > 126 || r < 32 && r != 0x1d })) {
			t.Errorf("%q passes", code)
		}
		_, _ = ffd.ShortMark(code), ffd.MarkTag(code)
		if ffd.MarkBare(code) && strings.Contains(strings.TrimPrefix(code, ffd.GS), ffd.GS) {
			t.Errorf("%q is bare", code)
		}
	})
}
