package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
)

func put(t *testing.T, d *db.DB, tenant string, number int64, detail string) error {
	t.Helper()
	return d.Write(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(t.Context(), `INSERT INTO audit_head (tenant, number, hash) VALUES ($1, $2, $3)
			ON CONFLICT (tenant) DO UPDATE SET number = excluded.number, hash = excluded.hash`, tenant, number, detail)
		return err
	})
}

func get(t *testing.T, tx *db.Tx, tenant string) (number int64, err error) {
	t.Helper()
	return number, tx.QueryRow(t.Context(), `SELECT number FROM audit_head WHERE tenant = $1`, tenant).Scan(&number)
}

func TestWriteCommitsOrLeavesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		boom := errors.New("boom")
		told := false
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			tx.AfterCommit(func() { told = true })
			if _, err := tx.Exec(t.Context(), `INSERT INTO audit_head (tenant, number, hash) VALUES ('x', 1, '')`); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || told {
			t.Fatalf("err %v, told %v", err, told)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error { _, err := get(t, tx, "x"); return err })
		if !db.NoRows(err) {
			t.Fatalf("after a rollback: %v", err)
		}
		if err := put(t, d, "x", 7, ""); err != nil {
			t.Fatal(err)
		}
		if err := put(t, d, "x", 8, ""); err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			n, err := get(t, tx, "x")
			if n != 8 {
				t.Errorf("number %d", n)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestReadSeesOneMomentAndCannotWrite(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if err := put(t, d, "x", 1, ""); err != nil {
			t.Fatal(err)
		}
		err := d.Read(t.Context(), func(tx *db.Tx) error {
			before, err := get(t, tx, "x")
			if err != nil {
				return err
			}
			if err := put(t, d, "x", 2, ""); err != nil {
				return err
			}
			after, err := get(t, tx, "x")
			if before != after {
				t.Errorf("a reader saw %d, then %d", before, after)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `DELETE FROM audit_head`)
			return err
		})
		if err == nil {
			t.Fatal("a reader could write")
		}
	})
}

func TestNowStandsStillInsideATransaction(t *testing.T) {
	t.Parallel()
	clk := clock.NewManual(time.Date(2026, 1, 2, 3, 4, 5, 6_700_000, time.UTC))
	dbtest.EachWith(t, clk, func(t *testing.T, d *db.DB) {
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			if tx.Now != db.Time(db.Millis(clk.Now())) {
				t.Errorf("now is %v", tx.Now)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestQueriesAreCounted(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, clock.System{})
	ctx, counted := db.CountQueries(t.Context())
	err := d.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant FROM audit_head`)
		_, err = db.Rows(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) })
		return err
	})
	if err != nil || counted() != 1 {
		t.Fatalf("%d queries, %v", counted(), err)
	}
}

func TestACancelledWriteLeavesTheNextOneFree(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := d.Write(ctx, func(tx *db.Tx) error {
			cancel()
			_, err := tx.Exec(ctx, `INSERT INTO audit_head (tenant, number, hash) VALUES ('x', 1, '')`)
			return err
		})
		if err == nil {
			t.Fatal("a cancelled write committed")
		}
		if err := put(t, d, "x", 1, ""); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	if got := db.Values(2, 3); got != "($1,$2,$3),($4,$5,$6)" {
		t.Error(got)
	}
	if got := db.List(3, 2); got != "$2,$3,$4" {
		t.Error(got)
	}
}

// TestTheSameStatementWhateverItsPlaceholders runs what bare rewrites and what
// it must leave alone on both databases.
func TestTheSameStatementWhateverItsPlaceholders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		for query, want := range map[string]string{
			`SELECT CAST($1 AS TEXT) || '$2 isn''t one' || CAST($2 AS TEXT)`:  "a$2 isn't oneb",
			`SELECT CAST($2 AS TEXT) || CAST($1 AS TEXT)`:                     "ba",
			`SELECT CAST($1 AS TEXT) || CAST($2 AS TEXT) || CAST($1 AS TEXT)`: "aba",
			`SELECT CAST($1 AS TEXT) || CAST($2 AS TEXT)`:                     "ab",
		} {
			var got string
			err := d.Read(t.Context(), func(tx *db.Tx) error { return tx.QueryRow(t.Context(), query, "a", "b").Scan(&got) })
			if err != nil || got != want {
				t.Errorf("%s: %q, %v", query, got, err)
			}
		}
	})
}

func TestManyPlaceholders(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 5000
		args := make([]any, 0, 3*n)
		for i := range n {
			args = append(args, fmt.Sprintf("t%05d", i), i, "h")
		}
		err := d.Write(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(t.Context(), `INSERT INTO audit_head (tenant, number, hash) VALUES `+db.Values(n, 3), args...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var sum int64
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			return tx.QueryRow(t.Context(), `SELECT CAST(sum(number) AS BIGINT) FROM audit_head WHERE tenant IN (`+db.List(3, 1)+`)`, "t00001", "t00010", "t04999").Scan(&sum)
		})
		if err != nil || sum != 1+10+4999 {
			t.Fatal(sum, err)
		}
	})
}

// TestAFullDatabaseSaysSo bounds the file, which SQLite reports like a full
// disk, and then gives it room again.
func TestAFullDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	d := dbtest.SQLite(t, clock.System{})
	bound := func(pages string) {
		if _, err := d.Pool().ExecContext(t.Context(), "PRAGMA max_page_count = "+pages); err != nil {
			t.Fatal(err)
		}
	}
	bound("1") // SQLite takes it as "no more than there are now"
	var err error
	for i := 0; err == nil && i < 200; i++ {
		err = put(t, d, strings.Repeat("x", 4000)+strconv.Itoa(i), 1, "")
	}
	if !errors.Is(err, db.ErrFull) {
		t.Fatalf("a full database says %v", err)
	}
	bound("1000000")
	if err := put(t, d, strings.Repeat("y", 4000), 1, ""); err != nil {
		t.Fatalf("with room again: %v", err)
	}
}
