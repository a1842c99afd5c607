package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/wire"
)

type publicKey = ed25519.PublicKey

// key is agent n's key, the same at every start.
func key(n int) ed25519.PrivateKey {
	seed := sha256.Sum256(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return ed25519.NewKeyFromSeed(seed[:])
}

func agentID(n int) string     { return fmt.Sprintf("01900000-0000-7000-8000-%012d", n) }
func deviceID(n, i int) string { return fmt.Sprintf("01900000-0001-7%03d-8000-%012d", i, n) }

type runCmd struct{}

// Run starts the server, lets the agents report at their rate and prints what
// was answered and how soon.
func (runCmd) Run(ctx context.Context, c *cli) (err error) {
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "tillwright-ingest-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(c.Data)) }()
	}
	child := exec.CommandContext(ctx, os.Args[0], c.serverArgs()...)
	child.Stderr = os.Stderr
	in, err := child.StdinPipe()
	if err != nil {
		return err
	}
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return fmt.Errorf("the server did not start: %w", err)
	}
	addr := strings.TrimSpace(strings.TrimPrefix(line, "addr="))
	report, err := drive(ctx, c, addr)
	err = errors.Join(err, in.Close(), child.Wait())
	if err != nil {
		return err
	}
	report.print(c, child.ProcessState.SysUsage().(*syscall.Rusage))
	return nil
}

// serverArgs start this program again as the server. A flag that was not set is
// left out: an empty path would be the folder we stand in.
func (c *cli) serverArgs() []string {
	args := []string{"server", "--data", c.Data, "--rate", strconv.Itoa(c.Rate), "--per-agent", strconv.Itoa(c.PerAgent)}
	if c.DB != "" {
		args = append(args, "--db", c.DB)
	}
	if c.Profile != "" {
		args = append(args, "--profile", c.Profile)
	}
	return args
}

// result is what all agents saw inside the measured time.
type result struct {
	mu      sync.Mutex
	answers []time.Duration
	reports int
	refused int
	span    time.Duration
}

// ramp is the pause between two agents that connect.
const ramp = 12 * time.Millisecond

func drive(ctx context.Context, c *cli, addr string) (*result, error) {
	r := &result{span: c.For}
	begin := time.Now().Add(time.Second + time.Duration(c.agents())*ramp)
	from, to := begin.Add(c.Warm), begin.Add(c.Warm+c.For)
	errs := make(chan error, c.agents())
	var wg sync.WaitGroup
	for n := range c.agents() {
		wg.Go(func() {
			if err := newAgent(c, n, r).run(ctx, addr, begin, from, to); err != nil {
				errs <- fmt.Errorf("agent %d: %w", n, err)
			}
		})
		time.Sleep(ramp) // TLS handshakes are dear; they are not what is measured
	}
	wg.Wait()
	select {
	case err := <-errs:
		return nil, err
	default:
		return r, nil
	}
}

func (r *result) print(c *cli, used *syscall.Rusage) {
	slices.Sort(r.answers)
	at := func(q float64) time.Duration {
		if len(r.answers) == 0 {
			return 0
		}
		return r.answers[int(q*float64(len(r.answers)-1))].Round(100 * time.Microsecond)
	}
	cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	fmt.Printf("offered %d/s by %d agents for %v, %d of 10 values change in one of %d reports\n", c.Rate, c.agents(), c.For, c.Changing, c.Change)
	fmt.Printf("answered %.0f reports/s, refused %d\n", float64(r.reports)/r.span.Seconds(), r.refused)
	fmt.Printf("answer after: median %v, 95 %% %v, 99 %% %v, longest %v\n", at(.5), at(.95), at(.99), at(1))
	fmt.Printf("server: %.1f s of processor in all, %d MB at most\n", cpu.Seconds(), used.Maxrss/1024)
}

// agent is one connection that offers a bundle each second.
type agent struct {
	c      *cli
	n      int
	r      *result
	seq    int64
	sent   map[int64]time.Time
	sentMu sync.Mutex
}

func newAgent(c *cli, n int, r *result) *agent {
	return &agent{c: c, n: n, r: r, sent: map[int64]time.Time{}}
}

