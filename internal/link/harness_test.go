package link_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// soon bounds every wait of the tests; nothing is asserted about it.
const soon = 20 * time.Second

// handler keeps what it is called with and answers what it is told to.
type handler struct {
	mu        sync.Mutex
	reports   []call
	taken     []string
	results   []string
	there     map[string]int
	gone      []string
	pending   []wire.Command
	onReports func(link.Agent, wire.Reports) (wire.Ack, error)
	onResult  func(wire.Result) error
	changed   chan struct{} // closed and replaced at every call
}

type call struct {
	agent   link.Agent
	reports wire.Reports
}

func newHandler() *handler {
	return &handler{there: map[string]int{}, changed: make(chan struct{})}
}

// saw is called with the lock held.
func (h *handler) saw() {
	close(h.changed)
	h.changed = make(chan struct{})
}

// until waits until the condition holds after some call.
func (h *handler) until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	late := time.After(soon)
	for {
		h.mu.Lock()
		ok, changed := cond(), h.changed
		h.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("never: %s", what)
		}
	}
}

func (h *handler) Brief(_ context.Context, a link.Agent) (link.Briefing, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return link.Briefing{
		Config:   wire.Config{Version: 3, Heartbeat: 60_000, Devices: []wire.Device{{ID: "device-of-" + a.ID, Poll: 1000}}},
		Commands: h.pending, Seq: 41,
	}, nil
}

func (h *handler) Reports(_ context.Context, a link.Agent, r wire.Reports, _ time.Time) (wire.Ack, error) {
	h.mu.Lock()
	answer := h.onReports
	h.mu.Unlock()
	if answer != nil {
		if ack, err := answer(a, r); err != nil || len(ack.Refused) > 0 {
			return ack, err
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reports = append(h.reports, call{a, r})
	h.saw()
	return wire.Ack{}, nil
}

func (h *handler) Taken(_ context.Context, _ link.Agent, t wire.Taken) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.taken = append(h.taken, t.ID)
	h.saw()
	return nil
}

func (h *handler) Result(_ context.Context, _ link.Agent, r wire.Result) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.results = append(h.results, r.ID)
	h.saw()
	if h.onResult != nil {
		return h.onResult(r)
	}
	return nil
}

func (h *handler) Connected(_ context.Context, a link.Agent, _ wire.Hello) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.there[a.ID]++
	h.saw()
}

func (h *handler) Disconnected(_ context.Context, a link.Agent, reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.there[a.ID] = 0
	h.gone = append(h.gone, reason)
	h.saw()
}

// bench is a hub on a real port with TLS, and a company's administrator.
type bench struct {
	db      *db.DB
	clock   clock.Clock
	hub     *link.Hub
	service *link.Service
	handler *handler
	address string
	client  *http.Client
	admin   scope.Scope
}

type anyOutlet struct{}

func (anyOutlet) CheckOutlet(_ context.Context, _ *db.Tx, sc scope.Scope, outlet string) error {
	if !strings.HasPrefix(outlet, sc.Tenant()+"/") {
		return problem.New(problem.NotFound, "not_found")
	}
	return nil
}

func setup(t testing.TB, change ...func(*link.Options)) *bench {
	t.Helper()
	return setupOn(t, dbtest.SQLite(t, clock.System{}), clock.System{}, change...)
}

func setupOn(t testing.TB, d *db.DB, clk clock.Clock, change ...func(*link.Options)) *bench {
	t.Helper()
	b := &bench{db: d, clock: clk, handler: newHandler(), admin: scope.Person("acme", "p1", "Анна", "", scope.Admin)}
	o := link.Options{DB: d, Clock: clk, Handler: b.handler, Flush: 20 * time.Millisecond}
	for _, f := range change {
		f(&o)
	}
	b.hub = link.New(o)
	b.service = link.NewService(b.hub, anyOutlet{})
	cert, err := link.OwnCertificate(t.TempDir(), []string{"localhost", "127.0.0.1"}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	b.hub.Mount(mux)
	mux.HandleFunc("/proto", func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.Proto) })
	srv := &http.Server{Handler: link.Guard(false, mux), TLSConfig: cert.Config(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = srv.Serve(link.NewListener(inner, cert.Config())) }()
	b.address = inner.Addr().String()
	b.client = &http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		},
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), soon)
		defer cancel()
		if err := b.hub.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
		_ = srv.Close()
		b.client.CloseIdleConnections()
	})
	return b
}

// agent is a test's agent: what it needs to prove itself.
type agent struct {
	id  string
	key ed25519.PrivateKey
}

func (b *bench) enrol(t testing.TB) agent {
	t.Helper()
	return b.enrolIn(t, b.admin)
}

