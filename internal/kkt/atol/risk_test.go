package atol_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
)

func TestRiskOfBytesGivenByHand(t *testing.T) {
	t.Parallel()
	for want, commands := range map[kkt.Risk][][]byte{
		kkt.RiskRead: {{0x3F}, {0x45}, {0xA5}, {0x46, 9, 0, 1, 1}, {0x4D}, {0x91, 0x34, 0, 0}, {0xA4, 0x20}, {0xA4, 0x30}, {0xA4, 0x31}, {0x9D, 1}},
		kkt.RiskDangerous: {
			{}, {0x91}, {0xA4}, {0xA4, 0x02}, {0xA4, 0x45}, {0x48}, {0x56, 1}, {0x50, 9, 0, 1, 1}, {0x59}, {0x71}, {0x6B}, {0x77}, {0x61}, {0x6D}, {0xCE, 0x41}, {0xE8}, {0x82, 1, 1},
		},
	} {
		for _, c := range commands {
			if got := (atol.Protocol{}).RiskOf(c); got != want {
				t.Errorf("% X: %s, want %s", c, got, want)
			}
		}
	}
}

// TestWhatOnlyReadsHasAReadersName: whatever is let through as reading is a
// command that is described as one.
func TestWhatOnlyReadsHasAReadersName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SliceOfN(rapid.Byte(), 0, 6).Draw(t, "command")
		if (atol.Protocol{}).RiskOf(c) != kkt.RiskRead {
			return
		}
		name := (atol.Protocol{}).Explain(c, nil).Command
		if len(name) < 4 || name[:5] != "read_" && name[:3] != "fn_" {
			t.Errorf("% X is %q", c, name)
		}
	})
}
