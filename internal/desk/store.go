package desk

import (
	"context"
	"database/sql"
	"encoding/json"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const columns = `id, number, client, outlet, device, fault, subject, severity, terms, state, wait_reason, owner, owner_name,
	source, alert, alert_severity, evidence, opened_at, closed_at, due_at, limit_at, broken_at, passed, version`

type scanner interface{ Scan(...any) error }

func scanCase(row scanner) (c Case, err error) {
	var evidence string
	var opened, closed, due, limit, broken int64
	err = row.Scan(&c.ID, &c.Number, &c.Client, &c.Outlet, &c.Device, &c.Fault, &c.Subject, &c.Severity, &c.Terms, &c.State, &c.WaitReason,
		&c.Owner, &c.OwnerName, &c.Source, &c.Alert, &c.alertWorst, &evidence, &opened, &closed, &due, &limit, &broken, &c.passed, &c.Version)
	c.Evidence = json.RawMessage(evidence)
	c.OpenedAt, c.ClosedAt, c.DueAt, c.LimitAt, c.BrokenAt = db.Time(opened), db.Time(closed), db.Time(due), db.Time(limit), db.Time(broken)
	return c, err
}

// visible refuses a scope without tenant.
func visible(sc scope.Scope, op string) error {
	if !sc.Valid() {
		return problem.New(problem.Internal, "no_scope").In(op)
	}
	return nil
}

// mayRead refuses who may not see cases. A shop's person who may sees those
// of their own client only; every statement takes care of that.
func mayRead(sc scope.Scope, op string) error {
	if err := visible(sc, op); err != nil {
		return err
	}
	if !sc.Can(scope.SeeCases) {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return nil
}

func load(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Case, error) {
	return loadWith(ctx, tx, sc, id, "")
}

// lock is load for whoever is about to change the case: another change of it
// waits until this transaction ends. The case is locked before its job, or a
// mark that comes while a person acts could wait for each other in a circle.
func lock(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (Case, error) {
	return loadWith(ctx, tx, sc, id, tx.Dialect.ForUpdate())
}

func loadWith(ctx context.Context, tx *db.Tx, sc scope.Scope, id, locking string) (Case, error) {
	if err := visible(sc, "desk.load"); err != nil {
		return Case{}, err
	}
	c, err := scanCase(tx.QueryRow(ctx, `SELECT `+columns+` FROM desk_case WHERE tenant = $1 AND id = $2 AND ($3 = '' OR client = $3)`+locking,
		sc.Tenant(), id, sc.Client()))
	if db.NoRows(err) {
		return Case{}, problem.New(problem.NotFound, "case_not_found").In("desk.load")
	}
	return c, err
}

func loadByAlert(ctx context.Context, tx *db.Tx, sc scope.Scope, alert string) (Case, bool, error) {
	if err := visible(sc, "desk.loadByAlert"); err != nil {
		return Case{}, false, err
	}
	c, err := scanCase(tx.QueryRow(ctx, `SELECT `+columns+` FROM desk_case WHERE tenant = $1 AND alert = $2`, sc.Tenant(), alert))
	if db.NoRows(err) {
		return Case{}, false, nil
	}
	return c, err == nil, err
}

func insert(ctx context.Context, tx *db.Tx, sc scope.Scope, c Case, queueAt int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_case (`+columns+`, tenant, queue_at, folded) VALUES (`+db.List(27, 1)+`)`,
		c.ID, c.Number, c.Client, c.Outlet, c.Device, c.Fault, c.Subject, string(c.Severity), string(c.Terms), string(c.State), string(c.WaitReason),
		c.Owner, c.OwnerName, string(c.Source), c.Alert, string(c.alertWorst), string(c.Evidence), db.Millis(c.OpenedAt), db.Millis(c.ClosedAt),
		db.Millis(c.DueAt), db.Millis(c.LimitAt), db.Millis(c.BrokenAt), c.passed, c.Version, sc.Tenant(), queueAt, Fold(c.Subject))
	return err
}

// save writes what a change may touch. The row is locked since it was read;
// that the version still fits is checked all the same, so that nobody's change
// can be lost under another's. read is the version that was read; c carries the
// one to be written.
func save(ctx context.Context, tx *db.Tx, sc scope.Scope, c Case, read, queueAt int64) error {
	ok, err := db.Changed(tx.Exec(ctx, `UPDATE desk_case SET severity = $4, state = $5, wait_reason = $6, owner = $7, owner_name = $8, closed_at = $9,
		due_at = $10, limit_at = $11, broken_at = $12, queue_at = $13, evidence = $14, alert_severity = $15, passed = $16, version = $17
		WHERE tenant = $1 AND id = $2 AND version = $3`,
		sc.Tenant(), c.ID, read, string(c.Severity), string(c.State), string(c.WaitReason), c.Owner, c.OwnerName, db.Millis(c.ClosedAt),
		db.Millis(c.DueAt), db.Millis(c.LimitAt), db.Millis(c.BrokenAt), queueAt, string(c.Evidence), string(c.alertWorst), c.passed, c.Version))
	if err != nil {
		return err
	}
	if !ok {
		return problem.New(problem.Conflict, "conflict").In("desk.save")
	}
	return nil
}

// nextNumber counts the company's cases; the row is locked until the end of
// the transaction, so numbers have no gaps that a client could wonder about.
// Whoever opens a case takes this lock before that of the audit chain; a
// caller of OpenIn writes its own audit entries after it.
func nextNumber(ctx context.Context, tx *db.Tx, sc scope.Scope) (n int64, err error) {
	err = tx.QueryRow(ctx, `INSERT INTO desk_counter (tenant, last_number) VALUES ($1, $2)
		ON CONFLICT (tenant) DO UPDATE SET last_number = desk_counter.last_number + 1 RETURNING last_number`, sc.Tenant(), firstNumber).Scan(&n)
	return n, err
}

// takeTurns locks the counter without counting: two transactions that open a
// case of the same alert go one after the other, and the second sees the
// first one's.
func takeTurns(ctx context.Context, tx *db.Tx, sc scope.Scope) error {
	_, err := tx.Exec(ctx, `INSERT INTO desk_counter (tenant, last_number) VALUES ($1, $2)
		ON CONFLICT (tenant) DO UPDATE SET last_number = desk_counter.last_number`, sc.Tenant(), firstNumber-1)
	return err
}

// firstNumber is where a company's numbers begin: nobody likes to hear that
// theirs is case number one.
const firstNumber = 1001

func scanCases(rows *sql.Rows, err error) ([]Case, error) {
	return db.Rows(rows, err, func(r *sql.Rows) (Case, error) { return scanCase(r) })
}
