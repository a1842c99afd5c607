package ocr

import (
	"image"
	"image/color"
	"strings"
	"testing"
	"unicode/utf8"
)

func row(line, sure, word string) string {
	return strings.Join([]string{"5", "1", "1", "1", line, "1", "0", "0", "9", "9", sure, word}, "\t") + "\n"
}

func TestWordsOfATable(t *testing.T) {
	t.Parallel()
	p := words([]byte("level\tpage_num\n" + row("1", "-1", "") + row("1", "96.5", "Ошибка") + row("1", "90", "235") + row("2", "12", "~~") +
		row("2", "nan", "x") + row("2", "101", "y") + row("3", "80", "ФН\x00\xff")))
	if got := p.text(); got != "Ошибка 235\nФН" {
		t.Errorf("%q", got)
	}
	if p.signs != 11 || p.weight() <= 0 {
		t.Errorf("%d signs, weight %v", p.signs, p.weight())
	}
}

func FuzzWords(f *testing.F) {
	f.Add([]byte(row("1", "96.5", "Ошибка") + row("2", "NaN", "235")))
	f.Add([]byte("5\t1\t1"))
	f.Fuzz(func(t *testing.T, table []byte) {
		text := words(table).text()
		if len(text) > longest || !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r\t") {
			t.Errorf("%q", text)
		}
	})
}

// sheet is a page of lines of bars that are as high as letters.
func sheet(ink, ground uint8) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, 600, 400))
	for i := range g.Pix {
		g.Pix[i] = ground
	}
	for y := 60; y < 340; y += 50 {
		for x := 60; x < 540; x += 16 {
			for dy := range 20 {
				for dx := range 5 {
					g.SetGray(x+dx, y+dy, color.Gray{Y: ink})
				}
			}
		}
	}
	return g
}

func TestAPageIsPrepared(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]*image.Gray{
		"black on white": sheet(0, 255), "white on black": sheet(255, 0), "pale": sheet(130, 150), "pale on dark": sheet(60, 40), "askew": level(sheet(0, 255), 3),
	} {
		p := prepare(g, 1)
		high := letters(shapes(p.ink), p.grey.Rect.Dy()/3)
		if high < textHigh-6 || high > textHigh+8 {
			t.Errorf("%s: letters are %d high", name, high)
		}
		if ground := percentile(p.grey, 60); ground < 200 {
			t.Errorf("%s: the ground is %d", name, ground)
		}
		if ink := percentile(p.grey, 3); ink > 90 {
			t.Errorf("%s: the ink is %d", name, ink)
		}
	}
	p := prepare(image.NewGray(image.Rect(0, 0, 300, 200)), 1) // nothing at all
	if p.grey.Rect.Dx() > outSide || len(shapes(p.ink)) != 0 {
		t.Errorf("%v", p.grey.Rect)
	}
}

func TestASlantIsFound(t *testing.T) {
	t.Parallel()
	for _, degrees := range []float64{-5, -2, 0, 1.5, 4} {
		got := slant(inkOf(level(sheet(0, 255), -degrees), depth{0.15, 3}))
		if got < degrees-0.75 || got > degrees+0.75 {
			t.Errorf("%v degrees are taken for %v", degrees, got)
		}
	}
}
