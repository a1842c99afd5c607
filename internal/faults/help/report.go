package help

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// MaxPeriod bounds what one report looks at.
const MaxPeriod = 366 * 24 * time.Hour

// Report measures a period: see Count for how. It reads five times, however
// long the period is.
func (s *Service) Report(ctx context.Context, sc scope.Scope, p Period) (Report, error) {
	const op = "help.Report"
	if err := editors(sc, op); err != nil {
		return Report{}, err
	}
	f := newForm(op)
	f.when(!p.From.Before(p.To), "to", "help_period")
	f.when(p.To.Sub(p.From) > MaxPeriod, "from", "help_period")
	if err := f.err(); err != nil {
		return Report{}, err
	}
	var m material
	err := s.db.Read(ctx, func(tx *db.Tx) (err error) {
		m, err = gather(ctx, tx, sc, p)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	if err := s.callsOfOutlets(ctx, sc, p, &m); err != nil {
		return Report{}, err
	}
	return Count(m.traces, m.calls, p, s.clock.Now()), nil
}

// material is what a report is counted from.
type material struct {
	traces  []Trace
	calls   []Call
	outlets map[Visitor]string
}

func gather(ctx context.Context, tx *db.Tx, sc scope.Scope, p Period) (m material, err error) {
	from, to := db.Millis(p.From), db.Millis(p.To.Add(ReadingSpan))
	rows, err := tx.Query(ctx, `SELECT visitor, kind, fault, at FROM faults_help_trace WHERE tenant = $1 AND at >= $2 AND at < $3`, sc.Tenant(), from, to)
	m.traces, err = db.Rows(rows, err, func(r *sql.Rows) (t Trace, err error) {
		var at int64
		err = r.Scan(&t.Visitor, &t.Kind, &t.Fault, &at)
		t.At = db.Time(at)
		return t, err
	})
	if err != nil {
		return m, err
	}
	if err := m.walks(ctx, tx, sc, from, to); err != nil {
		return m, err
	}
	return m, m.requests(ctx, tx, sc, from, db.Millis(p.To.Add(ReadingSpan+Patience)))
}

// walks adds what guided walks came to.
func (m *material) walks(ctx context.Context, tx *db.Tx, sc scope.Scope, from, to int64) error {
	rows, err := tx.Query(ctx, `SELECT w.visitor, w.fault, s.state, s.ended_at FROM faults_help_walk w
		JOIN faults_session s ON s.id = w.session AND s.tenant = w.tenant WHERE w.tenant = $1 AND w.at >= $2 AND w.at < $3 AND s.ended_at > 0`,
		sc.Tenant(), from, to)
	_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
		var v Visitor
		var fault string
		var state faults.State
		var ended int64
		if err := r.Scan(&v, &fault, &state, &ended); err != nil {
			return struct{}{}, err
		}
		switch state {
		case faults.Mended, faults.Told:
			m.traces = append(m.traces, Trace{Visitor: v, Kind: Solved, Fault: fault, At: db.Time(ended)})
		case faults.HandedOver:
			m.calls = append(m.calls, Call{Visitor: v, At: db.Time(ended)})
		case faults.Active, faults.Running, faults.Checking, faults.Proving, faults.Abandoned:
		}
		return struct{}{}, nil
	})
	return err
}

// requests adds the cases that visitors made by the form, and where the
// visitors stand.
func (m *material) requests(ctx context.Context, tx *db.Tx, sc scope.Scope, from, to int64) error {
	rows, err := tx.Query(ctx, `SELECT visitor, at FROM faults_help_request WHERE tenant = $1 AND visitor <> '' AND at >= $2 AND at < $3`, sc.Tenant(), from, to)
	calls, err := db.Rows(rows, err, func(r *sql.Rows) (c Call, err error) {
		var at int64
		err = r.Scan(&c.Visitor, &at)
		c.At = db.Time(at)
		return c, err
	})
	if err != nil {
		return err
	}
	m.calls = append(m.calls, calls...)
	m.outlets = map[Visitor]string{}
	rows, err = tx.Query(ctx, `SELECT visitor, outlet FROM faults_help_visitor WHERE tenant = $1`, sc.Tenant())
	_, err = db.Rows(rows, err, func(r *sql.Rows) (struct{}, error) {
		var v Visitor
		var outlet string
		err := r.Scan(&v, &outlet)
		m.outlets[v] = outlet
		return struct{}{}, err
	})
	return err
}

// callsOfOutlets adds the cases of the outlets where visitors with a solved
// reading stand: by whatever channel they came.
func (s *Service) callsOfOutlets(ctx context.Context, sc scope.Scope, p Period, m *material) error {
	var outlets []string
	var visitors []Visitor
	for _, t := range m.traces {
		outlet := m.outlets[t.Visitor]
		if t.Kind != Solved || outlet == "" || slices.Contains(visitors, t.Visitor) {
			continue
		}
		visitors = append(visitors, t.Visitor)
		if !slices.Contains(outlets, outlet) {
			outlets = append(outlets, outlet)
		}
	}
	if len(outlets) == 0 {
		return nil
	}
	opened, err := s.ports.Desk.OpenedAt(ctx, sc, outlets, p.From, p.To.Add(ReadingSpan+Patience))
	if err != nil {
		return err
	}
	for _, v := range visitors {
		for _, at := range opened[m.outlets[v]] {
			m.calls = append(m.calls, Call{Visitor: v, At: at})
		}
	}
	return nil
}

// Days is the period's days in order, also those on which nothing happened.
func (p Period) Days() []time.Time {
	var out []time.Time
	from := p.From.In(p.Zone)
	for d := time.Date(from.Year(), from.Month(), from.Day(), 0, 0, 0, 0, p.Zone); d.Before(p.To); d = d.AddDate(0, 0, 1) {
		out = append(out, d)
	}
	return out
}

// LastDays is the period of the n days that end with the day of now, in a zone.
func LastDays(n int, now time.Time, zone *time.Location) (Period, error) {
	if n < 1 || n > 365 {
		return Period{}, problem.New(problem.Invalid, "invalid").Field("days", "help_period").In("help.LastDays")
	}
	y, m, d := now.In(zone).Date()
	to := time.Date(y, m, d+1, 0, 0, 0, 0, zone)
	return Period{From: to.AddDate(0, 0, -n), To: to, Zone: zone}, nil
}
