package agent_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/agent/journal"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func cancelReceipt(id, dev string, within time.Duration) wire.Message {
	return wire.Message{Type: wire.TypeCommand, Command: &wire.Command{
		ID: id, Device: dev, Procedure: kkt.Procedure{Name: kkt.ProcCancel}, Deadline: time.Now().Add(within).UnixMilli(),
	}}
}

// TestARegisterFallsIllIsSeenAndMended is the spine, seen from the agent.
func TestARegisterFallsIllIsSeenAndMended(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 1, Heartbeat: 1000, Slot: 300, Devices: []wire.Device{device("d1")}}
	start(t, enrolled(t, h), r)
	h.until("a first full report", func() bool {
		return len(h.reports) > 0 && slices.ContainsFunc(h.reports, func(r wire.Report) bool { return r.Device == "d1" && r.Full })
	})
	r.put(signal.ReceiptOpen, signal.BoolOf(true))
	h.until("the open receipt", func() bool {
		return h.last("d1", signal.ReceiptOpen).Bool() && h.last("d1", signal.ReceiptSince).Known()
	})
	h.tell(cancelReceipt("c1", "d1", time.Minute))
	h.until("taken, done, and well again", func() bool {
		return slices.Equal(h.taken, []string{"c1"}) && len(h.results) > 0 && h.results[0].State == wire.ResultDone &&
			len(h.results[0].Exchanges) == 1 && !h.last("d1", signal.ReceiptOpen).Bool()
	})
	h.tell(cancelReceipt("c1", "d1", time.Minute)) // told twice
	h.until("the known result", func() bool { return len(h.taken) == 2 && len(h.results) >= 2 })
	if len(r.did) != 1 {
		t.Errorf("carried out %d times", len(r.did))
	}
	h.until("a heartbeat of agent and device", func() bool {
		own := slices.ContainsFunc(h.reports, func(r wire.Report) bool { return r.Device == "" && len(r.Values) == 0 })
		dev := slices.ContainsFunc(h.reports, func(r wire.Report) bool { return r.Device == "d1" && len(r.Values) == 0 && !r.Full })
		return own && dev
	})
}

// TestTheServerIsAwayAndNothingIsLost: the agent goes on alone, is even
// started anew, and everything it saw comes in its order.
func TestTheServerIsAwayAndNothingIsLost(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 1, Devices: []wire.Device{device("d1")}}
	dir := enrolled(t, h)
	stop := start(t, dir, r)
	h.until("a first full report", func() bool { return h.last("d1", signal.Serial).Known() })
	h.leave()
	see := func(from, to int64) {
		for n := from; n <= to; n++ {
			r.put(signal.Unsent, signal.IntOf(n))
			r.readings(t, 3) // one of them began after the change
		}
	}
	see(1, 5)
	if err := stop(); err != nil {
		t.Fatalf("stop: %v", err)
	}
	stop = start(t, dir, r) // by the configuration it remembers
	see(6, 10)
	h.comeBack()
	h.until("the last of it", func() bool { return h.last("d1", signal.Unsent).Int() == 10 })
	_ = stop()
	h.mu.Lock()
	defer h.mu.Unlock()
	var unsent []int64
	for i, rep := range h.reports {
		if rep.Seq != int64(i+1) {
			t.Fatalf("number %d at place %d", rep.Seq, i)
		}
		s := signal.Of(rep.Values...)
		if v := s.Get(signal.Unsent); v.Known() && (len(unsent) == 0 || unsent[len(unsent)-1] != v.Int()) {
			unsent = append(unsent, v.Int())
		}
	}
	if !slices.Equal(unsent, []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}) {
		t.Errorf("saw %v", unsent)
	}
}

// TestTheBufferIsBoundedAndSaysSo: however long the server is away, the reports
// take no more of the shop's disk than they may; how many were dropped is told,
// and then everything anew.
func TestTheBufferIsBoundedAndSaysSo(t *testing.T) {
	t.Parallel()
	const most = 16 << 10
	h, r := newHub(t), newTill()
	r.busy = true
	h.config = wire.Config{Version: 1}
	for i := range 20 {
		h.config.Devices = append(h.config.Devices, device(fmt.Sprintf("d%02d", i)))
	}
	dir := enrolled(t, h)
	startAs(t, agent.Config{Data: dir, Build: "test", MaxBytes: most}, r)
	h.until("the first reports", func() bool { return len(h.reports) > 40 })
	h.leave()
	for range 40 {
		r.readings(t, 10)
		if n := bytesIn(t, filepath.Join(dir, "spool")); n > most+most/2 { // the segment being written may stand above it
			t.Fatalf("%d bytes of reports on disk, at most %d wanted", n, most)
		}
	}
	h.mu.Lock()
	told := len(h.reports)
	h.mu.Unlock()
	h.comeBack()
	h.until("the loss, and then everything anew", func() bool {
		return h.lost > 0 && slices.ContainsFunc(h.reports[told:], func(r wire.Report) bool { return r.Full })
	})
}

