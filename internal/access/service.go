package access

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Clients says whether a tenant has a client. The area that keeps clients
// answers it.
type Clients interface {
	HasClient(ctx context.Context, sc scope.Scope, client string) (bool, error)
}

// Service is everything that can be done about people and their sessions. It
// is safe for concurrent use.
type Service struct {
	db      *db.DB
	clock   clock.Clock
	hasher  *Hasher // of strangers
	known   *Hasher // of who is signed in, or comes with a known browser
	clients Clients
	log     *slog.Logger
	cache   *cache
}

// Options are what a Service needs beside the database. Every field may be
// left out.
type Options struct {
	Hasher  *Hasher      // nil = DefaultParams, two at a time, 64 waiting; one more is kept for people who are known
	Clients Clients      // nil = the client of a shop's person is not checked
	Log     *slog.Logger // nil = slog.Default()
}

// New makes a Service on an open, migrated database.
func New(d *db.DB, clk clock.Clock, o Options) *Service {
	if o.Hasher == nil {
		o.Hasher = NewHasher(DefaultParams(), 2, 64)
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Service{db: d, clock: clk, hasher: o.Hasher, known: o.Hasher.Lane(1, 16), clients: o.Clients, log: o.Log, cache: newCache()}
}

// Sweep deletes sessions and tokens that ended more than keep ago, and the
// counts of failed logins that no longer count. It is meant to run once a day.
func (s *Service) Sweep(ctx context.Context, keep time.Duration) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		before := db.Millis(tx.Now.Add(-keep))
		for _, q := range []string{
			`DELETE FROM access_session WHERE expires_at < $1 OR (revoked_at > 0 AND revoked_at < $1)`,
			`DELETE FROM access_token WHERE (expires_at > 0 AND expires_at < $1) OR (revoked_at > 0 AND revoked_at < $1)`,
		} {
			if _, err := tx.Exec(ctx, q, before); err != nil {
				return wrap("Sweep", err)
			}
		}
		_, err := tx.Exec(ctx, `DELETE FROM access_attempt WHERE last_at < $1`, db.Millis(tx.Now.Add(-24*time.Hour)))
		return wrap("Sweep", err)
	})
}

// mayManage is the right to change people. A shop's person never has it,
// whatever roles a row claims.
func mayManage(sc scope.Scope, op string) error {
	if err := valid(sc, op); err != nil {
		return err
	}
	if !sc.Can(scope.ManagePeople) || sc.Client() != "" {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return nil
}

// mayTouch is mayManage, or that the person asks about themselves.
func mayTouch(sc scope.Scope, person, op string) error {
	if err := valid(sc, op); err != nil {
		return err
	}
	if isSelf(sc, person) {
		return nil
	}
	return mayManage(sc, op)
}

func isSelf(sc scope.Scope, person string) bool {
	return sc.Actor().Kind == scope.ByPerson && sc.Actor().ID == person && person != ""
}

func valid(sc scope.Scope, op string) error {
	if !sc.Valid() {
		return problem.New(problem.Internal, "no_scope").In(op)
	}
	return nil
}

func notFound(op string) error { return problem.New(problem.NotFound, "not_found").In(op) }

// wrap names the operation of a database error; nil stays nil.
func wrap(op string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("access.%s: %w", op, err)
}

// note writes to the audit trail about a person.
func note(ctx context.Context, tx *db.Tx, sc scope.Scope, action, person string, detail any) error {
	return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "person", SubjectID: person, Detail: detail})
}
