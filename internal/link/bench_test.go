package link_test

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/wire"
)

// swarmVar turns the test program into the agents of BenchmarkIdleAgent: they
// must not count in the server's memory.
const swarmVar = "TILLWRIGHT_LINK_SWARM"

func TestMain(m *testing.M) {
	if os.Getenv(swarmVar) != "" {
		swarm()
		return
	}
	os.Exit(m.Run())
}

// swarm reads "address id key" lines, brings each agent through its welcome,
// says "ready" and holds the connections until its input ends.
func swarm() {
	ctx := context.Background()
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() && in.Text() != "" {
		var address, id, seed string
		_, _ = fmt.Sscan(in.Text(), &address, &id, &seed)
		if err := swarmOne(ctx, address, id, seed); err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	fmt.Println("ready")
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// held keeps the connections from being collected.
var held []*websocket.Conn

func swarmOne(ctx context.Context, address, id, seed string) error {
	// The frames are made by another implementation; TLS is dialled by hand so
	// that each agent has the one connection that a real one has.
	ws, res, err := websocket.Dial(ctx, "wss://"+address+wire.PathSocket, &websocket.DialOptions{HTTPClient: plainClient()})
	if err != nil {
		return err
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	held = append(held, ws)
	var m wire.Message
	_, data, err := ws.Read(ctx)
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return err
	}
	a := agent{id: id, key: ed25519.NewKeyFromSeed([]byte(seed))}
	data, _ = json.Marshal(a.hello(m.Challenge.Nonce, time.Now()))
	if err := ws.Write(ctx, websocket.MessageText, data); err != nil {
		return err
	}
	_, _, err = ws.Read(ctx)
	return err
}

// BenchmarkIdleAgent measures what an idle agent over TLS costs the server:
// heap and stacks after a collection, and the process's resident memory.
func BenchmarkIdleAgent(b *testing.B) {
	const agents = 2000
	s := setup(b)
	var lines strings.Builder
	for range agents {
		a := s.enrol(b)
		fmt.Fprintln(&lines, s.address, a.id, strings.Repeat("k", 32))
		s.rekey(b, a.id)
	}
	for b.Loop() {
		before, residentBefore := memory(), resident(b)
		cmd := exec.CommandContext(b.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), swarmVar+"=1")
		in, _ := cmd.StdinPipe()
		out, _ := cmd.StdoutPipe()
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		_, _ = io.WriteString(in, lines.String()+"\n")
		if line, err := bufio.NewReader(out).ReadString('\n'); strings.TrimSpace(line) != "ready" {
			b.Fatal(line, err)
		}
		if n := s.hub.Stats().Sockets; n != agents {
			b.Fatalf("%d connected", n)
		}
		b.ReportMetric(float64(memory()-before)/agents/1024, "KiB/agent")
		b.ReportMetric(float64(resident(b)-residentBefore)/agents/1024, "RSS-KiB/agent")
		_ = in.Close()
		_ = cmd.Wait()
	}
}

// memory is what is in use after two collections: the first empties the pools
// half, the second wholly.
func memory() int64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func resident(b *testing.B) int64 {
	b.Helper()
	data, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		b.Skip(err)
	}
	pages, _ := strconv.ParseInt(strings.Fields(string(data))[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// BenchmarkReports measures the channel alone: agents over TLS send bundles of
// 50 reports of ten values, the handler does nothing.
func BenchmarkReports(b *testing.B) {
	const agents, size, flight = 20, 50, 4
	free := link.Rate{PerSecond: 1e12, Burst: 1e12}
	s := setup(b, func(o *link.Options) { o.Limits = link.Limits{Reports: free, Bytes: free} })
	s.handler.onReports = func(link.Agent, wire.Reports) (wire.Ack, error) {
		return wire.Ack{Refused: []wire.Refused{{}}}, nil // so that the handler keeps nothing
	}
	var conns []*wsock
	for range agents {
		conns = append(conns, s.connect(b, s.enrol(b)))
	}
	now := time.Now().UnixMilli()
	var text strings.Builder
	fmt.Fprintf(&text, `{"t":"reports","reports":{"id":1,"now":%d,"reports":[`, now)
	for i := range size {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"n":%d,"dev":"0199c0de-0000-7000-8000-000000000001","at":%d,"v":{"link":"ok","serial":"00106112345678","mode":1,"paper":true,`+
			`"shift":"open","shift.ends_at":1800000000,"clock.drift":-3,"fn.link":"ok","ofd.unsent":12,"doc.number":48211}}`, i+1, now)
	}
	text.WriteString("]}}")
	bundle := []byte(text.String())
	b.SetBytes(int64(len(bundle)))
	b.ResetTimer()
	var wg sync.WaitGroup
	for i, w := range conns {
		rounds := b.N / agents
		if i < b.N%agents {
			rounds++
		}
		wg.Go(func() { pump(b.Context(), w.Conn, bundle, rounds, flight) })
	}
	wg.Wait()
	b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "reports/s")
}

// pump keeps flight bundles under way.
func pump(ctx context.Context, ws *websocket.Conn, bundle []byte, rounds, flight int) {
	for sent, got := 0, 0; got < rounds; {
		for sent < rounds && sent-got < flight {
			_ = ws.Write(ctx, websocket.MessageText, bundle)
			sent++
		}
		_, _, _ = ws.Read(ctx)
		got++
	}
}

func plainClient() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
}

// rekey gives an agent the swarm's key.
func (b *bench) rekey(t testing.TB, id string) {
	t.Helper()
	public, _ := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32))).Public().(ed25519.PublicKey)
	err := b.db.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE link_agent SET public_key = $1 WHERE id = $2`, []byte(public), id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
