package powercut

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func engineer() scope.Scope { return scope.Person("t", "p1", "Анна", "", scope.Engineer) }
func cashier() scope.Scope  { return scope.Person("t", "p2", "Лиза", "c", scope.Cashier) }

// shop is everything around the service: a register that keeps UUIDs apart, an
// agent in front of it, and the desk. next tells what happens to the next
// asking; "" is "made".
type shop struct {
	commands map[string]*command // by id
	byKey    map[string]string
	made     map[string]int64 // UUID → document
	refused  map[string]int
	spent    map[string]bool
	sums     map[int64]int64
	last     int64
	next     []string
	notes    []string
	asked    []Order
	place    Place
	keeps    string // what the drive tells of a document by its QR text: "right", "another way"; "" = nothing
}

type command struct{ out Outcome }

func newShop() *shop {
	return &shop{
		commands: map[string]*command{}, byKey: map[string]string{}, made: map[string]int64{}, refused: map[string]int{}, spent: map[string]bool{}, sums: map[int64]int64{},
		last: 100, place: here(),
	}
}

func (s *shop) Run(_ context.Context, _ scope.Scope, o Order) (string, error) {
	if id, known := s.byKey[o.Key]; known {
		return id, nil
	}
	fate := ""
	if len(s.next) > 0 {
		fate, s.next = s.next[0], s.next[1:]
	}
	switch fate {
	case "not asked":
		return "", problem.New(problem.Conflict, "command_busy")
	case "line broke":
		s.asked = append(s.asked, o)
		s.keep(o, "")
		return "", errors.New("the line broke")
	}
	s.asked = append(s.asked, o)
	return s.keep(o, fate), nil
}

func (s *shop) keep(o Order, fate string) string {
	id := fmt.Sprint("c", len(s.commands))
	s.byKey[o.Key] = id
	s.commands[id] = &command{s.carryOut(o, fate)}
	return id
}

// carryOut is the agent and the register's service behind it.
func (s *shop) carryOut(o Order, fate string) Outcome {
	uuid := o.Delivery.UUID
	if o.Look {
		if fate == "no answer" {
			return Outcome{Ended: true, Failure: "no_answer"}
		}
		return Outcome{Ended: true, Exchanges: []kkt.Exchange{s.entry(o)}}
	}
	settled := s.made[uuid] != 0 || s.spent[uuid] || s.refused[uuid] != 0
	switch {
	case settled:
	case fate == "no answer":
		return Outcome{Ended: true, Failure: "no_answer"}
	case fate == "lost before":
		return Outcome{Ended: true, Doubtful: true, Failure: "outcome_unknown"}
	case fate == "spent":
		s.spent[uuid] = true
	case fate == "bad mark":
		return Outcome{Ended: true, Failure: "register_refused", Exchanges: []kkt.Exchange{{Sent: o.Delivery.Task, Got: []byte(badMark)}}}
	case fate == "refused":
		s.refused[uuid] = 44
	default:
		s.make(o)
	}
	if fate == "lost after" {
		return Outcome{Ended: true, Doubtful: true, Failure: "outcome_unknown"}
	}
	x := s.entry(o)
	out := Outcome{Ended: true, Exchanges: append([]kkt.Exchange{x}, s.kept(o)...)}
	switch {
	case s.spent[uuid]:
		out.Failure = "no_answer"
	case s.refused[uuid] != 0:
		out.Failure = "register_refused"
	}
	return out
}

// badMark is what the service says where the second of two codes is found
// wanting.
const badMark = `{"status":"ready","result":{"validateMarks":[
	{"onlineValidation":{"itemInfoCheckResult":{"imcCheckFlag":true,"imcCheckResult":true,"imcStatusInfo":true,"imcEstimatedStatusCorrect":true}}},
	{"onlineValidation":{"itemInfoCheckResult":{"imcCheckFlag":true,"imcCheckResult":true,"imcStatusInfo":true,"imcEstimatedStatusCorrect":false}}}]}}`

