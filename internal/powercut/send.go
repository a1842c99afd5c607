package powercut

import (
	"context"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxTries is how often one draft is asked for in one run before the run
// stops: a lost answer may cost a UUID, but not for ever.
const maxTries = 5

// remembered is how long the register's service surely remembers a UUID: it
// keeps tasks for thirty days.
const remembered = 29 * 24 * time.Hour

// Send begins to make the drafts at the register, one after another, or goes on
// where it stopped. consent is who at the shop agreed.
func (s *Service) Send(ctx context.Context, sc scope.Scope, id string, version int64, consent string) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	if consent = strings.TrimSpace(consent); consent == "" {
		return View{}, problem.New(problem.Invalid, "powercut_consent").Field("consent", "powercut_consent")
	}
	v, err := s.View(ctx, sc, id)
	switch {
	case err != nil:
		return View{}, err
	case !v.Place.CanSend():
		return View{}, problem.New(problem.Conflict, "powercut_cannot_send")
	case !v.Fit():
		return View{}, problem.New(problem.Invalid, "powercut_findings")
	case v.Waiting() == 0:
		return View{}, problem.New(problem.Conflict, "powercut_nothing")
	}
	err = s.change(ctx, sc, id, version, func(tx *db.Tx, j *Journal) (string, any, error) {
		if err := open(j); err != nil {
			return "", nil, err
		}
		if j.Version-1 != v.Version { // what was checked is not what is here
			return "", nil, problem.New(problem.Conflict, "powercut_changed")
		}
		list, err := draftsOf(ctx, tx, sc, j.ID)
		for i := 0; i < len(list) && err == nil; i++ {
			if list[i].State.Made() {
				continue
			}
			if list[i].Tries = 0; list[i].State == Refused {
				list[i].State, list[i].Code, list[i].Refusal = Prepared, "", 0
			}
			err = saveDraft(ctx, tx, sc, j.ID, &list[i])
		}
		j.State, j.Consent, j.Stopped, j.StoppedAt = Sending, consent, "", ""
		return "powercut.sending", map[string]any{"consent": consent, "drafts": v.Waiting()}, err
	})
	if err != nil {
		return View{}, err
	}
	if _, err := s.told(ctx, sc, id, "sending"); err != nil {
		return View{}, err
	}
	return s.Advance(ctx, sc, id)
}

