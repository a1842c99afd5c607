package channel_test

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/wire"
)

const patience = 20 * time.Second // a test that waits longer has failed

// server speaks the wire as a real one would, with faults on demand.
type server struct {
	*httptest.Server
	t   *testing.T
	key ed25519.PublicKey

	mu       sync.Mutex
	got      []wire.Report // in order, each number once
	seen     map[int64]bool
	sockets  int
	posts    int
	hellos   []wire.Hello
	others   []wire.Message // what came besides hello and reports
	instants []string
	changed  chan struct{}

	noUpgrade bool
	badClock  bool                                // posts are refused once with a date
	dropAfter func(bundle int) (drop, acked bool) // of all bundles
	bundles   int
	refuse    map[int64]string
	slow      int  // so many bundles are refused for now
	twice     bool // every ack comes twice
	push      chan wire.Message
	open      []wire.Message // said by an exchange, not yet taken
	mute      bool           // takes everything and says nothing, not even pong
	first     *wire.Problem
	welcome   wire.Welcome
}

func newServer(t *testing.T, tls bool) *server {
	s := &server{t: t, seen: map[int64]bool{}, changed: make(chan struct{}, 1), push: make(chan wire.Message, 10)}
	mux := http.NewServeMux()
	mux.HandleFunc(wire.PathSocket, s.socket)
	mux.HandleFunc(wire.PathExchange, s.exchange)
	if tls {
		s.Server = httptest.NewTLSServer(mux)
	} else {
		s.Server = httptest.NewServer(mux)
	}
	t.Cleanup(s.Close)
	return s
}

func (s *server) poke() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// until waits on signals for a condition on the server's memory.
func (s *server) until(what string, ok func() bool) {
	s.t.Helper()
	late := time.After(patience)
	for {
		s.mu.Lock()
		yes := ok()
		s.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-s.changed:
		case <-late:
			s.t.Fatalf("never came: %s; %d reports, %d sockets, %d posts", what, len(s.got), s.sockets, s.posts)
		}
	}
}

func (s *server) socket(w http.ResponseWriter, r *http.Request) {
	defer s.poke()
	s.mu.Lock()
	s.sockets++
	no, first, mute := s.noUpgrade, s.first, s.mute
	s.mu.Unlock()
	if no {
		http.Error(w, "no upgrades here", http.StatusBadGateway)
		return
	}
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{OnPingReceived: func(context.Context, []byte) bool { return !mute }})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(wire.MaxMessage)
	ctx := r.Context()
	send := func(m wire.Message) {
		data, _ := json.Marshal(m)
		_ = conn.Write(ctx, websocket.MessageText, data)
	}
	if first != nil {
		send(wire.Message{Type: wire.TypeProblem, Problem: first})
		return
	}
	nonce := []byte("0123456789abcdef0123456789abcdef")
	send(wire.Message{Type: wire.TypeChallenge, Challenge: &wire.Challenge{Nonce: nonce, Versions: [2]int{1, 1}}})
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		var m wire.Message
		if err := json.Unmarshal(data, &m); err != nil || len(data) > wire.MaxMessage {
			s.t.Errorf("the agent sent nonsense: %v", err)
			return
		}
		if m.Hello != nil && !ed25519.Verify(s.key, wire.HelloBytes(nonce, m.Hello.Agent), m.Hello.Sig) {
			s.t.Error("bad signature")
			return
		}
		answers, drop := s.take(m)
		if mute && m.Hello == nil {
			continue
		}
		for _, a := range answers {
			send(a)
		}
		if drop {
			return
		}
		if m.Hello != nil {
			go s.pushTo(ctx, send)
		}
	}
}

func (s *server) pushTo(ctx context.Context, send func(wire.Message)) {
	for {
		select {
		case m := <-s.push:
			send(m)
		case <-ctx.Done():
			return
		}
	}
}

