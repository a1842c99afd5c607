package operator_test

import (
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ofd"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim/operator"
)

// TestTroubles: what each does on the wire, and whether the document was taken.
func TestTroubles(t *testing.T) {
	t.Parallel()
	refused := func(want uint64) func(*testing.T, ofd.Session, error) {
		return func(t *testing.T, s ofd.Session, err error) {
			if err != nil {
				t.Fatal(err)
			}
			if _, _, word := code(t, s); word != want {
				t.Errorf("said %d", word)
			}
		}
	}
	ends := func(t *testing.T, _ ofd.Session, err error) {
		if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !isReset(err) {
			t.Errorf("%v", err)
		}
	}
	for id, tc := range map[string]struct {
		see   func(*testing.T, ofd.Session, error)
		taken bool
	}{
		operator.Unpaid:    {ends, false},
		operator.CutBefore: {ends, false},
		operator.CutAnswer: {ends, true},
		operator.Portal: {func(t *testing.T, _ ofd.Session, err error) {
			if !errors.Is(err, ofd.ErrSignature) && !isReset(err) {
				t.Error(err)
			}
		}, false},
		operator.Garbage: {func(t *testing.T, _ ofd.Session, err error) {
			if !errors.Is(err, ofd.ErrSignature) {
				t.Error(err)
			}
		}, false},
		operator.BadChecksum: {func(t *testing.T, s ofd.Session, err error) {
			if _, bad := ofd.ParseContainer(s.Body); err != nil || !errors.Is(bad, ofd.ErrChecksum) {
				t.Error(err, bad)
			}
		}, false},
		operator.OtherDrive: {func(t *testing.T, s ofd.Session, err error) {
			if drive, _, _ := code(t, s); err != nil || drive == dummy {
				t.Error(drive, err)
			}
		}, false},
		operator.OtherNumber: {func(t *testing.T, s ofd.Session, err error) {
			if _, number, _ := code(t, s); err != nil || number != 6 {
				t.Error(number, err)
			}
		}, false},
		operator.Slow:             {refused(0), true},
		operator.RefuseSign:       {refused(1), false},
		operator.RefuseFormat:     {refused(2), false},
		operator.RefuseNumber:     {refused(3), false},
		operator.RefuseDrive:      {refused(4), false},
		operator.RefuseFatal:      {refused(11), false},
		operator.RefuseProcessing: {refused(14), false},
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			b := setup(t, operator.Options{})
			if err := b.Turn(operator.Trouble{ID: id, Times: 1, Delay: time.Millisecond}); err != nil {
				t.Fatal(err)
			}
			s, err := b.ask(t, good(t, 5))
			tc.see(t, s, err)
			if got := len(b.Documents(dummy)) == 1; got != tc.taken {
				t.Errorf("taken: %v", got)
			}
			// Once only: the second time all is well.
			if s, err = b.ask(t, good(t, 5)); err != nil {
				t.Fatal(err)
			}
			if _, _, word := code(t, s); word != 0 || len(b.Documents(dummy)) != 1 {
				t.Errorf("afterwards: %d, %d documents", word, len(b.Documents(dummy)))
			}
		})
	}
}

func isReset(err error) bool {
	var op *net.OpError
	return errors.As(err, &op)
}

func TestSilenceLastsUntilTheOperatorStops(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	if err := b.Turn(operator.Trouble{ID: operator.Silent}); err != nil {
		t.Fatal(err)
	}
	c := b.dial(t)
	if _, err := c.Write(good(t, 5)); err != nil {
		t.Fatal(err)
	}
	if v := <-b.heard; v.Trouble != operator.Silent {
		t.Errorf("%+v", v)
	}
	if err := c.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	var late net.Error
	if _, err := ofd.Read(c); !errors.As(err, &late) || !late.Timeout() {
		t.Error(err)
	}
	b.Stop() // must not wait for the client
	if len(b.Documents(dummy)) != 0 {
		t.Error("taken in silence")
	}
}

// TestStopDoesNotWaitForTheSlow.
func TestStopDoesNotWaitForTheSlow(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	if err := b.Turn(operator.Trouble{ID: operator.Slow, Delay: 10 * time.Minute}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.dial(t).Write(good(t, 5)); err != nil {
		t.Fatal(err)
	}
	<-b.heard
	b.Stop()
	if len(b.Documents(dummy)) != 1 {
		t.Error("the document was not kept")
	}
}

// TestOneDrivesTrouble leaves the others alone.
func TestOneDrivesTrouble(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	const other = "9999078902000002"
	if err := b.TurnDrive(dummy, operator.Trouble{ID: operator.Unpaid}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ask(t, good(t, 5)); err == nil {
		t.Error("answered")
	}
	if _, err := b.ask(t, message(t, other, 5, document(t, other, 5, 1), nil)); err != nil {
		t.Error(err)
	}
	if err := b.TurnDrive(dummy, operator.Trouble{}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ask(t, good(t, 5)); err != nil {
		t.Error(err)
	}
	for _, bad := range []struct {
		drive string
		operator.Trouble
	}{{dummy, operator.Trouble{ID: operator.Gone}}, {"", operator.Trouble{ID: "plague"}}, {"", operator.Trouble{ID: operator.Slow, Delay: -1}}, {"", operator.Trouble{ID: operator.Slow, Delay: time.Hour}}} {
		err := b.Turn(bad.Trouble)
		if bad.drive != "" {
			err = b.TurnDrive(bad.drive, bad.Trouble)
		}
		if problem.Of(err).Code == "" || err == nil {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

// TestGoneAndBack: nobody listens, and later the same address does again.
func TestGoneAndBack(t *testing.T) {
	t.Parallel()
	b := setup(t, operator.Options{})
	at, held := b.Addr(), b.dial(t)
	if err := b.Turn(operator.Trouble{ID: operator.Gone}); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(held); err != nil && !isReset(err) {
		t.Error(err)
	}
	if c, err := net.Dial("tcp", at); err == nil {
		_ = c.Close()
		t.Error("somebody listens")
	}
	if err := b.Turn(operator.Trouble{}); err != nil || b.Addr() != at {
		t.Fatal(b.Addr(), err)
	}
	if _, err := b.ask(t, good(t, 5)); err != nil {
		t.Error(err)
	}
}
