package help

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/scope"
)

// Source is where something was searched.
type Source string

// The sources.
const (
	FromHelp Source = "help" // the public page
	FromAPI  Source = "api"
	FromDesk Source = "desk" // the company's own people
)

// Search is one question to the articles.
type Search struct {
	Text    string
	Lang    string
	Visitor Visitor
	Source  Source
	// Typing is set while the reader is not done: nothing is kept of it.
	Typing bool
}

// Find answers a question and keeps what was shown, or that nothing was found.
func (s *Service) Find(ctx context.Context, sc scope.Scope, q Search) (faults.Diagnosis, error) {
	if err := anyone(sc, "help.Find"); err != nil {
		return faults.Diagnosis{}, err
	}
	d, err := s.ports.Library.Diagnose(ctx, sc, faults.Question{Text: q.Text, Lang: q.Lang})
	if err != nil || q.Typing || strings.TrimSpace(q.Text) == "" {
		return d, err
	}
	return d, s.Keep(ctx, sc, q, d)
}

// Keep keeps an answer that was given: which articles were shown to whom, and
// what found nothing that could be stood by.
func (s *Service) Keep(ctx context.Context, sc scope.Scope, q Search, d faults.Diagnosis) error {
	shown := make([]string, len(d.Matches))
	for i, m := range d.Matches {
		shown[i] = m.FaultID
	}
	if d.Confident && (q.Visitor == "" || len(shown) == 0) {
		return nil
	}
	return s.db.Write(ctx, func(tx *db.Tx) error {
		if err := mark(ctx, tx, sc, q.Visitor, Shown, shown...); err != nil || d.Confident {
			return err
		}
		return miss(ctx, tx, sc, q)
	})
}

// Open keeps that the visitor opened an article.
func (s *Service) Open(ctx context.Context, sc scope.Scope, v Visitor, fault string) error {
	if err := anyone(sc, "help.Open"); err != nil {
		return err
	}
	if v == "" {
		return nil
	}
	if _, err := s.ports.Library.Article(ctx, sc, fault); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx *db.Tx) error { return mark(ctx, tx, sc, v, Opened, fault) })
}

// popularSpan is how far back it is looked which articles are read.
const popularSpan = 90 * 24 * time.Hour

// Popular is the articles that most visitors opened lately, at most n; while
// too few were opened, those about a register that cannot sell fill up.
func (s *Service) Popular(ctx context.Context, sc scope.Scope, n int) ([]*catalogue.Article, error) {
	if err := anyone(sc, "help.Popular"); err != nil {
		return nil, err
	}
	all, err := s.ports.Library.Articles(ctx, sc)
	if err != nil {
		return nil, err
	}
	readers := map[string]int64{}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT fault, COUNT(DISTINCT visitor) FROM faults_help_trace WHERE tenant = $1 AND kind = $2 AND at > $3 GROUP BY fault`,
			sc.Tenant(), string(Opened), db.Millis(tx.Now.Add(-popularSpan)))
		_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
			var fault string
			var n int64
			err := r.Scan(&fault, &n)
			readers[fault] = n
			return struct{}{}, err
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return popular(all, readers, n), nil
}

// popular orders by readers, then by how much the fault stops.
func popular(all []*catalogue.Article, readers map[string]int64, n int) []*catalogue.Article {
	worst := func(a *catalogue.Article) int {
		return slices.Index([]catalogue.Severity{catalogue.Blocking, catalogue.Critical, catalogue.Important, catalogue.Minor}, a.Severity)
	}
	sorted := slices.Clone(all)
	slices.SortFunc(sorted, func(a, b *catalogue.Article) int {
		return cmp.Or(cmp.Compare(readers[b.ID], readers[a.ID]), cmp.Compare(worst(a), worst(b)),
			cmp.Compare(len(b.Symptoms.RU), len(a.Symptoms.RU)), cmp.Compare(a.ID, b.ID))
	})
	return sorted[:min(n, len(sorted))]
}
