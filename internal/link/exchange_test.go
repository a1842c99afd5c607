package link_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/wire"
)

func kinds(x wire.Exchange) (out []string) {
	for _, m := range x.Messages {
		out = append(out, m.Type)
	}
	return out
}

func TestAnExchangeDoesWhatASocketDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		b := setupOn(t, d, clock.System{})
		a := b.enrol(t)
		b.handler.pending = []wire.Command{{ID: "waiting"}}
		hello := wire.Message{Type: wire.TypeHello, Hello: &wire.Hello{Version: wire.Version, Agent: a.id, Build: "2.0"}}
		now := time.Now()
		_, x, _ := b.post(t, a, now, hello, bundle(5, 1, 2, now), wire.Message{Type: wire.TypeTaken, Taken: &wire.Taken{ID: "waiting"}},
			wire.Message{Type: wire.TypeResult, Result: &wire.Result{ID: "waiting"}}, wire.Message{Type: "odd"})
		if got := fmt.Sprint(kinds(x)); got != "[welcome command ack resultAck problem]" {
			t.Errorf("%s", got)
		}
		if len(b.handler.reports) != 1 || b.handler.reports[0].agent.Tenant != "acme" || len(b.handler.taken) != 1 {
			t.Errorf("the handler got %+v, %v", b.handler.reports, b.handler.taken)
		}
		if s := b.hub.Stats(); s.Polling != 1 || s.Exchanges != 1 || s.Reports != 2 {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnEmptyExchangeWaitsForACommand(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	answer := make(chan wire.Exchange, 1)
	go func() {
		_, x, _ := b.post(t, a, time.Now())
		answer <- x
	}()
	b.handler.until(t, "connected", func() bool { return b.handler.there[a.id] == 1 })
	if !b.hub.Send(a.id, wire.Message{Type: wire.TypeCommand, Command: &wire.Command{ID: "c1"}}) {
		t.Fatal("not sent")
	}
	if x := <-answer; len(x.Messages) != 1 || x.Messages[0].Command.ID != "c1" {
		t.Errorf("%+v", x)
	}
}

func TestWhoBringsSomethingIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = time.Hour })
	a := b.enrol(t)
	if status, x, _ := b.post(t, a, time.Now(), wire.Message{Type: wire.TypeTaken, Taken: &wire.Taken{ID: "c"}}); status != 200 || len(x.Messages) != 0 {
		t.Errorf("%d %+v", status, x)
	}
}

func TestALongPollEndsEmpty(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = 10 * time.Millisecond })
	a := b.enrol(t)
	if status, x, _ := b.post(t, a, time.Now()); status != 200 || x.Messages == nil || len(x.Messages) != 0 {
		t.Errorf("%d %+v", status, x)
	}
}

func TestRevokingEndsALongPoll(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	answer := make(chan wire.Exchange, 1)
	go func() {
		_, x, _ := b.post(t, a, time.Now())
		answer <- x
	}()
	b.handler.until(t, "connected", func() bool { return b.handler.there[a.id] == 1 })
	if err := b.service.Revoke(t.Context(), b.admin, a.id); err != nil {
		t.Fatal(err)
	}
	if x := <-answer; len(x.Messages) != 1 || x.Messages[0].Problem.Code != link.CodeRevoked {
		t.Errorf("%+v", x)
	}
	if status, _, p := b.post(t, a, time.Now().Add(time.Second)); status != http.StatusForbidden || p.Code != link.CodeRevoked {
		t.Errorf("%d %+v", status, p)
	}
}

func TestExchangesThatAreRefused(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = time.Millisecond })
	a, stranger := b.enrol(t), agent{id: "0199c0de-0000-7000-8000-000000000000"}
	stranger.key = a.key
	now := time.Now()
	ms := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).UnixMilli(), 10) }
	body := []byte(`{"messages":[{"t":"taken","taken":{"id":"c"}}]}`)
	if status, _, p := b.postRaw(t, a, ms(0), body, body); status != 200 {
		t.Fatalf("%d %+v", status, p)
	}
	large := make([]byte, wire.MaxMessage+1)
	for name, c := range map[string]struct {
		agent        agent
		instant      string
		body, signed []byte
		status       int
		code         string
	}{
		"played back":  {a, ms(0), body, body, 409, link.CodeReplayed},
		"earlier":      {a, ms(-time.Second), body, body, 409, link.CodeReplayed},
		"too early":    {a, ms(-6 * time.Minute), body, body, 401, link.CodeInstant},
		"too late":     {a, ms(6 * time.Minute), body, body, 401, link.CodeInstant},
		"no instant":   {a, "now", body, body, 401, link.CodeInstant},
		"huge instant": {a, "9223372036854775807", body, body, 401, link.CodeInstant},
		"other body":   {a, ms(time.Second), body, []byte("x"), 401, link.CodeBadSignature},
		"stranger":     {stranger, ms(time.Second), body, body, 401, link.CodeUnknownAgent},
		"too large":    {a, ms(2 * time.Second), large, large, 413, link.CodeTooLarge},
		"no exchange":  {a, ms(3 * time.Second), []byte("x"), []byte("x"), 400, link.CodeMalformed},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, p := b.postRaw(t, c.agent, c.instant, c.body, c.signed)
			if status != c.status || p.Code != c.code {
				t.Errorf("%d %+v, want %d %s", status, p, c.status, c.code)
			}
		})
	}
	if len(b.handler.taken) != 1 {
		t.Errorf("taken %v", b.handler.taken)
	}
}

func TestTheSocketTakesOverFromExchanges(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = time.Millisecond })
	a := b.enrol(t)
	if status, _, _ := b.post(t, a, time.Now(), bundle(1, 1, 1, time.Now())); status != 200 {
		t.Fatal(status)
	}
	w := b.connect(t, a)
	w.put(bundle(2, 2, 1, time.Now()))
	w.want(wire.TypeAck)
	if s := b.hub.Stats(); s.Sockets != 1 || s.Polling != 0 {
		t.Errorf("%+v", s)
	}
}

func TestACommandStandsInAnswersUntilItIsTaken(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = time.Millisecond })
	a := b.enrol(t)
	now := time.Now()
	post := func(second int, messages ...wire.Message) string {
		_, x, _ := b.post(t, a, now.Add(time.Duration(second)*time.Second), messages...)
		return fmt.Sprint(kinds(x))
	}
	post(0)
	b.hub.Send(a.id, wire.Message{Type: wire.TypeCommand, Command: &wire.Command{ID: "c1"}})
	b.hub.Send(a.id, wire.Message{Type: wire.TypeConfig, Config: &wire.Config{Version: 4}})
	for i, want := range []string{"[command config]", "[command config]", "[command config]", "[command]"} { // as if the answers were lost
		if got := post(i + 1); got != want {
			t.Errorf("answer %d: %s", i, got)
		}
	}
	if got := post(5, wire.Message{Type: wire.TypeTaken, Taken: &wire.Taken{ID: "c1"}}); got != "[]" {
		t.Errorf("after it was taken: %s", got)
	}
}
