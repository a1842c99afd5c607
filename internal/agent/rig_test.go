package agent_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

const patience = 20 * time.Second // a test that waits longer has failed

// hub is the least server that an agent can live with.
type hub struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	key     ed25519.PublicKey
	config  wire.Config
	away    bool
	cut     context.CancelFunc
	reports []wire.Report
	seen    map[int64]bool
	results []wire.Result
	taken   []string
	problem []string
	sold    []wire.Entry
	speaks  int   // version; 0 = the first
	lost    int64 // as the last hello said
	keep    bool  // acknowledge results
	send    func(wire.Message)
	changed chan struct{}
}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, seen: map[int64]bool{}, changed: make(chan struct{}, 1), keep: true}
	mux := http.NewServeMux()
	mux.HandleFunc(wire.PathEnrol, func(w http.ResponseWriter, r *http.Request) {
		var e wire.Enrol
		_ = json.NewDecoder(r.Body).Decode(&e)
		h.key = e.PublicKey
		_ = json.NewEncoder(w).Encode(wire.Enrolled{Agent: "agent-1", Name: "Shop"})
	})
	mux.HandleFunc(wire.PathSocket, h.socket)
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func (h *hub) socket(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	h.mu.Lock()
	away := h.away
	h.cut = cancel
	h.mu.Unlock()
	if away {
		http.Error(w, "away", http.StatusServiceUnavailable)
		return
	}
	conn, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(wire.MaxMessage)
	send := func(m wire.Message) {
		data, _ := json.Marshal(m)
		_ = conn.Write(ctx, websocket.MessageText, data)
	}
	nonce := []byte("0123456789abcdef0123456789abcdef")
	send(wire.Message{Type: wire.TypeChallenge, Challenge: &wire.Challenge{Nonce: nonce, Versions: [2]int{1, 1}}})
	for {
		_, data, err := conn.Read(ctx)
		if err != nil {
			return
		}
		m, err := wire.Decode(data)
		if err != nil {
			h.t.Errorf("the agent sent nonsense: %v", err)
			return
		}
		if m.Hello != nil && !ed25519.Verify(h.key, wire.HelloBytes(nonce, "agent-1"), m.Hello.Sig) {
			h.t.Error("bad signature")
		}
		for _, a := range h.take(m, send) {
			send(a)
		}
	}
}

func (h *hub) take(m wire.Message, send func(wire.Message)) (out []wire.Message) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now().UnixMilli()
	switch {
	case m.Hello != nil:
		h.send, h.lost = send, m.Hello.Lost
		out = append(out, wire.Message{Type: wire.TypeWelcome, Welcome: &wire.Welcome{Version: max(h.speaks, 1), Now: now, Config: h.config}})
	case m.Reports != nil:
		for _, r := range m.Reports.Reports {
			if !h.seen[r.Seq] {
				h.seen[r.Seq] = true
				h.reports = append(h.reports, r)
			}
		}
		out = append(out, wire.Message{Type: wire.TypeAck, Ack: &wire.Ack{ID: m.Reports.ID, Now: now}})
	case m.Taken != nil:
		h.taken = append(h.taken, m.Taken.ID)
	case m.Sold != nil:
		h.sold = append(h.sold, m.Sold.Entries...)
	case m.Problem != nil:
		h.problem = append(h.problem, m.Problem.Code)
	case m.Result != nil:
		h.results = append(h.results, *m.Result)
		if h.keep {
			out = append(out, wire.Message{Type: wire.TypeResultAck, ResultAck: &wire.ResultAck{ID: m.Result.ID}})
		}
	}
	select {
	case h.changed <- struct{}{}:
	default:
	}
	return out
}

func (h *hub) leave() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = true
	h.cut()
}

func (h *hub) comeBack() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.away = false
}

func (h *hub) tell(m wire.Message) {
	h.mu.Lock()
	send := h.send
	h.mu.Unlock()
	send(m)
}

