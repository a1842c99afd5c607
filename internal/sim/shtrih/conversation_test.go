package shtrih_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// conversation is what a stranger's program asks a register and may expect of
// it, from the protocol's description alone: who are you, how are you, how is
// the drive, what time is it, a receipt that is taken back, one that is made,
// and what cannot be done.
func conversation(serial string) []step {
	number, blank := hex.EncodeToString([]byte(serial)), strings.Repeat("??", 4)
	return []step{
		{"FC", "FC 00 00 00 ?? ?? ?? 00"},
		{"10 1E 00 00 00", "10 00 1E 92 02 04 00 00" + strings.Repeat("??", 8)},
		{"11 1E 00 00 00", "11 00 1E" + strings.Repeat("??", 45)},
		{"FF 01 1E 00 00 00", "FF 01 00 03 00 00 00 00 ?? ?? ?? ?? ??" + number + blank},
		{"FF 02 1E 00 00 00", "FF 02 00" + number},
		{"FF 03 1E 00 00 00", "FF 03 00 ?? ?? ?? 1D 01"},
		{"FF 39 1E 00 00 00", "FF 39 00 ?? 00 00 00" + strings.Repeat("00", 9)},
		{"FF 40 1E 00 00 00", "FF 40 00 00 ?? ?? ?? ??"},
		{"21 1E 00 00 00 0C 01 00", "21 00"},
		{"22 1E 00 00 00 0A 03 1A", "22 00"},
		{"23 1E 00 00 00 0A 03 1A", "23 00"},
		{"8D 01 00 00 00 00", "8D 00 01"},
		{"FF 46 01 00 00 00 01 40 42 0F 00 00 00 10 27 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 01 04 01", "FF 46 00"},
		{"10 1E 00 00 00", "10 00 1E 92 02 08 00 01" + strings.Repeat("??", 8)},
		{"41 1E 00 00 00", "41 4A"}, // a receipt is open
		{"88 01 00 00 00", "88 00 01"},
		{"88 01 00 00 00", "88 55"}, // none is open any more
		{"80 01 00 00 00 E8 03 00 00 00 10 27 00 00 00 01 00 00 00 00", "80 00 01"},
		{"85 01 00 00 00 10 27 00 00 00" + strings.Repeat("00", 21), "85 00 01" + strings.Repeat("??", 5)},
		{"FF 0A 1E 00 00 00 FF FF FF 00", "FF 0A 08"}, // no such document
		{"10 63 00 00 00", "10 4F"},                   // no such password
		{"CA 1E 00 00 00", "CA 37"},                   // no such command
		{"1F 1E 00 00 00 63 01 00 01", "1F 5D"},       // no such table
		{"10 1E 00", "10 7E"},                         // cut short
		{"41 1E 00 00 00", "41 00 1E"},
	}
}

func TestAStrangersConversation(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]func(c *client, i int, message string) []byte{
		"first framing":  func(c *client, _ int, message string) []byte { return c.v1(message) },
		"second framing": func(c *client, i int, message string) []byte { return c.v2(i+1, message) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := put(t, shtrih.Options{Seed: 8})
			was := s.register.State()
			c := s.dial(t)
			for i, p := range conversation(was.FN.Serial) {
				if got := say(c, i, p.message); !like(p.reply, got) && !(strings.HasPrefix(p.reply, "FC") && like(p.reply, got[:min(len(got), 8)])) {
					t.Errorf("%s: got % X, want %s", p.message, got, p.reply)
				}
			}
			now := s.register.State()
			if now.Cash != was.Cash+10_000 || now.Shift.Open || now.Receipt.Open || now.FN.LastDocument != was.FN.LastDocument+3 {
				t.Errorf("%+v", now)
			}
			if drift := now.Clock.Sub(now.Time); drift != time.Minute {
				t.Errorf("the clock was set a minute ahead and is %v away", drift)
			}
		})
	}
}
