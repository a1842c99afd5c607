package desk

import (
	"context"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// OpenOnce opens a case under a key of the caller's, or gives the one that was
// opened under it before, also when two ask at the same moment. An alert's id
// is such a key too.
func (s *Service) OpenOnce(ctx context.Context, sc scope.Scope, key string, d Draft) (c Case, err error) {
	d.Alert = key
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		c, err = s.open(ctx, tx, sc, d)
		if problem.CodeOf(err) != alertHasCase {
			return err
		}
		c, _, err = loadByAlert(ctx, tx, sc, key)
		if err == nil && sc.Client() != "" && c.Client != sc.Client() {
			return problem.New(problem.NotFound, "not_found").In("desk.OpenOnce")
		}
		return err
	})
	if err != nil {
		return Case{}, err
	}
	return c, nil
}

// Add is Record in a transaction of its own.
func (s *Service) Add(ctx context.Context, sc scope.Scope, caseID string, kind EntryKind, data map[string]any) error {
	return s.db.Write(ctx, func(tx *db.Tx) error { return s.Record(ctx, tx, sc, caseID, kind, data) })
}
