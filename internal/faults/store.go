package faults

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Ref names a session: people by its id, a guest by the link's token.
type Ref struct {
	ID    string
	Token string
}

const sessionColumns = `id, client, device, case_id, fault, revision, state, step, path, command, run_key, since, deadline,
	reason, token_until, delivered, started_kind, started_id, started_name, created_at, changed_at, ended_at, version`

func scanSession(row interface{ Scan(dest ...any) error }) (Session, error) {
	var s Session
	var path, kind string
	var since, deadline, until, delivered, created, changed, ended int64
	err := row.Scan(&s.ID, &s.Client, &s.Device, &s.Case, &s.Fault, &s.Revision, &s.State, &s.Step, &path, &s.Command, &s.RunKey,
		&since, &deadline, &s.Reason, &until, &delivered, &kind, &s.StartedBy.ID, &s.StartedBy.Name, &created, &changed, &ended, &s.Version)
	if err != nil {
		return Session{}, err
	}
	if err := json.Unmarshal([]byte(path), &s.Path); err != nil {
		return Session{}, fmt.Errorf("faults: path of %s: %w", s.ID, err)
	}
	s.StartedBy.Kind, s.Delivered = scope.ActorKind(kind), delivered != 0
	s.Since, s.Deadline, s.TokenUntil = db.Time(since), db.Time(deadline), db.Time(until)
	s.CreatedAt, s.ChangedAt, s.EndedAt = db.Time(created), db.Time(changed), db.Time(ended)
	return s, nil
}

// get reads the session that ref names, if the scope reaches it. A guest
// reaches exactly the one session of the token.
func get(ctx context.Context, tx *db.Tx, sc scope.Scope, ref Ref, now time.Time) (Session, error) {
	if err := mayTouch(sc); err != nil {
		return Session{}, err
	}
	var row *sql.Row
	if sc.Actor().Kind == scope.ByGuest {
		row = tx.QueryRow(ctx, `SELECT `+sessionColumns+` FROM faults_session WHERE tenant = $1 AND token_hash = $2 AND token_hash <> '' AND token_until > $3`,
			sc.Tenant(), hashToken(ref.Token), db.Millis(now))
	} else {
		row = tx.QueryRow(ctx, `SELECT `+sessionColumns+` FROM faults_session WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`,
			sc.Tenant(), ref.ID, sc.Client())
	}
	s, err := scanSession(row)
	if db.NoRows(err) {
		return Session{}, problem.New(problem.NotFound, "not_found")
	}
	return s, err
}

func insert(ctx context.Context, tx *db.Tx, sc scope.Scope, s *Session, tokenHash string) error {
	path, err := json.Marshal(s.Path)
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	_, err = tx.Exec(ctx, `INSERT INTO faults_session (tenant, token_hash, `+sessionColumns+`)
		VALUES `+db.Values(1, 25),
		sc.Tenant(), tokenHash, s.ID, s.Client, s.Device, s.Case, s.Fault, s.Revision, string(s.State), s.Step, string(path), s.Command, s.RunKey,
		db.Millis(s.Since), db.Millis(s.Deadline), s.Reason, db.Millis(s.TokenUntil), db.Bit(s.Delivered),
		string(s.StartedBy.Kind), s.StartedBy.ID, s.StartedBy.Name, db.Millis(s.CreatedAt), db.Millis(s.ChangedAt), db.Millis(s.EndedAt), s.Version)
	return err
}

// save writes the session if nobody changed it since it was read, and counts
// its version up.
func save(ctx context.Context, tx *db.Tx, sc scope.Scope, s *Session) error {
	path, err := json.Marshal(s.Path)
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	s.ChangedAt = tx.Now
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE faults_session SET case_id = $4, state = $5, step = $6, path = $7, command = $8, run_key = $9,
		since = $10, deadline = $11, reason = $12, token_until = $13, delivered = $14, changed_at = $15, ended_at = $16, version = version + 1
		WHERE tenant = $1 AND id = $2 AND version = $3`,
		sc.Tenant(), s.ID, s.Version, s.Case, string(s.State), s.Step, string(path), s.Command, s.RunKey,
		db.Millis(s.Since), db.Millis(s.Deadline), s.Reason, db.Millis(s.TokenUntil), db.Bit(s.Delivered), db.Millis(s.ChangedAt), db.Millis(s.EndedAt)))
	if err != nil {
		return err
	}
	if !ok {
		return problem.New(problem.Conflict, "fix_changed")
	}
	s.Version++
	return nil
}

// addEvents appends to the session's log. The caller holds the session's row
// by save, so that the order is one.
func addEvents(ctx context.Context, tx *db.Tx, sc scope.Scope, session string, events []Event) error {
	var seq int64
	if err := tx.QueryRow(ctx, `SELECT COALESCE(MAX(seq), 0) FROM faults_step_event WHERE session = $1 AND tenant = $2`, session, sc.Tenant()).Scan(&seq); err != nil {
		return err
	}
	for _, e := range events {
		seq++
		detail, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("faults: %w", err)
		}
		a := sc.Actor()
		if _, err := tx.Exec(ctx, `INSERT INTO faults_step_event (id, tenant, session, seq, at, kind, step, actor_kind, actor_id, actor_name, detail)
			VALUES `+db.Values(1, 11), ids.New(), sc.Tenant(), session, seq, db.Millis(tx.Now), string(e.Kind), e.Step,
			string(a.Kind), a.ID, a.Name, string(detail)); err != nil {
			return err
		}
	}
	return nil
}

// eventsOf reads the session's log, oldest first.
func eventsOf(ctx context.Context, tx *db.Tx, sc scope.Scope, session string) ([]Event, error) {
	rows, err := tx.Query(ctx, `SELECT seq, at, kind, step, actor_kind, actor_id, actor_name, detail FROM faults_step_event
		WHERE tenant = $1 AND session = $2 ORDER BY seq`, sc.Tenant(), session)
	return db.Rows(rows, err, func(r *sql.Rows) (Event, error) {
		var e Event
		var at int64
		var detail string
		if err := r.Scan(&e.Seq, &at, &e.Kind, &e.Step, &e.Actor.Kind, &e.Actor.ID, &e.Actor.Name, &detail); err != nil {
			return Event{}, err
		}
		e.At = db.Time(at)
		return e, json.Unmarshal([]byte(detail), &e.Detail)
	})
}
