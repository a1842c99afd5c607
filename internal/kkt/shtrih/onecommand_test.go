package shtrih_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
)

// oneCommand opens a register that says the given pieces, one after each message
// of the host, and asks it to go on printing.
func oneCommand(t *testing.T, pieces []string) (x []kkt.Exchange, left int, heard []byte, err error) {
	t.Helper()
	p := &parrot{}
	for _, piece := range pieces {
		b := raw(t, piece)
		p.pieces = append(append(p.pieces, byte(len(b))), b...)
	}
	synctest.Test(t, func(t *testing.T) {
		proto := &shtrih.Protocol{Dial: func(context.Context, kkt.Endpoint, time.Duration) (port.Line, error) { return p, nil }}
		d, oerr := proto.Open(t.Context(), kkt.Endpoint{Address: "a"})
		if oerr != nil {
			t.Fatal(oerr)
		}
		x, err = d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcContinue})
	})
	return x, bytes.Count(p.seen, []byte{0xB0, 0x1E, 0, 0, 0}), p.seen, err
}

// What can become of a command.
const (
	wasDone  = "done"
	notTaken = "not taken"
	notKnown = "not known"
)

func outcome(err error) string {
	switch {
	case err == nil:
		return wasDone
	case errors.Is(err, kkt.ErrUnknownOutcome):
		return notKnown
	default:
		return notTaken
	}
}

// TestOneCommandInV1 plays what a register can say to one changing command. The
// first two pieces answer the ENQ of opening and the ENQ before the command.
func TestOneCommandInV1(t *testing.T) {
	t.Parallel()
	const ours, other, spoilt = "02 03 B0 00 1E AD", "02 03 88 00 1E 95", "02 03 B0 00 1F AD"
	for name, tc := range map[string]struct {
		pieces []string
		want   string
	}{
		"taken and answered":             {[]string{"15", "15", "06" + ours}, wasDone},
		"with idle bytes":                {[]string{"FF15", "FF15", "06FF" + ours}, wasDone},
		"the NAK before came twice":      {[]string{"15", "1515", "15", "06" + ours}, wasDone},
		"the ACK is lost":                {[]string{"15", "15", ours}, wasDone},
		"the answer is lost":             {[]string{"15", "15", "06", "06" + ours}, wasDone},
		"all is lost":                    {[]string{"15", "15", "", "06" + ours}, wasDone},
		"a NAK of somebody else's":       {[]string{"15", "15", "15", "06" + ours}, wasDone},
		"spoilt, repeated at once":       {[]string{"15", "15", "06" + spoilt, ours}, wasDone},
		"spoilt, repeated when asked":    {[]string{"15", "15", "06" + spoilt, "", "06" + ours}, wasDone},
		"another's answer first":         {[]string{"15", "15", "06" + other + ours}, wasDone},
		"says that it came spoilt":       {[]string{"15", "15", "15", "15"}, notTaken},
		"never waits for a command":      {[]string{"15", "06", "06", "06", "06", "06", "06", "06"}, notTaken},
		"NAK and ACK, then a restart":    {[]string{"15", "15", "1506", "15"}, notKnown},
		"NAK, silence, then ready again": {[]string{"15", "15", "15", "", "15"}, notKnown},
		"silence, then ready again":      {[]string{"15", "15", "", "15"}, notKnown},
		"taken, then ready again":        {[]string{"15", "15", "06", "15"}, notKnown},
		"silence for good":               {[]string{"15", "15"}, notKnown},
		"only another's answer":          {[]string{"15", "15", "06" + other, "15", "15"}, notKnown},
		"spoilt for ever":                {[]string{"15", "15", "06" + spoilt, spoilt, "06" + spoilt, spoilt, "06" + spoilt, spoilt, "06" + spoilt, spoilt, "06" + spoilt}, notKnown},
		"an answer that is no answer":    {[]string{"15", "15", "06 02 01 B0 B1"}, wasDone},
		"a refusal":                      {[]string{"15", "15", "06 02 02 B0 72 C0"}, notTaken},
	} {
		t.Run(name, func(t *testing.T) {
			x, left, heard, err := oneCommand(t, tc.pieces)
			got := outcome(err)
			if name == "an answer that is no answer" { // it came, so it is known to be garbage
				var garbage *kkt.GarbageError
				if !errors.As(err, &garbage) || left != 1 {
					t.Errorf("%v, left %d times", err, left)
				}
				return
			}
			if got != tc.want || left > 1 || got == wasDone && hex.EncodeToString(x[0].Got) != "b0001e" {
				t.Errorf("%s (%v), want %s; left %d times: % X", got, err, tc.want, left, heard)
			}
			if name == "the NAK before came twice" && bytes.Count(heard[:bytes.IndexByte(heard, 0x02)], []byte{0x05}) != 3 {
				t.Errorf("it was not asked again before the command: % X", heard)
			}
			if name == "says that it came spoilt" && x[0].Failure != "not_taken" {
				t.Errorf("%+v", x)
			}
		})
	}
}

// frameV2 is a frame as hex, made by hand.
func frameV2(number uint16, data ...byte) string {
	n := len(data) + 2
	body := append([]byte{byte(n), byte(n >> 8), byte(number), byte(number >> 8)}, data...)
	sum := ccitt(body)
	return hex.EncodeToString(append(append([]byte{0x8F}, body...), byte(sum), byte(sum>>8)))
}

// TestOneCommandInV2: the first three pieces are the silence after ENQ, the
// fourth is the number that the register tells.
func TestOneCommandInV2(t *testing.T) {
	t.Parallel()
	done, other := []byte{0xB0, 0, 0x1E}, []byte{0x88, 0, 0x1E}
	for name, tc := range map[string]struct {
		pieces []string
		want   string
	}{
		"answered":                      {[]string{frameV2(8, done...)}, wasDone},
		"after a late answer":           {[]string{frameV2(7, other...) + frameV2(6, done...) + frameV2(8, done...)}, wasDone},
		"only a late answer":            {[]string{frameV2(7, done...)}, notKnown},
		"only another command's answer": {[]string{frameV2(8, other...)}, notKnown},
		"silence":                       {nil, notKnown},
		"spoilt":                        {[]string{"8F050008009F9F9F"}, notKnown},
		"at another number":             {[]string{frameV2(1), frameV2(2, done...)}, notKnown},
		"refused":                       {[]string{frameV2(8, 0xB0, 0x72)}, notTaken},
		"refused without the code":      {[]string{frameV2(8, 0x72, 0)}, notTaken},
	} {
		t.Run(name, func(t *testing.T) {
			x, left, heard, err := oneCommand(t, append([]string{"", "", "", frameV2(7)}, tc.pieces...))
			if got := outcome(err); got != tc.want || left != 1 || got == wasDone && !bytes.Equal(x[0].Got, done) {
				t.Errorf("%s (%v), want %s; left %d times: % X", got, err, tc.want, left, heard)
			}
		})
	}
}
