package fptr_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	sim "github.com/tillwright/tillwright/internal/sim/fptr"
)

// TestATaskIsCarriedOutOnceWhateverHappensToTheAnswers closes a shift under
// every noise and wants the truth: done and once, or certainly not done.
func TestATaskIsCarriedOutOnceWhateverHappensToTheAnswers(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		spoil func() spoiler
		done  bool
	}{
		"the posting's answer is lost":             {spoiling(1, http.MethodPost, cutAfter), true},
		"the posting itself is lost":               {spoiling(1, http.MethodPost, cutBefore), false},
		"the posting fails and was taken":          {spoiling(1, http.MethodPost, failingAfter), true},
		"the posting fails and was not taken":      {spoiling(1, http.MethodPost, failing), false},
		"the posting and its claim are lost":       {spoiling(2, http.MethodPost, cutBefore), false},
		"the posting's answer and three questions": {both(spoiling(1, http.MethodPost, cutAfter), spoiling(3, http.MethodGet, cutBefore)), true},
		"the posting's answer comes twice":         {spoiling(1, http.MethodPost, doubled), true},
		"results come twice":                       {spoiling(2, http.MethodGet, doubled), true},
		"results are broken off":                   {spoiling(3, http.MethodGet, halved), true},
		"questions fail":                           {spoiling(5, http.MethodGet, failing), true},
		"questions are cut off":                    {spoiling(5, http.MethodGet, cutAfter), true},
	}
	for name, c := range cases {
		for _, old := range []bool{false, true} {
			t.Run(name+map[bool]string{true: ", v1", false: ", v2"}[old], func(t *testing.T) {
				t.Parallel()
				n := &noise{}
				s, clk := bench(t, sim.Options{Seed: 11, OldAPI: old, Wrap: n.wrap})
				if err := s.Inject(sim.FaultShiftOver); err != nil {
					t.Fatal(err)
				}
				d := dial(t, s, clk)
				n.set(c.spoil())
				x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift})
				if c.done != (err == nil) {
					t.Fatalf("done %v, yet %v; %d carried out, %d postings, %+v", c.done, err, s.Register.Executed("closeShift"), len(n.posted), x)
				}
				if errors.Is(err, kkt.ErrUnknownOutcome) {
					t.Errorf("the service could tell: %v", err)
				}
				if got := s.Register.Executed("closeShift"); got != map[bool]int{true: 1, false: 0}[c.done] {
					t.Errorf("carried out %d times", got)
				}
				if c.done && (len(x) != 1 || x[0].Failure != "" || len(x[0].Got) == 0) {
					t.Errorf("%+v", x)
				}
				for _, uuid := range n.posted {
					if uuid != n.posted[0] {
						t.Errorf("posted under several UUIDs: %v", n.posted)
					}
				}
			})
		}
	}
}

// TestALostPostingThatArrivesLateIsRefused is the case that asking alone
// cannot tell: the service says it has no such task, and then it comes.
func TestALostPostingThatArrivesLateIsRefused(t *testing.T) {
	t.Parallel()
	n := &noise{}
	s, clk := bench(t, sim.Options{Seed: 12, Wrap: n.wrap})
	if err := s.Inject(sim.FaultShiftOver); err != nil {
		t.Fatal(err)
	}
	d := dial(t, s, clk)
	late := make(chan *http.Request, 1)
	n.set(times(1, http.MethodPost, func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		late <- r.Clone(context.Background())
		cut(w)
	}))
	if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift}); !errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, kkt.ErrUnknownOutcome) {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	n.next.ServeHTTP(w, <-late)
	if w.Code != http.StatusConflict {
		t.Errorf("the late posting was answered %d", w.Code)
	}
	if got := s.Register.Executed("closeShift"); got != 0 {
		t.Errorf("said to be not done, yet carried out %d times", got)
	}
}

// TestAServiceThatLosesItsMemory: a program that imitates the maker's made the
// receipt, died before it answered and remembers nothing. It says that it
// never got the task; the drive's number tells that something was made.
func TestAServiceThatLosesItsMemory(t *testing.T) {
	t.Parallel()
	for name, elsewhere := range map[string]bool{"and made the receipt": true, "and made nothing": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &noise{}
			s, clk := bench(t, sim.Options{Seed: 18, Wrap: n.wrap})
			d := dial(t, s, clk)
			uuid := ids.New()
			n.set(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				body, _ := io.ReadAll(r.Body)
				r.Body = io.NopCloser(strings.NewReader(string(body)))
				if !strings.Contains(string(body), uuid) || !strings.Contains(string(body), "sellCorrection") {
					return false
				}
				if elsewhere {
					var in struct{ Request []json.RawMessage }
					if err := json.Unmarshal(body, &in); err != nil {
						t.Error(err)
						return false
					}
					s.Register.Execute(in.Request[0])
				}
				cut(w)
				return true
			})
			_, err := d.Correct(t.Context(), uuid, outage(), noon)
			if !errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, kkt.ErrUnknownOutcome) != elsewhere {
				t.Error(err)
			}
			if _, err := d.Correct(t.Context(), uuid, outage(), noon); !errors.Is(err, fptr.ErrSpent) {
				t.Errorf("the UUID is spent, yet %v", err)
			}
		})
	}
}

