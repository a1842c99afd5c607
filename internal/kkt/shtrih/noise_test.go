package shtrih_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// noises are lines that spoil bytes, each by a seed.
func noises(seed uint64) map[string]*noise {
	r := func() *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }
	return map[string]*noise{
		"bytes are lost":    {rand: r(), lose: 0.01},
		"many bytes lost":   {rand: r(), lose: 0.05},
		"bytes are doubled": {rand: r(), double: 0.02},
		"all but a few":     {rand: r(), double: 0.6},
		"storms of NAK":     {rand: r(), nak: 0.03},
		"NAK all the time":  {rand: r(), nak: 0.3},
		"everything":        {rand: r(), lose: 0.01, double: 0.01, nak: 0.01},
	}
}

// TestNoCommandIsCarriedOutTwice closes a shift on lines that spoil bytes, with
// registers that restart in the middle, and wants the truth: done once, not
// done, or that nobody knows.
func TestNoCommandIsCarriedOutTwice(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		done, unknown, certain := 0, 0, 0
		for seed := range uint64(60) {
			for name, n := range noises(seed) {
				c := newCounterpart(v2)
				c.noise, c.hold = n, time.Duration(seed%3)*700*time.Millisecond
				c.quirks = quirks{idle: seed%2 == 0, onlyOnENQ: seed%5 == 0, noSync: seed%7 == 0}
				if seed%4 == 0 {
					c.restart, c.before = "41", seed%8 == 0
				}
				switch err := closeShift(t, c); {
				case c.executed["41"] > 1:
					t.Errorf("v2 %v, %s, seed %d: carried out %d times", v2, name, seed, c.executed["41"])
				case err == nil && c.executed["41"] != 1:
					t.Errorf("v2 %v, %s, seed %d: said to be done", v2, name, seed)
				case err == nil:
					done++
				case errors.Is(err, kkt.ErrUnknownOutcome):
					unknown++
				case c.executed["41"] != 0:
					t.Errorf("v2 %v, %s, seed %d: said to be not done: %v", v2, name, seed, err)
				default:
					certain++
				}
			}
		}
		t.Logf("v2 %v: %d done, %d not known, %d not done", v2, done, unknown, certain)
		if done < 60 {
			t.Errorf("v2 %v: only %d of %d were done", v2, done, done+unknown+certain)
		}
	}
}

func closeShift(t *testing.T, c *counterpart) (err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d, oerr := c.protocol().Open(t.Context(), kkt.Endpoint{Protocol: shtrih.Name, Address: "a"})
		if err = oerr; err == nil {
			_, err = d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift})
		}
	})
	return err
}

// TestReadingsRecover: on a line that spoils one byte in a hundred a reading
// comes through and is right, or says that it failed.
func TestReadingsRecover(t *testing.T) {
	t.Parallel()
	for _, v2 := range []bool{false, true} {
		good, wrong := 0, []string{}
		const seeds = 60
		for seed := range uint64(seeds) {
			c := newCounterpart(v2)
			// v2 has no confirmation of its own and is spoken over TCP; its line is better.
			rate := map[bool]float64{false: 1, true: 0.3}[v2]
			c.noise = &noise{rand: rand.New(rand.NewPCG(seed, 11)), lose: 0.003 * rate, double: 0.003 * rate, nak: 0.002 * rate}
			got, err := readNoisy(t, c)
			switch diff := cmp.Diff(whole(), got); {
			case err != nil:
			case diff != "":
				wrong = append(wrong, fmt.Sprintf("seed %d: %s", seed, diff))
			default:
				good++
			}
		}
		t.Logf("v2 %v: %d of %d good", v2, good, seeds)
		// The check of v1 has eight bits: now and then a spoilt frame passes.
		if allowed := map[bool]int{true: 0, false: 1}[v2]; len(wrong) > allowed || good < seeds*3/4 {
			t.Errorf("v2 %v: %d good, wrong: %v", v2, good, wrong)
		}
	}
}

func readNoisy(t *testing.T, c *counterpart) (out map[string]string, err error) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d, oerr := c.protocol().Open(t.Context(), kkt.Endpoint{Protocol: shtrih.Name, Address: "a"})
		if err = oerr; err != nil {
			return
		}
		set, rerr := d.Read(t.Context(), func() time.Time { return noon })
		out, err = values(t, &set), rerr
		if clock, told := out["clock.drift"]; told && clock != "0" {
			delete(out, "clock.drift") // time goes on while a noisy line is read
			out["clock.drift"] = "0"
		}
	})
	return out, err
}

// TestTwoProgramsOnOneLine: another program's commands go between ours. Whatever
// we read is ours, and a command is carried out once.
func TestTwoProgramsOnOneLine(t *testing.T) {
	t.Parallel()
	for seed := range uint64(40) {
		c := newCounterpart(false)
		synctest.Test(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			d, err := c.protocol().Open(t.Context(), kkt.Endpoint{Address: "a"})
			if err != nil {
				t.Fatal(err)
			}
			between := func() {
				if r.IntN(2) == 0 {
					frame, _ := shtrih.AppendV1([]byte{0x05}, []byte{0xFC})
					_, _ = c.Write(frame) // its ENQ, its command; the answers stay on the line
				}
			}
			between()
			x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcFNStatus})
			between()
			_, cerr := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCancel})
			if c.executed["88"] > 1 || cerr == nil && c.executed["88"] != 1 {
				t.Errorf("seed %d: %v, carried out %d times", seed, cerr, c.executed["88"])
			}
			if err == nil && (len(x) != 1 || x[0].Got[0] != 0xFF || x[0].Got[1] != 0x39) {
				t.Errorf("seed %d: %+v", seed, x)
			}
		})
	}
}
