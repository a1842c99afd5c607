package help

import (
	"context"
	"database/sql"
	"time"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// MissedState is what the editors made of a search that found nothing.
type MissedState string

// The states.
const (
	MissedOpen      MissedState = "open"
	MissedDismissed MissedState = "dismissed" // nothing for an article
	MissedLinked    MissedState = "linked"    // an article answers it
)

// Missed is a search that ended without an answer that could be stood by.
type Missed struct {
	ID      string
	Text    string // as Masked made it
	Lang    string
	Source  Source
	Count   int64
	FirstAt time.Time
	LastAt  time.Time
	State   MissedState
	Fault   string // of MissedLinked
	Version int64
}

// Room for what was not found: beyond it the oldest that was asked once makes
// place, so that nobody fills the database with noise.
const maxMissedRows = 5000

// Miss keeps a search that found nothing, when it was asked elsewhere than on
// the help page.
func (s *Service) Miss(ctx context.Context, sc scope.Scope, q Search) error {
	if err := anyone(sc, "help.Miss"); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return miss(ctx, tx, sc, q) })
}

// miss counts a search up. One that the editors dismissed stays dismissed.
func miss(ctx context.Context, tx *db.Tx, sc scope.Scope, q Search) error {
	text := Masked(q.Text)
	if utf8.RuneCountInString(text) < 2 {
		return nil
	}
	lang, ok := i18n.Parse(q.Lang)
	if !ok {
		lang = i18n.EN
	}
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE faults_missed SET count = count + 1, last_at = $4, source = $5 WHERE tenant = $1 AND text = $2 AND lang = $3`,
		sc.Tenant(), text, string(lang), db.Millis(tx.Now), string(q.Source)))
	if err != nil || ok {
		return err
	}
	if err := makeRoom(ctx, tx, sc); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO faults_missed (id, tenant, text, lang, source, count, first_at, last_at, state, fault, version) VALUES `+db.Values(1, 11)+`
		ON CONFLICT (tenant, text, lang) DO UPDATE SET count = faults_missed.count + 1, last_at = excluded.last_at`,
		ids.New(), sc.Tenant(), text, string(lang), string(q.Source), 1, db.Millis(tx.Now), db.Millis(tx.Now), string(MissedOpen), "", 1)
	return err
}

func makeRoom(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	var rows int64
	if err := tx.QueryRow(ctx, `SELECT COUNT(*) FROM faults_missed WHERE tenant = $1`, sc.Tenant()).Scan(&rows); err != nil || rows < maxMissedRows {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM faults_missed WHERE id IN (SELECT id FROM faults_missed
		WHERE tenant = $1 AND state <> $2 ORDER BY count, last_at, id LIMIT $3)`, sc.Tenant(), string(MissedLinked), rows-maxMissedRows+1)
	return err
}

// MissedFilter narrows and orders the list of what was not found.
type MissedFilter struct {
	State  MissedState // "" = open
	Newest bool        // by when it was last asked; otherwise by how often
	Limit  int         // 0 = 100, at most 1000
}

const missedColumns = `id, text, lang, source, count, first_at, last_at, state, fault, version`

func scanMissed(r interface{ Scan(...any) error }) (m Missed, err error) {
	var first, last int64
	err = r.Scan(&m.ID, &m.Text, &m.Lang, &m.Source, &m.Count, &first, &last, &m.State, &m.Fault, &m.Version)
	m.FirstAt, m.LastAt = db.Time(first), db.Time(last)
	return m, err
}

// NotFound lists what was searched and not found.
func (s *Service) NotFound(ctx context.Context, sc scope.Scope, f MissedFilter) (list []Missed, err error) {
	if err := editors(sc, "help.NotFound"); err != nil {
		return nil, err
	}
	if f.State == "" {
		f.State = MissedOpen
	}
	order := "count DESC, last_at DESC"
	if f.Newest {
		order = "last_at DESC, count DESC"
	}
	if f.Limit < 1 {
		f.Limit = 100
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+missedColumns+` FROM faults_missed WHERE tenant = $1 AND state = $2 ORDER BY `+order+`, id LIMIT $3`,
			sc.Tenant(), string(f.State), min(f.Limit, 1000))
		list, err = db.Rows(rows, err, func(r *sql.Rows) (Missed, error) { return scanMissed(r) })
		return err
	})
	return list, err
}

// Dismiss takes a search off the list: no article is wanted for it.
func (s *Service) Dismiss(ctx context.Context, sc scope.Scope, id string, version int64) (Missed, error) {
	return s.settleMissed(ctx, sc, id, version, MissedDismissed, "")
}

// Link says which article answers the search. From then on its words find the
// article.
func (s *Service) Link(ctx context.Context, sc scope.Scope, id string, version int64, fault string) (Missed, error) {
	if err := editors(sc, "help.Link"); err != nil {
		return Missed{}, err
	}
	if _, err := s.ports.Library.Article(ctx, sc, fault); err != nil {
		return Missed{}, err
	}
	return s.settleMissed(ctx, sc, id, version, MissedLinked, fault)
}

// Reopen puts a search back on the list.
func (s *Service) Reopen(ctx context.Context, sc scope.Scope, id string, version int64) (Missed, error) {
	return s.settleMissed(ctx, sc, id, version, MissedOpen, "")
}

func (s *Service) settleMissed(ctx context.Context, sc scope.Scope, id string, version int64, state MissedState, fault string) (m Missed, err error) {
	const op = "help.Missed"
	if err := editors(sc, op); err != nil {
		return m, err
	}
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		m, err = scanMissed(tx.QueryRow(ctx, `SELECT `+missedColumns+` FROM faults_missed WHERE tenant = $1 AND id = $2`, sc.Tenant(), id))
		if db.NoRows(err) {
			return problem.New(problem.NotFound, "not_found").In(op)
		}
		if err != nil {
			return err
		}
		if version != m.Version {
			return problem.New(problem.Conflict, "conflict").In(op)
		}
		was := m.State
		m.State, m.Fault, m.Version = state, fault, m.Version+1
		ok, err := db.Changed(tx.Exec(ctx, `UPDATE faults_missed SET state = $4, fault = $5, version = $6 WHERE tenant = $1 AND id = $2 AND version = $3`,
			sc.Tenant(), id, version, string(state), fault, m.Version))
		if err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.Conflict, "conflict").In(op)
		}
		if was == MissedLinked || state == MissedLinked {
			if err := s.ports.Library.Heard(ctx, tx, sc); err != nil {
				return err
			}
		}
		return note(ctx, tx, sc, "missed."+string(state), "missed", id, map[string]any{"text": m.Text, "fault": fault})
	})
	return m, err
}