func (s *shop) make(o Order) {
	var task struct {
		Total json.Number `json:"total"`
	}
	if err := json.Unmarshal(o.Delivery.Task, &task); err != nil {
		panic(err)
	}
	rubles, err := task.Total.Float64()
	if err != nil {
		panic(err)
	}
	s.last++
	s.made[o.Delivery.UUID] = s.last
	s.sums[s.last] = int64(rubles*100 + 0.5)
}

// kept is what the drive tells of the document that was made.
func (s *shop) kept(o Order) []kkt.Exchange {
	n := s.made[o.Delivery.UUID]
	if n == 0 || s.keeps == "" {
		return nil
	}
	way := map[string]int{"sellCorrection": 1, "sellReturnCorrection": 2}[fptr.TypeOf(o.Delivery.Task)]
	if s.keeps == "another way" {
		way = 3 - way
	}
	return []kkt.Exchange{{Got: fmt.Appendf(nil, `{"status":"ready","result":{"documentTLV":{"1040":%d,"1012":"2026-03-10T15:00:00+03:00","1077":"310400000001","qr":"t=1&s=%d.%02d&n=%d"}}}`,
		n, s.sums[n]/100, s.sums[n]%100, way)}}
}

// entry is what the register's service says of a UUID.
func (s *shop) entry(o Order) kkt.Exchange {
	x := kkt.Exchange{Sent: o.Delivery.Task}
	switch uuid := o.Delivery.UUID; {
	case s.spent[uuid]:
		x.Failure = fptr.FailureSpent
	case s.refused[uuid] != 0:
		x.Got = fmt.Appendf(nil, `{"status":"error","error":{"code":%d,"description":"no"}}`, s.refused[uuid])
	case s.made[uuid] != 0:
		x.Got = fmt.Appendf(nil, `{"status":"ready","result":{"fiscalParams":{"fiscalDocumentNumber":%d,"fiscalDocumentSign":"4711","fiscalDocumentDateTime":"2026-03-10T15:00:00+03:00","shiftNumber":7,"fnNumber":"9999"}}}`, s.made[uuid])
	default:
		x.Failure = fptr.FailureNoTask
	}
	return x
}

func (s *shop) Outcome(_ context.Context, _ scope.Scope, id string) (Outcome, error) {
	return s.commands[id].out, nil
}

func (s *shop) Reading(context.Context, scope.Scope, string) (signal.Set, time.Time, error) {
	return signal.Set{}, noon(), nil
}

func (s *shop) Place(_ context.Context, sc scope.Scope, device string) (Place, error) {
	if sc.Tenant() != "t" || device != "d" || sc.Client() != "" && sc.Client() != "c" {
		return Place{}, problem.New(problem.NotFound, "not_found")
	}
	return s.place, nil
}

func (s *shop) Note(_ context.Context, _ scope.Scope, caseID, what string, _ Journal, _ Balance) error {
	s.notes = append(s.notes, caseID+":"+what)
	return nil
}

type bed struct {
	*Service
	*shop
	t *testing.T
	d *db.DB
}

func each(t *testing.T, test func(t *testing.T, b *bed)) {
	t.Helper()
	c := clock.NewManual(noon())
	dbtest.EachWith(t, c, func(t *testing.T, d *db.DB) {
		s := newShop()
		test(t, &bed{Service: New(d, c, Ports{Machine: s, Readings: s, Devices: s, Desk: s}), shop: s, t: t, d: d})
	})
}

func must[T any](t *testing.T) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// written is a journal with so many settlements, entered by a cashier.
func (b *bed) written(n int) View {
	b.t.Helper()
	view, ctx := must[View](b.t), b.t.Context()
	v := view(b.Start(ctx, cashier(), StartRequest{Device: "d", Case: "case-1", About: About{Reason: Power, From: noon().AddDate(0, 0, -4), To: noon().Add(-time.Hour)}}))
	var forms []Form
	for i := range n {
		forms = append(forms, coffee(noon().Add(-time.Duration(2+i)*time.Hour)))
	}
	return view(b.Enter(ctx, cashier(), v.ID, forms))
}

func (b *bed) prepared(n int) View {
	b.t.Helper()
	v := b.written(n)
	return must[View](b.t)(b.Prepare(b.t.Context(), engineer(), v.ID, v.Version, plan()))
}

