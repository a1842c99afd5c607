package fptr_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim/fptr"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// client speaks to a bench as a program of somebody else's would.
type client struct {
	t      *testing.T
	server *fptr.Server
	clock  *clock.Manual
}

func start(t *testing.T, opt fptr.Options) client {
	t.Helper()
	clk := clock.NewManual(noon)
	opt.Clock = clk
	if opt.Location == nil {
		opt.Location = time.UTC
	}
	s := fptr.New(opt)
	if err := s.Start(ownAddress()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return client{t: t, server: s, clock: clk}
}

func (c client) call(method, path, body string) (int, map[string]any) {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), method, "http://"+c.server.Addr()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var out map[string]any
	if bytes.HasPrefix(b, []byte("{")) {
		if err := json.Unmarshal(b, &out); err != nil {
			c.t.Fatal(err)
		}
	}
	return resp.StatusCode, out
}

// final asks until every task of a posting is at its end.
func (c client) final(path string) []map[string]any {
	c.t.Helper()
	deadline := time.Now().Add(5 * time.Second)
	for time.Now().Before(deadline) {
		status, body := c.call(http.MethodGet, path, "")
		if status != http.StatusOK {
			c.t.Fatalf("%s: %d %v", path, status, body)
		}
		var list []map[string]any
		waiting := false
		for _, r := range body["results"].([]any) {
			e := r.(map[string]any)
			list = append(list, e)
			waiting = waiting || e["status"] == "wait" || e["status"] == "inProgress"
		}
		if !waiting {
			return list
		}
	}
	c.t.Fatal("not ready in time")
	return nil
}

func statuses(list []map[string]any) string {
	var out []string
	for _, e := range list {
		out = append(out, e["status"].(string))
	}
	return strings.Join(out, " ")
}

const sale = `{"type":"sell","taxationType":"osn","operator":{"name":"Иванов"},"items":[{"type":"position","name":"Чай","price":100.5,"quantity":2,
	"amount":201,"tax":{"type":"vat22"}}],"payments":[{"type":"cash","sum":201}],"total":201}`

func TestBothInterfacesInTheirOwnForms(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 1})
	if status, body := c.call(http.MethodPost, "/requests", `{"uuid":"a","request":{"type":"getShiftStatus"}}`); status != http.StatusCreated || body != nil {
		t.Errorf("v1: %d %v", status, body)
	}
	if e := c.final("/requests/a")[0]; e["errorCode"] != 0.0 || e["error"] != nil || e["result"] == nil {
		t.Errorf("v1: %v", e)
	}
	status, body := c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"b","request":[{"type":"getShiftStatus"},{"type":"getFnInfo"}]}`)
	if status != http.StatusCreated || body["uuid"] != "b" || body["isBlocked"] != false {
		t.Errorf("v2: %d %v", status, body)
	}
	list := c.final("/api/v2/requests/b")
	if statuses(list) != "ready ready" || list[0]["errorCode"] != nil || list[0]["error"].(map[string]any)["code"] != 0.0 {
		t.Errorf("v2: %v", list)
	}
	if status, _ := c.call(http.MethodGet, "/", ""); status != http.StatusOK {
		t.Errorf("the page: %d", status)
	}
}

func TestWhatTheServiceRefuses(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 2})
	c.call(http.MethodPost, "/requests", `{"uuid":"a","request":{"type":"getShiftStatus"}}`)
	c.final("/requests/a")
	for name, r := range map[string]struct {
		method, path, body string
		status             int
	}{
		"the same UUID":              {"POST", "/requests", `{"uuid":"a","request":{"type":"getFnInfo"}}`, 409},
		"the same UUID, v2":          {"POST", "/api/v2/requests", `{"uuid":"a","request":[{"type":"getFnInfo"}]}`, 409},
		"no UUID":                    {"POST", "/requests", `{"request":{"type":"getFnInfo"}}`, 400},
		"no task":                    {"POST", "/api/v2/requests", `{"uuid":"b","request":[]}`, 400},
		"no JSON":                    {"POST", "/api/v2/requests", `{oops`, 400},
		"two documents":              {"POST", "/requests", `{"uuid":"c","request":[{"type":"openShift"},` + sale + `]}`, 400},
		"a UUID nobody posted":       {"GET", "/api/v2/requests/nope", "", 404},
		"taking back what is done":   {"DELETE", "/requests/a", "", 405},
		"the same, v2":               {"DELETE", "/api/v2/requests/a", "", 409},
		"a register that is not his": {"POST", "/api/v2/requests?deviceID=7", `{"uuid":"d","request":[{"type":"getFnInfo"}]}`, 404},
	} {
		if status, body := c.call(r.method, r.path, r.body); status != r.status {
			t.Errorf("%s: %d %v", name, status, body)
		}
	}
}

func TestAFailureInterruptsTheRestOfARequest(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 3})
	c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"a","request":[{"type":"getShiftStatus"},{"type":"dance"},{"type":"getFnInfo"}]}`)
	list := c.final("/api/v2/requests/a")
	if statuses(list) != "ready error interrupted" || list[2]["error"].(map[string]any)["code"] != 502.0 {
		t.Errorf("%v", list)
	}
	if n := c.server.Register.Executed("getFnInfo"); n != 0 {
		t.Errorf("interrupted, yet carried out %d times", n)
	}
}

