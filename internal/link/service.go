package link

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Outlets says whether an outlet exists in the scope; it fails with a problem
// that the person may see.
type Outlets interface {
	CheckOutlet(ctx context.Context, tx *db.Tx, sc scope.Scope, outlet string) error
}

// Service is what the pages do with agents.
type Service struct {
	hub     *Hub
	outlets Outlets
	store   store

	Ties Ties // set before the first call
}

// NewService makes the service of a hub's agents.
func NewService(h *Hub, outlets Outlets) *Service { return &Service{hub: h, outlets: outlets} }

// AgentFilter narrows a list of agents; fields that are empty do not. The list
// is sorted by name and goes on after AfterName and AfterID.
type AgentFilter struct {
	Outlet             string
	Revoked            bool // also those that have been shut out
	AfterName, AfterID string
	Limit              int // 0 = 100, at most 1000
}

func (f AgentFilter) limit() int {
	if f.Limit <= 0 {
		return 100
	}
	return min(f.Limit, 1000)
}

// ListAgents is one page of the agents, with one question to the database.
func (s *Service) ListAgents(ctx context.Context, sc scope.Scope, f AgentFilter) (out []AgentInfo, err error) {
	if err := may(sc, scope.SeeFleet, "link.ListAgents"); err != nil {
		return nil, err
	}
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		out, err = s.store.list(ctx, tx, sc, f)
		return err
	})
	for i := range out {
		out[i].Connected, out[i].LastContact = s.hub.Contact(out[i].ID)
	}
	return out, err
}

// Detail is one agent with what was notable about it, newest first.
type Detail struct {
	AgentInfo
	Notes []Note
}

// AgentDetail is one agent; not_found when it is not the tenant's. What
// happened in the last few seconds may not be in the notes yet.
func (s *Service) AgentDetail(ctx context.Context, sc scope.Scope, id string) (d Detail, err error) {
	if err := may(sc, scope.SeeFleet, "link.AgentDetail"); err != nil {
		return Detail{}, err
	}
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		if d.AgentInfo, err = s.store.get(ctx, tx, sc, id); err != nil {
			return err
		}
		d.Notes, err = s.store.notes(ctx, tx, sc, id)
		return err
	})
	if err != nil {
		return Detail{}, err
	}
	d.Connected, d.LastContact = s.hub.Contact(id)
	return d, nil
}

// NewCode is what a one-time code is for.
type NewCode struct {
	Outlet string
	Name   string        // of the agent; "" = its host's
	Valid  time.Duration // 0 = 24 hours; from a minute to 30 days
}

// Code is a new one-time code, shown once and kept nowhere.
type Code struct {
	Enrolment
	Code string // XXXX-XXXX-XXXX
}

// CreateCode makes a one-time code for an outlet.
func (s *Service) CreateCode(ctx context.Context, sc scope.Scope, n NewCode) (c Code, err error) {
	const op = "link.CreateCode"
	if err := may(sc, scope.ManageAgents, op); err != nil {
		return Code{}, err
	}
	if n.Valid == 0 {
		n.Valid = 24 * time.Hour
	}
	if n.Valid < time.Minute || n.Valid > 30*24*time.Hour {
		return Code{}, problem.New(problem.Invalid, "invalid").Field("valid", CodeEnrolValidity).In(op)
	}
	if err := checkName(n.Name, op); err != nil {
		return Code{}, err
	}
	err = s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.outlets.CheckOutlet(ctx, tx, sc, n.Outlet); err != nil {
			return err
		}
		c = Code{Code: newCode(), Enrolment: Enrolment{
			ID: ids.New(), Outlet: n.Outlet, Name: clean(n.Name, maxName), CreatedBy: sc.Actor().ID, CreatedByName: sc.Actor().Name,
			CreatedAt: tx.Now, ExpiresAt: tx.Now.Add(n.Valid),
		}}
		if err := s.store.addCode(ctx, tx, sc, c.Enrolment, hashCode(c.Code)); err != nil {
			return err
		}
		return audit.Write(ctx, tx, sc, audit.Entry{
			Action: "enrolment.created", Subject: "enrolment", SubjectID: c.ID,
			Detail: map[string]any{"outlet": c.Outlet, "name": c.Name, "expires_at": db.Millis(c.ExpiresAt)},
		})
	})
	if err != nil {
		return Code{}, err
	}
	return c, nil
}

// OpenCodes are the codes that can still be used, newest first.
func (s *Service) OpenCodes(ctx context.Context, sc scope.Scope) (out []Enrolment, err error) {
	if err := may(sc, scope.ManageAgents, "link.OpenCodes"); err != nil {
		return nil, err
	}
	err = s.hub.DB.Read(ctx, func(tx *db.Tx) error {
		out, err = s.store.openCodes(ctx, tx, sc)
		return err
	})
	return out, err
}

// WithdrawCode makes an unused code worthless.
func (s *Service) WithdrawCode(ctx context.Context, sc scope.Scope, id string) error {
	if err := may(sc, scope.ManageAgents, "link.WithdrawCode"); err != nil {
		return err
	}
	return s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		if err := s.store.withdraw(ctx, tx, sc, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, sc, audit.Entry{Action: "enrolment.withdrawn", Subject: "enrolment", SubjectID: id})
	})
}

// Revoke shuts an agent out for good and cuts its connection at once. Revoking
// again does nothing.
func (s *Service) Revoke(ctx context.Context, sc scope.Scope, id string) error {
	if err := may(sc, scope.ManageAgents, "link.Revoke"); err != nil {
		return err
	}
	return s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		changed, err := s.store.revoke(ctx, tx, sc, id)
		if err != nil || !changed {
			return err
		}
		tx.AfterCommit(func() {
			s.hub.Cut(id, CodeRevoked)
			s.hub.tell(sc.Tenant(), id)
		})
		return audit.Write(ctx, tx, sc, audit.Entry{Action: "agent.revoked", Subject: "agent", SubjectID: id})
	})
}

// Rename gives an agent another name.
func (s *Service) Rename(ctx context.Context, sc scope.Scope, id, name string) error {
	const op = "link.Rename"
	if err := may(sc, scope.ManageAgents, op); err != nil {
		return err
	}
	if clean(name, maxName) == "" {
		return problem.New(problem.Invalid, "invalid").Field("name", "required").In(op)
	}
	if err := checkName(name, op); err != nil {
		return err
	}
	return s.hub.DB.Write(ctx, func(tx *db.Tx) error {
		before, err := s.store.get(ctx, tx, sc, id)
		if err != nil {
			return err
		}
		if err := s.store.rename(ctx, tx, sc, id, clean(name, maxName)); err != nil {
			return err
		}
		tx.AfterCommit(func() { s.hub.tell(sc.Tenant(), id) })
		return audit.Write(ctx, tx, sc, audit.Entry{
			Action: "agent.renamed", Subject: "agent", SubjectID: id, Detail: map[string]string{"from": before.Name, "to": clean(name, maxName)},
		})
	})
}

// may says whether the company's own people have the right. A client's people
// never see the agents: one agent may serve more than their shop.
func may(sc scope.Scope, r scope.Right, op string) error {
	switch {
	case !sc.Valid():
		return errNoScope.In(op)
	case sc.Client() != "" || !sc.Can(r):
		return errForbidden.In(op)
	default:
		return nil
	}
}

func checkName(name, op string) error {
	if len(name) > maxName {
		e := problem.New(problem.Invalid, "invalid").Field("name", "too_long").In(op)
		e.Fields[0].Args = map[string]any{"max": maxName}
		return e
	}
	return nil
}
