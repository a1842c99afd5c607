package static_test

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// palette reads the colours of one block of tokens.css.
func palette(t *testing.T, block string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, m := range regexp.MustCompile(`(--[a-z0-9-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
		out[m[1]] = m[2]
	}
	if len(out) < 30 {
		t.Fatalf("only %d colours found", len(out))
	}
	return out
}

// themes are the light colours, the dark ones by the system's wish and the
// dark ones by choice.
func themes(t *testing.T) (light, system, chosen map[string]string) {
	t.Helper()
	data, err := os.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	media := strings.Index(text, "@media screen and (prefers-color-scheme: dark)")
	choice := strings.Index(text, "@media screen {")
	if media < 0 || choice < media {
		t.Fatal("tokens.css has another shape than this test reads")
	}
	return palette(t, text[:media]), palette(t, text[media:choice]), palette(t, text[choice:])
}

func TestBothDarkThemesAreEqual(t *testing.T) {
	t.Parallel()
	light, system, chosen := themes(t)
	if !maps.Equal(system, chosen) {
		t.Error("the dark colours differ between the system's wish and the person's choice")
	}
	for name := range light {
		if _, ok := chosen[name]; !ok {
			t.Errorf("%s has no dark value", name)
		}
	}
}

// pairs are what stands on what. AA asks 4.5:1 for text and 3:1 for shapes
// and for the borders of fields (WCAG 2.2, 1.4.3 and 1.4.11).
func pairs() map[string]float64 {
	p := map[string]float64{
		"--on-accent on --accent": 4.5, "--on-accent on --accent-strong": 4.5,
		"--accent on --paper": 4.5, "--accent on --paper-raised": 4.5, "--accent on --accent-wash": 4.5, "--accent-strong on --paper": 4.5,
		"--field on --paper": 3, "--field on --paper-raised": 3,
	}
	for _, ink := range []string{"--ink", "--ink-2", "--ink-3"} {
		for _, ground := range []string{"--paper", "--paper-raised", "--paper-sunk", "--paper-hover", "--glow", "--accent-wash"} {
			p[ink+" on "+ground] = 4.5
		}
	}
	for _, s := range []string{"blocking", "critical", "important", "minor", "ok", "silent"} {
		p["--ink on --"+s+"-wash"] = 4.5
		p["--ink-2 on --"+s+"-wash"] = 4.5
		p["--paper on --"+s] = 4.5
		for _, ground := range []string{"--paper", "--paper-raised", "--paper-hover", "--" + s + "-wash", "--glow"} {
			p["--"+s+" on "+ground] = 4.5
			p["--"+s+"-mark on "+ground] = 3
		}
	}
	return p
}

func TestContrastIsAA(t *testing.T) {
	t.Parallel()
	light, dark, _ := themes(t)
	for theme, colours := range map[string]map[string]string{"light": light, "dark": dark} {
		for pair, least := range pairs() {
			fore, back, _ := strings.Cut(pair, " on ")
			if got := contrast(t, colours[fore], colours[back]); got < least {
				t.Errorf("%s: %s is %.2f, want %.1f", theme, pair, got, least)
			}
		}
	}
}

func TestContrastKnowsItsFormula(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want string
	}{{"#000000", "#ffffff", "21.00"}, {"#777777", "#ffffff", "4.48"}, {"#0a5a58", "#0a5a58", "1.00"}} {
		if got := fmt.Sprintf("%.2f", contrast(t, tc.a, tc.b)); got != tc.want {
			t.Errorf("%s on %s: %s, want %s", tc.a, tc.b, got, tc.want)
		}
	}
}

// contrast is the ratio of WCAG 2.2.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil {
		t.Fatalf("%q is no colour: %v", hex, err)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