func (h *hub) until(what string, ok func() bool) {
	h.t.Helper()
	late := time.After(patience)
	for {
		h.mu.Lock()
		yes := ok()
		h.mu.Unlock()
		if yes {
			return
		}
		select {
		case <-h.changed:
		case <-late:
			h.t.Fatalf("never came: %s; reports %+v results %+v taken %v problems %v", what, h.reports, h.results, h.taken, h.problem)
		}
	}
}

// last is the value that the reports so far give a device's key.
func (h *hub) last(dev string, d signal.Def) signal.Value {
	var s signal.Set
	for _, r := range h.reports {
		if r.Device != dev {
			continue
		}
		if r.Full {
			s.Reset()
		}
		s.Apply(r.Values)
	}
	return s.Get(d)
}

// till is a register that can be bent.
type till struct {
	mu     sync.Mutex
	set    signal.Set
	did    []string
	read   int
	busy   bool          // each reading differs from the one before
	signal chan struct{} // one token after a reading
	hold   chan struct{} // a command waits for it, nil = at once
}

func (r *till) Open(context.Context, kkt.Endpoint) (kkt.Driver, error) { return r, nil }
func (r *till) Plan(kkt.Procedure) ([][]byte, error)                   { return nil, nil }
func (r *till) Explain(_, _ []byte) kkt.Meaning                        { return kkt.Meaning{} }
func (r *till) Close() error                                           { return nil }

func (r *till) Read(context.Context, func() time.Time) (signal.Set, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read++
	if r.busy {
		r.set.Put(signal.LastDocNo, signal.IntOf(int64(r.read)))
	}
	select {
	case r.signal <- struct{}{}:
	default:
	}
	return r.set.Clone(), nil
}

func (r *till) Do(ctx context.Context, p kkt.Procedure) ([]kkt.Exchange, error) {
	r.mu.Lock()
	r.did = append(r.did, p.Name)
	hold := r.hold
	r.set.Put(signal.ReceiptOpen, signal.BoolOf(false))
	r.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, kkt.ErrUnknownOutcome
		}
	}
	return []kkt.Exchange{{Sent: []byte{0x59}, Got: []byte{0x55}}}, nil
}

func (r *till) put(d signal.Def, v signal.Value) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.set.Put(d, v)
}

// readings waits until the register was read n times more.
func (r *till) readings(t *testing.T, n int) {
	t.Helper()
	late := time.After(patience)
	for range n {
		select {
		case <-r.signal:
		case <-late:
			t.Fatal("the register is not read")
		}
	}
}

func newTill() *till {
	r := &till{signal: make(chan struct{}, 1)}
	r.set.Put(signal.Serial, signal.TextOf("00106112345678"))
	r.set.Put(signal.ReceiptOpen, signal.BoolOf(false))
	return r
}

// enrolled makes a folder with an identity.
func enrolled(t *testing.T, h *hub) string {
	t.Helper()
	dir := t.TempDir()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = identity.Enrol(t.Context(), f, wire.Enrolment{Server: h.URL, Code: "CODE"}, identity.About{}, h.Client(), false, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// start runs an agent; stop ends it and tells how it ended.
func start(t *testing.T, dir string, r *till) (stop func() error) {
	t.Helper()
	return startAs(t, agent.Config{Data: dir, Build: "test"}, r)
}

func startAs(t *testing.T, c agent.Config, r *till) (stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	a := agent.New(c, agent.Deps{
		Protocols: map[string]kkt.Protocol{"fake": r},
		Timing:    channel.Timing{BackoffMin: 5 * time.Millisecond, BackoffMax: 20 * time.Millisecond, Repeat: 50 * time.Millisecond, FallbackTry: 1 << 30},
	})
	go func() { ended <- a.Run(ctx) }()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = stop() })
	return stop
}

func device(id string) wire.Device {
	return wire.Device{ID: id, Poll: 100, Endpoint: kkt.Endpoint{Protocol: "fake", Transport: "tcp", Address: id}}
}
