package fleet

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

// quietRetention is how long changes are kept that say only that a register
// is in use: each receipt changes the last document's number.
const quietRetention = 30 * 24 * time.Hour

// Maintain deletes the history that is older than the retention, device by
// device in small transactions so that reports hardly wait. It is meant to
// run once a night; ctx may end it at any point.
func (s *Service) Maintain(ctx context.Context) (deleted int64, err error) {
	now := s.clock.Now()
	oldest, quiet := now.Add(-s.retention).UnixMilli(), now.Add(-min(quietRetention, s.retention)).UnixMilli()
	after := ""
	for {
		next, n, err := s.maintainSome(ctx, after, oldest, quiet)
		deleted += n
		if err != nil || next == "" {
			return deleted, err
		}
		after = next
	}
}

// maintainPortion is how many devices one transaction looks at.
const maintainPortion = 100

func (s *Service) maintainSome(ctx context.Context, after string, oldest, quiet int64) (last string, n int64, err error) {
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(device), '') FROM (SELECT DISTINCT device FROM fleet_change WHERE device > $1 ORDER BY device LIMIT $2) AS portion`,
			after, maintainPortion).Scan(&last)
		if err != nil || last == "" {
			return err
		}
		res, err := tx.Exec(ctx, `DELETE FROM fleet_change WHERE device > $1 AND device <= $2 AND (at < $3 OR quiet = 1 AND at < $4)`, after, last, oldest, quiet)
		if err != nil {
			return err
		}
		n, err = res.RowsAffected()
		return err
	})
	return last, n, err
}
