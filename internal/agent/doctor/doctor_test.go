package doctor_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/agent/doctor"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// till answers as it is told to.
type till struct{ err error }

func (r till) Open(context.Context, kkt.Endpoint) (kkt.Driver, error) { return r, r.err }
func (till) Plan(kkt.Procedure) ([][]byte, error)                     { return nil, nil }
func (till) Explain(_, _ []byte) kkt.Meaning                          { return kkt.Meaning{} }
func (till) Close() error                                             { return nil }
func (till) Do(context.Context, kkt.Procedure) ([]kkt.Exchange, error) {
	panic("the self-check changes nothing")
}

func (till) Read(context.Context, func() time.Time) (signal.Set, error) {
	return signal.Of(signal.Item{ID: signal.Serial.ID, Value: signal.TextOf("001")}), nil
}

// server takes enrolments and, unless it is shut, sockets.
func server(t *testing.T, shut bool) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc(wire.PathEnrol, func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(wire.Enrolled{Agent: "id-1", Name: "Shop"})
	})
	mux.HandleFunc(wire.PathSocket, func(w http.ResponseWriter, r *http.Request) {
		if shut {
			http.Error(w, "no", http.StatusBadGateway)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		data, _ := json.Marshal(wire.Message{Type: wire.TypeChallenge, Challenge: &wire.Challenge{Nonce: make([]byte, 32), Versions: [2]int{1, 1}}})
		_ = conn.Write(r.Context(), websocket.MessageText, data)
		_, _, _ = conn.Read(r.Context()) // until the other side goes
		_ = conn.CloseNow()
	})
	s := httptest.NewTLSServer(mux)
	t.Cleanup(s.Close)
	return s
}

func enrolled(t *testing.T, s *httptest.Server, pin []byte) string {
	t.Helper()
	dir := t.TempDir()
	f, err := folder.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := identity.Enrol(t.Context(), f, wire.Enrolment{Server: s.URL, Code: "CODE", Pin: pin}, identity.About{}, s.Client(), false, time.Now()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func pinOf(s *httptest.Server) []byte {
	sum := sha256.Sum256(s.Certificate().RawSubjectPublicKeyInfo)
	return sum[:]
}

func check(t *testing.T, o doctor.Options) (codes []string, well bool) {
	t.Helper()
	if o.Clock == nil {
		o.Clock = clock.System{}
	}
	well = doctor.Run(t.Context(), o, func(f doctor.Finding) { codes = append(codes, string(f.State)+" "+f.Code) })
	return codes, well
}

func devices(protocol string) []wire.Device {
	return []wire.Device{{ID: "d1", Endpoint: kkt.Endpoint{Protocol: protocol, Transport: "tcp", Address: "h:1"}}}
}

func TestAllIsWell(t *testing.T) {
	t.Parallel()
	s := server(t, false)
	codes, well := check(t, doctor.Options{
		Data: enrolled(t, s, pinOf(s)), Page: "127.0.0.1:0", Devices: devices("fake"), Protocols: map[string]kkt.Protocol{"fake": till{}},
	})
	want := []string{
		"ok folder.ok", "ok space.ok", "ok identity.ok", "ok page.ready", "ok dns.ok", "ok tcp.ok", "ok tls.pinned", "ok clock.ok", "ok socket.ok", "ok device.ok",
	}
	if !well || !slices.Equal(codes, want) {
		t.Errorf("%v %q", well, codes)
	}
}

func TestWhatIsFound(t *testing.T) {
	t.Parallel()
	s, shut := server(t, false), server(t, true)
	gone := server(t, false)
	goneDir := enrolled(t, gone, nil)
	gone.Close()
	fake := map[string]kkt.Protocol{"fake": till{}}
	cases := map[string]struct {
		o    doctor.Options
		want string
		well bool
	}{
		"nothing there yet":     {doctor.Options{Data: t.TempDir()}, "fail identity.missing", false},
		"no folder":             {doctor.Options{Data: "/dev/null/x"}, "fail folder.unusable", false},
		"another key":           {doctor.Options{Data: enrolled(t, s, make([]byte, 32))}, "fail tls.pin", false},
		"unknown authority":     {doctor.Options{Data: enrolled(t, s, nil)}, "fail tls.fail", false},
		"the server is away":    {doctor.Options{Data: goneDir}, "fail tcp.fail", false},
		"a name nobody has":     {doctor.Options{Data: enrolled(t, s, nil), Server: "https://nobody.invalid"}, "fail dns.fail", false},
		"no upgrade":            {doctor.Options{Data: enrolled(t, shut, pinOf(shut))}, "warn socket.fail", true},
		"a clock years off":     {doctor.Options{Data: enrolled(t, s, pinOf(s)), Clock: clock.NewManual(time.Unix(1e9, 0))}, "warn clock.off", true},
		"no register":           {doctor.Options{Data: enrolled(t, s, pinOf(s))}, "warn device.none", true},
		"an unknown protocol":   {doctor.Options{Data: enrolled(t, s, pinOf(s)), Devices: devices("later"), Protocols: fake}, "fail device.protocol", false},
		"a register that sulks": {doctor.Options{Data: enrolled(t, s, pinOf(s)), Devices: devices("fake"), Protocols: map[string]kkt.Protocol{"fake": till{err: kkt.ErrNoAnswer}}}, "fail device.no_answer", false},
		"a register held":       {doctor.Options{Data: enrolled(t, s, pinOf(s)), Devices: devices("fake"), Protocols: map[string]kkt.Protocol{"fake": till{err: kkt.ErrBusy}}}, "fail device.busy", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			codes, well := check(t, c.o)
			if well != c.well || !slices.Contains(codes, c.want) {
				t.Errorf("%v, %q", well, codes)
			}
		})
	}
}

func TestARunningAgentIsNotDisturbed(t *testing.T) {
	t.Parallel()
	s := server(t, false)
	dir := enrolled(t, s, pinOf(s))
	f, err := folder.Open(dir) // the agent
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	codes, well := check(t, doctor.Options{Data: dir, Devices: devices("fake"), Protocols: map[string]kkt.Protocol{"fake": nil}})
	if !well || !slices.Contains(codes, "ok folder.running") || !slices.Contains(codes, "skip device.running") {
		t.Errorf("%v %q", well, codes)
	}
}

// TestEveryFindingHasItsWords reads the codes from the sources, because they
// are put together when the program runs.
func TestEveryFindingHasItsWords(t *testing.T) {
	t.Parallel()
	bundle, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, file := range []string{"doctor.go", "network.go", "page.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`tell\((OK|Warn|Fail|Skipped), "([a-z_.]+[a-z])"`).FindAllStringSubmatch(string(text), -1) {
			found[m[2]] = m[1]
		}
	}
	for _, link := range []string{signal.LinkNoAnswer, signal.LinkRefused, signal.LinkBusy, signal.LinkGarbage, signal.LinkMissing} {
		found["device."+link] = "Fail"
	}
	if len(found) < 25 {
		t.Fatalf("only %d codes found", len(found))
	}
	for code, state := range found {
		if !bundle.Has("agent.doctor." + code) {
			t.Errorf("%s has no words", code)
		}
		if (state == "Warn" || state == "Fail") && !bundle.Has("agent.doctor."+code+".todo") {
			t.Errorf("%s does not say what to do", code)
		}
	}
}