func (b *bench) enrolIn(t testing.TB, sc scope.Scope) agent {
	t.Helper()
	code, err := b.service.CreateCode(t.Context(), sc, link.NewCode{Outlet: sc.Tenant() + "/o1"})
	if err != nil {
		t.Fatal(err)
	}
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	out, err := b.hub.Enrol(t.Context(), wire.Enrol{Code: code.Code, PublicKey: public, Host: "kassa-1", OS: "linux", Arch: "amd64", Build: "1.0"}, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return agent{id: out.Agent, key: private}
}

// wsock is an agent's side of a socket, made by another implementation.
type wsock struct {
	*websocket.Conn
	t testing.TB
}

func (b *bench) dial(t testing.TB) *wsock {
	t.Helper()
	w := b.open(t)
	t.Cleanup(func() { _ = w.CloseNow() })
	return w
}

// open is dial for a connection that outlives the test's own part.
func (b *bench) open(t testing.TB) *wsock {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	ws, res, err := websocket.Dial(ctx, "wss://"+b.address+wire.PathSocket, &websocket.DialOptions{HTTPClient: b.client})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	ws.SetReadLimit(-1)
	return &wsock{Conn: ws, t: t}
}

func (w *wsock) next() (wire.Message, error) {
	ctx, cancel := context.WithTimeout(w.t.Context(), soon)
	defer cancel()
	var m wire.Message
	_, data, err := w.Read(ctx)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	return m, err
}

func (w *wsock) want(kind string) wire.Message {
	w.t.Helper()
	m, err := w.next()
	if err != nil || m.Type != kind {
		w.t.Fatalf("wanted %s, got %+v, %v", kind, m, err)
	}
	return m
}

func (w *wsock) wantProblem(code string) wire.Problem {
	w.t.Helper()
	p := w.want(wire.TypeProblem).Problem
	if p.Code != code {
		w.t.Fatalf("problem %+v, want %s", p, code)
	}
	return *p
}

func (w *wsock) put(m wire.Message) {
	w.t.Helper()
	data, err := json.Marshal(m)
	if err == nil {
		err = w.Write(w.t.Context(), websocket.MessageText, data)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (a agent) hello(nonce []byte, now time.Time) wire.Message {
	return wire.Message{Type: wire.TypeHello, Hello: &wire.Hello{
		Version: wire.Version, Agent: a.id, Sig: ed25519.Sign(a.key, wire.HelloBytes(nonce, a.id)),
		Build: "1.0", OS: "linux", Arch: "amd64", Host: "kassa\x00-1", Now: now.UnixMilli(), Lost: 2,
	}}
}

// connect goes through the whole welcome.
func (b *bench) connect(t testing.TB, a agent) *wsock {
	t.Helper()
	w := b.dial(t)
	b.greet(w, a)
	return w
}

func (b *bench) greet(w *wsock, a agent) {
	w.t.Helper()
	w.put(a.hello(w.want(wire.TypeChallenge).Challenge.Nonce, b.clock.Now()))
	welcome := w.want(wire.TypeWelcome).Welcome
	if welcome.Seq != 41 || welcome.Config.Version != 3 || welcome.Config.Devices[0].ID != "device-of-"+a.id {
		w.t.Fatalf("welcome %+v", welcome)
	}
}

// bundle is n reports with numbers from first on, seen now.
func bundle(id, first int64, n int, now time.Time) wire.Message {
	r := &wire.Reports{ID: id, Now: now.UnixMilli()}
	for i := range int64(n) {
		r.Reports = append(r.Reports, wire.Report{
			Seq: first + i, Device: "d1", At: now.UnixMilli(), Values: []signal.Item{{ID: signal.Unsent.ID, Value: signal.IntOf(i)}},
		})
	}
	return wire.Message{Type: wire.TypeReports, Reports: r}
}

// post sends one signed exchange.
func (b *bench) post(t testing.TB, a agent, instant time.Time, messages ...wire.Message) (int, wire.Exchange, wire.Problem) {
	t.Helper()
	body, _ := json.Marshal(wire.Exchange{Messages: messages})
	return b.postRaw(t, a, strconv.FormatInt(instant.UnixMilli(), 10), body, body)
}

func (b *bench) postRaw(t testing.TB, a agent, instant string, body, signed []byte) (int, wire.Exchange, wire.Problem) {
	t.Helper()
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+b.address+wire.PathExchange, strings.NewReader(string(body)))
	req.Header.Set(wire.HeaderAgent, a.id)
	req.Header.Set(wire.HeaderInstant, instant)
	req.Header.Set(wire.HeaderSig, base64.StdEncoding.EncodeToString(ed25519.Sign(a.key, wire.ExchangeBytes(a.id, instant, signed))))
	res, err := b.client.Do(req)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return 0, wire.Exchange{}, wire.Problem{}
		}
		t.Error(err)
		return 0, wire.Exchange{}, wire.Problem{}
	}
	defer func() { _ = res.Body.Close() }()
	data, _ := io.ReadAll(res.Body)
	var x wire.Exchange
	var p wire.Problem
	if res.StatusCode == http.StatusOK {
		err = json.Unmarshal(data, &x)
	} else {
		err = json.Unmarshal(data, &p)
	}
	if err != nil {
		t.Errorf("%d %s: %v", res.StatusCode, data, err)
	}
	return res.StatusCode, x, p
}
