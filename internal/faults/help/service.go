package help

import (
	"context"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// Service answers readers and their editors. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	clock clock.Clock
	ports Ports
}

// New makes the service.
func New(d *db.DB, clk clock.Clock, p Ports) *Service { return &Service{db: d, clock: clk, ports: p} }

// Library is where the articles come from.
func (s *Service) Library() Library { return s.ports.Library }

// KeepTraces is how long what visitors did is kept: a year's report and its
// patience.
const KeepTraces = 400 * 24 * time.Hour

// Sweep forgets what is older than KeepTraces. It is not a company's own doing
// and reaches all of them.
func (s *Service) Sweep(ctx context.Context) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		before := db.Millis(tx.Now.Add(-KeepTraces))
		for _, table := range []string{"faults_help_trace", "faults_help_walk", "faults_help_visitor", "faults_help_request"} {
			if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE at < $1`, before); err != nil {
				return fmt.Errorf("help: sweep %s: %w", table, err)
			}
		}
		return nil
	})
}

// note writes the audit entry of an editor's or a reader's doing.
func note(ctx context.Context, tx *db.Tx, sc scope.Scope, action, subject, id string, detail map[string]any) error {
	return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: subject, SubjectID: id, Detail: detail})
}

// noteQuestion writes down what happened to a question and tells the bus after
// the commit.
func (s *Service) noteQuestion(ctx context.Context, tx *db.Tx, sc scope.Scope, action string, q Question) error {
	if s.ports.Bus != nil {
		e := bus.Event{Tenant: sc.Tenant(), Topic: Topic, ID: q.ID}
		tx.AfterCommit(func() { s.ports.Bus.Publish(e) })
	}
	return note(ctx, tx, sc, action, "question", q.ID, map[string]any{"fault": q.Fault, "answered": q.Answer != ""})
}