func (b *bed) send(v View) View {
	b.t.Helper()
	return must[View](b.t)(b.Send(b.t.Context(), engineer(), v.ID, v.Version, "Лиза"))
}

// documents is how many the register has beyond those it had.
func (b *bed) documents() int { return int(b.last - 100) }

func states(v View) string {
	var list []string
	for _, d := range v.Drafts {
		list = append(list, string(d.State)+" "+d.Code)
	}
	return fmt.Sprint(list)
}

// TestAnOutage goes from the cashier's journal to equal sums.
func TestAnOutage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		v := b.prepared(3)
		if len(v.Drafts) != 3 || !v.Fit() || v.Undrafted() != 0 || v.Balance.Open != 3 || v.Drafts[0].Correction.Total != 354_55 {
			t.Fatalf("%+v", v)
		}
		v = b.send(v)
		if v.State != Closed || v.ClosedBy != "" || !v.Balance.Equal() || b.documents() != 3 || v.Balance.AsIs != 3 {
			t.Fatalf("%s %s, %d documents, %+v", v.State, states(v), b.documents(), v.Balance)
		}
		for i, d := range v.Drafts {
			if d.Said == nil || d.Said.Document != b.made[d.UUID] || d.Said.Sign != "4711" || d.Said.Shift != 7 {
				t.Errorf("draft %d: %+v, the register has %d", i, d.Said, b.made[d.UUID])
			}
		}
		if got := fmt.Sprint(b.notes); got != "[case-1:started case-1:prepared case-1:sending case-1:closed]" {
			t.Error(got)
		}
		if b.asked[0].Consent != "Лиза" || b.asked[0].Device != "d" || b.asked[0].Case != "case-1" {
			t.Errorf("%+v", b.asked[0])
		}
		if _, err := b.Send(t.Context(), engineer(), v.ID, v.Version, "Лиза"); problem.CodeOf(err) != "powercut_nothing" {
			t.Errorf("sent once more: %v", err)
		}
		if _, err := b.Enter(t.Context(), cashier(), v.ID, []Form{coffee(noon().Add(-2 * time.Hour))}); problem.CodeOf(err) != "powercut_closed" {
			t.Errorf("entered into a closed journal: %v", err)
		}
	})
}

// TestARefusalStopsAndIsTakenUpAgain: what was registered stays, and the
// refused one is made under another UUID.
func TestARefusalStopsAndIsTakenUpAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		b.next = []string{"", "refused"}
		v := b.send(b.prepared(3))
		if v.State != Open || v.Stopped != "register_refused" || v.StoppedAt != v.Drafts[1].ID || v.Drafts[1].Refusal != 44 || b.documents() != 1 {
			t.Fatalf("%s %q %s", v.State, v.Stopped, states(v))
		}
		spent := v.Drafts[1].UUID
		if b.refused[spent] != 0 {
			t.Error("the refused UUID is kept")
		}
		if v = b.send(v); v.State != Closed || b.documents() != 3 {
			t.Errorf("%s %s, %d documents", v.State, states(v), b.documents())
		}
	})
}

// TestWhatNobodyKnowsIsLookedFor and never made twice.
func TestWhatNobodyKnowsIsLookedFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		next      []string
		documents int
		state     State
		code      string
	}{
		"made, and the answer lost":        {[]string{"lost after"}, 2, Closed, ""},
		"the line to the agent broke":      {[]string{"line broke"}, 2, Closed, ""},
		"its UUID is used up":              {[]string{"spent"}, 2, Closed, ""},
		"never arrived":                    {[]string{"lost before"}, 0, Open, fptr.FailureNoTask},
		"lost, and the register is away":   {[]string{"lost after", "no answer"}, 1, Open, "no_answer"},
		"the register is away":             {[]string{"no answer"}, 0, Open, "no_answer"},
		"the agent is not asked":           {[]string{"not asked"}, 0, Open, "command_busy"},
		"used up again and again and over": {[]string{"spent", "spent", "spent", "spent", "spent"}, 0, Open, "tries"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, b *bed) {
				b.next = tc.next
				v := b.prepared(2)
				if _, err := b.Send(t.Context(), engineer(), v.ID, v.Version, "Лиза"); err != nil && tc.next[0] != "line broke" {
					t.Fatal(err)
				}
				for range 3 { // a page or a job looks again
					if err := b.AdvanceAll(t.Context(), scope.System("t", "test")); err != nil {
						t.Fatal(err)
					}
				}
				v = must[View](t)(b.View(t.Context(), engineer(), v.ID))
				if v.State != tc.state || v.Stopped != tc.code || b.documents() != tc.documents {
					t.Errorf("%s %q %s, %d documents", v.State, v.Stopped, states(v), b.documents())
				}
			})
		})
	}
}

