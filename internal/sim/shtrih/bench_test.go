package shtrih_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/shtrih"
)

// tape is a line on which everything comes at once and then ends.
type tape struct{ in []byte }

func (l *tape) Read(b []byte) (int, error) {
	if len(l.in) == 0 {
		return 0, io.EOF
	}
	n := copy(b, l.in)
	l.in = l.in[n:]
	return n, nil
}

func (l *tape) Write(b []byte) (int, error)     { return len(b), nil }
func (l *tape) Close() error                    { return nil }
func (l *tape) SetReadDeadline(time.Time) error { return nil }

func many(n int, clk clock.Clock) *sim.Bench {
	return sim.NewBench(sim.BenchOptions{Count: n, Listen: "127.0.0.1:0", Machine: func(i int) sim.Machine {
		return shtrih.New(shtrih.Options{Seed: uint64(i), Clock: clk, Location: moscow})
	}})
}

func TestTheControlPageAndItsAPI(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	b := many(3, clock.NewManual(began))
	srv := httptest.NewServer(b.Handler(texts))
	t.Cleanup(srv.Close)
	call := func(method, path, body string, into any) int {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, srv.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		all, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		switch v := into.(type) {
		case *string:
			*v = string(all)
		default:
			err = json.Unmarshal(all, into)
		}
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	var list []struct{ ID string }
	if call(http.MethodGet, "/faults", "", &list); len(list) != len(shtrih.Faults()) {
		t.Errorf("%d faults", len(list))
	}
	var st sim.State
	call(http.MethodPost, "/registers/2/faults/"+shtrih.FaultCover, "", &st)
	if st.Protocol != shtrih.Name || !reflect.DeepEqual(st.Faults, []string{shtrih.FaultCover}) || st.Submode != 1 || st.Mode != 4 {
		t.Errorf("%+v", st)
	}
	call(http.MethodPost, "/clock", `{"set":"2026-05-01T10:00:00+03:00"}`, &st)
	if want := time.Date(2026, 5, 1, 7, 0, 0, 0, time.UTC); !st.Clock.Equal(want) || !b.Server(2).Machine.State().Time.Equal(want) {
		t.Errorf("%v", st.Clock)
	}
	if code := call(http.MethodPost, "/faults/evotor-protection-code", "", &st); code != http.StatusNotFound {
		t.Errorf("%d", code) // another kind's
	}
	var page string
	call(http.MethodGet, "/", "", &page)
	for _, want := range []string{b.Server(1).Machine.State().Serial, "cover is open", "test bench", shtrih.FaultNAKStorm} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, f := range shtrih.Faults() {
		for _, lang := range []i18n.Lang{i18n.RU, i18n.DE, i18n.EN} {
			if texts.For(lang).Or("sim.fault."+f.ID, "") == "" {
				t.Errorf("%s has no name in %s", f.ID, lang)
			}
		}
	}
}

// TestAWeekOfLife: the same seed gives the same life; receipts are made,
// shifts change, documents are sent.
func TestAWeekOfLife(t *testing.T) {
	t.Parallel()
	live := func(seed uint64) (out []sim.State) {
		clk := clock.NewManual(began)
		b := many(4, clk)
		ills := map[string]float64{}
		for _, f := range b.Faults() {
			ills[f.ID] = 0.02
		}
		l := sim.NewLife(b, sim.Habits{SalesPerHour: 6, Opens: 8, Closes: 22, HealAfter: time.Hour, FaultsPerDay: ills}, seed)
		for range 7 * 24 * 4 {
			clk.Advance(15 * time.Minute)
			l.Step(15 * time.Minute)
		}
		for i := range b.Len() {
			out = append(out, b.Server(i).Machine.State())
		}
		return out
	}
	one := live(1)
	if !reflect.DeepEqual(one, live(1)) {
		t.Error("the same seed gave another life")
	}
	if reflect.DeepEqual(one, live(2)) {
		t.Error("another seed gave the same life")
	}
	sold, closed := int64(0), int64(0)
	for i := range one {
		s := many(4, clock.NewManual(began)).Server(i).Machine.State()
		sold += one[i].FN.Receipts - s.FN.Receipts
		closed += one[i].Shift.Number - s.Shift.Number
	}
	if sold < 400 || closed < 8 {
		t.Errorf("%d receipts, %d shifts in four weeks of shops", sold, closed)
	}
}

func TestOnASerialLine(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("pseudo terminals are tested on Linux")
	}
	name := filepath.Join(t.TempDir(), "ttyKKT")
	s := &sim.Server{Machine: shtrih.New(shtrih.Options{})}
	if err := s.StartPTY(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	line, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = line.Close() }()
	for request, reply := range map[string]string{"02 05 89 1E 00 00 00 92": "06 02 02 89 55 DE", "8F 00 00 0F 1D": "8F 02 00 01 00 99 5A"} {
		if _, err := line.Write(raw(t, request)); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(raw(t, reply)))
		if _, err := io.ReadFull(line, got); err != nil || !like(reply, got) {
			t.Errorf("% X, %v", got, err)
		}
	}
}

// TestHundredsInOneProcess: two hundred registers on their ports take little
// memory each.
func TestHundredsInOneProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("measures memory")
	}
	const n = 200
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	b := many(n, clock.System{})
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Stop)
	runtime.GC()
	runtime.ReadMemStats(&after)
	if each := int64(after.HeapAlloc-before.HeapAlloc) / n; each > 64<<10 {
		t.Errorf("%d KB each", each>>10)
	} else {
		t.Logf("%d KB each", each>>10)
	}
}

// BenchmarkReading is a reading's commands over local TCP in both framings.
func BenchmarkReading(b *testing.B) {
	s := put(b, shtrih.Options{Seed: 1})
	asked := []string{shortState, "11 1E 00 00 00", fnStatus, "FF 03 1E 00 00 00", "FF 39 1E 00 00 00", "FF 40 1E 00 00 00"}
	for name, ask := range map[string]func(c *client, i int, m string) []byte{
		"v1": func(c *client, _ int, m string) []byte { return c.v1(m) },
		"v2": func(c *client, i int, m string) []byte { return c.v2(i, m) },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c := s.dial(b)
				for i, m := range asked {
					ask(c, i, m)
				}
				_ = c.conn.Close()
			}
		})
	}
}
