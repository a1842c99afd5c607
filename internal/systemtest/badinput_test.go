package systemtest_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestAnAgentThatMisbehaves has the key of a real agent and uses it badly. It
// is told what was wrong, limited and written down; the next shop, and the
// next company, notice nothing.
func TestAnAgentThatMisbehaves(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 2)
	good := openShop(s, "Хлеб", b.registers[0])
	good.on()
	other := *s
	other.token = s.hire("Чужая фирма", "other@example.org")
	theirs := openShop(&other, "Чужой", b.registers[1])
	theirs.on()
	s.well(good.devices...)
	other.well(theirs.devices...)
	was := other.device(theirs.devices[0])

	odd := openShop(s, "Странный", b.registers[0])
	st := impostor(t, s, odd.identity())
	lies(t, st, odd.devices[0], theirs.devices[0])
	nonsense(st)
	flood(t, s, odd)
	oversize(t, s, odd)
	want := []string{
		"malformed_message", "malformed_report", "unexpected_message", "unknown_device", "report_too_old", "report_from_future", "too_many_reports", "message_too_large",
	}
	noted(s, odd.agent, want)

	now := other.device(theirs.devices[0])
	if now.Values["serial"] != was.Values["serial"] || now.Values["fn.error"] != was.Values["fn.error"] || len(other.alerts(theirs.devices[0])) != 0 {
		t.Errorf("another company's register was %v and is %v", was.Values, now.Values)
	}
	if err := other.call(http.MethodGet, "/devices/"+good.devices[0], nil, nil); err == nil || !strings.Contains(err.Error(), " 404 ") {
		t.Errorf("another company asks for our device: %v", err)
	}
	complete(s, good.devices[0], turns(b, 0, 2, nil))
	if !s.alive() {
		t.Error("the server died of it")
	}
}

// noted waits until each code stands in the agent's notes with a sentence for
// people.
func noted(s *server, agent string, codes []string) {
	s.t.Helper()
	notes := map[string]client.AgentNote{}
	for _, code := range codes {
		until(s.t, "the agent's notes name "+code, func() bool {
			for _, n := range get[client.AgentDetail](s, "/agents/"+agent).Notes {
				notes[n.Code] = n
			}
			return notes[code].Count > 0
		})
		if notes[code].Text == "" {
			s.t.Errorf("%s has no sentence: %+v", code, notes[code])
		}
	}
}

// lies are reports that cannot be true, in one bundle with one that is.
func lies(t *testing.T, st *stranger, own, foreign string) {
	t.Helper()
	now := time.Now()
	ill := []signal.Item{{ID: signal.Link.ID, Value: signal.TextOf(signal.LinkOK)}, {ID: signal.FNError.ID, Value: signal.IntOf(210)}}
	at := func(d time.Duration) int64 { return now.Add(d).UnixMilli() }
	st.say(wire.Message{Type: wire.TypeReports, Reports: &wire.Reports{ID: 1, Now: now.UnixMilli(), Reports: []wire.Report{
		{Seq: 1, Device: foreign, At: at(0), Values: ill},
		{Seq: 2, Device: "../../etc", At: at(0), Values: ill},
		{Seq: 3, Device: own, At: at(-31 * 24 * time.Hour), Values: ill},
		{Seq: 4, Device: own, At: at(time.Hour), Values: ill},
		{Seq: 5, Device: own, At: at(0), Values: []signal.Item{{ID: signal.Serial.ID, Value: signal.TextOf("well")}}},
	}}})
	want := map[int64]string{1: "unknown_device", 2: "unknown_device", 3: "report_too_old", 4: "report_from_future"}
	if got := st.acked(1); !maps.Equal(got, want) {
		t.Errorf("refused %v, not %v", got, want)
	}
	st.babble(fmt.Sprintf(`{"t":"reports","reports":{"id":2,"now":%d,"reports":[{"n":6,"dev":%q,"at":%d,"v":{"receipt.open":"maybe"}},{"n":7,"at":%d}]}}`,
		now.UnixMilli(), own, now.UnixMilli(), now.UnixMilli()))
	if got := st.acked(2); !maps.Equal(got, map[int64]string{6: "malformed_report"}) {
		t.Errorf("a report that cannot be read: %v", got)
	}
}

// nonsense is what is no message, or none that an agent may send. After fifty
// of them the server hangs up.
func nonsense(st *stranger) {
	st.t.Helper()
	st.babble("не сообщение")
	st.told("malformed_message")
	st.babble(`{"t":"welcome","welcome":{"v":1}}`)
	st.told("unexpected_message")
	for range 60 {
		st.babble(`[`)
	}
	for {
		m, err := st.next()
		if err != nil {
			st.t.Fatalf("the line ended without a word: %v", err)
		}
		if m.Problem != nil && m.Problem.Code == "too_many_faults" {
			return
		}
	}
}

// flood sends more, and faster, than an agent may.
func flood(t *testing.T, s *server, sh *shop) {
	t.Helper()
	st := impostor(t, s, sh.identity())
	now, seq := time.Now().UnixMilli(), int64(100)
	for bundle := int64(1); bundle < 1000; bundle++ {
		r := wire.Reports{ID: bundle, Now: now}
		for range wire.MaxReports {
			r.Reports = append(r.Reports, wire.Report{Seq: seq, At: now})
			seq++
		}
		st.say(wire.Message{Type: wire.TypeReports, Reports: &r})
		p := st.answer(bundle)
		if p == nil {
			continue
		}
		if p.Code != "too_many_reports" || p.RetryAfter <= 0 || p.Fatal || p.Bundle != bundle {
			t.Errorf("a flood was answered with %+v", p)
		}
		return
	}
	t.Error("half a million reports in a moment, and nobody minds")
}

// oversize sends a message above the limit, and a hello that is not signed
// by the agent's key.
func oversize(t *testing.T, s *server, sh *shop) {
	t.Helper()
	st := impostor(t, s, sh.identity())
	st.babble(`{"t":"taken","taken":{"id":"` + strings.Repeat("x", wire.MaxMessage) + `"}}`)
	if p := st.told("message_too_large"); !p.Fatal {
		t.Errorf("%+v", p)
	}
	forger, nonce := dial(t, s)
	forged := hello(sh.identity(), nonce)
	forged.Hello.Sig[7] ^= 1
	forger.say(forged)
	forger.told("bad_signature")
	nobody, nonce := dial(t, s)
	unknown := sh.identity()
	unknown.Agent = "nobody"
	nobody.say(hello(unknown, nonce))
	nobody.told("agent_unknown")
}