// take is what the server does with one message.
func (s *server) take(m wire.Message) (answers []wire.Message, drop bool) {
	defer s.poke()
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now().UnixMilli()
	switch {
	case m.Hello != nil:
		s.hellos = append(s.hellos, *m.Hello)
		w := s.welcome
		w.Version, w.Now = 1, now
		return []wire.Message{{Type: wire.TypeWelcome, Welcome: &w}}, false
	case m.Taken != nil:
		s.open = nil
		s.others = append(s.others, m)
		return nil, false
	case m.Reports == nil:
		s.others = append(s.others, m)
		return nil, false
	}
	if s.slow > 0 {
		s.slow--
		return []wire.Message{{Type: wire.TypeProblem, Problem: &wire.Problem{Code: "too_many_reports", RetryAfter: 30, Bundle: m.Reports.ID}}}, false
	}
	ack := wire.Ack{ID: m.Reports.ID, Now: now}
	acked := true
	s.bundles++
	if s.dropAfter != nil {
		drop, acked = s.dropAfter(s.bundles)
	}
	if drop && !acked {
		return nil, true
	}
	for _, r := range m.Reports.Reports {
		if code, no := s.refuse[r.Seq]; no {
			ack.Refused = append(ack.Refused, wire.Refused{Seq: r.Seq, Code: code})
		} else if !s.seen[r.Seq] {
			s.seen[r.Seq] = true
			s.got = append(s.got, r)
		}
	}
	answers = []wire.Message{{Type: wire.TypeAck, Ack: &ack}}
	if s.twice {
		answers = append(answers, answers[0])
	}
	if drop {
		answers = nil // durable, but the answer is lost on the way
	}
	return answers, drop
}

func (s *server) exchange(w http.ResponseWriter, r *http.Request) {
	defer s.poke()
	body, _ := io.ReadAll(r.Body)
	agent, instant := r.Header.Get(wire.HeaderAgent), r.Header.Get(wire.HeaderInstant)
	sig, _ := base64.StdEncoding.DecodeString(r.Header.Get(wire.HeaderSig))
	if !ed25519.Verify(s.key, wire.ExchangeBytes(agent, instant, body), sig) {
		s.t.Error("bad signature of an exchange")
	}
	s.mu.Lock()
	s.posts++
	if n := len(s.instants); n > 0 && instant <= s.instants[n-1] && !s.badClock {
		s.mu.Unlock() // only a wait that was broken off may be overtaken: nobody reads this
		http.Error(w, "not later than the last one", http.StatusConflict)
		return
	}
	s.instants = append(s.instants, instant)
	off := s.badClock
	s.badClock = false
	if off {
		s.instants = nil
	}
	s.mu.Unlock()
	if off {
		http.Error(w, "your clock", http.StatusUnauthorized)
		return
	}
	var in, out wire.Exchange
	if err := json.Unmarshal(body, &in); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	if len(s.hellos) == 0 && (len(in.Messages) == 0 || in.Messages[0].Hello == nil) {
		s.t.Error("the first exchange does not begin with a hello")
	}
	s.mu.Unlock()
	for _, m := range in.Messages {
		answers, drop := s.take(m)
		if drop {
			panic(http.ErrAbortHandler)
		}
		out.Messages = append(out.Messages, answers...)
	}
	s.mu.Lock()
	out.Messages = append(out.Messages, s.open...)
	s.mu.Unlock()
	if len(in.Messages) == 0 && len(out.Messages) == 0 {
		select {
		case m := <-s.push:
			out.Messages = append(out.Messages, m)
			s.mu.Lock()
			s.open = append(s.open, m) // until it is taken: this wait may be broken
			s.mu.Unlock()
		case <-r.Context().Done():
			return
		case <-time.After(wire.ExchangeWait):
		}
	}
	_ = json.NewEncoder(w).Encode(out)
}

// inOrder says whether exactly the numbers 1 to n came, in order.
func (s *server) inOrder(n int) bool {
	if len(s.got) != n {
		return false
	}
	for i, r := range s.got {
		if r.Seq != int64(i+1) {
			s.t.Errorf("number %d at place %d", r.Seq, i)
			return true
		}
	}
	return true
}
