package shtrih_test

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// text40 is a printed line that nothing stands in.
var text40 = strings.Repeat("00", 40)

// pyshtrihDay is what the Python client pyshtrih (oleg-golovanov/pyshtrih,
// protocol ef1e301, handlers 301f102) has said to the bench beyond the usual: a
// receipt with a discount and a surcharge in roubles, one with ten percent off
// at its end, the line's speed, a copy, a barcode, a test run.
func pyshtrihDay() []step {
	item := func(sum string) string {
		return "80 01 00 00 00 E8 03 00 00 00" + sum + "00 00 00 00 01 00 00 00" + text40
	}
	end := func(cash, percent string) string {
		return "85 01 00 00 00" + cash + "00 00 00" + strings.Repeat("00", 15) + percent + "00 00 00 00" + text40
	}
	sum := func(command, sum string) string {
		return command + "01 00 00 00" + sum + "00 00 00 00 00 00 00" + text40
	}
	return []step{
		{"15 1E 00 00 00 00", "15 00 06 64"}, // 115200, 100 ms
		{"14 1E 00 00 00 00 05 32", "14 00"},
		{"15 1E 00 00 00 00", "15 00 05 32"},
		{"14 1E 00 00 00 00 07 32", "14 33"},
		{"15 1E 00 00 00 01", "15 00 06 64"},
		{"8D 01 00 00 00 00", "8D 00 01"},
		{item("70 17"), "80 00 01"}, // 60.00
		{sum("86", "F4 01"), "86 00 01"},
		{sum("87", "64 00"), "87 00 01"},
		{"89 01 00 00 00", "89 00 01 E0 15 00 00 00"}, // 56.00
		{sum("86", "E1 15"), "86 5A"},
		{end("64 00", "00 00"), "85 45"},                   // too much, too little
		{end("10 27", "00 00"), "85 00 01 30 11 00 00 00"}, // change of 44.00
		{item("E8 03"), "80 00 01"},
		{end("84 03", "E8 03"), "85 00 01 00 00 00 00 00"}, // 10.00 less 10 %
		{item("E8 03"), "80 00 01"},
		{end("4C 04", "18 FC"), "85 00 01 00 00 00 00 00"}, // and 10 % more
		{sum("86", "01 00"), "86 55"},
		{"8D 01 00 00 00 00", "8D 00 01"},
		{item("E8 03"), "80 00 01"},
		{end("E8 03", "10 27"), "85 33"},
		{"88 01 00 00 00", "88 00 01"}, // nothing is a hundred percent off
		{"8C 01 00 00 00", "8C 00 01"},
		{"C2 01 00 00 00 14 1A 99 BE 1C", "C2 00 01"},
		{"19 01 00 00 00 01", "19 00 01"},
		{"10 01 00 00 00", "10 00 01 ?? ?? 0A" + strings.Repeat("??", 10)},
		{"2B 01 00 00 00", "2B 00 01"},
		{"2B 01 00 00 00", "2B 73"},
		{"40 01 00 00 00", "40 4F"},
		{"40 1D 00 00 00", "40 00 1D"},
		{"16", "16 73"},
	}
}

func TestAsPyshtrihSays(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 3})
	was := s.register.State()
	s.play(t, pyshtrihDay())
	// The receipts, and the shift that the first of them opened.
	if now := s.register.State(); now.Cash != was.Cash+5_600+900+1_100 || now.FN.LastDocument != was.FN.LastDocument+4 {
		t.Errorf("%+v", now)
	}
}

// TestAsTheMakersOpenDriverSays: the bytes are those of the maker's own open
// driver (shtrih-m/javapos_shtrih), by both of its framings: correction
// receipts, their numbers at the places where it reads them.
func TestAsTheMakersOpenDriverSays(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(c *client, i int, message string) []byte{
		"first framing":  func(c *client, _ int, message string) []byte { return c.v1(message) },
		"second framing": func(c *client, i int, message string) []byte { return c.v2(i+1, message) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := put(t, shtrih.Options{Seed: 5})
			was := s.register.State()
			n := was.FN.LastDocument
			bySums := func(cash string) string {
				return "FF 4A 1E 00 00 00 01 01 D0 07 00 00 00" + cash + strings.Repeat("00", 20+30) + "01"
			}
			c := s.dial(t)
			for i, p := range []step{
				{"FF 36 1E 00 00 00 E8 03 00 00 00 01", "FF 36 02"}, // the drive has nothing begun
				{"FF 35 1E 00 00 00", "FF 35 00"},
				{"FF 36 1E 00 00 00 E8 03 00 00 00 01", "FF 36 00 01 00" + hex4(n+2) + "?? ?? ?? ??"},
				{"FF 35 1E 00 00 00", "FF 35 00"},
				{bySums("CF 07 00 00 00"), "FF 4A 45"}, // paid less than the sum
				{"FF 0C 1E 00 00 00 9B 04 03 00 31 2D 35", "FF 0C 00"},
				{bySums("D0 07 00 00 00"), "FF 4A 00 02 00" + hex4(n+3) + "?? ?? ?? ??"},
			} {
				if got := say(c, i, p.message); !like(p.reply, got) {
					t.Errorf("%s: got % X, want %s", p.message, got, p.reply)
				}
			}
			if now := s.register.State(); now.Cash != was.Cash+3_000 || now.FN.LastDocument != n+3 {
				t.Errorf("%+v", now)
			}
		})
	}
}

// TestAsAGoDriverSays: re-star-ru/shtrih-m-driver (3f2c724) sends four zeros
// before a frame, without asking first whether the register is ready.
func TestAsAGoDriverSays(t *testing.T) {
	t.Parallel()
	c := put(t, shtrih.Options{Seed: 5}).dial(t)
	c.send("00 00 00 00 02 05 10 1E 00 00 00 0B")
	c.hear("06 02 10 10 00 1E" + strings.Repeat("??", 14))
	c.send("06")
	c.send("00 00 00 00 02 06 FF 40 1E 00 00 00 A7")
	c.hear("06 02 08 FF 40 00 00" + strings.Repeat("??", 5))
}
