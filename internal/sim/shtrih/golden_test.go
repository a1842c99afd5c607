package shtrih_test

import (
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// retail is a register of the model in the published logs.
func retail(t *testing.T, opt shtrih.Options) *stand {
	t.Helper()
	for opt.Seed = range uint64(100) {
		if shtrih.New(opt).State().Model == 22 {
			return put(t, opt)
		}
	}
	t.Fatal("no such model")
	return nil
}

// TestFramesOfRealDevices plays what users of real devices have logged
// (issues of the maker's drivers: javapos_shtrih 58, 59, 68, 108; fr_drv_ng
// 236, 247; fr_drv_ng_examples 23). What a device has of its own is any.
func TestFramesOfRealDevices(t *testing.T) {
	t.Parallel()
	c := retail(t, shtrih.Options{}).dial(t)
	for _, f := range []struct{ request, reply string }{
		{"02 01 FC FD", "02 12 FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4 02"},
		{"02 02 F7 01 F4", "02 23 F7 00 5A A0 40 07 20 6C 00 00 0C 18 01 0C 10 00 00 00 00 00 00 1E 00 00 00 00 06 FF 00 40 40 B6 03 12 13 7F"},
		{"02 06 FF 39 1E 00 00 00 DE", "02 10 FF 39 00 00 00 00 00 00 00 00 00 00 00 00 00 00 D6"},
		{"02 06 FF 01 1E 00 00 00 E6", "02 21 FF 01 00 03 00 00 00 00 1A 03 0A 04 00" + strings.Repeat(" ??", 20) + " ??"},
		{"02 05 11 1E 00 00 00 0A", "02 30 11 00 1E 43 33 86 DA 0F 06 16 01 ?? ?? 92 02 04 00 03 4E 41 00 00 01 01 10 0A 03 1A 0C 00 00 00 ?? ?? ?? 00 ?? ?? 00 00 01 00 ?? ?? ?? ?? ?? ?? ??"},
		{"02 05 10 1E 00 00 00 0B", "02 10 10 00 1E 92 02 04 00 00 ?? 48 00 00 00 FF FF FF ??"},
		{"02 06 2D 1E 00 00 00 0A 3F", "02 2D 2D 00 D1 EB F3 E6 E5 E1 ED E0 FF" + strings.Repeat(" 00", 31) + " 01 00 01 ??"},
		{"02 05 11 01 00 00 00 15", "02 30 11 00 01" + strings.Repeat(" ??", 46)},
		{"02 08 FF 32 1E 00 00 00 79 00 A2", "02 04 FF 32 00 F0 ??"},
		{"02 06 8D 01 00 00 00 00 8A", "02 03 8D 00 01 8F"},
	} {
		c.send("05")
		c.hear("15")
		c.send(f.request)
		c.hear("06")
		c.hear(f.reply)
		c.send("06")
	}
	sale := "FF 46 1E 00 00 00 01 40 42 0F 00 00 00 10 27 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 01 04 01"
	if got := c.v1(sale); !like("FF 46 00", got) {
		t.Fatalf("% X", got)
	}
	c.send("05")
	c.hear("15")
	c.send("02 76 FF 45 1E 00 00 00 10 27" + strings.Repeat(" 00", 109) + " 01 E4")
	c.hear("06 02 10 FF 45 00 00 00 00 00 00 ?? ?? ?? ?? ?? ?? ?? ?? ??")
}

func TestFramesOfTheSecondFraming(t *testing.T) {
	t.Parallel()
	c := retail(t, shtrih.Options{OFDHost: "ofd.example", OFDPort: 7777, LongLast: true}).dial(t)
	c.send("8F 00 00 0F 1D")
	c.hear("8F 02 00 01 00 99 5A")
	c.send("8F 0B 00 9B 00 1F 1E 00 00 00 13 01 00 02 16 15")
	c.hear("8F 06 00 9B 00 1F 00 61 1E 5E B8")
	c.send("8F 07 00 26 00 10 01 00 00 00 E4 14")
	c.hear("8F 13 00 26 00 10 00 01 92 02 04 00 00 ?? 48 00 00 00 FF FF FF 00 ?? ??")
}

func TestSmartPOSAsLogged(t *testing.T) {
	t.Parallel()
	c := put(t, shtrih.Options{SmartPOS: true}).dial(t)
	c.send("05")
	c.hear("15")
	c.send("02 01 FC FD")
	c.hear("06 02 18 FC 00 00 00 02 00 2D 00 D8 D2 D0 C8 D5 2D D1 CC C0 D0 D2 CF CE D1 2D D4 D7")
}
