package shelf

import (
	"context"
	"database/sql"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxHeard bounds the phrases that a company's readers add to the index.
const maxHeard = 5000

// heard is a search that found nothing until an editor said which article
// answers it: the readers' own words for a fault.
type heard struct {
	fault, lang, text string
}

func heardBy(ctx context.Context, tx *db.Tx, sc scope.Scope) ([]heard, error) {
	rows, err := tx.Query(ctx, `SELECT fault, lang, text FROM faults_missed WHERE tenant = $1 AND state = 'linked' ORDER BY count DESC, id LIMIT $2`, sc.Tenant(), maxHeard)
	return db.Rows(rows, err, func(r *sql.Rows) (h heard, err error) { return h, r.Scan(&h.fault, &h.lang, &h.text) })
}

// listening is the catalogue as the matcher gets it: the articles with their
// readers' words among the symptoms. The articles that people read stay as
// they are.
func listening(c *catalogue.Catalogue, words []heard) *catalogue.Catalogue {
	said := map[string]map[i18n.Lang][]string{}
	for _, w := range words {
		lang, known := i18n.Parse(w.lang)
		if _, holds := c.Get(w.fault); !known || !holds {
			continue
		}
		if said[w.fault] == nil {
			said[w.fault] = map[i18n.Lang][]string{}
		}
		said[w.fault][lang] = append(said[w.fault][lang], w.text)
	}
	if len(said) == 0 {
		return c
	}
	over := make([]*catalogue.Article, 0, len(said))
	for fault, more := range said {
		a, _ := c.Get(fault)
		twin := *a
		for lang, texts := range more {
			twin.Symptoms = twin.Symptoms.And(lang, texts...)
		}
		over = append(over, &twin)
	}
	return c.With(over, nil)
}

// Heard has the company's index built anew once the transaction is done: which
// searches are linked has changed in it.
func (s *Service) Heard(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	if err := grow(ctx, tx, sc); err != nil {
		return err
	}
	// A database that fails just then is asked again by the next Refresh.
	tx.AfterCommit(func() { _ = s.build(context.WithoutCancel(ctx), sc.Tenant()) })
	return nil
}