// TestAPersonDecidesWhatTheServiceForgot: not known to the service, it goes on
// under the same UUID only when a person says so, and its settlement stays as
// it is meanwhile.
func TestAPersonDecidesWhatTheServiceForgot(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		b.next = []string{"lost before"}
		v := b.send(b.prepared(1))
		d, x := v.Drafts[0], v.Settlements[0]
		if d.State != Unknown || d.Code != fptr.FailureNoTask || v.Changeable(&x) {
			t.Fatalf("%s", states(v))
		}
		if _, err := b.Remove(ctx, cashier(), v.ID, x.ID, x.Version); problem.CodeOf(err) != "powercut_sent" {
			t.Errorf("taken out: %v", err)
		}
		if again := b.send(v); again.Drafts[0].State != Unknown || b.documents() != 0 {
			t.Errorf("sent by itself: %s", states(again))
		}
		v = must[View](t)(b.Again(ctx, engineer(), v.ID, d.ID, 0))
		if _, err := b.Remove(ctx, cashier(), v.ID, x.ID, x.Version); problem.CodeOf(err) != "powercut_sent" {
			t.Errorf("taken out of what is in doubt: %v", err)
		}
		if v = b.send(v); v.State != Closed || v.Drafts[0].UUID != d.UUID || b.documents() != 1 {
			t.Errorf("%s under %s, was %s", states(v), v.Drafts[0].UUID, d.UUID)
		}
	})
}

// TestNoFateMakesASettlementTwice tries fates by the seed until the journal is
// closed: each settlement has one document, whatever happened on the way.
func TestNoFateMakesASettlementTwice(t *testing.T) {
	t.Parallel()
	c := clock.NewManual(noon())
	d := dbtest.SQLite(t, c)
	fates := []string{"", "", "no answer", "lost before", "lost after", "spent", "refused", "not asked", "line broke"}
	for seed := range uint64(25) {
		s := newShop()
		b := &bed{Service: New(d, c, Ports{Machine: s, Readings: s, Devices: s, Desk: s}), shop: s, t: t, d: d}
		rnd := rand.New(rand.NewPCG(seed, 1))
		v := b.prepared(6)
		for round := 0; v.State != Closed; round++ {
			if round > 200 {
				t.Fatalf("seed %d: %s after %d rounds", seed, states(v), round)
			}
			for range 3 {
				s.next = append(s.next, fates[rnd.IntN(len(fates))])
			}
			for _, d := range v.Drafts {
				if d.State == Unknown && d.Code == fptr.FailureNoTask {
					v = must[View](t)(b.Again(t.Context(), engineer(), v.ID, d.ID, 0))
				}
			}
			if _, err := b.Send(t.Context(), engineer(), v.ID, v.Version, "Лиза"); err != nil && problem.Of(err).Kind != problem.Internal && problem.CodeOf(err) != "powercut_sending" && problem.CodeOf(err) != "powercut_changed" {
				t.Fatal(err)
			}
			v = must[View](t)(b.View(t.Context(), engineer(), v.ID))
			if v.State == Sending { // the line broke, and may again
				if on, err := b.Advance(t.Context(), engineer(), v.ID); err == nil {
					v = on
				}
			}
		}
		if b.documents() != 6 {
			t.Fatalf("seed %d: %d documents for 6 settlements", seed, b.documents())
		}
	}
}

