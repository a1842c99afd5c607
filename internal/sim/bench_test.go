package sim_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// newBench puts n registers on a standing clock at noon UTC.
func newBench(t *testing.T, n int) (*sim.Bench, *clock.Manual) {
	t.Helper()
	c := clock.NewManual(noon())
	b := sim.NewBench(sim.BenchOptions{Count: n, Listen: "127.0.0.1:0", Make: func(i int) sim.Options {
		return sim.Options{Seed: uint64(i), Clock: c, Location: time.UTC}
	}})
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	return b, c
}

func TestHundredsOfRegistersAnswerAtOnce(t *testing.T) {
	t.Parallel()
	b, c := newBench(t, 200)
	proto := atol.Protocol{Location: time.UTC, Clock: c}
	serials := make([]string, b.Len())
	var all sync.WaitGroup
	for i := range b.Len() {
		all.Go(func() {
			d, err := proto.Open(t.Context(), kkt.Endpoint{Address: b.Addr(i)})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = d.Close() }()
			set, err := d.Read(t.Context(), c.Now)
			if err != nil {
				t.Error(err)
			}
			serials[i] = set.Get(signal.Serial).Text()
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, s := range serials {
		seen[s] = true
	}
	if len(seen) != b.Len() || seen[""] {
		t.Errorf("%d different serials of %d", len(seen), b.Len())
	}
}

func TestSeedMakesTheRegister(t *testing.T) {
	t.Parallel()
	born := func(seed uint64) sim.State {
		r := sim.NewRegister(sim.Options{Seed: seed, Clock: clock.NewManual(noon()), Location: time.UTC})
		for _, f := range sim.Faults() {
			if err := r.Inject(f.ID); err != nil {
				t.Fatal(err)
			}
		}
		return r.State()
	}
	if diff := cmp.Diff(born(7), born(7)); diff != "" {
		t.Error(diff)
	}
	if cmp.Equal(born(7), born(8)) {
		t.Error("two seeds, one register")
	}
}

func TestLifeOfADay(t *testing.T) {
	t.Parallel()
	run := func() []sim.State {
		b, c := newBench(t, 5)
		life := sim.NewLife(b, sim.Habits{SalesPerHour: 10, Opens: 9, Closes: 21}, 42)
		c.Set(time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC))
		for c.Now().Before(time.Date(2026, 3, 11, 7, 0, 0, 0, time.UTC)) {
			c.Advance(time.Minute)
			life.Step(time.Minute)
		}
		var out []sim.State
		for i := range b.Len() {
			s := b.Server(i).Register.State()
			if s.Shift.Open || s.FN.Unsent != 0 || s.Receipt.Open {
				t.Errorf("in the morning: %+v", s)
			}
			out = append(out, s)
		}
		return out
	}
	first := run()
	start := sim.NewRegister(sim.Options{Seed: 0, Clock: clock.NewManual(noon()), Location: time.UTC}).State()
	if sold := first[0].FN.Receipts - start.FN.Receipts; sold < 60 || sold > 200 {
		t.Errorf("%d receipts in a day of 12 hours at 10 an hour", sold)
	}
	if first[0].Shift.Number != start.Shift.Number+1 {
		t.Errorf("shift %d, began after %d", first[0].Shift.Number, start.Shift.Number)
	}
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("the same seed lived another life: %s", diff)
	}
}

func TestLifeFallsIllAndHeals(t *testing.T) {
	t.Parallel()
	b, c := newBench(t, 20)
	life := sim.NewLife(b, sim.Habits{
		SalesPerHour: 5, FaultsPerDay: map[string]float64{sim.FaultReceiptOpen: 4, sim.FaultSilent: 4, "no-such-fault": 9}, HealAfter: time.Hour,
	}, 1)
	seen := map[string]int{}
	for range 24 * 60 {
		c.Advance(time.Minute)
		life.Step(time.Minute)
		for i := range b.Len() {
			active := b.Server(i).Register.Active()
			if len(active) > 1 {
				t.Fatalf("ill of %v at once", active)
			}
			for _, id := range active {
				seen[id]++
			}
		}
	}
	if seen[sim.FaultReceiptOpen] == 0 || seen[sim.FaultSilent] == 0 || len(seen) != 2 {
		t.Errorf("%v", seen)
	}
	// Silence heals after an hour; an open receipt waits for a command.
	open, silent := 0, 0
	for i := range b.Len() {
		for _, id := range b.Server(i).Register.Active() {
			if id == sim.FaultReceiptOpen {
				open++
			} else {
				silent++
			}
		}
	}
	if open < 15 || silent > 5 {
		t.Errorf("%d with an open receipt, %d silent", open, silent)
	}
}

// call uses the bench's control and reads the answer into out.
func call(t *testing.T, h http.Handler, method, path, body string, out any) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body)))
	if out != nil {
		if err := json.Unmarshal(w.Body.Bytes(), out); err != nil {
			t.Fatalf("%s %s: %v: %s", method, path, err, w.Body)
		}
	}
	return w.Code
}

func control(t *testing.T, b *sim.Bench) http.Handler {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return b.Handler(texts)
}

