package link_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func TestAnAgentComesReportsAndGetsCommands(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	b.handler.pending = []wire.Command{{ID: "waiting", Device: "d1"}}
	w := b.connect(t, a)
	if c := w.want(wire.TypeCommand).Command; c.ID != "waiting" {
		t.Errorf("command %+v", c)
	}
	w.put(bundle(11, 1, 3, time.Now()))
	if ack := w.want(wire.TypeAck).Ack; ack.ID != 11 || len(ack.Refused) != 0 || ack.Now == 0 {
		t.Errorf("ack %+v", ack)
	}
	if got := b.handler.reports[0]; got.agent.Tenant != "acme" || got.agent.Outlet != "acme/o1" || got.agent.ID != a.id || len(got.reports.Reports) != 3 {
		t.Errorf("the handler got %+v", got)
	}
	if !b.hub.Send(a.id, wire.Message{Type: wire.TypeCommand, Command: &wire.Command{ID: "now"}}) {
		t.Error("not sent")
	}
	if c := w.want(wire.TypeCommand).Command; c.ID != "now" {
		t.Errorf("command %+v", c)
	}
	w.put(wire.Message{Type: wire.TypeTaken, Taken: &wire.Taken{ID: "now"}})
	w.put(wire.Message{Type: wire.TypeResult, Result: &wire.Result{ID: "now", State: wire.ResultDone}})
	if r := w.want(wire.TypeResultAck).ResultAck; r.ID != "now" || len(b.handler.taken) != 1 {
		t.Errorf("result ack %+v, taken %v", r, b.handler.taken)
	}
	if s := b.hub.Stats(); s.Sockets != 1 || s.Reports != 3 || s.Messages != 3 || s.BytesIn == 0 || s.BytesOut == 0 {
		t.Errorf("%+v", s)
	}
	_ = w.Close(websocket.StatusNormalClosure, "")
	b.handler.until(t, "disconnected", func() bool { return len(b.handler.gone) == 1 && b.handler.gone[0] == link.CodeClosed })
	if b.hub.Send(a.id, wire.Message{Type: wire.TypeCommand, Command: &wire.Command{ID: "late"}}) {
		t.Error("sent to somebody who is gone")
	}
}

func TestWhoIsNotWelcome(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a, out := b.enrol(t), b.enrol(t)
	if err := b.service.Revoke(t.Context(), b.admin, out.id); err != nil {
		t.Fatal(err)
	}
	_, otherKey, _ := ed25519.GenerateKey(rand.Reader)
	for name, c := range map[string]struct {
		agent  agent
		change func(*wire.Hello)
		code   string
	}{
		"unknown":      {agent{id: "0199c0de-0000-7000-8000-000000000000", key: otherKey}, nil, link.CodeUnknownAgent},
		"odd id":       {agent{id: "x\x00'; --", key: otherKey}, nil, link.CodeUnknownAgent},
		"other key":    {agent{id: a.id, key: otherKey}, nil, link.CodeBadSignature},
		"no signature": {a, func(h *wire.Hello) { h.Sig = nil }, link.CodeBadSignature},
		"old version":  {a, func(h *wire.Hello) { h.Version = 0 }, link.CodeVersion},
		"new version":  {a, func(h *wire.Hello) { h.Version = 99 }, link.CodeVersion},
		"revoked":      {out, nil, link.CodeRevoked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := b.dial(t)
			m := c.agent.hello(w.want(wire.TypeChallenge).Challenge.Nonce, time.Now())
			if c.change != nil {
				c.change(m.Hello)
			}
			w.put(m)
			if p := w.wantProblem(c.code); !p.Fatal {
				t.Error("not fatal")
			}
			if _, err := w.next(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
				t.Errorf("not closed: %v", err)
			}
		})
	}
}

func TestAHelloIsGoodForOneChallenge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	first := b.dial(t)
	stolen := a.hello(first.want(wire.TypeChallenge).Challenge.Nonce, time.Now())
	second := b.dial(t)
	second.want(wire.TypeChallenge)
	second.put(stolen)
	second.wantProblem(link.CodeBadSignature)
}

func TestSilenceAtTheDoorEnds(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.Hello = 20 * time.Millisecond })
	w := b.dial(t)
	w.want(wire.TypeChallenge)
	w.wantProblem(link.CodeNoHello)
}