// TestAServiceThatDiesInTheMiddle dies before or after the register has made
// the document, and is started anew.
func TestAServiceThatDiesInTheMiddle(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before the document": false, "after the document": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s *sim.Server
			var once sync.Once
			die := func(_, kind string) {
				if kind == "closeShift" {
					once.Do(func() {
						if err := s.Restart(); err != nil {
							t.Error(err)
						}
					})
				}
			}
			opt := sim.Options{Seed: 13, Before: die}
			if after {
				opt = sim.Options{Seed: 13, After: die}
			}
			s, clk := benchAt(t, opt, &s)
			if err := s.Inject(sim.FaultShiftOver); err != nil {
				t.Fatal(err)
			}
			_, err := dial(t, s, clk).Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift})
			if after && err != nil || !after && !errors.Is(err, kkt.ErrNoAnswer) {
				t.Error(err)
			}
			if got := s.Register.Executed("closeShift"); got != map[bool]int{true: 1, false: 0}[after] {
				t.Errorf("carried out %d times", got)
			}
		})
	}
}

// TestADocumentThatTheServiceLostSightOf: the link to the register goes in the
// middle of a receipt. While the service does not know, neither do we; Lookup
// knows as soon as it does.
func TestADocumentThatTheServiceLostSightOf(t *testing.T) {
	t.Parallel()
	for id, made := range map[string]bool{sim.FaultLostAfter: true, sim.FaultLostBefore: false} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			s, clk := bench(t, sim.Options{Seed: 14})
			timing := quick()
			timing.Limit = 100 * time.Millisecond
			d := dialWith(t, s, fptr.Protocol{Clock: clk, Location: moscow(t), Timing: timing}, "")
			if err := s.Inject(id); err != nil {
				t.Fatal(err)
			}
			uuid := ids.New()
			_, err := d.Correct(t.Context(), uuid, outage(), noon)
			if !errors.Is(err, kkt.ErrUnknownOutcome) {
				t.Fatal(err)
			}
			if o, err := d.Lookup(t.Context(), uuid); err != nil || o.Status != fptr.StatusBlocked || o.Final() {
				t.Errorf("%+v, %v", o, err)
			}
			if _, err := d.Read(within(t, time.Second), clk.Now); !errors.Is(err, kkt.ErrNoAnswer) {
				t.Errorf("a reading behind a queue that stands still: %v", err)
			}
			if err := s.Clear(id); err != nil {
				t.Fatal(err)
			}
			o := settled(t, d, uuid)
			if o.Made != made || made && o.Fiscal.Document != s.State().FN.LastDocument || !made && o.Code != fptr.CodeNoConnection {
				t.Errorf("%+v", o)
			}
			if got := s.Register.Executed("sellCorrection"); got != map[bool]int{true: 1, false: 0}[made] {
				t.Errorf("carried out %d times", got)
			}
		})
	}
}

// settled asks until the outcome is final.
func settled(t *testing.T, d *fptr.Driver, uuid string) fptr.Outcome {
	t.Helper()
	ctx := within(t, 5*time.Second)
	for {
		o, err := d.Lookup(ctx, uuid)
		if err != nil {
			t.Fatal(err)
		}
		if o.Final() {
			return o
		}
	}
}

// TestATaskThatDoesNotBeginIsTakenBack: the service cannot open the port; what
// waits must not run when somebody plugs the register in an hour later.
func TestATaskThatDoesNotBeginIsTakenBack(t *testing.T) {
	t.Parallel()
	s, clk := bench(t, sim.Options{Seed: 15})
	timing := quick()
	timing.Limit = 50 * time.Millisecond
	d := dialWith(t, s, fptr.Protocol{Clock: clk, Timing: timing}, "")
	if err := s.Inject(sim.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	_, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcOFDTest})
	if !errors.Is(err, kkt.ErrNoAnswer) || errors.Is(err, kkt.ErrUnknownOutcome) {
		t.Fatal(err)
	}
	if err := s.Clear(sim.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read(within(t, 2*time.Second), clk.Now); err != nil {
		t.Fatal(err)
	}
	if got := s.Register.Executed("reportOfdExchangeStatus"); got != 0 {
		t.Errorf("taken back, yet carried out %d times", got)
	}
}

// TestAServiceThatIsGoneForGood leaves the outcome unknown, and says so.
func TestAServiceThatIsGoneForGood(t *testing.T) {
	t.Parallel()
	n := &noise{}
	s, clk := bench(t, sim.Options{Seed: 16, Wrap: n.wrap})
	timing := quick()
	timing.Limit = 50 * time.Millisecond
	d := dialWith(t, s, fptr.Protocol{Clock: clk, Timing: timing}, "")
	posted := false
	n.set(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		if r.Method == http.MethodPost && !posted {
			posted = true
			cutAfter(w, r, next)
			return true
		}
		cut(w)
		return true
	})
	x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcContinue})
	if !errors.Is(err, kkt.ErrUnknownOutcome) || len(x) != 1 || x[0].Failure != "outcome_unknown" {
		t.Errorf("%v, %+v", err, x)
	}
}

// TestAReadingUnderNoise either reads or says why not, and never gives half.
func TestAReadingUnderNoise(t *testing.T) {
	t.Parallel()
	var spoilt *kkt.GarbageError
	cases := map[string]struct {
		spoil func(http.ResponseWriter, *http.Request, http.Handler) bool
		good  bool
	}{
		"one lost answer":      {times(1, http.MethodPost, cutAfter), true},
		"two broken results":   {times(2, http.MethodGet, halved), true},
		"nothing but halves":   {times(99, http.MethodGet, halved), false},
		"nothing but failures": {times(99, http.MethodGet, failing), false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &noise{}
			s, clk := bench(t, sim.Options{Seed: 17, Wrap: n.wrap})
			d := dial(t, s, clk)
			n.set(c.spoil)
			_, err := d.Read(within(t, 2*time.Second), clk.Now)
			if c.good != (err == nil) || err != nil && !errors.Is(err, kkt.ErrNoAnswer) && !errors.As(err, &spoilt) {
				t.Error(err)
			}
		})
	}
}
