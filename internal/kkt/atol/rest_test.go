package atol

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/port"
	"github.com/tillwright/tillwright/internal/signal"
)

// slowTalk is a register that takes its time over each command. It notes when
// its port was taken and given back.
type slowTalk struct {
	each   time.Duration
	stuck  byte // the command that is not answered, once
	asked  int
	taken  []time.Time
	given  []time.Time
	hangUp func(opening int) error
}

func (s *slowTalk) open(context.Context) (talker, error) {
	if s.hangUp != nil {
		if err := s.hangUp(len(s.taken)); err != nil {
			return nil, err
		}
	}
	s.taken = append(s.taken, time.Now())
	return s, nil
}

func (*slowTalk) begin(context.Context) error { return nil }

func (s *slowTalk) Close() error {
	s.given = append(s.given, time.Now())
	return nil
}

func (s *slowTalk) run(ctx context.Context, payload []byte, limit time.Duration) ([]byte, error) {
	s.asked++
	command, each := payload[2:], s.each
	if command[0] == s.stuck && s.stuck != 0 {
		s.stuck, each = 0, limit
	}
	select {
	case <-time.After(each):
	case <-ctx.Done():
		return nil, unknown(ctx.Err())
	}
	for asked, reply := range map[byte][]byte{
		cmdType:  {0, 1, 1, 0x4C, 0x10, 0, 3, 0, 0, 0x21, 0x95, 'A'},
		cmdMode:  {0x55, 0, 0},
		cmdState: bytes.Join([][]byte{{0x44, 0x30, 1, 0x26, 3, 0x10, 0x12, 0, 0x59, 0xCB}, {0x12, 0x34, 0x56, 0x78, 0x39, 0x34, 0x31, 1, 0, 7}, {0, 0x42, 1, 0, 0, 1, 0x23, 0x45, 2, 6}}, nil),
	} {
		if command[0] == asked {
			return reply, nil
		}
	}
	return []byte{0x55, 0x9A, 0}, nil // the rest is refused: it can be done without
}

// readIn reads once, with so much time for the whole.
func (s *slowTalk) readIn(t *testing.T, limit time.Duration) (signal.Set, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	visit, err := port.Begin(ctx, port.Pace{}, s.open)
	if err != nil {
		return signal.Set{}, err
	}
	d := &Driver{pw: []byte{0, 0}, visit: visit}
	set, err := d.Read(ctx, time.Now)
	return set, errors.Join(err, d.Close())
}

// longest is how long the port was held in one go.
func (s *slowTalk) longest() (hold time.Duration) {
	for i := range s.taken {
		hold = max(hold, s.given[i].Sub(s.taken[i]))
	}
	return hold
}

// TestHowASlowRegisterIsRead: in goes of one or two commands while there is
// time, in one last go when there is not, and never longer than the shop can
// wait. A command that is lost is asked once more.
func TestHowASlowRegisterIsRead(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	for name, tc := range map[string]struct {
		each, limit time.Duration
		stuck       byte
		least, most int // goes
		hold        time.Duration
		asked       int
	}{
		"quick":                   {2 * ms, 5 * time.Second, 0, 1, 1, 28 * ms, 14},
		"slow, with time":         {100 * ms, time.Minute, 0, 5, 5, 300 * ms, 14},
		"slow, and time runs out": {250 * ms, 5500 * ms, 0, 6, 12, port.Longest, 14},
		"one command is lost":     {2 * ms, 5 * time.Second, cmdTable, 2, 2, port.Longest, 15},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &slowTalk{each: tc.each, stuck: tc.stuck}
				set, err := s.readIn(t, tc.limit)
				if err != nil || set.Get(signal.Link).Text() != signal.LinkOK || s.asked != tc.asked {
					t.Fatalf("%d asked, %v", s.asked, err)
				}
				if len(s.taken) < tc.least || len(s.taken) > tc.most || s.longest() > tc.hold || len(s.given) != len(s.taken) {
					t.Errorf("%d goes, the longest %v", len(s.taken), s.longest())
				}
				if told := set.Get(signal.HoldMillis).Int(); told != s.longest().Milliseconds() {
					t.Errorf("it says %d ms, it was %v", told, s.longest())
				}
			})
		})
	}
}

// TestAPortLostInARest: what came of a till that keeps the port, or of a cable
// that was pulled out, is told as such.
func TestAPortLostInARest(t *testing.T) {
	t.Parallel()
	for _, why := range []error{kkt.ErrBusy, kkt.ErrMissing, kkt.ErrRefused} {
		synctest.Test(t, func(t *testing.T) {
			s := &slowTalk{each: 100 * time.Millisecond, hangUp: func(opening int) error {
				if opening > 0 {
					return why
				}
				return nil
			}}
			if _, err := s.readIn(t, 5*time.Second); !errors.Is(err, why) || len(s.taken) != 1 || len(s.given) != 1 {
				t.Errorf("%v, taken %d times, given back %d times: %v", why, len(s.taken), len(s.given), err)
			}
		})
	}
}
