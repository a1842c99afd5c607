package help

import (
	"context"
	"database/sql"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// EnoughRatings is from how many on an article's rating is shown to readers:
// fewer say more about those who rated than about the article.
const EnoughRatings = 3

// Rating is one visitor's word on an article.
type Rating struct {
	Helped bool
	Words  string // for the editors alone
	At     time.Time
}

// Standing is what is said of an article.
type Standing struct {
	Helped, Rated int     // of all visitors
	Own           *Rating // the asking visitor's; nil = none
}

// Shown says whether the rating is shown to readers.
func (s Standing) Shown() bool { return s.Rated >= EnoughRatings }

// Rate takes a visitor's word on an article; a second one takes the place of
// the first. "It helped" counts as solved for the reading under way.
func (s *Service) Rate(ctx context.Context, sc scope.Scope, v Visitor, fault, lang string, r Rating) error {
	const op = "help.Rate"
	if err := anyone(sc, op); err != nil {
		return err
	}
	if err := v.known(op); err != nil {
		return err
	}
	if _, err := s.ports.Library.Article(ctx, sc, fault); err != nil {
		return err
	}
	r.Words = clean(r.Words)
	f := newForm(op)
	f.text("words", r.Words, MaxWords, false)
	if err := f.err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO faults_rating (tenant, fault, visitor, helped, words, lang, at) VALUES ($1,$2,$3,$4,$5,$6,$7)
			ON CONFLICT (tenant, fault, visitor) DO UPDATE SET helped = excluded.helped, words = excluded.words, lang = excluded.lang, at = excluded.at`,
			sc.Tenant(), fault, string(v), db.Bit(r.Helped), r.Words, langOf(lang), db.Millis(tx.Now))
		if err != nil {
			return err
		}
		if !r.Helped {
			err = unsolve(ctx, tx, sc, v, fault)
		} else {
			err = mark(ctx, tx, sc, v, Solved, fault)
		}
		if err != nil {
			return err
		}
		return note(ctx, tx, sc, "article.rated", "fault", fault, map[string]any{"helped": r.Helped})
	})
}

// Standing reads what is said of an article.
func (s *Service) Standing(ctx context.Context, sc scope.Scope, v Visitor, fault string) (st Standing, err error) {
	if err := anyone(sc, "help.Standing"); err != nil {
		return st, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		err := tx.QueryRow(ctx, `SELECT COUNT(*), COALESCE(SUM(helped), 0) FROM faults_rating WHERE tenant = $1 AND fault = $2`, sc.Tenant(), fault).
			Scan(&st.Rated, &st.Helped)
		if err != nil || v == "" {
			return err
		}
		var own Rating
		var helped, at int64
		err = tx.QueryRow(ctx, `SELECT helped, words, at FROM faults_rating WHERE tenant = $1 AND fault = $2 AND visitor = $3`, sc.Tenant(), fault, string(v)).
			Scan(&helped, &own.Words, &at)
		if db.NoRows(err) {
			return nil
		}
		own.Helped, own.At = helped != 0, db.Time(at)
		st.Own = &own
		return err
	})
	return st, err
}

// Word is a rating with words, as the editors read it.
type Word struct {
	Fault string
	Lang  string
	Rating
}

// Words lists what readers wrote with their ratings, the newest first, at most
// 200; fault "" is all articles.
func (s *Service) Words(ctx context.Context, sc scope.Scope, fault string) (list []Word, err error) {
	if err := editors(sc, "help.Words"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT fault, lang, helped, words, at FROM faults_rating
			WHERE tenant = $1 AND words <> '' AND ($2 = '' OR fault = $2) ORDER BY at DESC, visitor LIMIT 200`, sc.Tenant(), fault)
		list, err = db.Rows(rows, err, func(r *sql.Rows) (w Word, err error) {
			var helped, at int64
			err = r.Scan(&w.Fault, &w.Lang, &helped, &w.Words, &at)
			w.Helped, w.At = helped != 0, db.Time(at)
			return w, err
		})
		return err
	})
	return list, err
}

// Standings reads the ratings of all articles at once, for the editors.
func (s *Service) Standings(ctx context.Context, sc scope.Scope) (map[string]Standing, error) {
	if err := editors(sc, "help.Standings"); err != nil {
		return nil, err
	}
	out := map[string]Standing{}
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT fault, COUNT(*), SUM(helped) FROM faults_rating WHERE tenant = $1 GROUP BY fault`, sc.Tenant())
		_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
			var fault string
			var st Standing
			err := r.Scan(&fault, &st.Rated, &st.Helped)
			out[fault] = st
			return struct{}{}, err
		})
		return err
	})
	return out, err
}
