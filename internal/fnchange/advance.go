package fnchange

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// runPatience is how long a command that was asked for may leave its outcome
// open before the step is a person's again.
const runPatience = 3 * time.Minute

// Advance looks whether what the procedure waits for has come: the outcome of
// a command, or a reading that proves steps. Pages and jobs call it as often
// as they like.
func (s *Service) Advance(ctx context.Context, sc scope.Scope, id string) (View, error) {
	v, err := s.View(ctx, sc, id)
	if err != nil || v.Over() || v.State == Support {
		return v, err
	}
	if now := v.Now(); now != nil && now.State == Running {
		ended, err := s.ended(ctx, sc, &v.Procedure, now)
		if err != nil || !ended {
			return v, err
		}
	}
	_, zone, err := s.ports.Devices.Place(ctx, sc, v.Device)
	if err != nil {
		return v, err
	}
	if v.Truth != Yes {
		return v, nil
	}
	var proved []Step
	p, err := s.change(ctx, sc, id, 0, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		if proved = settle(p, v.Values, v.Read, tx.Now, zone); len(proved) == 0 {
			return "", nil, nil
		}
		steps := make([]StepID, len(proved))
		for i, st := range proved {
			steps[i] = st.ID
		}
		return "fnchange.proved", map[string]any{"steps": steps, "proof": proved[len(proved)-1].Proof}, nil
	})
	if err != nil {
		return v, err
	}
	return s.after(ctx, sc, p, proved)
}

// ended opens the step again when its command has ended, or has left its
// outcome open for too long. Whether it did what it should is not believed but
// read.
func (s *Service) ended(ctx context.Context, sc scope.Scope, p *Procedure, now *Step) (bool, error) {
	var out Outcome
	if now.Command != "" {
		var err error
		if out, err = s.ports.Machine.Outcome(ctx, sc, now.Command); err != nil {
			return false, err
		}
	}
	late := s.clock.Now().Sub(now.Asked) > runPatience && now.Command == ""
	if !out.Ended && !late {
		return false, nil
	}
	key := now.Key
	_, err := s.change(ctx, sc, p.ID, 0, func(p *Procedure, tx *db.Tx) (string, map[string]any, error) {
		st := p.Step(now.ID)
		if st.State != Running || st.Key != key {
			return "", nil, nil
		}
		st.State, st.Key, st.Code = Current, "", out.Failure
		if out.Done {
			st.Since = tx.Now // only a reading after the command proves it
		}
		return "fnchange.ended", map[string]any{"step": st.ID, "done": out.Done, "code": out.Failure, "refusal": out.Refusal}, nil
	})
	if err == nil && now.ID == StepShift && !out.Done && driveSaysNo(out.Refusal) {
		_, err = s.PassOn(ctx, sc, p.ID, string(ShiftOnDead))
		return false, err
	}
	return true, err
}

// driveSaysNo tells the register's codes with which a drive refuses to close a
// shift for good: no link (210 to 212), dead (213, 214), life over (215, 234),
// thirty days without the operator (235, 239).
func driveSaysNo(code int) bool {
	return has([]int{210, 211, 212, 213, 214, 215, 234, 235, 239}, code)
}

// AdvanceAll moves every procedure of a tenant on.
func (s *Service) AdvanceAll(ctx context.Context, sc scope.Scope) error {
	open, err := s.List(ctx, sc, Filter{Open: true, Limit: 200})
	if err != nil {
		return err
	}
	for _, p := range open {
		if _, err := s.Advance(ctx, sc, p.ID); err != nil {
			return err
		}
	}
	return nil
}
