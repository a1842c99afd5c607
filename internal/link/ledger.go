package link

import (
	"cmp"
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/wire"
)

// hello is what an agent said of itself, cleaned.
type hello struct {
	wire.Hello
	remote string
	at     time.Time
	skew   int64 // agent's clock minus ours, ms
	config int64
}

func newHello(h wire.Hello, remote string, at time.Time) hello {
	h.Build, h.OS, h.Arch, h.Host = clean(h.Build, maxText), clean(h.OS, maxText), clean(h.Arch, maxText), clean(h.Host, maxText)
	h.Sig = nil
	out := hello{Hello: h, remote: clean(remote, maxText), at: at}
	if h.Now != 0 && sane(h.Now) {
		out.skew = h.Now - at.UnixMilli()
	}
	return out
}

// ledger gathers what is worth keeping but not worth a transaction each:
// hellos (after a restart all agents come at once) and notes (a bad agent
// makes thousands). One goroutine writes them together every few seconds, so
// the disk's work is bounded by the agents and the codes, not by the messages.
type ledger struct {
	db  *db.DB
	log *slog.Logger

	mu     sync.Mutex
	hellos map[string]pendingHello
	notes  map[noteKey]Note
}

type pendingHello struct {
	agent Agent
	hello hello
}

type noteKey struct {
	agent Agent
	code  string
}

// maxPendingNotes bounds the memory between two flushes; what is above it is
// only counted.
const maxPendingNotes = 20_000

func newLedger(d *db.DB, log *slog.Logger) *ledger {
	return &ledger{db: d, log: log, hellos: map[string]pendingHello{}, notes: map[noteKey]Note{}}
}

func (l *ledger) hello(a Agent, h hello) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hellos[a.ID] = pendingHello{agent: a, hello: h}
}

func (l *ledger) note(a Agent, code, detail string, n int64, at time.Time) {
	key := noteKey{agent: a, code: code}
	l.mu.Lock()
	defer l.mu.Unlock()
	note, known := l.notes[key]
	if !known {
		if len(l.notes) >= maxPendingNotes {
			return
		}
		note = Note{Code: code, First: at}
	}
	note.Detail, note.LastAt, note.Count = clean(detail, maxDetail), at, note.Count+n
	l.notes[key] = note
}

// run writes every interval until ctx ends, and once more then.
func (l *ledger) run(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			l.flush(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			l.flush(last)
			return
		}
	}
}

// perFlush bounds one transaction, so that reports do not wait behind it.
const perFlush = 500

// flush writes what is pending. What fails to be written is logged and let
// go: it is of use only while it is fresh.
func (l *ledger) flush(ctx context.Context) {
	hellos, notes := l.take()
	for len(hellos) > 0 || len(notes) > 0 {
		h, n := hellos[:min(perFlush, len(hellos))], notes[:min(perFlush, len(notes))]
		hellos, notes = hellos[len(h):], notes[len(n):]
		if err := l.db.Write(ctx, func(tx *db.Tx) error { return save(ctx, tx, h, n) }); err != nil {
			l.log.ErrorContext(ctx, "link: what agents said of themselves could not be kept", "error", err)
			return
		}
	}
}

type keyedNote struct {
	agent Agent
	note  Note
}

func (l *ledger) take() (hellos []pendingHello, notes []keyedNote) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range l.hellos {
		hellos = append(hellos, h)
	}
	for k, n := range l.notes {
		notes = append(notes, keyedNote{agent: k.agent, note: n})
	}
	clear(l.hellos)
	clear(l.notes)
	// In one order everywhere, so that two nodes do not wait for each other's rows.
	slices.SortFunc(hellos, func(a, b pendingHello) int { return cmp.Compare(a.agent.ID, b.agent.ID) })
	slices.SortFunc(notes, func(a, b keyedNote) int {
		return cmp.Or(cmp.Compare(a.agent.ID, b.agent.ID), cmp.Compare(a.note.Code, b.note.Code))
	})
	return hellos, notes
}

func save(ctx context.Context, tx *db.Tx, hellos []pendingHello, notes []keyedNote) error {
	var s store
	for _, h := range hellos {
		if err := s.saveHello(ctx, tx, h.agent.Scope(), h.agent.ID, h.hello); err != nil {
			return err
		}
	}
	touched := map[string]Agent{}
	for _, n := range notes {
		if err := s.addNote(ctx, tx, n.agent.Scope(), n.agent.ID, n.note); err != nil {
			return err
		}
		touched[n.agent.ID] = n.agent
	}
	for _, id := range slices.Sorted(maps.Keys(touched)) {
		if err := s.trimNotes(ctx, tx, touched[id].Scope(), id); err != nil {
			return err
		}
	}
	return nil
}
