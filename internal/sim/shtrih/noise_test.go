package shtrih_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// stubborn sends a numbered message until a good answer of its number comes.
func (c *client) stubborn(number int, message string) []byte {
	c.t.Helper()
	frame := wrap(number, raw(c.t, message))
	for range 400 {
		// A frame that came short is ended by the next one's mark.
		if _, err := c.conn.Write(frame); err != nil {
			c.t.Fatal(err)
		}
		if n, reply, ok := c.unwrap(15 * time.Millisecond); ok && n == number {
			return reply
		}
	}
	c.t.Fatal("never answered")
	return nil
}

// TestNoiseNeverCarriesOutTwice: on a line that spoils bytes by a seed, a
// client that repeats the number gets every receipt exactly once.
func TestNoiseNeverCarriesOutTwice(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{shtrih.FaultLostBytes, shtrih.FaultDoubledBytes, shtrih.FaultNAKStorm} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprint(fault, seed), func(t *testing.T) {
				t.Parallel()
				s := put(t, shtrih.Options{Seed: seed})
				s.inject(t, fault)
				c := s.dial(t)
				was := s.register.State()
				const receipts = 5
				for i := range receipts {
					c.stubborn(3*i+1, openSale)
					c.stubborn(3*i+2, item)
					if got := c.stubborn(3*i+3, "88 1E 00 00 00"); !like("88 00 1E", got) {
						t.Fatalf("% X", got)
					}
				}
				if n := s.register.Executed("80") + s.register.Executed("88") + s.register.Executed("8D"); n != 3*receipts {
					t.Errorf("carried out %d commands", n)
				}
				if now := s.register.State(); now.FN.LastDocument != was.FN.LastDocument+1 { // the shift's opening
					t.Errorf("%d documents", now.FN.LastDocument-was.FN.LastDocument)
				}
				s.clear(t, fault)
				if got := c.stubborn(100, shortState); !like("10 00"+strings.Repeat("??", 14), got) {
					t.Errorf("% X", got)
				}
			})
		}
	}
}

// TestAStormOfNAKs: the first framing too gets through in the end.
func TestAStormOfNAKs(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 4})
	s.inject(t, shtrih.FaultNAKStorm)
	c := s.dial(t)
	naks := 0
	for range 200 {
		c.send("02 05 E0 1E 00 00 00 FB")
		b, err := c.in.ReadByte()
		if err != nil {
			t.Fatal(err)
		}
		if b == 0x06 {
			c.hear("02 03 E0 00 1E FD")
			break
		}
		naks++
	}
	if s.register.Executed("E0") != 1 || naks == 0 {
		t.Errorf("carried out %d times after %d NAKs", s.register.Executed("E0"), naks)
	}
}

// TestTheSameSeedSpoilsTheSame: what happened once can be played again.
func TestTheSameSeedSpoilsTheSame(t *testing.T) {
	t.Parallel()
	play := func(seed uint64) (heard string) {
		s := put(t, shtrih.Options{Seed: seed})
		s.inject(t, shtrih.FaultDoubledBytes)
		c := s.dial(t)
		for i := range 20 {
			heard += fmt.Sprintf("% X\n", c.stubborn(i, "FC"))
		}
		return heard + fmt.Sprintf("%+v", s.register.State().FN)
	}
	story := play(5)
	if story != play(5) {
		t.Error("the same seed gave another story")
	}
	if story == play(6) {
		t.Error("another seed gave the same story")
	}
}

// FuzzTalk lets anything come over the line: the register neither falls nor
// hangs, and speaks sense afterwards.
func FuzzTalk(f *testing.F) {
	for _, seed := range []string{"05", "02 05 10 1E 00 00 00 0B", "8F 00 00 0F 1D", "8F 07 00 26 00 10 01 00 00 00 E4 14", "8F 9F 8F 9F 81 02 FF 05", "02 06 FE F3 00 00 00 00 0B"} {
		f.Add(raw(f, seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := shtrih.New(shtrih.Options{Seed: 1})
		line := &tape{in: b}
		r.NewPort().Talk(line, time.Millisecond)
		if got := r.Execute(raw(t, "FC")); !like("FC 00", got[:2]) {
			t.Errorf("% X", got)
		}
	})
}

// FuzzExecute lets anything come as a command: a reply always names it.
func FuzzExecute(f *testing.F) {
	for _, seed := range []string{shortState, openSale, item, paid("00"), "FF 33 1E 00 00 00 00 00 01 02", "1E 1E 00 00 00 04 01 00 01 41"} {
		f.Add(raw(f, seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := shtrih.New(shtrih.Options{Seed: 1})
		for range 2 {
			reply := r.Execute(b)
			if len(b) > 0 && len(reply) < 2 || len(reply) > 255 || len(b) > 0 && reply[0] != b[0] {
				t.Fatalf("% X: % X", b, reply)
			}
		}
	})
}
