package shtrih_test

import (
	"encoding/hex"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// noise spoils bytes, the same ones for the same seed.
type noise struct {
	rand              *rand.Rand
	lose, double, nak float64
}

func (n *noise) spoil(x byte) []byte {
	if n == nil {
		return []byte{x}
	}
	switch p := n.rand.Float64(); {
	case p < n.lose:
		return nil
	case p < n.lose+n.double:
		return []byte{x, x}
	case p < n.lose+n.double+n.nak/2:
		return []byte{x, 0x15, 0x15, 0x15}
	case p < n.lose+n.double+n.nak:
		return []byte{0x15, x, 0x15}
	default:
		return []byte{x}
	}
}

// noon is when the scripted register's clock was read.
var noon = time.Date(2022, 12, 21, 17, 4, 32, 0, time.UTC)

func (c *counterpart) protocol() *shtrih.Protocol {
	return &shtrih.Protocol{Dial: c.dial, Location: time.UTC, Clock: clock.NewManual(noon)}
}

// newCounterpart is a register that answers every question of a reading.
func newCounterpart(v2 bool) *counterpart {
	text := func(s string, n int) string { return hex.EncodeToString(append([]byte(s), make([]byte, n-len(s))...)) }
	name := func(s string) string { return text(s, 40) }
	return &counterpart{v2: v2, executed: map[string]int{}, number: 0x9E8E, script: map[string]string{
		"fc":           "00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4",
		"10":           "00 1E 92 02 02 00 00 33 48 00 00 00 FF FF FF 00",
		"11":           "00 1E 43 33 86 DA 0F 06 16 01 A4 06 92 02 02 00 03 4E 41 00 00 01 01 10 15 0C 16 11 04 20 00 EE 30 00 00 03 01 00 00 00 00 00 AD F4 CA 01 00",
		"ff01":         "00 03 00 00 01 08 16 0C 15 10 3B" + text("9999078902000001", 16) + "A9 01 00 00",
		"ff39":         "00 03 00 04 00 A6 01 00 00 16 0C 14 09 1E",
		"ff03":         "00 17 08 0F 1D 01",
		"ff40":         "00 01 04 01 07 00",
		"ff09":         "00 15 01 1D 13 2E" + text("7700000000  ", 12) + text("0000000000040613    ", 20) + "01 00 00 01 00 00 00 4D 61 BC 00",
		"ff0aa9010000": "00 03 00 16 0C 15 10 3B A9 01 00 00 B5 BC 48 11 01",
		"2d13":         "00" + hex.EncodeToString(append([]byte{0xCF, 0xE0, 0xF0, 0xE0, 0xEC, 0xE5, 0xF2, 0xF0, 0xFB, ' ', 0xEE, 0xF4, 0xE4}, make([]byte, 27)...)) + "01 00 0B",
		"2d12":         "00" + name("Fiscal storage") + "01 00 19",
		"2d14":         "00" + name("Exchange state") + "01 00 11",
		"2d15":         "00" + name("Network interfaces") + "01 00 11",
		"2e1502":       "00" + name("OFD exchange mode") + "00 01 00 02",
		"2e1111":       "00" + name("FFD version") + "00 01 01 04",
		"1f12010001":   "00" + text("0380490041048485", 21),
		"1f13010001":   "00" + text("connect.ofd-ya.ru", 64),
		"1f13010002":   "00 63 1E",
		"1f11010011":   "00 04",
		"1f14010007":   "00 00",
		"1f14010006":   "00 03",
		"1f15010002":   "00 01",
		"1f15010006":   "00 00",
		"1f15010009":   "00 01",
		"41":           "00 1E",
		"88":           "00 1E",
		"b0":           "00 1E",
		"1e1501000201": "00",
		"fef300000000": "00",
		"22150c16":     "00",
		"23150c16":     "00",
		"21110420":     "00",
	}}
}

// open opens the scripted register.
func open(t *testing.T, c *counterpart) kkt.Driver {
	t.Helper()
	d, err := c.protocol().Open(t.Context(), kkt.Endpoint{Protocol: shtrih.Name, Address: "192.0.2.7"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}
