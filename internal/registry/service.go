package registry

import (
	"context"
	"fmt"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Publisher hears what has happened. bus.Bus is one.
type Publisher interface{ Publish(events ...bus.Event) }

// Agents says whether a tenant has an agent. Whoever enrols agents answers it.
type Agents interface {
	HasAgent(ctx context.Context, sc scope.Scope, agent string) (bool, error)
}

// Service is everything that can be done with the registry. It is safe for
// concurrent use.
type Service struct {
	db     *db.DB
	bus    Publisher
	agents Agents
}

// New makes a Service on an open, migrated database. agents may be nil: then
// it is not checked that an agent exists.
func New(d *db.DB, b Publisher, agents Agents) *Service {
	return &Service{db: d, bus: b, agents: agents}
}

// reach is how far a scope's eyes go. Every query of this package begins from
// one, and one cannot be had without a scope.
type reach struct {
	tenant string
	client string // "" = all clients
	agent  string // "" = all devices; otherwise only those this agent reads
}

// see is the reach of a scope for reading. A guest who belongs to no client
// sees nothing.
func see(sc scope.Scope, op string) (reach, error) {
	if !sc.Valid() {
		return reach{}, problem.New(problem.Internal, "no_scope").In(op)
	}
	r := reach{tenant: sc.Tenant(), client: sc.Client()}
	switch sc.Actor().Kind {
	case scope.ByAgent:
		r.agent = sc.Actor().ID
	case scope.ByGuest:
		if r.client == "" {
			return reach{}, problem.New(problem.Forbidden, "forbidden").In(op)
		}
	}
	return r, nil
}

// seePlaces is see for what no agent has business with.
func seePlaces(sc scope.Scope, op string) (reach, error) {
	r, err := see(sc, op)
	if err == nil && r.agent != "" {
		err = problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return r, err
}

// edit is the reach of a scope for writing. A shop's people never write,
// whatever their roles say.
func edit(sc scope.Scope, op string) (reach, error) {
	r, err := see(sc, op)
	if err == nil && (!sc.Can(scope.EditRegistry) || sc.Client() != "") {
		err = problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return r, err
}

// Change says what happened to a device. It is the Data of events of the
// topic "device".
type Change string

// The changes that are told.
const (
	Added    Change = "added"
	Changed  Change = "changed"
	Moved    Change = "moved"    // to another outlet
	Assigned Change = "assigned" // to another agent, or to none
	Removed  Change = "removed"
)

// tell publishes a change of a device once it is durable.
func (s *Service) tell(tx *db.Tx, r reach, device string, c Change) {
	tx.AfterCommit(func() {
		s.bus.Publish(bus.Event{Tenant: r.tenant, Topic: "device", ID: device, Data: c})
	})
}

// fields is an object's content as the audit trail shows it: without secrets.
type fields map[string]string

// diff is what a change changed, as field → [before, after].
func diff(before, after fields) map[string][2]string {
	out := map[string][2]string{}
	for k, v := range after {
		if before[k] != v {
			out[k] = [2]string{before[k], v}
		}
	}
	return out
}

func note(ctx context.Context, tx *db.Tx, sc scope.Scope, action, subject, id string, detail any) error {
	return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: subject, SubjectID: id, Detail: detail})
}

func notFound(op string) error { return problem.New(problem.NotFound, "not_found").In(op) }

func conflict(op string) error { return problem.New(problem.Conflict, "conflict").In(op) }

// wrap names the operation of a database error; nil stays nil.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("registry.%s: %w", op, err)
}