func (a *agent) run(ctx context.Context, addr string, begin, from, to time.Time) error {
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // loopback
	ws, _, err := websocket.Dial(ctx, "wss://"+addr+wire.PathSocket, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		return err
	}
	defer func() { _ = ws.CloseNow() }()
	ws.SetReadLimit(wire.MaxMessage)
	if err := a.hello(ctx, ws); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- a.listen(ctx, ws, from, to) }()
	// Each agent has its own place in the second.
	next := begin.Add(time.Duration(a.n) * time.Second / time.Duration(a.c.agents()))
	for ; next.Before(to); next = next.Add(time.Second) {
		time.Sleep(time.Until(next))
		a.sentMu.Lock()
		a.sent[next.UnixMilli()] = next // waiting in our own queue counts too
		a.sentMu.Unlock()
		if err := ws.Write(ctx, websocket.MessageText, a.bundle(next)); err != nil {
			return errors.Join(err, <-done)
		}
	}
	return <-done
}

func (a *agent) hello(ctx context.Context, ws *websocket.Conn) error {
	var m wire.Message
	_, data, err := ws.Read(ctx)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return err
	}
	id := agentID(a.n)
	hello := wire.Message{Type: wire.TypeHello, Hello: &wire.Hello{
		Version: wire.Version, Agent: id, Sig: ed25519.Sign(key(a.n), wire.HelloBytes(m.Challenge.Nonce, id)), Build: "bench", Now: time.Now().UnixMilli(),
	}}
	if data, err = json.Marshal(hello); err != nil {
		return err
	}
	if err := ws.Write(ctx, websocket.MessageText, data); err != nil {
		return err
	}
	_, data, err = ws.Read(ctx)
	if err == nil && !strings.Contains(string(data), `"welcome"`) {
		err = fmt.Errorf("no welcome: %s", data)
	}
	return err
}

// listen takes the answers until every bundle has one.
func (a *agent) listen(ctx context.Context, ws *websocket.Conn, from, to time.Time) error {
	var mine []time.Duration
	reports, refused := 0, 0
	for {
		_, data, err := ws.Read(ctx)
		if err != nil {
			return err
		}
		now := time.Now()
		var m wire.Message
		if err := json.Unmarshal(data, &m); err != nil {
			return err
		}
		if m.Problem != nil {
			return fmt.Errorf("the server says %s", m.Problem.Code)
		}
		if m.Ack == nil {
			continue
		}
		a.sentMu.Lock()
		at := a.sent[m.Ack.ID]
		delete(a.sent, m.Ack.ID)
		a.sentMu.Unlock()
		refused += len(m.Ack.Refused)
		if now.After(from) && now.Before(to) {
			reports += a.c.PerAgent
			mine = append(mine, now.Sub(at))
		}
		if at.Add(time.Second).Before(to) {
			continue
		}
		a.r.mu.Lock()
		defer a.r.mu.Unlock()
		a.r.answers = append(a.r.answers, mine...)
		a.r.reports += reports
		a.r.refused += refused
		return nil
	}
}

// bundle is one second of the agent's devices: ten values each, of which some
// differ from the second before.
func (a *agent) bundle(at time.Time) []byte {
	ms := at.UnixMilli()
	b := fmt.Appendf(nil, `{"t":"reports","reports":{"id":%d,"now":%d,"reports":[`, ms, time.Now().UnixMilli())
	for i := range a.c.PerAgent {
		if i > 0 {
			b = append(b, ',')
		}
		a.seq++
		v := func(k int) int64 { // the k-th value's number for now
			if k >= a.c.Changing || int(a.seq)%a.c.Change != 0 {
				return 1000
			}
			return 1000 + a.seq%977
		}
		b = fmt.Appendf(b, `{"n":%d,"dev":"%s","at":%d,"v":{"link":"ok","mode":1,"shift":"open","doc.number":%d,"receipt.type":%d,"shift.number":%d,"battery":%d,"temperature":%d,"clock.drift":%d,"ofd.unsent":0}}`,
			a.seq, deviceID(a.n, i), ms, v(0), v(1), v(2), v(3)%100, v(4)%60, v(5)%100)
	}
	return append(b, "]}}"...)
}
