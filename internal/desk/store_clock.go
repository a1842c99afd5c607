package desk

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/scope"
)

// tick is a clock event as it is written: its schedule by content.
type tick struct {
	kind   calendar.Kind
	reason calendar.Reason
	marks  *calendar.Marks
	spec   *calendar.Spec
	zone   string
}

// addTick writes one clock event as the seq-th of its case.
func addTick(ctx context.Context, tx *db.Tx, sc scope.Scope, caseID string, seq int, at time.Time, t tick) error {
	marks, key := "", ""
	if t.marks != nil {
		text, err := json.Marshal(t.marks)
		if err != nil {
			return err
		}
		marks = string(text)
	}
	if t.spec != nil {
		var err error
		if key, err = keepSchedule(ctx, tx, sc, *t.spec, t.zone); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `INSERT INTO desk_clock (case_id, seq, tenant, at, kind, reason, marks, schedule, keep)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '')`,
		caseID, seq, sc.Tenant(), db.Millis(at), string(t.kind), string(t.reason), marks, key)
	return err
}

// keepSchedule stores hours once by their content: a calendar that is edited
// later does not change what was promised under it.
func keepSchedule(ctx context.Context, tx *db.Tx, sc scope.Scope, spec calendar.Spec, zone string) (string, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(append([]byte(zone+"\x00"), text...))
	key := hex.EncodeToString(sum[:])
	_, err = tx.Exec(ctx, `INSERT INTO desk_schedule (tenant, id, zone, spec) VALUES ($1,$2,$3,$4) ON CONFLICT DO NOTHING`,
		sc.Tenant(), key, zone, string(text))
	return key, err
}

// loadClock reads the promise's events with their schedules: two statements,
// whatever their number.
func loadClock(ctx context.Context, tx *db.Tx, sc scope.Scope, id string) ([]calendar.Event, error) {
	rows, err := tx.Query(ctx, `SELECT s.id, s.zone, s.spec FROM desk_schedule s WHERE s.tenant = $1
		AND s.id IN (SELECT schedule FROM desk_clock WHERE case_id = $2 AND tenant = $1)`, sc.Tenant(), id)
	schedules := map[string]*calendar.Schedule{}
	_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
		var key, zone, spec string
		if err := r.Scan(&key, &zone, &spec); err != nil {
			return struct{}{}, err
		}
		s, err := parseSchedule(zone, spec)
		schedules[key] = &s
		return struct{}{}, err
	})
	if err != nil {
		return nil, err
	}
	rows, err = tx.Query(ctx, `SELECT at, kind, reason, marks, schedule, keep FROM desk_clock WHERE tenant = $1 AND case_id = $2 ORDER BY seq`, sc.Tenant(), id)
	return db.Rows(rows, err, func(r *sql.Rows) (e calendar.Event, err error) {
		var at int64
		var marks, key string
		if err := r.Scan(&at, &e.Kind, &e.Reason, &marks, &key, &e.Keep); err != nil {
			return e, err
		}
		e.At, e.Schedule = db.Time(at), schedules[key]
		if marks != "" {
			err = json.Unmarshal([]byte(marks), &e.Marks)
		}
		return e, err
	})
}

func parseSchedule(zone, text string) (calendar.Schedule, error) {
	var spec calendar.Spec
	if err := json.Unmarshal([]byte(text), &spec); err != nil {
		return calendar.Schedule{}, fmt.Errorf("desk: a stored calendar: %w", err)
	}
	return schedule(spec, zone)
}