func bytesIn(t *testing.T, dir string) (n int64) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it has just been dropped
			n += info.Size()
		}
	}
	return n
}

func TestCommandsThatAreNotCarriedOut(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 1, Devices: []wire.Device{device("d1")}}
	start(t, enrolled(t, h), r)
	h.until("a report", func() bool { return len(h.reports) > 0 })
	h.tell(cancelReceipt("late", "d1", -time.Minute))
	h.tell(cancelReceipt("lost", "elsewhere", time.Minute))
	h.tell(cancelReceipt("", "d1", time.Minute))
	result := func(id string) string {
		for _, res := range h.results {
			if res.ID == id {
				return res.State + " " + res.Code
			}
		}
		return ""
	}
	h.until("their results", func() bool {
		return result("late") == "expired deadline_passed" && result("lost") == "failed unknown_device" && slices.Contains(h.problem, agent.CodeNoID)
	})
	if len(r.did) != 0 {
		t.Errorf("the register did %v", r.did)
	}
}

func TestACommandCutByACrashIsUnknownAndOneNotBegunIsRun(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 1, Devices: []wire.Device{device("d1")}}
	dir := enrolled(t, h)
	j, err := journal.Open(dir+"/journal", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = j.Take(*cancelReceipt("cut", "d1", time.Hour).Command, time.Now())
	err = errors.Join(err, j.Begin("cut", time.Now()))
	_, _, err2 := j.Take(*cancelReceipt("waiting", "d1", time.Hour).Command, time.Now())
	if err = errors.Join(err, err2, j.Close()); err != nil {
		t.Fatal(err)
	}
	start(t, dir, r)
	h.until("both results", func() bool {
		states := map[string]string{}
		for _, res := range h.results {
			states[res.ID] = res.State + " " + res.Code
		}
		return states["cut"] == "unknown agent_restarted" && states["waiting"] == "done "
	})
	if len(r.did) != 1 {
		t.Errorf("the register did %v", r.did)
	}
}

func TestConfigurationChangesWhileRunning(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 5, Devices: []wire.Device{device("d1")}}
	start(t, enrolled(t, h), r)
	h.until("d1", func() bool { return h.last("d1", signal.Serial).Known() })
	h.tell(wire.Message{Type: wire.TypeConfig, Config: &wire.Config{Version: 4}}) // an old one, late on its way
	h.tell(wire.Message{Type: wire.TypeConfig, Config: &wire.Config{Version: 6, Devices: []wire.Device{device("d1"), device("d2")}}})
	h.until("d2", func() bool { return h.last("d2", signal.Serial).Known() })
	r.put(signal.Unsent, signal.IntOf(1))
	h.until("d1 is still read", func() bool { return h.last("d1", signal.Unsent).Int() == 1 })
}

func TestTheFolderBelongsToOne(t *testing.T) {
	t.Parallel()
	h := newHub(t)
	dir := enrolled(t, h)
	stop := start(t, dir, newTill())
	h.until("connected", func() bool { return h.send != nil })
	second := agent.New(agent.Config{Data: dir}, agent.Deps{})
	if err := second.Run(context.Background()); !errors.Is(err, folder.ErrHeld) {
		t.Fatalf("second: %v", err)
	}
	if err := stop(); err != nil {
		t.Fatal(err)
	}
}

func TestWithoutAnIdentity(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := agent.New(agent.Config{Data: dir}, agent.Deps{}).Run(t.Context()); !errors.Is(err, identity.ErrMissing) {
		t.Fatal(err)
	}
	f, err := folder.Open(dir) // let go all the same
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

func TestAStopIsQuickThoughARegisterTalks(t *testing.T) {
	t.Parallel()
	h, r := newHub(t), newTill()
	h.config = wire.Config{Version: 1, Devices: []wire.Device{device("d1")}}
	stop := start(t, enrolled(t, h), r)
	h.until("a report", func() bool { return len(h.reports) > 0 })
	r.mu.Lock()
	r.hold = make(chan struct{}) // never
	r.mu.Unlock()
	h.tell(cancelReceipt("c1", "d1", time.Minute))
	h.until("taken", func() bool { return len(h.taken) == 1 })
	began := time.Now()
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d > 2500*time.Millisecond {
		t.Errorf("the stop took %s", d)
	}
}
