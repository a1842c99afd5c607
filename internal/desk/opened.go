package desk

import (
	"context"
	"database/sql"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// OpenedAt is when people came with cases about the named outlets, by outlet,
// from an instant until before another. What an alert opened is left out:
// nobody called for it.
func (s *Service) OpenedAt(ctx context.Context, sc scope.Scope, outlets []string, from, to time.Time) (map[string][]time.Time, error) {
	if err := mayRead(sc, "desk.OpenedAt"); err != nil {
		return nil, err
	}
	out := make(map[string][]time.Time, len(outlets))
	if len(outlets) == 0 {
		return out, nil
	}
	args := []any{sc.Tenant(), sc.Client(), db.Millis(from), db.Millis(to), string(FromAlert)}
	for _, o := range outlets {
		args = append(args, o)
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT outlet, opened_at FROM desk_case WHERE tenant = $1 AND ($2 = '' OR client = $2)
			AND opened_at >= $3 AND opened_at < $4 AND source <> $5 AND outlet IN (`+db.List(len(outlets), 6)+`)`, args...)
		_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
			var outlet string
			var at int64
			err := r.Scan(&outlet, &at)
			out[outlet] = append(out[outlet], db.Time(at))
			return struct{}{}, err
		})
		return err
	})
	return out, err
}
