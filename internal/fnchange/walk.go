package fnchange

import (
	"context"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// settle moves a procedure on over every step that the reading proves, and
// returns those. Only a reading that was made after the step's turn came
// proves it, but for the first.
func settle(p *Procedure, set signal.Set, at, now time.Time, zone *time.Location) (proved []Step) {
	for {
		s := p.Now()
		if s == nil || p.State != Current || s.State == Running || !Provable(s.ID) || Prove(s.ID, p.OldDrive, set) != Yes {
			return proved
		}
		if first := s.ID == p.Steps[0].ID; !first && !at.After(s.Since) {
			return proved
		}
		s.Proof = proofOf(s.ID, set, at)
		end(p, s, now, zone)
		proved = append(proved, *s)
	}
}

// end does a step and gives the next its turn.
func end(p *Procedure, s *Step, now time.Time, zone *time.Location) {
	s.State, s.At = Done, now
	if s.ID == StepSwap && s.Proof != nil {
		p.NewDrive = s.Proof.Drive
	}
	for i := range p.Steps {
		if next := &p.Steps[i]; next.State == Waiting {
			next.State, next.Since = Current, now
			next.Due = Due(next.ID, termFrom(p, next.ID, now), zone)
			return
		}
	}
	p.State, p.EndedAt = Done, now
}

// termFrom is the day from which the term of a step is counted: for the tax
// office that of the report on the changed registration.
func termFrom(p *Procedure, id StepID, now time.Time) time.Time {
	if id != StepOffice {
		return now
	}
	if s := p.Step(StepRegister); s != nil && s.Proof != nil && !s.Proof.Made.IsZero() {
		return s.Proof.Made
	}
	return now
}

// change reads a procedure, lets f change it and stores it.
func (s *Service) change(ctx context.Context, sc scope.Scope, id string, version int64,
	f func(p *Procedure, tx *db.Tx) (action string, detail map[string]any, err error),
) (p Procedure, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if p, err = get(ctx, tx, sc, id); err != nil {
			return err
		}
		if version != 0 && version != p.Version {
			return problem.New(problem.Conflict, "fnchange_changed")
		}
		action, detail, err := f(&p, tx)
		if err != nil || action == "" {
			return err
		}
		if err := save(ctx, tx, sc, &p); err != nil {
			return err
		}
		return s.record(ctx, tx, sc, &p, action, detail)
	})
	return p, err
}

// Said is a person's word that a step is done.
type Said struct {
	Step    StepID
	Version int64
	Note    string // what the papers ask for: the application's number, who took the drive
}

// maxNote bounds a person's words.
const maxNote = 500

// Say ends the current step by a person's word. A step that a reading could
// prove is marked as told; one that a reading contradicts cannot be told.
func (s *Service) Say(ctx context.Context, sc scope.Scope, id string, r Said) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	if r.Note = strings.TrimSpace(r.Note); len([]rune(r.Note)) > maxNote {
		return View{}, problem.New(problem.Invalid, "fnchange_note").With("most", maxNote)
	}
	v, err := s.View(ctx, sc, id)
	if err != nil {
		return View{}, err
	}
	_, zone, err := s.ports.Devices.Place(ctx, sc, v.Device)
	if err != nil {
		return View{}, err
	}
	p, err := s.change(ctx, sc, id, r.Version, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		now, err := turn(p, r.Step)
		if err != nil {
			return "", nil, err
		}
		if Prove(now.ID, p.OldDrive, v.Values) == No {
			return "", nil, problem.New(problem.Conflict, "fnchange_contradicted")
		}
		now.By, now.Note, now.Told = sc.Actor().Name, r.Note, Provable(now.ID)
		end(p, now, tx.Now, zone)
		return "fnchange.said", map[string]any{"step": r.Step, "note": r.Note, "told": now.Told}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.after(ctx, sc, p, []Step{*p.Step(r.Step)})
}

// turn is the step, when it is its turn and nothing runs.
func turn(p *Procedure, id StepID) (*Step, error) {
	now := p.Now()
	switch {
	case p.State == Support:
		return nil, problem.New(problem.Conflict, "fnchange_support")
	case now == nil || now.ID != id:
		return nil, problem.New(problem.Conflict, "fnchange_changed")
	case now.State == Running:
		return nil, problem.New(problem.Conflict, "fnchange_running")
	}
	return now, nil
}

