package db

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"

	"github.com/tillwright/tillwright/internal/problem"
)

// ErrFull says that the database's disk has no room. Nothing was written; the
// same call works again once there is room.
var ErrFull = problem.New(problem.Unavailable, "storage_full")

// Codes of a full disk: SQLITE_FULL, and disk_full of PostgreSQL (class 53).
const (
	sqliteFull   = 13
	postgresFull = "53100"
)

// full tells a full disk apart from what is our own mistake, so that a person
// is told what happened and who can mend it.
func full(err error) error {
	var lite *sqlite.Error
	if errors.As(err, &lite) && lite.Code()&0xFF == sqliteFull {
		return ErrFull.In("db").Because(err)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == postgresFull {
		return ErrFull.In("db").Because(err)
	}
	return err
}
