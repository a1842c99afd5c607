package systemtest_test

import (
	"crypto/tls"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/tillwright/tillwright/client"
)

// TestALineThatIsCutAndStalls pulls the line between agent and server, breaks
// it in the middle of words and clamps it; everything arrives, once and in
// order.
func TestALineThatIsCutAndStalls(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	wire := newLine(t, s.listen)
	sh := openShop(s, "Аптека", b.registers...)
	sh.server = "https://" + wire.addr
	sh.on()
	s.well(sh.devices...)
	done := turns(b, 0, 1, nil)
	wire.pull()
	done = turns(b, 0, 3, done)
	wire.mend()
	complete(s, sh.devices[0], done)
	for range 3 { // dropped bytes
		done = turns(b, 0, 1, done)
		wire.drop()
	}
	complete(s, sh.devices[0], done)
	wire.clamp()
	done = turns(b, 0, 3, done)
	if n := len(told(s, sh.devices[0])); n > len(done)-3 {
		t.Errorf("%d changes came through a clamped line", n)
	}
	wire.release()
	complete(s, sh.devices[0], done)
	if a := get[client.AgentDetail](s, "/agents/"+sh.agent); a.Lost != 0 || a.Refused != 0 {
		t.Errorf("the agent lost %d reports, %d were refused", a.Lost, a.Refused)
	}
}

// inspector is a proxy of the kind that opens TLS and breaks upgrades. It has
// the server's own key: nobody else could stand there.
type inspector struct {
	*httptest.Server
	blocks   atomic.Bool
	upgrades atomic.Int64 // that it refused
	posts    atomic.Int64
	open     atomic.Int64 // posts that wait for their answer now
}

func newInspector(t *testing.T, s *server) *inspector {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(filepath.Join(s.data, "tls", "certificate.pem"), filepath.Join(s.data, "tls", "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	i := &inspector{}
	forward := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "https", Host: s.listen})
	forward.ErrorLog = stdlog.New(io.Discard, "", 0)
	forward.Transport = &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // it stands on this machine
	i.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" && i.blocks.Load() {
			i.upgrades.Add(1)
			http.Error(w, "no upgrades here", http.StatusBadRequest)
			return
		}
		if r.Method == http.MethodPost {
			i.posts.Add(1)
			i.open.Add(1)
			defer i.open.Add(-1)
		}
		forward.ServeHTTP(w, r)
	}))
	i.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"http/1.1"}}
	i.StartTLS()
	t.Cleanup(i.Close)
	return i
}

// TestAProxyThatBreaksUpgrades makes the agent fall back to signed exchanges,
// with reports and a command, and come back when the proxy has learnt better.
func TestAProxyThatBreaksUpgrades(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	proxy := newInspector(t, s)
	proxy.blocks.Store(true)
	wire := newLine(t, proxy.Listener.Addr().String())
	sh := openShop(s, "Оптика", b.registers...)
	sh.server = "https://" + wire.addr
	sh.on()
	s.well(sh.devices...)
	done := turns(b, 0, 3, nil)
	complete(s, sh.devices[0], done)
	if proxy.upgrades.Load() == 0 || proxy.posts.Load() == 0 {
		t.Errorf("%d upgrades were refused, %d posts came", proxy.upgrades.Load(), proxy.posts.Load())
	}
	c := ask[client.Command](s, http.MethodPost, "/devices/"+sh.devices[0]+"/commands", client.NewCommand{Procedure: "fn_status"})
	if c = s.command(c.ID); c.State != "done" {
		t.Errorf("a command by exchanges ended %s (%s)", c.State, c.Code)
	}
	proxy.blocks.Store(false)
	until(t, "the agent is back on a socket", func() bool {
		// A line that is cut between two posts breaks nothing: the next post
		// takes a new one. Only a post cut short sends the agent back.
		if proxy.open.Load() > 0 {
			wire.drop()
		}
		return s.metric("tillwright_agent_sockets") == 1
	})
	done = turns(b, 0, 2, done)
	complete(s, sh.devices[0], done)
}

// metric is one number of the server's metrics.
func (s *server) metric(name string) (v float64) {
	s.t.Helper()
	_, body := s.plain("/metrics")
	for _, l := range lines(body) {
		if n, _ := fmt.Sscanf(l, name+" %g", &v); n == 1 {
			return v
		}
	}
	s.t.Fatalf("no metric %s", name)
	return 0
}
