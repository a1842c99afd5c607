package shtrih_test

import (
	"bytes"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

func TestJunkBeforeAFrameIsSkipped(t *testing.T) {
	t.Parallel()
	c := put(t, shtrih.Options{}).dial(t)
	c.send("00 00 00 00 02 05 10 1E 00 00 00 0B")
	c.hear("06 02 10 10 00" + strings.Repeat("??", 15))
	c.send("06 AA 55 FF 8F 03 00 05 00 FC" + crcOf(t, "03 00 05 00 FC"))
	c.hear("8F ?? 00 05 00 FC 00")
}

// crcOf is the check of a frame's inside, as hex.
func crcOf(t *testing.T, inside string) string {
	t.Helper()
	b := raw(t, inside)
	w := wrap(int(b[2])|int(b[3])<<8, b[4:])
	return hex4(int64(w[len(w)-2]) | int64(w[len(w)-1])<<8)[:4]
}

// TestAnAnswerWaitsUntilItIsAcknowledged, also over the next connection; and
// the command is not carried out again.
func TestAnAnswerWaitsUntilItIsAcknowledged(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	c := s.dial(t)
	answer := "02 03 E0 00 1E FD"
	c.send("05")
	c.hear("15")
	c.send("02 05 E0 1E 00 00 00 FB")
	c.hear("06" + answer)
	c.send("15 05") // a NAK alone asks for nothing
	c.hear("06" + answer)
	_ = c.conn.Close()
	c = s.dial(t)
	c.send("05")
	c.hear("06" + answer)
	c.send("06 05")
	c.hear("15")
	if n := s.register.Executed("E0"); n != 1 {
		t.Errorf("carried out %d times", n)
	}
}

func TestASpoiltFrameIsNotCarriedOut(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	c := s.dial(t)
	c.send("02 05 E0 1E 00 00 00 FA")
	c.hear("15")
	c.send("8F 07 00 26 00 E0 1E 00 00 00 00 00")
	c.quiet()
	c.send("8F 07 00 9F 00") // no such escape
	c.quiet()
	c.send("8F 07 00 8F 02 00 05 00" + crcOf(t, "02 00 05 00")) // no command
	c.quiet()
	c.send("8F FF FF")
	c.send("02 00") // nothing
	c.send("05")
	c.hear("15")
	if n := s.register.Executed("E0"); n != 0 {
		t.Errorf("carried out %d times", n)
	}
}

func TestDevicesThatSendAFiller(t *testing.T) {
	t.Parallel()
	c := put(t, shtrih.Options{Fill: true}).dial(t)
	c.send("05")
	c.hear("FF 15")
	c.send("02 05 E0 1E 00 00 00 FB")
	c.hear("06 FF 02 03 E0 00 1E FD")
	c.send("05")
	c.hear("06 FF 02 03 E0 00 1E FD")
}

func TestARepeatedNumberRepeatsTheAnswer(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Seed: 1})
	c := s.dial(t)
	if got := c.v2(7, item); !like("80 00 1E", got) {
		t.Fatalf("% X", got)
	}
	first := c.v2(8, paid("6400000000"))
	again := c.v2(8, paid("6400000000"))
	_ = c.conn.Close()
	c = s.dial(t)
	over := c.v2(8, paid("6400000000")) // the line was lost in between
	_ = c.conn.Close()
	if !like("FF 45 00"+strings.Repeat("??", 13), first) || !bytes.Equal(first, again) || !bytes.Equal(first, over) {
		t.Errorf("% X\n% X\n% X", first, again, over)
	}
	if n := s.register.Executed("FF45"); n != 1 {
		t.Errorf("carried out %d times", n)
	}
	c = s.dial(t)
	if got := c.v2(8, openSale); !like("8D 00 1E", got) { // another command is another
		t.Errorf("% X", got)
	}
	c.send("8F 00 00 0F 1D") // begins anew
	c.hear("8F 02 00 01 00 99 5A")
	if got := c.v2(1, openSale); !like("8D 4A", got) {
		t.Errorf("% X", got)
	}
}

func TestStrictNumbers(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{Strict: true})
	c := s.dial(t)
	c.send("8F 00 00 0F 1D")
	c.hear("8F 02 00 01 00 99 5A")
	c.v2(2, shortState)
	for _, wrong := range []int{4, 1, 2} {
		if _, err := c.conn.Write(wrap(wrong, raw(t, openShift))); err != nil {
			t.Fatal(err)
		}
		if n, m, ok := c.unwrap(5 * time.Second); !ok || n != 2 || len(m) != 0 {
			t.Errorf("%d: %d % X %v", wrong, n, m, ok)
		}
	}
	if n := s.register.Executed("E0"); n != 0 {
		t.Errorf("carried out %d times", n)
	}
	if got := c.v2(3, openShift); !like("E0 00 1E", got) {
		t.Errorf("% X", got)
	}
}

