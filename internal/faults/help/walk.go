package help

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Walk begins the guided walk of an article for a reader without a login and
// remembers whose it is. There is no device behind it.
func (s *Service) Walk(ctx context.Context, sc scope.Scope, v Visitor, fault string) (token string, err error) {
	if err := anyone(sc, "help.Walk"); err != nil {
		return "", err
	}
	token, view, err := s.ports.Walks.StartGuest(ctx, sc, fault)
	if err != nil || v == "" {
		return token, err
	}
	return token, s.db.Write(ctx, func(tx *db.Tx) error {
		if err := mark(ctx, tx, sc, v, Opened, fault); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `INSERT INTO faults_help_walk (session, tenant, visitor, fault, at) VALUES ($1,$2,$3,$4,$5)`,
			view.Session.ID, sc.Tenant(), string(v), fault, db.Millis(tx.Now))
		return err
	})
}

// walked is the session of a guest's walk in this company.
func (s *Service) walked(ctx context.Context, sc scope.Scope, token string) (faults.Session, error) {
	guest, ref, err := s.ports.Walks.Guest(ctx, token)
	if err != nil {
		return faults.Session{}, err
	}
	if guest.Tenant() != sc.Tenant() {
		return faults.Session{}, problem.New(problem.NotFound, "fix_link_over").In("help.walked")
	}
	v, err := s.ports.Walks.View(ctx, guest, ref)
	return v.Session, err
}
