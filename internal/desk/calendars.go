package desk

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Calendar is hours that a company has named, to work promises out by hand.
// Changing it changes no promise that was given: a case keeps its own hours.
type Calendar struct {
	ID      string
	Name    string // 1 to MaxCalendarName characters
	Spec    calendar.Spec
	Version int64 // grows with every change, see SaveCalendar
}

// MaxCalendarName is how many characters a calendar's name may have.
const MaxCalendarName = 100

// Calendars lists the company's calendars by name. One statement.
func (s *Service) Calendars(ctx context.Context, sc scope.Scope) (list []Calendar, err error) {
	if err := mayEditCalendars(sc, "desk.Calendars"); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, name, spec, version FROM desk_calendar WHERE tenant = $1 ORDER BY name, id`, sc.Tenant())
		list, err = db.Rows(rows, err, func(r *sql.Rows) (Calendar, error) { return scanCalendar(r) })
		return err
	})
	return list, err
}

// Calendar reads one calendar; calendar.ErrUnknown when the company has none
// of that id. Whoever sees cases may ask by its hours when something is due.
func (s *Service) Calendar(ctx context.Context, sc scope.Scope, id string) (c Calendar, err error) {
	if err := mayRead(sc, "desk.Calendar"); err != nil {
		return c, err
	}
	err = s.db.Read(ctx, func(tx *db.Tx) error { c, err = loadCalendar(ctx, tx, sc, id, ""); return err })
	return c, err
}

// Lookup gives the company's calendars to calendar.Preview.
func (s *Service) Lookup(ctx context.Context, sc scope.Scope) calendar.Lookup {
	return func(id string) (*calendar.Calendar, error) {
		c, err := s.Calendar(ctx, sc, id)
		if err != nil {
			return nil, err
		}
		return calendar.New(c.Spec)
	}
}

// SaveCalendar makes a calendar when its id is empty and changes it otherwise;
// then Version is the one that was seen, and a newer one is a conflict. Its
// other errors name the fields at fault.
func (s *Service) SaveCalendar(ctx context.Context, sc scope.Scope, c Calendar) (Calendar, error) {
	if err := mayEditCalendars(sc, "desk.SaveCalendar"); err != nil {
		return c, err
	}
	if err := c.check(); err != nil {
		return c, err
	}
	saved := c
	err := s.db.Write(ctx, func(tx *db.Tx) (err error) {
		if c.ID == "" {
			saved, err = insertCalendar(ctx, tx, sc, c)
		} else {
			saved, err = updateCalendar(ctx, tx, sc, c)
		}
		return err
	})
	if err != nil {
		return c, err
	}
	return saved, nil
}

func mayEditCalendars(sc scope.Scope, op string) error {
	if err := visible(sc, op); err != nil {
		return err
	}
	if sc.Client() != "" || !sc.Can(scope.EditRules) {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return nil
}

func (c *Calendar) check() error {
	c.Name, c.Spec.ID = clean(c.Name), "" // only requests name a calendar by its id
	bad := problem.New(problem.Invalid, "invalid").In("desk.SaveCalendar")
	if c.Name == "" {
		return bad.Field("name", "required")
	}
	if tooLong(c.Name, MaxCalendarName) {
		return bad.Field("name", "calendar_name_too_long")
	}
	_, err := calendar.New(c.Spec)
	return err
}

func insertCalendar(ctx context.Context, tx *db.Tx, sc scope.Scope, c Calendar) (Calendar, error) {
	c.ID, c.Version = ids.New(), 1
	spec, err := json.Marshal(c.Spec)
	if err != nil {
		return c, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO desk_calendar (id, tenant, name, spec, version) VALUES ($1,$2,$3,$4,$5)`,
		c.ID, sc.Tenant(), c.Name, string(spec), c.Version)
	if err != nil {
		return c, err
	}
	return c, auditCalendar(ctx, tx, sc, "calendar.created", nil, c)
}

func updateCalendar(ctx context.Context, tx *db.Tx, sc scope.Scope, c Calendar) (Calendar, error) {
	before, err := loadCalendar(ctx, tx, sc, c.ID, tx.Dialect.ForUpdate())
	if err != nil {
		return c, err
	}
	if before.Version != c.Version {
		return c, problem.New(problem.Conflict, "conflict").In("desk.SaveCalendar")
	}
	spec, err := json.Marshal(c.Spec)
	if err != nil {
		return c, err
	}
	c.Version++
	_, err = tx.Exec(ctx, `UPDATE desk_calendar SET name = $3, spec = $4, version = $5 WHERE tenant = $1 AND id = $2`,
		sc.Tenant(), c.ID, c.Name, string(spec), c.Version)
	if err != nil {
		return c, err
	}
	return c, auditCalendar(ctx, tx, sc, "calendar.changed", &before, c)
}

// auditCalendar keeps the hours before and after: what was worked out by them
// can be understood later.
func auditCalendar(ctx context.Context, tx *db.Tx, sc scope.Scope, action string, before *Calendar, after Calendar) error {
	detail := map[string]any{"name": after.Name, "hours": after.Spec}
	if before != nil {
		detail["nameBefore"], detail["hoursBefore"] = before.Name, before.Spec
	}
	return audit.Write(ctx, tx, sc, audit.Entry{Action: action, Subject: "calendar", SubjectID: after.ID, Detail: detail})
}

func loadCalendar(ctx context.Context, tx *db.Tx, sc scope.Scope, id, locking string) (Calendar, error) {
	c, err := scanCalendar(tx.QueryRow(ctx, `SELECT id, name, spec, version FROM desk_calendar WHERE tenant = $1 AND id = $2`+locking, sc.Tenant(), id))
	if db.NoRows(err) {
		return Calendar{}, calendar.ErrUnknown
	}
	return c, err
}

func scanCalendar(row scanner) (c Calendar, err error) {
	var spec string
	if err := row.Scan(&c.ID, &c.Name, &spec, &c.Version); err != nil {
		return c, err
	}
	if err := json.Unmarshal([]byte(spec), &c.Spec); err != nil {
		return c, fmt.Errorf("desk: the calendar %s: %w", c.ID, err)
	}
	return c, nil
}
