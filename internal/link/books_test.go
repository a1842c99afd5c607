package link_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// books keeps what it is told and answers what it is told to.
type books struct {
	mu   sync.Mutex
	told []wire.Sold
	by   []link.Agent
	err  error
}

func (b *books) Sold(_ context.Context, a link.Agent, s wire.Sold, _ time.Time) (ack wire.SoldAck, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.told, b.by = append(b.told, s), append(b.by, a)
	for _, e := range s.Entries {
		ack.Answers = append(ack.Answers, wire.SoldAnswer{ID: e.ID, Rev: e.Rev})
	}
	return ack, b.err
}

func (b *books) times() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.told)
}

func sold(entries ...wire.Entry) wire.Message {
	return wire.Message{Type: wire.TypeSold, Sold: &wire.Sold{ID: 1, Now: time.Now().UnixMilli(), Entries: entries}}
}

func outage() wire.Entry {
	return wire.Entry{ID: ids.New(), Rev: 1, Outage: &wire.Outage{Device: ids.New(), Reason: "power", From: 1}}
}

// TestWhatAShopSoldReachesTheBooks on a socket and by an exchange, with who
// told it, and is answered on the same way.
func TestWhatAShopSoldReachesTheBooks(t *testing.T) {
	t.Parallel()
	k := &books{}
	b := setup(t, func(o *link.Options) { o.Books = k })
	a := b.enrol(t)
	w := b.connect(t, a)
	e := outage()
	w.put(sold(e))
	if ack := w.want(wire.TypeSoldAck).SoldAck; len(ack.Answers) != 1 || ack.Answers[0].ID != e.ID || ack.Answers[0].Rev != 1 {
		t.Errorf("%+v", ack)
	}
	other := b.enrol(t)
	_, x, _ := b.post(t, other, time.Now(), wire.Message{Type: wire.TypeHello, Hello: &wire.Hello{Version: wire.Version, Agent: other.id}}, sold(outage()))
	if len(x.Messages) != 2 || x.Messages[1].SoldAck == nil || len(x.Messages[1].SoldAck.Answers) != 1 {
		t.Errorf("%+v", x)
	}
	if k.times() != 2 || k.by[0].ID != a.id || k.by[1].ID != other.id || k.by[0].Tenant != "acme" {
		t.Errorf("%+v", k.by)
	}
}

// TestWhatIsNoEntryIsRefused, and reaches no book.
func TestWhatIsNoEntryIsRefused(t *testing.T) {
	t.Parallel()
	k := &books{}
	b := setup(t, func(o *link.Options) { o.Books = k })
	w := b.connect(t, b.enrol(t))
	both, none, noRev, noID := outage(), outage(), outage(), outage()
	both.Sale, none.Outage, noRev.Rev, noID.ID = &wire.Sale{Outage: ids.New()}, nil, 0, "x"
	binary := outage()
	binary.By = "a\x00b"
	many := make([]wire.Entry, wire.MaxSold+1)
	for i := range many {
		many[i] = outage()
	}
	items := wire.Entry{ID: ids.New(), Rev: 1, Sale: &wire.Sale{Outage: ids.New(), Items: make([]wire.SoldItem, wire.MaxSoldItems+1)}}
	for name, m := range map[string]wire.Message{
		"both": sold(both), "neither": sold(none), "no revision": sold(noRev), "no id": sold(noID), "binary": sold(binary), "too many": sold(many...),
		"too many items": sold(items), "nothing at all": {Type: wire.TypeSold},
	} {
		w.put(m)
		if p := w.want(wire.TypeProblem).Problem; p.Code != link.CodeMalformed || p.Fatal {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if k.times() != 0 {
		t.Errorf("%+v", k.told)
	}
}

// TestBooksThatFailAnswerNothing, so that the agent tells it again.
func TestBooksThatFailAnswerNothing(t *testing.T) {
	t.Parallel()
	k := &books{err: errors.New("the database is away")}
	b := setup(t, func(o *link.Options) { o.Books = k })
	w := b.connect(t, b.enrol(t))
	w.put(sold(outage()))
	if p := w.want(wire.TypeProblem).Problem; p.Fatal || p.Code == "" {
		t.Errorf("%+v", p)
	}
	k.mu.Lock()
	k.err = problem.New(problem.Unavailable, "unavailable")
	k.mu.Unlock()
	w.put(sold(outage()))
	if p := w.want(wire.TypeProblem).Problem; p.Fatal || p.Code == "" {
		t.Errorf("%+v", p)
	}
	without := setup(t)
	w = without.connect(t, without.enrol(t))
	w.put(sold(outage()))
	if p := w.want(wire.TypeProblem).Problem; p.Code != link.CodeUnexpected {
		t.Errorf("a server without books: %+v", p)
	}
}
