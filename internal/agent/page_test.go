package agent_test

import (
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/wire"
)

// freePort is an address on which nobody listens now.
func freePort(t *testing.T) string {
	t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	return in.Addr().String()
}

// page reads the shop's page, "" while it is not there.
func page(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get("http://" + address + "/")
	if err != nil {
		return ""
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestTheShopsPage shows the registers by the names that the server gave them,
// also those whose port stands in the agent's own file. What is written there is
// told to a server that takes it, and not to an older one.
func TestTheShopsPage(t *testing.T) {
	t.Parallel()
	const id = "0192f0c1-7d2a-7c3e-9a57-0f6f1f0e4b11"
	for name, speaks := range map[string]int{"a server of today": wire.SoldSince, "an older server": wire.SoldSince - 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, r := newHub(t), newTill()
			named := device(id)
			named.Name = "У входа"
			h.speaks, h.config = speaks, wire.Config{Version: 1, Heartbeat: 1000, Devices: []wire.Device{named}}
			address := freePort(t)
			startAs(t, agent.Config{Data: enrolled(t, h), Build: "test", Page: address, Devices: []wire.Device{device(id)}}, r)
			poke := func(ok bool) bool { // the page does not wake the wait
				if !ok {
					time.AfterFunc(10*time.Millisecond, func() {
						select {
						case h.changed <- struct{}{}:
						default:
						}
					})
				}
				return ok
			}
			h.until("the register by its name", func() bool {
				text := page(t, address)
				return poke(strings.Contains(text, "У входа") && strings.Contains(text, "Connected to the service company") && strings.Contains(text, "Works"))
			})
			resp, err := http.PostForm("http://"+address+"/begin/"+id, url.Values{"reason": {"power"}, "from": {time.Now().Format("2006-01-02T15:04")}})
			if err != nil || resp.StatusCode != http.StatusOK { // the journal, to which it leads
				t.Fatalf("%v %v", resp, err)
			}
			_ = resp.Body.Close()
			beats := func() (n int) {
				for _, r := range h.reports {
					if r.Device == "" {
						n++
					}
				}
				return n
			}
			h.mu.Lock()
			before := beats()
			h.mu.Unlock()
			if speaks >= wire.SoldSince {
				h.until("the breakdown", func() bool { return len(h.sold) > 0 && h.sold[0].Outage.Device == id })
				return
			}
			h.until("two more heartbeats", func() bool { return beats() >= before+2 })
			h.mu.Lock()
			defer h.mu.Unlock()
			if len(h.sold) != 0 {
				t.Errorf("an older server was told %+v", h.sold)
			}
		})
	}
}