// Pause stops the sending after the document that is under way.
func (s *Service) Pause(ctx context.Context, sc scope.Scope, id string) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	err := s.change(ctx, sc, id, 0, func(_ *db.Tx, j *Journal) (string, any, error) {
		if j.State != Sending {
			return "", nil, problem.New(problem.Conflict, "powercut_changed")
		}
		j.Stopped = "paused"
		return "powercut.paused", nil, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.Advance(ctx, sc, id)
}

// Again lets a draft be sent under the UUID that it has, after the register's
// service said that it knows of no such UUID and a person saw that the
// register has no such document. The service keeps UUIDs apart, so that even a
// posting that arrives late makes no second one.
func (s *Service) Again(ctx context.Context, sc scope.Scope, id, draft string, version int64) (View, error) {
	if err := mayCorrect(sc); err != nil {
		return View{}, err
	}
	err := s.changeDraft(ctx, sc, id, draft, version, func(tx *db.Tx, j *Journal, d *Draft) (string, any, error) {
		if err := open(j); err != nil {
			return "", nil, err
		}
		switch {
		case d.State != Unknown || d.Code != fptr.FailureNoTask:
			return "", nil, problem.New(problem.Conflict, "powercut_look_first")
		case tx.Now.Sub(d.AskedAt) > remembered:
			return "", nil, problem.New(problem.Conflict, "powercut_forgotten")
		}
		d.State, d.Code = Prepared, ""
		j.Stopped, j.StoppedAt = "", ""
		return "powercut.again", map[string]any{"draft": d.No, "uuid": d.UUID}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// next gives the draft whose turn it is its turn: first those of which nobody
// knows whether they were made. nil when there is none.
func next(list []Draft) *Draft {
	for _, state := range []State{Unknown, Prepared} {
		for i := range list {
			if list[i].State == state {
				return &list[i]
			}
		}
	}
	return nil
}

// underWay is the draft that the machine is at; nil when there is none.
func underWay(list []Draft) *Draft {
	for i := range list {
		if list[i].State == Asked || list[i].State == LookedFor {
			return &list[i]
		}
	}
	return nil
}

// begin writes down that a draft is to be asked for, before it is. ended says
// that the run is over by this call; without either somebody else was faster.
func (s *Service) begin(ctx context.Context, sc scope.Scope, id string) (turn *Draft, ended bool, err error) {
	err = s.change(ctx, sc, id, 0, func(tx *db.Tx, j *Journal) (string, any, error) {
		list, err := draftsOf(ctx, tx, sc, j.ID)
		if err != nil || j.State != Sending || underWay(list) != nil {
			return "", nil, err
		}
		d := next(list)
		switch {
		case j.Stopped != "" || d == nil:
			ended = true
			return s.end(ctx, tx, sc, j, list)
		case d.Tries >= maxTries:
			j.State, j.Stopped, j.StoppedAt, ended = Open, "tries", d.ID, true
			return "powercut.ended", map[string]any{"why": j.Stopped, "draft": d.No}, nil
		}
		d.Command, d.Key, d.Tries = "", ids.New(), d.Tries+1
		if d.State == Unknown {
			d.State = LookedFor
		} else {
			d.State, d.AskedAt, d.Code, d.Refusal = Asked, tx.Now, "", 0
		}
		turn = d
		return "powercut.asking", map[string]any{"draft": d.No, "state": d.State, "uuid": d.UUID}, saveDraft(ctx, tx, sc, j.ID, d)
	})
	if err != nil {
		return nil, false, err
	}
	return turn, ended, nil
}

// end ends a run: closed when the sums are equal, open otherwise.
func (s *Service) end(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal, drafts []Draft) (string, any, error) {
	list, err := settlementsOf(ctx, tx, sc, j.ID)
	if err != nil {
		return "", nil, err
	}
	b := Reconcile(list, drafts)
	if j.State = Open; b.Equal() {
		closeEqual(j, tx.Now)
	}
	return "powercut.ended", map[string]any{"why": j.Stopped, "state": j.State, "balance": b}, nil
}

// ask hands a draft to the machine. Asked twice with the same key, it is one
// command; so whoever finds a draft without a command asks again.
func (s *Service) ask(ctx context.Context, sc scope.Scope, j *Journal, d *Draft) error {
	o := Order{
		Device: j.Device, Case: j.Case, Key: "powercut:" + d.Key, Why: "powercut", Consent: j.Consent, Look: d.State == LookedFor,
		Delivery: fptr.Delivery{UUID: d.UUID, Task: d.Correction.Task()},
	}
	command, err := s.ports.Machine.Run(ctx, sc, o)
	refused := problem.Of(err)
	if err != nil && refused.Kind == problem.Internal {
		return err
	}
	key := d.Key
	return s.changeDraft(ctx, sc, j.ID, d.ID, 0, func(_ *db.Tx, j *Journal, d *Draft) (string, any, error) {
		if d.Key != key || d.Command != "" {
			return "", nil, nil
		}
		if err != nil { // surely not asked for
			back(d)
			d.Code = refused.Code
			j.Stopped, j.StoppedAt = refused.Code, d.ID
			return "powercut.not_asked", map[string]any{"draft": d.No, "code": refused.Code}, nil
		}
		d.Command = command
		return "powercut.asked", map[string]any{"draft": d.No, "command": command}, nil
	})
}

// back is a draft whose last asking surely did nothing: as it was before.
func back(d *Draft) {
	d.Key = ""
	if d.State == LookedFor || d.Doubt {
		d.State = Unknown
		return
	}
	d.State = Prepared
}
