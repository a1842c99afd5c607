package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/agent/journal"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

var now = time.Date(2026, 11, 3, 10, 0, 0, 0, time.UTC)

func open(t interface{ Fatal(...any) }, dir string, at time.Time) *journal.Journal {
	j, err := journal.Open(dir, at)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func command(id string) wire.Command {
	return wire.Command{ID: id, Device: "d", Procedure: kkt.Procedure{Name: kkt.ProcCancel}, Deadline: 1}
}

func done(id string) wire.Result { return wire.Result{ID: id, State: wire.ResultDone, At: 7} }

func TestStepsInOrder(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir(), now)
	if fresh, known, err := j.Take(command("a"), now); !fresh || known != nil || err != nil {
		t.Fatal(fresh, known, err)
	}
	if fresh, known, err := j.Take(command("a"), now); fresh || known != nil || err != nil {
		t.Fatalf("the same once more: %v %v %v", fresh, known, err)
	}
	if err := j.Begin("a", now); err != nil {
		t.Fatal(err)
	}
	if err := j.Begin("a", now); !errors.Is(err, journal.ErrState) {
		t.Fatalf("begun twice: %v", err)
	}
	if err := j.End(done("a"), now); err != nil {
		t.Fatal(err)
	}
	if err := j.End(done("a"), now); !errors.Is(err, journal.ErrState) {
		t.Fatalf("ended twice: %v", err)
	}
	if fresh, known, _ := j.Take(command("a"), now); fresh || known == nil || known.State != wire.ResultDone {
		t.Fatalf("a late delivery: %v %+v", fresh, known)
	}
	if got := j.Unanswered(); len(got) != 1 || got[0].ID != "a" {
		t.Fatal(got)
	}
	_ = j.Acked("a", now)
	_ = j.Acked("nobody", now)
	if got := j.Unanswered(); len(got) != 0 {
		t.Fatal(got)
	}
	if fresh, known, _ := j.Take(command("a"), now); fresh || known == nil {
		t.Fatalf("a delivery after the acknowledgement: %v %+v", fresh, known)
	}
}

// TestAtMostOnceOverACrashAtEveryByte cuts the journal at every offset and
// checks what the next life may do with the command.
func TestAtMostOnceOverACrashAtEveryByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, now)
	file := filepath.Join(dir, "journal.log")
	size := func() int64 {
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	steps := []func() error{
		func() error { _, _, err := j.Take(command("a"), now); return err },
		func() error { return j.Begin("a", now) },
		func() error { return j.End(done("a"), now) },
		func() error { return j.Acked("a", now) },
	}
	var ends []int64
	for _, step := range steps {
		if err := step(); err != nil {
			t.Fatal(err)
		}
		ends = append(ends, size())
	}
	whole, _ := os.ReadFile(file)
	for cut := range int64(len(whole)) + 1 {
		next := filepath.Join(t.TempDir(), fmt.Sprint(cut))
		_ = os.MkdirAll(next, 0o700)
		_ = os.WriteFile(filepath.Join(next, "journal.log"), whole[:cut], 0o600)
		again := open(t, next, now)
		state := func() string {
			waiting, results := again.Waiting(), again.Unanswered()
			_, known, _ := again.Take(command("a"), now)
			switch {
			case len(waiting) == 1 && len(results) == 0 && known == nil:
				return "waiting"
			case len(waiting) == 0 && len(results) == 1:
				return results[0].State + " " + results[0].Code
			case known != nil:
				return "answered " + known.State
			default:
				return "new"
			}
		}()
		want := "new"
		for i, name := range []string{"waiting", "unknown agent_restarted", "done ", "answered done"} {
			if cut >= ends[i] {
				want = name
			}
		}
		if state != want {
			t.Fatalf("cut at %d of %v: %s, want %s", cut, ends, state, want)
		}
		if err := again.Begin("a", now); (err == nil) != (want == "waiting" || want == "new") {
			t.Fatalf("cut at %d (%s): begin says %v", cut, want, err)
		}
		_ = again.Close()
	}
}

// TestNeverBegunTwice runs commands through crashes at random and counts.
func TestNeverBegunTwice(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp(base, "j")
		if err != nil {
			t.Fatal(err)
		}
		j := open(t, dir, now)
		begun, results := map[string]int{}, map[string]string{}
		id := rapid.SampledFrom([]string{"a", "b", "c"})
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) { _, _, _ = j.Take(command(id.Draw(t, "id")), now) },
			"begin": func(t *rapid.T) {
				c := id.Draw(t, "id")
				if j.Begin(c, now) == nil {
					begun[c]++
				}
				if begun[c] > 1 {
					t.Fatalf("%s begun %d times", c, begun[c])
				}
			},
			"end":   func(t *rapid.T) { _ = j.End(done(id.Draw(t, "id")), now) },
			"acked": func(t *rapid.T) { _ = j.Acked(id.Draw(t, "id"), now) },
			"crash": func(t *rapid.T) {
				_ = j.Close()
				j = open(t, dir, now)
			},
			"": func(t *rapid.T) {
				for _, r := range j.Unanswered() {
					if was, ok := results[r.ID]; ok && was != r.State {
						t.Fatalf("%s was %s and is %s", r.ID, was, r.State)
					}
					results[r.ID] = r.State
				}
			},
		})
		_ = j.Close()
		_ = os.RemoveAll(dir)
	})
}

func TestOldOnesAreForgottenAndTheFileStaysSmall(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, now)
	for i := range 300 {
		id := fmt.Sprint(i)
		c := command(id)
		c.Procedure.Raw = []byte(strings.Repeat("x", 20_000))
		at := now.Add(time.Duration(i) * time.Hour * 24)
		_, _, err := j.Take(c, at)
		err = errors.Join(err, j.Begin(id, at), j.End(done(id), at), j.Acked(id, at))
		if err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "journal.log"))
	if err != nil || info.Size() > 4<<20 {
		t.Fatalf("%v, %v", info.Size(), err)
	}
	last := now.Add(299 * 24 * time.Hour)
	if fresh, _, _ := j.Take(command("299"), last); fresh {
		t.Error("the newest is forgotten")
	}
	_ = j.Close()
	j = open(t, dir, last)
	if fresh, _, _ := j.Take(command("0"), last); !fresh {
		t.Error("one of long ago is still held")
	}
}

func TestWhatCannotBeWrittenIsNotRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir, now)
	if _, _, err := j.Take(command("a"), now); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	if err := os.RemoveAll(dir); err != nil { // the disk is gone
		t.Fatal(err)
	}
	if _, _, err := j.Take(command("b"), now); !errors.Is(err, journal.ErrDisk) {
		t.Fatalf("take: %v", err)
	}
	if err := j.Begin("a", now); !errors.Is(err, journal.ErrDisk) {
		t.Fatalf("begin: %v", err)
	}
	if err := j.End(done("a"), now); !errors.Is(err, journal.ErrDisk) {
		t.Fatalf("end: %v", err)
	}
	if got := j.Unanswered(); len(got) != 1 || got[0].State != wire.ResultDone {
		t.Fatalf("the result is told all the same: %v", got)
	}
}
