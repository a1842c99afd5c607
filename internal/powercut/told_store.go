package powercut

import (
	"context"
	"database/sql"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// known is what the journal has of something that a shop told.
type known struct {
	Rev        int64
	Journal    string
	Settlement string // "" = a breakdown, or a sale that is not in the journal
	Version    int64  // of the settlement when it was last told
}

// toldOf finds what an agent told before under an id; Rev 0 when nothing.
func toldOf(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) (k known, err error) {
	err = tx.QueryRow(ctx, `SELECT rev, journal, settlement, version FROM powercut_told WHERE tenant = $1 AND agent = $2 AND id = $3`,
		sc.Tenant(), sc.Actor().ID, id).Scan(&k.Rev, &k.Journal, &k.Settlement, &k.Version)
	if db.NoRows(err) {
		return known{}, nil
	}
	return k, err
}

func keepTold(ctx context.Context, tx *db.Tx, sc scope.Scope, id string, k known) error {
	_, err := tx.Exec(ctx, `INSERT INTO powercut_told (tenant, agent, id, rev, journal, settlement, version, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant, agent, id) DO UPDATE SET rev = excluded.rev, journal = excluded.journal, settlement = excluded.settlement,
			version = excluded.version, told_at = excluded.told_at`,
		sc.Tenant(), sc.Actor().ID, id, k.Rev, k.Journal, k.Settlement, k.Version, db.Millis(tx.Now))
	return err
}

// openOf are the journals of a device that take settlements now, the newest
// first.
func openOf(ctx context.Context, tx *db.Tx, sc scope.Scope, device string) ([]Journal, error) {
	rows, err := tx.Query(ctx, `SELECT `+journalColumns+` FROM powercut_journal WHERE tenant = $1 AND device = $2 AND state = 'open'
		ORDER BY created_at DESC, id DESC LIMIT 20`, sc.Tenant(), device)
	return db.Rows(rows, err, func(r *sql.Rows) (Journal, error) { return scanJournal(r) })
}
