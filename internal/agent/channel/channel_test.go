package channel_test

import (
	"crypto/sha256"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/steady"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// drained waits until the agent knows that the server has everything.
func drained(t *testing.T, s *server, a *agent) {
	t.Helper()
	s.until("the spool is empty", func() bool {
		if a.spool.Stats().Pending == 0 {
			return true
		}
		time.AfterFunc(5*time.Millisecond, s.poke) // the agent takes an answer in on its own time
		return false
	})
}

func TestReportsGoOutInOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	a := newAgent(t, s, nil)
	a.report(t, 3000)
	s.until("all reports", func() bool { return s.inOrder(3000) })
	a.report(t, 1)
	s.until("one more on the same line", func() bool { return s.inOrder(3001) })
	drained(t, s, a)
	if s.sockets != 1 || s.hellos[0].Build != "test" || s.hellos[0].Version != 1 {
		t.Errorf("%d sockets, hello %+v", s.sockets, s.hellos[0])
	}
}

// TestBrokenLinesLoseAndReorderNothing breaks the connection again and
// again, before the server has a bundle and after it.
func TestBrokenLinesLoseAndReorderNothing(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.dropAfter = func(n int) (drop, acked bool) { return n%4 == 0 || n%5 == 0, n%2 == 0 }
	a := newAgent(t, s, nil)
	for range 10 {
		a.report(t, 700)
	}
	s.until("all reports", func() bool { return s.inOrder(7000) })
	s.mu.Lock()
	s.dropAfter = nil
	s.mu.Unlock()
	drained(t, s, a)
	if s.sockets < 5 {
		t.Errorf("only %d sockets: nothing was broken", s.sockets)
	}
}

func TestAnAnswerToldTwiceIsTakenOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.twice = true
	a := newAgent(t, s, nil)
	a.report(t, 2000)
	s.until("all reports", func() bool { return s.inOrder(2000) })
	drained(t, s, a)
	if a.spool.Done() != 2000 || s.sockets != 1 {
		t.Errorf("done %d, %d sockets", a.spool.Done(), s.sockets)
	}
}

func TestRefusedReportsAreDroppedAndCounted(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.refuse = map[int64]string{3: "report_too_old", 7: "report_from_future"}
	a := newAgent(t, s, nil)
	a.report(t, 10)
	s.until("the good ones", func() bool { return len(s.got) == 8 })
	drained(t, s, a)
	if st := a.spool.Stats(); st.Refused != 2 || st.Lost != 0 {
		t.Errorf("%+v", st)
	}
}

func TestFallbackToExchangesAndBack(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.noUpgrade = true
	a := newAgent(t, s, func(o *channel.Options) { o.Timing.Fallback = 300 * time.Millisecond })
	a.report(t, 1200)
	s.until("all reports by exchanges", func() bool { return s.inOrder(1200) })
	drained(t, s, a)
	s.mu.Lock()
	if s.posts < 3 {
		t.Errorf("%d posts", s.posts)
	}
	before := s.sockets
	s.noUpgrade = false
	s.mu.Unlock()
	s.until("the socket is tried again", func() bool {
		a.report(t, 1) // breaks a wait off
		time.AfterFunc(50*time.Millisecond, s.poke)
		return s.sockets > before && len(s.hellos) > 0 && len(s.hellos[len(s.hellos)-1].Sig) > 0
	})
}

func TestACommandComesThroughAWaitingExchange(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.noUpgrade = true
	a := newAgent(t, s, nil)
	a.report(t, 1)
	s.until("the line is up", func() bool { return s.inOrder(1) })
	s.push <- wire.Message{Type: wire.TypeCommand, Command: &wire.Command{ID: "c1", Device: "d", Procedure: kkt.Procedure{Name: kkt.ProcCancel}}}
	s.until("it was taken", func() bool { return len(s.others) == 1 && s.others[0].Taken != nil && s.others[0].Taken.ID == "c1" })
	a.report(t, 1) // while the server waits
	s.until("a report breaks the wait off", func() bool { return s.inOrder(2) })
}

func TestAnExchangeLearnsTheTimeFromARefusal(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.noUpgrade, s.badClock = true, true
	own := clock.NewManual(time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC))
	learned := steady.NewServer(own)
	a := newAgent(t, s, func(o *channel.Options) { o.Clock, o.Time = own, learned })
	a.report(t, 1)
	s.until("the report", func() bool { return s.inOrder(1) })
	if now, known := learned.Now(); !known || time.Since(now).Abs() > time.Minute {
		t.Errorf("%s, %v", now, known)
	}
}

func TestResultsAreToldUntilAcknowledged(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	a := newAgent(t, s, nil)
	r := wire.Message{Type: wire.TypeResult, Result: &wire.Result{ID: "r1", State: wire.ResultDone}}
	a.office.say(r, wire.Message{Type: wire.TypeProblem, Problem: &wire.Problem{Code: "agent_spool_disk"}})
	count := func(result bool) (n int) {
		for _, m := range s.others {
			if (m.Result != nil) == result {
				n++
			}
		}
		return n
	}
	s.until("told three times", func() bool { return count(true) >= 3 })
	s.push <- wire.Message{Type: wire.TypeResultAck, ResultAck: &wire.ResultAck{ID: "r1"}}
	a.office.until(t, "acknowledged", func() bool { return len(a.office.resultAck) == 1 })
	s.mu.Lock()
	defer s.mu.Unlock()
	if count(false) != 1 {
		t.Errorf("the problem was told %d times", count(false))
	}
}