func TestTheNewestConnectionWins(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	old := b.connect(t, a)
	young := b.connect(t, a)
	if p := old.wantProblem(link.CodeSuperseded); !p.Fatal {
		t.Error("not fatal")
	}
	young.put(bundle(1, 1, 1, time.Now()))
	young.want(wire.TypeAck)
	b.handler.mu.Lock()
	defer b.handler.mu.Unlock()
	if b.handler.there[a.id] != 2 || len(b.handler.gone) != 0 {
		t.Errorf("connected %d times, gone %v", b.handler.there[a.id], b.handler.gone)
	}
}

func TestARevokedAgentIsCutAtOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	if err := b.service.Revoke(t.Context(), b.admin, a.id); err != nil {
		t.Fatal(err)
	}
	w.wantProblem(link.CodeRevoked)
	if _, err := w.next(); websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("%v", err)
	}
	b.handler.until(t, "gone", func() bool { return len(b.handler.gone) == 1 && b.handler.gone[0] == link.CodeRevoked })
}

func TestNonsenseIsAnsweredCountedAndEnds(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.Limits.Faults = 4 })
	a := b.enrol(t)
	w := b.connect(t, a)
	for _, c := range []struct{ text, code string }{
		{`garbage`, link.CodeMalformed},
		{`{"t":"reports"}`, link.CodeMalformed},
		{`{"t":"welcome","welcome":{}}`, link.CodeUnexpected},
		{`{"t":"hello","hello":{}}`, link.CodeUnexpected},
	} {
		if err := w.Write(t.Context(), websocket.MessageText, []byte(c.text)); err != nil {
			t.Fatal(err)
		}
		if p := w.wantProblem(c.code); p.Fatal {
			t.Errorf("%s is fatal", c.text)
		}
	}
	w.put(bundle(1, 1, 1, time.Now()))
	w.want(wire.TypeAck) // still there
	_ = w.Write(t.Context(), websocket.MessageText, []byte(`{`))
	w.wantProblem(link.CodeMalformed)
	w.wantProblem(link.CodeFaults)
	if n := b.hub.Stats().Refused[link.CodeMalformed]; n != 3 {
		t.Errorf("%d counted", n)
	}
	b.wantNote(t, a.id, link.CodeMalformed, 3)
}

// wantNote waits for the ledger to have written a note.
func (b *bench) wantNote(t *testing.T, agent, code string, count int64) {
	t.Helper()
	deadline := time.Now().Add(soon)
	var d link.Detail
	for time.Now().Before(deadline) {
		var err error
		if d, err = b.service.AgentDetail(t.Context(), b.admin, agent); err != nil {
			t.Fatal(err)
		}
		for _, n := range d.Notes {
			if n.Code == code && n.Count == count {
				return
			}
		}
		<-time.After(5 * time.Millisecond)
	}
	t.Fatalf("no note %s of %d: %+v", code, count, d.Notes)
}

func TestAMessageThatIsTooLarge(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	_ = w.Write(t.Context(), websocket.MessageText, []byte(strings.Repeat("x", wire.MaxMessage+1)))
	w.wantProblem(link.CodeTooLarge)
	if _, err := w.next(); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("%v", err)
	}
	b.wantNote(t, a.id, link.CodeTooLarge, 1)
}