func TestRefusalsOfTheSecondFraming(t *testing.T) {
	t.Parallel()
	if got := put(t, shtrih.Options{}).dial(t).v2(1, cancel); !like("88 55", got) {
		t.Errorf("% X", got)
	}
	c := put(t, shtrih.Options{BareFail: true}).dial(t)
	if got := c.v2(1, cancel); !like("55 00", got) {
		t.Errorf("% X", got)
	}
	if got := c.v1(cancel); !like("88 55", got) { // only the second framing
		t.Errorf("% X", got)
	}
}

// TestMarksInsideAreEscaped writes 8F and 9F into a table and reads them.
func TestMarksInsideAreEscaped(t *testing.T) {
	t.Parallel()
	c := put(t, shtrih.Options{}).dial(t)
	if got := c.v2(0x8F9F, "1E 1E 00 00 00 04 01 00 01 8F 9F 8F 81 83"); !like("1E 00", got) {
		t.Fatalf("% X", got)
	}
	if got := c.v2(0x9F8F, "1F 1E 00 00 00 04 01 00 01"); !like("1F 00 8F 9F 8F 81 83"+strings.Repeat("00", 59), got) {
		t.Fatalf("% X", got)
	}
}

func TestARebootHangsUp(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	c := s.dial(t)
	c.v2(1, item)
	c.send("02 06 FE F3 00 00 00 00 0B")
	c.hear("06 02 02 FE 00 FC")
	c.gone()
	c = s.dial(t)
	c.send("05")
	c.hear("15") // the answer that was not acknowledged is gone
	if got := c.v2(1, item); !like("80 00 1E", got) || s.register.Executed("80") != 2 {
		t.Errorf("% X", got)
	}
}

// TestASecondClientWaitsAndIsHungUpOn; when the first leaves in time, it is
// let in.
func TestASecondClientWaitsAndIsHungUpOn(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	first := s.dial(t)
	first.send("05")
	first.hear("15")
	second := s.dial(t)
	second.send("05")
	second.gone()
	_ = first.conn.Close()
	third := s.dial(t)
	third.send("05")
	third.hear("15")
}

// TestARestartInTheMiddleOfACommand: the client learns from the drive which
// it was.
func TestARestartInTheMiddleOfACommand(t *testing.T) {
	t.Parallel()
	for fault, done := range map[string]int64{shtrih.FaultRestartBefore: 0, shtrih.FaultRestartAfter: 1} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := put(t, shtrih.Options{})
			was := s.register.State().FN.LastDocument
			s.inject(t, fault)
			c := s.dial(t)
			c.v1(shortState) // reading does not set it off
			c.send("02 05 E0 1E 00 00 00 FB")
			c.hear("06")
			c.gone()
			c = s.dial(t)
			c.v1(fnStatus)
			if now := s.register.State().FN.LastDocument; now != was+done {
				t.Errorf("%d documents", now-was)
			}
			if list := s.register.Active(); len(list) != 0 {
				t.Errorf("still %v", list)
			}
		})
	}
}

func TestFaultsOfTheLine(t *testing.T) {
	t.Parallel()
	s := put(t, shtrih.Options{})
	s.inject(t, shtrih.FaultSilent)
	c := s.dial(t)
	c.send("05 02 05 E0 1E 00 00 00 FB")
	c.quiet()
	s.clear(t, shtrih.FaultSilent)
	c.send("05")
	c.hear("15")

	s.inject(t, shtrih.FaultGarbage)
	c.send("05")
	got := make([]byte, 16)
	for i := range got {
		b, err := c.in.ReadByte()
		if err != nil {
			t.Fatal(err)
		}
		got[i] = b
	}
	if bytes.ContainsAny(got, "\x02\x05\x06\x15\x8f") {
		t.Errorf("% X", got)
	}
	s.clear(t, shtrih.FaultGarbage)

	if n := s.register.Executed("E0"); n != 0 {
		t.Errorf("carried out %d times", n)
	}
}

// TestThePlugIsPulled on an address of its own, because a freed port of the
// usual one may be taken by another test at once.
func TestThePlugIsPulled(t *testing.T) {
	t.Parallel()
	s := &stand{register: shtrih.New(shtrih.Options{})}
	s.Server = &sim.Server{Machine: s.register}
	address := "127.0.0.1:0"
	if runtime.GOOS == "linux" {
		address = "127.77.78.1:0"
	}
	if err := s.Start(address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	c := s.dial(t)
	c.send("05")
	c.hear("15")
	s.inject(t, shtrih.FaultUnplugged)
	c.gone()
	if _, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", s.Addr()); err == nil {
		t.Error("let in")
	}
	s.clear(t, shtrih.FaultUnplugged)
	c = s.dial(t)
	c.send("05")
	c.hear("15")
}