func TestConfigurationComesIn(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.welcome = wire.Welcome{Config: wire.Config{Version: 4}, Seq: 9}
	a := newAgent(t, s, nil)
	s.push <- wire.Message{Type: "from the future"}
	s.push <- wire.Message{Type: wire.TypeConfig, Config: &wire.Config{Version: 5}}
	a.office.until(t, "both", func() bool {
		return len(a.office.welcomes) == 1 && a.office.welcomes[0].Seq == 9 && len(a.office.configs) == 1 && a.office.configs[0].Version == 5
	})
}

func TestASilentLineIsDropped(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.mute = true
	a := newAgent(t, s, func(o *channel.Options) { o.Timing.Ping = 20 * time.Millisecond })
	a.report(t, 5)
	s.until("connected anew", func() bool { return s.sockets >= 2 })
	s.mu.Lock()
	s.mute = false
	s.mu.Unlock()
	s.until("the reports", func() bool { return s.inOrder(5) })
	drained(t, s, a)
}

func TestAnAnswerThatNeverComesEndsTheLine(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.dropAfter = nil
	s.mute = true
	a := newAgent(t, s, func(o *channel.Options) { o.Timing.Ack = 50 * time.Millisecond; o.Timing.Ping = time.Hour })
	a.report(t, 1)
	s.until("connected anew", func() bool { return s.sockets >= 2 })
}

func TestABundleRefusedForNowGoesOutAgainInOrder(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.slow = 3
	start := time.Now()
	a := newAgent(t, s, nil)
	a.report(t, 3000)
	s.until("all reports", func() bool { return s.inOrder(3000) })
	drained(t, s, a)
	if d := time.Since(start); d < 90*time.Millisecond || s.sockets != 1 {
		t.Errorf("after %s on %d sockets", d, s.sockets)
	}
}

func TestTheServersRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	s.first = &wire.Problem{Code: "too_many", RetryAfter: 400, Fatal: true}
	start := time.Now()
	newAgent(t, s, nil)
	s.until("three attempts", func() bool { return s.sockets >= 3 })
	if d := time.Since(start); d < 800*time.Millisecond {
		t.Errorf("three attempts within %s", d)
	}
	if s.posts != 0 {
		t.Errorf("%d exchanges: the server did answer the socket", s.posts)
	}
}

func TestThePinDecides(t *testing.T) {
	t.Parallel()
	s := newServer(t, true)
	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	good := newAgent(t, s, func(o *channel.Options) { o.Pin = sum[:] })
	good.report(t, 1)
	s.until("the report", func() bool { return s.inOrder(1) })

	for name, pin := range map[string][]byte{"another pin": make([]byte, 32), "no pin, and no authority": nil} {
		client := channel.Client(pin)
		resp, err := client.Get(s.URL)
		if err == nil {
			_ = resp.Body.Close()
			t.Errorf("%s: the server was trusted", name)
		}
	}
}

func soldMessage(id int64) wire.Message {
	return wire.Message{Type: wire.TypeSold, Sold: &wire.Sold{ID: id, Entries: []wire.Entry{{ID: "e", Rev: 1}}}}
}

// TestSoldEntriesAreToldUntilAnswered, by a socket and by exchanges, and at
// once when others wait than before.
func TestSoldEntriesAreToldUntilAnswered(t *testing.T) {
	t.Parallel()
	for name, exchanges := range map[string]bool{"socket": false, "exchanges": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, false)
			s.noUpgrade = exchanges
			a := newAgent(t, s, nil)
			told := func(id int64) (n int) {
				for _, m := range s.others {
					if m.Sold != nil && m.Sold.ID == id {
						n++
					}
				}
				return n
			}
			a.office.say(soldMessage(7))
			times := 2
			if exchanges { // told again only after a wait of half a minute
				times = 1
			}
			s.until("told, and told again", func() bool { return told(7) >= times })
			a.office.say(soldMessage(8))
			s.until("what waits now", func() bool { return told(8) >= 1 })
			s.push <- wire.Message{Type: wire.TypeSoldAck, SoldAck: &wire.SoldAck{Answers: []wire.SoldAnswer{{ID: "e", Rev: 1}}}}
			a.office.until(t, "answered", func() bool { return len(a.office.soldAck) == 1 && a.office.soldAck[0].Answers[0].ID == "e" })
		})
	}
}

// TestConnectedSaysHowTheLineIs: up after a welcome, down when it broke.
func TestConnectedSaysHowTheLineIs(t *testing.T) {
	t.Parallel()
	s := newServer(t, false)
	a := newAgent(t, s, nil)
	up := func(want bool) func() bool {
		return func() bool {
			if got, at := a.channel.Connected(); got == want && !at.IsZero() {
				return true
			}
			time.AfterFunc(5*time.Millisecond, s.poke)
			return false
		}
	}
	s.until("up", up(true))
	away := &wire.Problem{Code: "away", Fatal: true}
	s.mu.Lock()
	s.first = away // at the next connection
	s.mu.Unlock()
	s.push <- wire.Message{Type: wire.TypeProblem, Problem: away}
	s.until("down", up(false))
}
