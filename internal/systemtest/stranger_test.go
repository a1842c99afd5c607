package systemtest_test

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/wire"
)

// stranger speaks the agents' language by hand, well or badly.
type stranger struct {
	*websocket.Conn
	t *testing.T
}

// dial opens a socket to the server and gives the challenge that came.
func dial(t *testing.T, s *server) (*stranger, []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	any := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} //nolint:gosec // it stands on this machine
	ws, res, err := websocket.Dial(ctx, "wss://"+s.listen+wire.PathSocket, &websocket.DialOptions{HTTPClient: any})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	t.Cleanup(func() { _ = ws.CloseNow() })
	ws.SetReadLimit(-1)
	st := &stranger{Conn: ws, t: t}
	m, err := st.next()
	if err != nil || m.Challenge == nil {
		t.Fatalf("the server began with %+v, %v", m, err)
	}
	return st, m.Challenge.Nonce
}

// impostor is a socket that an enrolled agent's key has opened.
func impostor(t *testing.T, s *server, id identity.Identity) *stranger {
	t.Helper()
	st, nonce := dial(t, s)
	st.say(hello(id, nonce))
	if m, err := st.next(); err != nil || m.Welcome == nil {
		t.Fatalf("a good hello was answered with %+v, %v", m, err)
	}
	return st
}

func hello(id identity.Identity, nonce []byte) wire.Message {
	return wire.Message{Type: wire.TypeHello, Hello: &wire.Hello{
		Version: wire.Version, Agent: id.Agent, Sig: ed25519.Sign(id.Key, wire.HelloBytes(nonce, id.Agent)), Build: "odd", Now: time.Now().UnixMilli(),
	}}
}

func (st *stranger) say(m wire.Message) {
	st.t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		st.t.Fatal(err)
	}
	st.babble(string(data))
}

// babble sends whatever it is given. The server may hang up meanwhile.
func (st *stranger) babble(text string) {
	ctx, cancel := context.WithTimeout(st.t.Context(), soon)
	defer cancel()
	_ = st.Write(ctx, websocket.MessageText, []byte(text))
}

func (st *stranger) next() (m wire.Message, err error) {
	ctx, cancel := context.WithTimeout(st.t.Context(), soon)
	defer cancel()
	_, data, err := st.Read(ctx)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	return m, err
}

// told waits for a problem and checks its code.
func (st *stranger) told(code string) wire.Problem {
	st.t.Helper()
	for {
		m, err := st.next()
		if err != nil {
			st.t.Fatalf("wanted %s, the line ended: %v", code, err)
		}
		if m.Problem == nil {
			continue
		}
		if m.Problem.Code != code {
			st.t.Fatalf("wanted %s, got %+v", code, m.Problem)
		}
		return *m.Problem
	}
}

// answer waits for what becomes of a bundle: a problem, or nothing when it was
// taken. The server says other things in between, such as a new configuration.
func (st *stranger) answer(bundle int64) *wire.Problem {
	st.t.Helper()
	for {
		m, err := st.next()
		if err != nil {
			st.t.Fatalf("no answer to bundle %d: %v", bundle, err)
		}
		if m.Problem != nil || m.Ack != nil && m.Ack.ID == bundle {
			return m.Problem
		}
	}
}

// acked waits for an answer to a bundle and gives the codes of what was
// refused, by number.
func (st *stranger) acked(bundle int64) map[int64]string {
	st.t.Helper()
	for {
		m, err := st.next()
		if err != nil {
			st.t.Fatalf("no answer to bundle %d: %v", bundle, err)
		}
		if m.Problem != nil {
			st.t.Fatalf("bundle %d: %+v", bundle, m.Problem)
		}
		if m.Ack == nil || m.Ack.ID != bundle {
			continue
		}
		codes := map[int64]string{}
		for _, r := range m.Ack.Refused {
			codes[r.Seq] = r.Code
		}
		return codes
	}
}
