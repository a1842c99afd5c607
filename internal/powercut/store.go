package powercut

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const journalColumns = `id, client, outlet, device, case_id, reason, note, began_at, over_at, state, plan, consent, stopped, stopped_at,
	started_kind, started_id, started_name, created_at, closed_at, closed_by, verdict, version`

func scanJournal(row interface{ Scan(dest ...any) error }) (Journal, error) {
	var j Journal
	var plan string
	var from, to, created, closed int64
	err := row.Scan(&j.ID, &j.Client, &j.Outlet, &j.Device, &j.Case, &j.Reason, &j.Note, &from, &to, &j.State, &plan, &j.Consent, &j.Stopped, &j.StoppedAt,
		&j.StartedBy.Kind, &j.StartedBy.ID, &j.StartedBy.Name, &created, &closed, &j.ClosedBy, &j.Verdict, &j.Version)
	if err != nil {
		return j, err
	}
	j.From, j.To, j.CreatedAt, j.ClosedAt = db.Time(from), db.Time(to), db.Time(created), db.Time(closed)
	if err := json.Unmarshal([]byte(plan), &j.Plan); err != nil {
		return j, fmt.Errorf("powercut: plan of %s: %w", j.ID, err)
	}
	return j, nil
}

func getJournal(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Journal, error) {
	j, err := scanJournal(tx.QueryRow(ctx, `SELECT `+journalColumns+` FROM powercut_journal WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`,
		sc.Tenant(), id, sc.Client()))
	if db.NoRows(err) {
		return j, problem.New(problem.NotFound, "not_found").In("powercut")
	}
	return j, err
}

// lockJournal reads a journal and keeps everybody else's hands off it until
// the transaction ends.
func lockJournal(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Journal, error) {
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE powercut_journal SET version = version + 1 WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`,
		sc.Tenant(), id, sc.Client()))
	if err == nil && !ok {
		err = problem.New(problem.NotFound, "not_found").In("powercut")
	}
	if err != nil {
		return Journal{}, err
	}
	return getJournal(ctx, tx, sc, id)
}

func insertJournal(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal) error {
	plan, err := json.Marshal(j.Plan)
	if err != nil {
		return fmt.Errorf("powercut: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO powercut_journal (tenant, `+journalColumns+`) VALUES `+db.Values(1, 23),
		sc.Tenant(), j.ID, j.Client, j.Outlet, j.Device, j.Case, string(j.Reason), j.Note, db.Millis(j.From), db.Millis(j.To), string(j.State), string(plan),
		j.Consent, j.Stopped, j.StoppedAt, string(j.StartedBy.Kind), j.StartedBy.ID, j.StartedBy.Name, db.Millis(j.CreatedAt), db.Millis(j.ClosedAt),
		j.ClosedBy, j.Verdict, j.Version)
	return err
}

// saveJournal stores a journal that lockJournal gave; its version moved there.
func saveJournal(ctx context.Context, tx *db.Tx, sc scope.Scope, j *Journal) error {
	plan, err := json.Marshal(j.Plan)
	if err != nil {
		return fmt.Errorf("powercut: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE powercut_journal SET case_id = $3, reason = $4, note = $5, began_at = $6, over_at = $7, state = $8, plan = $9, consent = $10,
		stopped = $11, stopped_at = $12, closed_at = $13, closed_by = $14, verdict = $15 WHERE tenant = $1 AND id = $2`,
		sc.Tenant(), j.ID, j.Case, string(j.Reason), j.Note, db.Millis(j.From), db.Millis(j.To), string(j.State), string(plan), j.Consent,
		j.Stopped, j.StoppedAt, db.Millis(j.ClosedAt), j.ClosedBy, j.Verdict)
	return err
}

// Filter narrows a list of journals; empty fields do not.
type Filter struct {
	Device, Case  string
	Open, Sending bool // not closed; being sent
	Limit         int  // 0 = 50, at most 200
}

// Summary is a journal in a list, with what is in it.
type Summary struct {
	Journal
	Settlements int   `json:"settlements"`
	Made        int   `json:"made"`     // settlements whose document exists
	Total       int64 `json:"total"`    // kopecks; what went back or out counts against what came in
	Returned    int64 `json:"returned"` // kopecks of it that went back to buyers
}

func listJournals(ctx context.Context, tx *db.Tx, sc scope.Scope, f Filter) ([]Summary, error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	rows, err := tx.Query(ctx, `SELECT `+journalColumns+`,
			(SELECT COUNT(*) FROM powercut_settlement s WHERE s.tenant = j.tenant AND s.journal = j.id),
			(SELECT COUNT(*) FROM powercut_settlement s JOIN powercut_draft d ON d.id = s.draft WHERE s.tenant = j.tenant AND s.journal = j.id AND d.state IN ('registered', 'by_hand')),
			(SELECT COALESCE(SUM(CASE WHEN s.operation IN (1, 4) THEN s.total ELSE -s.total END), 0) FROM powercut_settlement s WHERE s.tenant = j.tenant AND s.journal = j.id),
			(SELECT COALESCE(SUM(s.total), 0) FROM powercut_settlement s WHERE s.tenant = j.tenant AND s.journal = j.id AND s.operation = 2)
		FROM powercut_journal j WHERE tenant = $1 AND ($2 = '' OR client = $2) AND ($3 = '' OR device = $3) AND ($4 = '' OR case_id = $4)
			AND ($5 = 0 OR closed_at = 0) AND ($6 = 0 OR state = 'sending') ORDER BY created_at DESC, id DESC LIMIT $7`,
		sc.Tenant(), sc.Client(), f.Device, f.Case, db.Bit(f.Open), db.Bit(f.Sending), min(f.Limit, 200))
	return db.Rows(rows, err, func(r *sql.Rows) (Summary, error) {
		var s Summary
		var err error
		s.Journal, err = scanJournal(more{r, []any{&s.Settlements, &s.Made, &s.Total, &s.Returned}})
		return s, err
	})
}

// more reads columns that follow a journal's own.
type more struct {
	row  interface{ Scan(dest ...any) error }
	dest []any
}

// Scan implements what scanJournal asks for.
func (m more) Scan(dest ...any) error { return m.row.Scan(append(dest, m.dest...)...) }