// TestTheJournalIsChangedUntilItIsSent and drafts follow.
func TestTheJournalIsChangedUntilItIsSent(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, view := t.Context(), must[View](t)
		v := b.prepared(3)
		x := v.Settlements[0]
		f := coffee(x.At)
		f.Items, f.Payments = f.Items[:1], []fptr.Payment{{Kind: fptr.PaidCash, Sum: 300_00}}
		if _, err := b.Change(ctx, cashier(), v.ID, x.ID, x.Version+1, f); problem.CodeOf(err) != "powercut_changed" {
			t.Errorf("changed over somebody's change: %v", err)
		}
		v = view(b.Change(ctx, cashier(), v.ID, x.ID, x.Version, f))
		if len(v.Drafts) != 2 || v.Undrafted() != 1 || v.Settlement(x.ID).Total != 300_00 || v.Settlement(x.ID).Version != 2 {
			t.Fatalf("%d drafts, %d without, %+v", len(v.Drafts), v.Undrafted(), v.Settlement(x.ID))
		}
		y := v.Settlements[1]
		if v = view(b.Remove(ctx, cashier(), v.ID, y.ID, y.Version)); len(v.Settlements) != 2 || len(v.Drafts) != 1 {
			t.Fatalf("%d settlements, %d drafts", len(v.Settlements), len(v.Drafts))
		}
		about := About{Reason: Drive, From: v.From, To: noon().Add(-3 * time.Hour)}
		if _, err := b.Edit(ctx, cashier(), v.ID, v.Version, about); problem.Of(err).Fields[0].Code != "powercut_leaves_out" {
			t.Errorf("a span that leaves one out: %v", err)
		}
		v = view(b.Prepare(ctx, engineer(), v.ID, v.Version, plan()))
		if v = b.send(v); b.documents() != 2 || v.State != Closed {
			t.Errorf("%d documents, %s", b.documents(), states(v))
		}
		if _, err := b.Change(ctx, cashier(), v.ID, x.ID, 2, f); problem.CodeOf(err) != "powercut_closed" {
			t.Errorf("changed afterwards: %v", err)
		}
	})
}

// TestNothingHalfWritten: one bad settlement among many, and none is kept.
func TestNothingHalfWritten(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		v := b.written(1)
		bad := coffee(noon().Add(-3 * time.Hour))
		bad.Items[1].VAT = fptr.VAT20
		_, err := b.Enter(t.Context(), cashier(), v.ID, []Form{coffee(noon().Add(-2 * time.Hour)), bad})
		if p := problem.Of(err); p.Code != "powercut_invalid" || len(p.Fields) != 1 || p.Fields[0].Name != "settlements[1].items[1].vat" {
			t.Errorf("%+v", p)
		}
		if v = must[View](t)(b.View(t.Context(), cashier(), v.ID)); len(v.Settlements) != 1 {
			t.Errorf("%d settlements", len(v.Settlements))
		}
	})
}

// TestByHand: a register that we cannot ask, and a difference that stays.
func TestByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx, view := t.Context(), must[View](t)
		b.place.Protocol = "atol"
		v := b.prepared(2)
		if _, err := b.Send(ctx, engineer(), v.ID, v.Version, "Лиза"); problem.CodeOf(err) != "powercut_cannot_send" {
			t.Errorf("sent to a register that cannot: %v", err)
		}
		r := CopyRequest{Document: 501, Sign: "123456", At: noon(), Sum: 354_55}
		v = view(b.Copy(ctx, engineer(), v.ID, v.Drafts[0].ID, v.Version, r))
		if d := v.Drafts[0]; d.State != ByHand || d.Said.By != "Анна" || v.State != Open {
			t.Fatalf("%+v", d)
		}
		if _, err := b.Copy(ctx, engineer(), v.ID, v.Drafts[0].ID, v.Version, r); problem.CodeOf(err) != "powercut_sent" {
			t.Errorf("copied twice: %v", err)
		}
		r.Document, r.Sum = 502, 354_50
		v = view(b.Copy(ctx, engineer(), v.ID, v.Drafts[1].ID, v.Version, r))
		if v.State != Open || v.Balance.Equal() || v.Balance.Rows[0].Difference() != 5 || len(v.Balance.Other) != 1 {
			t.Fatalf("%s %+v", v.State, v.Balance)
		}
		if _, err := b.Close(ctx, engineer(), v.ID, v.Version, " "); problem.CodeOf(err) != "powercut_verdict" {
			t.Errorf("closed with a difference and no word: %v", err)
		}
		if v = view(b.Close(ctx, engineer(), v.ID, v.Version, "описка в чеке 502")); v.State != Closed || v.ClosedBy != "Анна" {
			t.Errorf("%+v", v.Journal)
		}
	})
}

