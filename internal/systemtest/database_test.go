package systemtest_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
)

// inTheDatabase looks past the program at its tables after an orderly stop:
// every change is one row of the history, and nothing is left in the log.
func inTheDatabase(t *testing.T, data, device string, turns int) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(data, "tillwright.db"), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }() // only read
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(t.Context(), `SELECT changes FROM fleet_change WHERE device = $1 ORDER BY seq`, device)
		list, err := db.Rows(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		if err != nil {
			return err
		}
		found := ""
		for _, c := range list {
			switch {
			case strings.Contains(c, `"receipt.open":[false,true]`):
				found += "+"
			case strings.Contains(c, `"receipt.open":[true,false]`):
				found += "-"
			}
		}
		if want := strings.Repeat("+-", turns)[:turns]; found != want {
			t.Errorf("the history holds %s, it was %s", found, want)
		}
		var waiting int
		if err := tx.QueryRow(t.Context(), `SELECT count(*) FROM fleet_log`).Scan(&waiting); err != nil || waiting != 0 {
			t.Errorf("%d rows wait in the log after an orderly stop (%v)", waiting, err)
		}
		return d.Check(t.Context())
	})
	if err != nil {
		t.Error(err)
	}
}