func TestAWaitingTaskCanBeTakenBack(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 4})
	if err := c.server.Inject(fptr.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"a","request":[`+sale+`]}`)
	c.call(http.MethodPost, "/api/v2/requests", `{"uuid":"b","request":[{"type":"getShiftStatus"}]}`)
	if _, body := c.call(http.MethodGet, "/api/v2/getRequestsQueueStatus", ""); body["number"] != 2.0 {
		t.Errorf("%v", body)
	}
	if status, _ := c.call(http.MethodDelete, "/api/v2/requests/a", ""); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	if err := c.server.Clear(fptr.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	if got := statuses(c.final("/api/v2/requests/b")); got != "ready" {
		t.Error(got)
	}
	if got := statuses(c.final("/api/v2/requests/a")); got != "canceled" || c.server.Register.Executed("sell") != 0 {
		t.Error(got)
	}
}

// TestADayOfTrade: shift, receipts, the OFD's queue that ages with the clock.
func TestADayOfTrade(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 5})
	before := c.server.State()
	c.call(http.MethodPost, "/requests", `{"uuid":"a","request":`+sale+`}`)
	e := c.final("/requests/a")[0]
	params, ok := e["result"].(map[string]any)["fiscalParams"].(map[string]any)
	if !ok || params["fiscalReceiptNumber"] != 1.0 {
		t.Fatalf("%v", e)
	}
	s := c.server.State()
	if !s.Shift.Open || s.Shift.Number != before.Shift.Number+1 || s.FN.LastDocument != before.FN.LastDocument+2 || s.FN.Unsent != 2 || s.Cash != before.Cash+20_100 {
		t.Errorf("%+v", s)
	}
	c.clock.Set(noon.Add(10 * time.Second))
	if s := c.server.State(); s.FN.Unsent != 0 {
		t.Errorf("%d documents wait though the OFD is well", s.FN.Unsent)
	}
	c.server.SetClock(noon.Add(25 * time.Hour))
	c.call(http.MethodPost, "/requests", `{"uuid":"b","request":`+sale+`}`)
	if e := c.final("/requests/b")[0]; e["errorCode"] != 68.0 {
		t.Errorf("after 25 hours: %v", e)
	}
	c.call(http.MethodPost, "/requests", `{"uuid":"c","request":{"type":"closeShift"}}`)
	if e := c.final("/requests/c")[0]; e["status"] != "ready" {
		t.Errorf("%v", e)
	}
	if err := c.server.Inject(fptr.FaultNoExchange); err != nil {
		t.Fatal(err)
	}
	c.server.SetClock(noon.AddDate(0, 0, 40))
	c.call(http.MethodPost, "/requests", `{"uuid":"d","request":{"type":"openShift"}}`)
	if e := c.final("/requests/d")[0]; e["status"] != "error" || e["errorCode"] != 137.0 {
		t.Errorf("after forty days without the OFD: %v", e)
	}
}

func TestWhatTheDriversScriptsRefuse(t *testing.T) {
	t.Parallel()
	c := start(t, fptr.Options{Seed: 6})
	for name, r := range map[string]struct{ from, to string }{
		"a nameless person": {`"operator":{"name":"Иванов"},`, `"operator":{"vatin":"123654789507"},`},
		"no such system":    {`"taxationType":"osn",`, `"taxationType":"envy",`},
		"a rate of its own": {`vat22`, `vat21`},
		"paid too little":   {`"sum":201`, `"sum":200`},
		"sums with a flaw":  {`100.5`, `100.555`},
		"a total above":     {`"total":201`, `"total":202`},
	} {
		uuid := strings.ReplaceAll(name, " ", "-")
		c.call(http.MethodPost, "/requests", `{"uuid":"`+uuid+`","request":`+strings.Replace(sale, r.from, r.to, 1)+`}`)
		if e := c.final("/requests/" + uuid)[0]; e["status"] != "error" {
			t.Errorf("%s: %v", name, e)
		}
	}
	if s := c.server.State(); s.Shift.Open || s.FN.Unsent != 0 {
		t.Errorf("%+v", s)
	}
}

func TestFaultsComeAndGo(t *testing.T) {
	t.Parallel()
	for _, f := range fptr.Faults() {
		t.Run(f.ID, func(t *testing.T) {
			t.Parallel()
			c := start(t, fptr.Options{Seed: 7})
			for range 2 { // the second time says nothing new
				if err := c.server.Inject(f.ID); err != nil {
					t.Fatal(err)
				}
			}
			if got := c.server.Register.Active(); len(got) != 1 || got[0] != f.ID {
				t.Error(got)
			}
			if err := c.server.Clear(f.ID); err != nil {
				t.Fatal(err)
			}
			if got := c.server.Register.Active(); len(got) != 0 {
				t.Error(got)
			}
			c.call(http.MethodPost, "/requests", `{"uuid":"a","request":`+sale+`}`)
			if e := c.final("/requests/a")[0]; e["status"] != "ready" {
				t.Errorf("mended, yet %v", e)
			}
		})
	}
	c := start(t, fptr.Options{})
	if err := c.server.Inject("plague"); err == nil {
		t.Error("a fault that there is not")
	}
}

func TestTheSameSeedGivesTheSameRegister(t *testing.T) {
	t.Parallel()
	a, b, other := start(t, fptr.Options{Seed: 8}), start(t, fptr.Options{Seed: 8}), start(t, fptr.Options{Seed: 9})
	if a.server.State().FN != b.server.State().FN || a.server.State().Serial != b.server.State().Serial || a.server.State().Serial == other.server.State().Serial {
		t.Error("drawn otherwise")
	}
}

func FuzzExecute(f *testing.F) {
	f.Add(sale)
	for _, kind := range []string{"getFnDocument", "setDateTime", "fnChange", "cashOut", "setDeviceParameters", "closeArchive"} {
		f.Add(`{"type":"` + kind + `","fiscalDocumentNumber":1,"dateTime":"2026.03.10 12:00:00","cashSum":1,"deviceParameters":[{"key":276,"value":"1"}]}`)
	}
	f.Fuzz(func(t *testing.T, task string) {
		r := fptr.NewRegister(fptr.Options{Clock: clock.NewManual(noon), Location: time.UTC})
		before := r.State()
		result, code := r.Execute(json.RawMessage(task))
		if code == 0 {
			if _, err := json.Marshal(result); err != nil {
				t.Error(err)
			}
			return
		}
		if after := r.State(); after.FN != before.FN || after.Cash != before.Cash || after.Shift != before.Shift {
			t.Errorf("refused with %d, yet %+v became %+v", code, before, after)
		}
	})
}

// ownAddress is a loopback address that no other test listens on, so that a
// service that was down finds its port free again. Where only one loopback
// address exists, that one has to do.
func ownAddress() string {
	ip := net.IPv4(127, 64+byte(os.Getpid()%64), byte(nextAddress.Add(1)), 1+byte(os.Getpid()/64%250))
	l, err := net.Listen("tcp", net.JoinHostPort(ip.String(), "0"))
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close() // it was only to see
	return l.Addr().String()
}

var nextAddress atomic.Uint32