// TestOneTotalOnlyWithItsGround shows the explicit choice.
func TestOneTotalOnlyWithItsGround(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		v := b.written(3)
		p := plan()
		p.Total = true
		if _, err := b.Prepare(ctx, engineer(), v.ID, v.Version, p); problem.Of(err).Fields[0].Code != "powercut_ground" {
			t.Errorf("without a ground: %v", err)
		}
		p.Ground = "массовый сбой 10.03.2026, сообщение ФНС"
		v = must[View](t)(b.Prepare(ctx, engineer(), v.ID, v.Version, p))
		if len(v.Drafts) != 1 || v.Drafts[0].Of != 3 || v.Drafts[0].Ground != p.Ground || v.Drafts[0].Correction.Total != 3*354_55 {
			t.Fatalf("%+v", v.Drafts)
		}
		if v = b.send(v); v.State != Closed || b.documents() != 1 {
			t.Errorf("%s, %d documents", states(v), b.documents())
		}
	})
}

// TestWhoMayDoWhat: a cashier keeps the journal of her shop and sends nothing;
// strangers see nothing.
func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bed) {
		ctx := t.Context()
		v := b.prepared(1)
		stranger := scope.Person("t", "p3", "Ольга", "another", scope.Owner)
		elsewhere := scope.Person("other", "p4", "Otto", "", scope.Admin)
		nobody := scope.Guest("t", "c", "гость")
		f := coffee(noon().Add(-2 * time.Hour))
		for name, try := range map[string]func() error{
			"forbidden 1": func() error { _, err := b.Send(ctx, cashier(), v.ID, v.Version, "я"); return err },
			"forbidden 2": func() error { _, err := b.Prepare(ctx, cashier(), v.ID, v.Version, plan()); return err },
			"forbidden 3": func() error { _, err := b.Close(ctx, cashier(), v.ID, v.Version, "всё"); return err },
			"forbidden 4": func() error { _, err := b.View(ctx, nobody, v.ID); return err },
			"forbidden 5": func() error { _, err := b.Copy(ctx, cashier(), v.ID, v.Drafts[0].ID, 0, CopyRequest{}); return err },
			"not_found 1": func() error { _, err := b.View(ctx, stranger, v.ID); return err },
			"not_found 2": func() error { _, err := b.Enter(ctx, stranger, v.ID, []Form{f}); return err },
			"not_found 3": func() error { _, err := b.View(ctx, elsewhere, v.ID); return err },
			"not_found 4": func() error { _, err := b.Remove(ctx, elsewhere, v.ID, v.Settlements[0].ID, 1); return err },
			"not_found 5": func() error {
				_, err := b.Start(ctx, stranger, StartRequest{Device: "d", About: About{Reason: Power, From: noon()}})
				return err
			},
		} {
			if err := try(); problem.CodeOf(err) != name[:len(name)-2] {
				t.Errorf("%s: %v", name, err)
			}
		}
		for sc, want := range map[string]int{"own": 1, "stranger": 0, "elsewhere": 0} {
			list, err := b.List(ctx, map[string]scope.Scope{"own": cashier(), "stranger": stranger, "elsewhere": elsewhere}[sc], Filter{})
			if err != nil || len(list) != want {
				t.Errorf("%s sees %d: %v", sc, len(list), err)
			}
		}
		list, err := b.List(ctx, engineer(), Filter{Device: "d", Open: true})
		if err != nil || len(list) != 1 || list[0].Settlements != 1 || list[0].Total != 354_55 || list[0].Made != 0 {
			t.Errorf("%+v %v", list, err)
		}
	})
}
