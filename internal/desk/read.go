package desk

import (
	"context"
	"database/sql"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// View is a case with all that its page shows.
type View struct {
	Case
	Clock   calendar.Result
	Entries []Entry
	// Ahead is how the clock will get from now to the mark that counts next, if
	// nothing happens; empty when it stands or that mark has gone by.
	Ahead []calendar.Line
}

// Get reads one case.
func (s *Service) Get(ctx context.Context, sc scope.Scope, id string) (c Case, err error) {
	if err := mayRead(sc, "desk.Get"); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error { c, err = load(ctx, tx, sc, id); return err })
	return c, err
}

// View reads a case with its clock as it stands now and its timeline: four
// statements, however long its history is. A shop's person does not see the
// notes, which are for the company alone.
func (s *Service) View(ctx context.Context, sc scope.Scope, id string) (v View, err error) {
	if err := mayRead(sc, "desk.View"); err != nil {
		return v, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		if v.Case, err = load(ctx, tx, sc, id); err != nil {
			return err
		}
		events, err := loadClock(ctx, tx, sc, v.ID)
		if err != nil {
			return err
		}
		if v.Clock, err = calendar.Evaluate(events, tx.Now); err != nil {
			return err
		}
		if v.Ahead, err = ahead(events, v.Clock, tx.Now); err != nil {
			return err
		}
		v.Entries, err = loadEntries(ctx, tx, sc, v.ID)
		return err
	})
	return v, err
}

// ahead tells the clock's way from now to its next mark: the same events read
// once more, at the moment of that mark.
func ahead(events []calendar.Event, r calendar.Result, now time.Time) ([]calendar.Line, error) {
	mark := r.Mark
	if r.Breached && r.Limit != nil {
		mark = *r.Limit
	}
	if r.State != calendar.Running || !mark.Deadline.After(now) {
		return nil, nil
	}
	then, err := calendar.Evaluate(events, mark.Deadline)
	if err != nil {
		return nil, err
	}
	now = now.Truncate(time.Second)
	var out []calendar.Line
	for _, l := range then.Explanation {
		if !l.To.After(now) {
			continue
		}
		if l.From.Before(now) {
			l.From = now.In(l.From.Location())
			l.Seconds = int64(l.To.Sub(now) / time.Second)
			l.Minutes = float64(l.Seconds) / 60
		}
		out = append(out, l)
	}
	return out, nil
}

// ByNumber finds a case by the number that a person was told.
func (s *Service) ByNumber(ctx context.Context, sc scope.Scope, number int64) (c Case, err error) {
	if err := mayRead(sc, "desk.ByNumber"); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		c, err = scanCase(tx.QueryRow(ctx, `SELECT `+columns+` FROM desk_case WHERE tenant = $1 AND number = $2 AND ($3 = '' OR client = $3)`,
			sc.Tenant(), number, sc.Client()))
		if db.NoRows(err) {
			return problem.New(problem.NotFound, "case_not_found").In("desk.ByNumber")
		}
		return err
	})
	return c, err
}

// MaxPage is how many cases one page holds at most.
const MaxPage = 500

// Page is one page of a list; Next is the key of the following one, "" at the
// end.
type Page struct {
	Cases []Case
	Next  string
}

// List is the queue: cases whose clock runs by the time left on their
// promise, then those whose clock stands; or, when the filter asks for ended
// states alone, the newest ended first. One statement.
func (s *Service) List(ctx context.Context, sc scope.Scope, f Filter) (p Page, err error) {
	if err := mayRead(sc, "desk.List"); err != nil {
		return p, err
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	f.Limit = min(f.Limit, MaxPage)
	q := query{sc: sc, f: f}
	text, err := q.build()
	if err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, text, q.args...)
		keys := make([]string, 0, f.Limit+1)
		p.Cases, err = db.Rows(rows, err, func(r *sql.Rows) (Case, error) {
			var key int64
			c, err := scanCase(withKey{r, &key})
			keys = append(keys, strconv.FormatInt(key, 10)+"_"+c.ID)
			return c, err
		})
		if len(p.Cases) > f.Limit {
			p.Cases, p.Next = p.Cases[:f.Limit], keys[f.Limit-1]
		}
		return err
	})
	return p, err
}

// withKey scans one more column in front of a case's.
type withKey struct {
	rows *sql.Rows
	key  *int64
}

func (w withKey) Scan(to ...any) error { return w.rows.Scan(append([]any{w.key}, to...)...) }