func TestControl(t *testing.T) {
	t.Parallel()
	b, _ := newBench(t, 3)
	h := control(t, b)
	var s sim.State
	if code := call(t, h, "GET", "/state", "", &s); code != 200 || s.Address != b.Addr(0) || len(s.Faults) != 0 {
		t.Errorf("%d %+v", code, s)
	}
	if code := call(t, h, "POST", "/faults/"+sim.FaultClock, "", &s); code != 200 || !cmp.Equal(s.Faults, []string{sim.FaultClock}) {
		t.Errorf("%d %v", code, s.Faults)
	}
	if code := call(t, h, "POST", "/registers/2/faults/"+sim.FaultUnplugged, "", &s); code != 200 || s.Address != b.Addr(2) {
		t.Errorf("%d %+v", code, s)
	}
	var all []sim.State
	if code := call(t, h, "GET", "/registers", "", &all); code != 200 || len(all) != 3 || len(all[1].Faults) != 0 || len(all[2].Faults) != 1 {
		t.Errorf("%d %v", code, all)
	}
	if code := call(t, h, "DELETE", "/registers/2/faults/"+sim.FaultUnplugged, "", &s); code != 200 || len(s.Faults) != 0 {
		t.Errorf("%d %v", code, s.Faults)
	}
	if code := call(t, h, "DELETE", "/faults/"+sim.FaultClock, "", &s); code != 200 || len(s.Faults) != 0 {
		t.Errorf("%d %v", code, s.Faults)
	}
	if code := call(t, h, "POST", "/clock", `{"set": "2027-01-01T00:00:00+03:00"}`, &s); code != 200 || s.Time.Unix() != time.Date(2026, 12, 31, 21, 0, 0, 0, time.UTC).Unix() {
		t.Errorf("%d %v", code, s.Time)
	}
	if call(t, h, "GET", "/registers/1/state", "", &s); s.Clock.UTC().Year() != 2026 || s.Clock.UTC().Month() != time.December {
		t.Errorf("the clock moved for one register only: %v", s.Clock)
	}
}

func TestControlRefuses(t *testing.T) {
	t.Parallel()
	b, _ := newBench(t, 1)
	h := control(t, b)
	for _, tc := range []struct {
		method, path, body, code string
		status                   int
	}{
		{"POST", "/faults/plague", "", "sim_unknown_fault", 404},
		{"DELETE", "/faults/plague", "", "sim_unknown_fault", 404},
		{"POST", "/registers/7/faults/no-paper", "", "sim_unknown_register", 404},
		{"GET", "/registers/x/state", "", "sim_unknown_register", 404},
		{"POST", "/clock", `{"set": "soon"}`, "sim_bad_clock", 422},
		{"POST", "/clock", ``, "sim_bad_clock", 422},
	} {
		var p struct{ Code, Title string }
		if status := call(t, h, tc.method, tc.path, tc.body, &p); status != tc.status || p.Code != tc.code || p.Title == "" || strings.Contains(p.Title, "«problem") {
			t.Errorf("%s %s: %d %+v", tc.method, tc.path, status, p)
		}
	}
	r := httptest.NewRequestWithContext(t.Context(), "POST", "/faults/no-paper", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	if h.ServeHTTP(w, r); w.Code != http.StatusForbidden || len(b.Server(0).Register.Active()) != 0 {
		t.Errorf("a foreign page was let in: %d", w.Code)
	}
}

func TestPageSaysWhatItIsAndWorks(t *testing.T) {
	t.Parallel()
	b, _ := newBench(t, 60)
	server := httptest.NewServer(control(t, b))
	defer server.Close()
	get := func(path, lang string) (string, http.Header) {
		r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", lang)
		resp, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != 200 {
			t.Fatalf("%s: %d, %v", path, resp.StatusCode, err)
		}
		return string(body), resp.Header
	}
	for lang, notice := range map[string]string{"ru": "испытательный стенд", "de": "Prüfstand", "en": "test bench"} {
		body, head := get("/", lang)
		if !strings.Contains(body, notice) || !strings.Contains(body, `lang="`+lang+`"`) || strings.Contains(body, "«") && lang == "en" {
			t.Errorf("%s: %s", lang, body[:400])
		}
		if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(body, "<script") || strings.Contains(body, "style=") {
			t.Errorf("%s: policy %q", lang, csp)
		}
	}
	if css, _ := get("/style.css", "en"); !strings.Contains(css, "prefers-color-scheme: dark") {
		t.Error("no dark look")
	}
	form := url.Values{"fault": {sim.FaultNoPaper}}
	post := func(path string) string {
		resp, err := server.Client().PostForm(server.URL+path, form)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		body, _ := io.ReadAll(resp.Body)
		return resp.Request.URL.RequestURI() + "\n" + string(body)
	}
	after := post("/registers/55/inject")
	if !strings.HasPrefix(after, "/?page=1\n") || !strings.Contains(after, `action="/registers/55/mend"`) || !cmp.Equal(b.Server(55).Register.Active(), []string{sim.FaultNoPaper}) {
		t.Errorf("after injecting: %.200s", after)
	}
	if after = post("/registers/55/mend"); strings.Contains(after, `action="/registers/55/mend"`) {
		t.Error("after mending the button is still there")
	}
}