// Run asks the machine to do the current step and returns at once. Asked
// twice for the same version, it asks for one command.
func (s *Service) Run(ctx context.Context, sc scope.Scope, id string, step StepID, version int64, consent bool) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	proc := ProcedureFor(step)
	switch {
	case proc == "":
		return View{}, problem.New(problem.Invalid, "fnchange_by_hand")
	case !consent:
		return View{}, problem.New(problem.Invalid, "fnchange_needs_consent")
	}
	p, err := s.change(ctx, sc, id, version, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		now, err := turn(p, step)
		if err != nil {
			return "", nil, err
		}
		now.State, now.Key, now.Asked, now.Command, now.Code = Running, ids.New(), tx.Now, "", ""
		return "fnchange.run", map[string]any{"step": step, "procedure": proc, "consent": sc.Actor().Name}, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.ask(ctx, sc, p, step, proc)
}

// ask hands the command over. Surely refused: the step is open again. Not
// known: it stays running until its patience is over, and is not asked again.
func (s *Service) ask(ctx context.Context, sc scope.Scope, p Procedure, step StepID, proc string) (View, error) {
	key := p.Step(step).Key
	command, err := s.ports.Machine.Run(ctx, sc, Order{
		Device: p.Device, Procedure: proc, Case: p.Case, Key: key, Why: "fnchange:" + string(step), Consent: sc.Actor().Name,
	})
	refused := problem.Of(err)
	if err != nil && refused.Kind == problem.Internal {
		return View{}, err
	}
	_, failed := s.change(ctx, sc, p.ID, 0, func(p *Procedure, _ *db.Tx) (string, map[string]any, error) {
		now := p.Step(step)
		if now == nil || now.Key != key {
			return "", nil, problem.New(problem.Conflict, "fnchange_changed")
		}
		if err != nil {
			now.State, now.Key, now.Code = Current, "", refused.Code
			return "fnchange.not_run", map[string]any{"step": step, "code": refused.Code}, nil
		}
		now.Command = command
		return "fnchange.asked", map[string]any{"step": step, "command": command}, nil
	})
	if err != nil {
		return View{}, err
	}
	if failed != nil {
		return View{}, failed
	}
	return s.View(ctx, sc, p.ID)
}

// PassOn hands the procedure to people who know more, with everything done so
// far. It can be taken up again.
func (s *Service) PassOn(ctx context.Context, sc scope.Scope, id, why string) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	p, err := s.change(ctx, sc, id, 0, func(p *Procedure, _ *db.Tx) (string, map[string]any, error) {
		if p.Over() || p.State == Support {
			return "", nil, problem.New(problem.Conflict, "fnchange_over")
		}
		p.State = Support
		return "fnchange.support", map[string]any{"why": why}, nil
	})
	if err != nil {
		return View{}, err
	}
	caseID, err := s.ports.Desk.Support(ctx, sc, p, why)
	if err != nil {
		return View{}, err
	}
	if caseID != p.Case {
		_, err = s.change(ctx, sc, id, 0, func(p *Procedure, _ *db.Tx) (string, map[string]any, error) {
			p.Case = caseID
			return "fnchange.case", map[string]any{"case": caseID}, nil
		})
		if err != nil {
			return View{}, err
		}
	}
	return s.View(ctx, sc, id)
}

// Resume takes a procedure back from support.
func (s *Service) Resume(ctx context.Context, sc scope.Scope, id string, version int64) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	_, err := s.change(ctx, sc, id, version, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		if p.State != Support {
			return "", nil, problem.New(problem.Conflict, "fnchange_changed")
		}
		p.State = Current
		if now := p.Now(); now != nil {
			now.Since = tx.Now
		}
		return "fnchange.resumed", nil, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// Stop gives a procedure up. Once the old drive is closed, or out of the
// register, there is no way back and it can only be ended or passed on.
func (s *Service) Stop(ctx context.Context, sc scope.Scope, id string, version int64) (View, error) {
	if err := mayAct(sc); err != nil {
		return View{}, err
	}
	_, err := s.change(ctx, sc, id, version, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		for _, point := range []StepID{StepArchive, StepSwap} {
			if s := p.Step(point); s != nil && (s.State == Done || s.State == Running) {
				return "", nil, problem.New(problem.Conflict, "fnchange_no_way_back")
			}
		}
		if p.Over() {
			return "", nil, problem.New(problem.Conflict, "fnchange_over")
		}
		p.State, p.EndedAt = Stopped, tx.Now
		return "fnchange.stopped", nil, nil
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, sc, id)
}

// after tells the case of the steps that were done and shows the procedure.
func (s *Service) after(ctx context.Context, sc scope.Scope, p Procedure, done []Step) (View, error) {
	if p.Case != "" {
		for _, st := range done {
			if err := s.ports.Desk.Note(ctx, sc, p.Case, p, st); err != nil {
				return View{}, err
			}
		}
	}
	return s.View(ctx, sc, p.ID)
}
