package desk

import (
	"context"
	"database/sql"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// Counts is how many active cases there are.
type Counts struct {
	Active, New, Waiting, Broken, Mine, Unowned int
	BySeverity                                  map[calendar.Severity]int
}

// Count counts the active cases; person is whose own are counted apart. One
// statement.
func (s *Service) Count(ctx context.Context, sc scope.Scope, person string) (n Counts, err error) {
	if err := mayRead(sc, "desk.Count"); err != nil {
		return n, err
	}
	n.BySeverity = map[calendar.Severity]int{}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT severity, state, count(*), count(*) FILTER (WHERE broken_at > 0), count(*) FILTER (WHERE owner = $3 AND owner <> ''),
			count(*) FILTER (WHERE owner = '') FROM desk_case WHERE tenant = $1 AND closed_at = 0 AND ($2 = '' OR client = $2) GROUP BY severity, state`,
			sc.Tenant(), sc.Client(), person)
		_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
			var severity calendar.Severity
			var state State
			var all, broken, mine, unowned int
			err := r.Scan(&severity, &state, &all, &broken, &mine, &unowned)
			n.add(severity, state, all, broken, mine, unowned)
			return struct{}{}, err
		})
		return err
	})
	return n, err
}

func (n *Counts) add(severity calendar.Severity, state State, all, broken, mine, unowned int) {
	n.Active += all
	n.BySeverity[severity] += all
	n.Broken += broken
	n.Mine += mine
	n.Unowned += unowned
	switch state {
	case New:
		n.New += all
	case Waiting:
		n.Waiting += all
	}
}

// ActiveOf tells the active case of each of the devices that has one, in one
// statement; of several the one that is due first.
func (s *Service) ActiveOf(ctx context.Context, sc scope.Scope, devices []string) (map[string]Case, error) {
	out := make(map[string]Case, len(devices))
	if err := mayRead(sc, "desk.ActiveOf"); err != nil || len(devices) == 0 {
		return out, err
	}
	args := []any{sc.Tenant(), sc.Client()}
	for _, d := range devices {
		args = append(args, d)
	}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+columns+` FROM desk_case WHERE tenant = $1 AND ($2 = '' OR client = $2) AND closed_at = 0
			AND device IN (`+db.List(len(devices), 3)+`) ORDER BY queue_at DESC, id DESC`, args...)
		cases, err := scanCases(rows, err)
		for _, c := range cases {
			out[c.Device] = c
		}
		return err
	})
	return out, err
}
