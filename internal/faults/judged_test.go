package faults

import (
	"testing"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// TestAnErrorMeansTheSameOnEveryKindOfRegister: articles name errors by the
// codes of ATOL's registers. What another maker's register says is compared by
// its meaning, and never by a number that only happens to be the same.
func TestAnErrorMeansTheSameOnEveryKindOfRegister(t *testing.T) {
	t.Parallel()
	text := func(s string) []byte { return []byte(s) }
	for name, c := range map[string]struct {
		protocol       kkt.Protocol
		command, reply []byte
		want           int
	}{
		"ATOL: no receipt is open":                        {atol.Protocol{}, []byte{0x59}, []byte{0x55, 154, 0}, 154},
		"ATOL: cancelled":                                 {atol.Protocol{}, []byte{0x59}, []byte{0x55, 0, 0}, 0},
		"Shtrih: no receipt is open, 55h":                 {&shtrih.Protocol{}, []byte{0x88}, []byte{0x88, 0x55}, 154},
		"Shtrih: the shift is closed, 3Dh":                {&shtrih.Protocol{}, []byte{0x41}, []byte{0x41, 0x3D}, 143},
		"Shtrih: 8Fh is 143 and no closed shift":          {&shtrih.Protocol{}, []byte{0x41}, []byte{0x41, 0x8F}, catalogue.OtherError},
		"Shtrih: cancelled":                               {&shtrih.Protocol{}, []byte{0x88}, []byte{0x88, 0, 30}, 0},
		"driver 10: the shift is closed":                  {fptr.Protocol{}, text(`{"type":"closeShift"}`), text(`{"error":{"code":73,"description":"x"}}`), 143},
		"driver 10: no paper":                             {fptr.Protocol{}, text(`{"type":"closeShift"}`), text(`{"error":{"code":44,"description":"x"}}`), 103},
		"driver 10: a code that no register gives is not": {fptr.Protocol{}, text(`{"type":"closeShift"}`), text(`{"error":{"code":502,"description":"x"}}`), catalogue.OtherError},
	} {
		m := c.protocol.Explain(c.command, c.reply)
		got := judged(Outcome{State: OutcomeFailed, Meanings: []kkt.Meaning{m}})
		if got.Error != c.want || got.OK != (c.want == 0) {
			t.Errorf("%s: error %d, ok %v; want error %d (%+v)", name, got.Error, got.OK, c.want, m)
		}
	}
}

// TestAClosedShiftIsAClosedShift asks a shipped article's own expression: the
// step whose aim is reached already has succeeded.
func TestAClosedShiftIsAClosedShift(t *testing.T) {
	t.Parallel()
	shipped, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	a, _ := shipped.Get("kkt-shift-over-24h")
	step, _ := a.Step("close")
	p := &shtrih.Protocol{}
	for code, want := range map[byte]catalogue.Truth{0x3D: catalogue.Yes, 0x8F: catalogue.No, 0x73: catalogue.No} {
		o := Outcome{State: OutcomeFailed, Code: "refused", Meanings: []kkt.Meaning{p.Explain([]byte{0x10}, nil), p.Explain([]byte{0x41}, []byte{0x41, code})}}
		if got := step.Machine.Succeeded(judged(o)); got != want {
			t.Errorf("%02X: %v, want %v", code, got, want)
		}
	}
}