func TestReportsThatCannotBeTakenAreRefusedOneByOne(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	now := time.Now()
	m := bundle(1, 1, 4, now)
	m.Reports.Reports[0].At = now.Add(-31 * 24 * time.Hour).UnixMilli()
	m.Reports.Reports[1].At = now.Add(3 * time.Minute).UnixMilli()
	m.Reports.Reports[2].At = -1 << 60
	w.put(m)
	ack := w.want(wire.TypeAck).Ack
	want := []wire.Refused{{Seq: 1, Code: link.CodeTooOld}, {Seq: 2, Code: link.CodeFuture}, {Seq: 3, Code: link.CodeTooOld}}
	if fmt.Sprint(ack.Refused) != fmt.Sprint(want) {
		t.Errorf("%v", ack.Refused)
	}
	// A clock that is off by years is corrected by the bundle's own now.
	wrong := now.AddDate(-20, 0, 0)
	w.put(bundle(2, 5, 1, wrong))
	if ack := w.want(wire.TypeAck).Ack; len(ack.Refused) != 0 {
		t.Errorf("%v", ack.Refused)
	}
	_ = w.Write(t.Context(), websocket.MessageText, fmt.Appendf(nil,
		`{"t":"reports","reports":{"id":3,"now":%d,"reports":[{"n":6,"at":%d,"v":{"ofd.unsent":"many"}},{"n":7,"at":%d,"v":{"ofd.unsent":1}}]}}`,
		now.UnixMilli(), now.UnixMilli(), now.UnixMilli()))
	if ack := w.want(wire.TypeAck).Ack; fmt.Sprint(ack.Refused) != fmt.Sprint([]wire.Refused{{Seq: 6, Code: link.CodeBadReport}}) {
		t.Errorf("%v", ack)
	}
	var seqs []int64
	for _, c := range b.handler.reports {
		for _, r := range c.reports.Reports {
			seqs = append(seqs, r.Seq)
		}
	}
	if fmt.Sprint(seqs) != "[4 5 7]" {
		t.Errorf("the handler got %v", seqs)
	}
}

func TestHandlersRefusalsReachTheAgentAndTheNotes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	b.handler.onReports = func(_ link.Agent, r wire.Reports) (wire.Ack, error) {
		return wire.Ack{Refused: []wire.Refused{{Seq: r.Reports[0].Seq, Code: "unknown_device"}}}, nil
	}
	w := b.connect(t, a)
	w.put(bundle(1, 1, 1, time.Now()))
	if ack := w.want(wire.TypeAck).Ack; len(ack.Refused) != 1 || ack.Refused[0].Code != "unknown_device" {
		t.Errorf("%+v", ack)
	}
	b.wantNote(t, a.id, "unknown_device", 1)
}

func TestStoppingTellsEveryAgentToComeAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.enrol(t)
	w := b.connect(t, a)
	closed := make(chan error, 1)
	go func() { closed <- b.hub.Close(t.Context()) }()
	if p := w.wantProblem(link.CodeStopping); p.RetryAfter < 1000 || p.RetryAfter > 10_000 {
		t.Errorf("%+v", p)
	}
	if _, err := w.next(); websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("%v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if status, _, p := b.post(t, a, time.Now(), bundle(1, 1, 1, time.Now())); status != 503 || p.Code != link.CodeStopping {
		t.Errorf("%d %+v", status, p)
	}
}

func TestFiveHundredAgentsOfTwoCompaniesNeverMix(t *testing.T) {
	t.Parallel()
	b := setup(t)
	const agents, bundles = 500, 4
	companies := []scope.Scope{b.admin, scope.Person("other", "p2", "Bernd", "", scope.Admin)}
	owner := map[string]string{}
	all := make([]agent, agents)
	for i := range all {
		all[i] = b.enrolIn(t, companies[i%2])
		owner[all[i].id] = companies[i%2].Tenant()
	}
	var wg sync.WaitGroup
	for _, a := range all {
		wg.Go(func() {
			w := b.connect(t, a)
			for n := range int64(bundles) {
				m := bundle(n+1, n+1, 1, time.Now())
				m.Reports.Reports[0].Device = "device-of-" + a.id
				m.Reports.Reports[0].Values = []signal.Item{{ID: signal.Serial.ID, Value: signal.TextOf(a.id)}}
				w.put(m)
			}
			for n := range int64(bundles) {
				if ack := w.want(wire.TypeAck).Ack; ack.ID != n+1 {
					t.Errorf("ack %d as number %d", ack.ID, n+1)
				}
			}
		})
	}
	wg.Wait()
	seen := map[string]int64{}
	for _, c := range b.handler.reports {
		r := c.reports.Reports[0]
		if c.agent.Tenant != owner[c.agent.ID] || r.Device != "device-of-"+c.agent.ID || r.Values[0].Value.Text() != c.agent.ID {
			t.Fatalf("mixed up: %+v of %s", c, owner[c.agent.ID])
		}
		if seen[c.agent.ID]++; r.Seq != seen[c.agent.ID] {
			t.Fatalf("%s: report %d as number %d", c.agent.ID, r.Seq, seen[c.agent.ID])
		}
	}
	if len(seen) != agents || b.hub.Stats().Sockets != agents {
		t.Errorf("%d agents reported, %+v", len(seen), b.hub.Stats())
	}
}
