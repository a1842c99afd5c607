package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/signal"
)

// Size is how much a seeded database holds.
type Size struct {
	Devices int
	Cases   int
}

// Seed fills an empty company with devices, their last states and years of
// cases, to measure pages with. It is deterministic but for the ids.
func Seed(ctx context.Context, d *db.DB, tenant string, size Size, now time.Time) error {
	s := seeder{tenant: tenant, size: size, now: now, rand: rand.New(rand.NewPCG(7, 41))}
	return d.Write(ctx, func(tx *db.Tx) error {
		s.tx = tx
		for _, step := range []func(context.Context) error{s.places, s.devices, s.states, s.schedule, s.cases} {
			if err := step(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

type seeder struct {
	tx     *db.Tx
	tenant string
	size   Size
	now    time.Time
	rand   *rand.Rand

	outlets []seededOutlet
	kit     []seededDevice
	hours   string // id of the stored calendar
}

type seededOutlet struct{ id, client, agent string }

type seededDevice struct{ id, client, outlet, agent, serial string }

// outletsPerClient and devicesPerOutlet are the shape of a company of small
// shops.
const (
	outletsPerClient = 3
	devicesPerOutlet = 4
)

// places writes clients, then their outlets, each with its agent: parents
// before children.
func (s *seeder) places(ctx context.Context) error {
	known, err := Clients(40)
	if err != nil {
		return err
	}
	outlets := (s.size.Devices + devicesPerOutlet - 1) / devicesPerOutlet
	clients, err := s.clients(ctx, known, (outlets+outletsPerClient-1)/outletsPerClient)
	if err != nil {
		return err
	}
	b := newBulk(s.tx, "registry_outlet", "id tenant client name address city zone note sort folded created_at version")
	agents := newBulk(s.tx, "link_agent", "id tenant outlet name public_key enrolled_at enrolled_by")
	for i := range outlets {
		c := known[i/outletsPerClient%len(known)]
		o := c.Outlets[i%len(c.Outlets)]
		out := seededOutlet{id: ids.New(), client: clients[i/outletsPerClient], agent: ids.New()}
		name := fmt.Sprintf("%s %d", o.Name, i+1)
		if err := b.add(ctx, out.id, s.tenant, out.client, name, o.Address, o.City, o.Zone, "", desk.Fold(name), desk.Fold(name+" "+o.City), s.since(), 1); err != nil {
			return err
		}
		if err := agents.add(ctx, out.agent, s.tenant, out.id, name, make([]byte, 32), s.since(), "seed"); err != nil {
			return err
		}
		s.outlets = append(s.outlets, out)
	}
	return errors.Join(b.flush(ctx), agents.flush(ctx))
}

func (s *seeder) clients(ctx context.Context, known []Client, n int) ([]string, error) {
	b := newBulk(s.tx, "registry_client", "id tenant number name kind country inn kpp ust_id note sort folded created_at version")
	made := make([]string, n)
	for i := range made {
		c := known[i%len(known)]
		made[i] = ids.New()
		name := fmt.Sprintf("%s %d", c.Name, i+1)
		if err := b.add(ctx, made[i], s.tenant, fmt.Sprint(10_000+i), name, "company", c.Country, "", "", "", "", desk.Fold(name), desk.Fold(name), s.since(), 1); err != nil {
			return nil, err
		}
	}
	return made, b.flush(ctx)
}

// since is when everything seeded began.
func (s *seeder) since() int64 { return db.Millis(s.now.AddDate(-3, 0, 0)) }

func (s *seeder) devices(ctx context.Context) error {
	b := newBulk(s.tx, "registry_device", `id tenant client outlet agent kind name model serial firmware endpoint poll_ms reg_number fn_serial
		produced_on activated_on purchased_on tax_systems ffd note sort folded created_at version`)
	for i := range s.size.Devices {
		o := s.outlets[i/devicesPerOutlet]
		d := seededDevice{id: ids.New(), client: o.client, outlet: o.id, agent: o.agent, serial: fmt.Sprintf("001061%08d", i)}
		name := fmt.Sprintf("Касса %d", i%devicesPerOutlet+1)
		endpoint := fmt.Sprintf(`{"protocol":"atol","transport":"tcp","address":"192.0.2.%d:5555"}`, i%250+1)
		err := b.add(ctx, d.id, s.tenant, d.client, d.outlet, d.agent, "fiscal_printer", name, "АТОЛ 30Ф", d.serial, "5.8.100", endpoint, 10_000,
			fmt.Sprintf("%016d", i), fmt.Sprintf("99990789%08d", i), "", "", "", "osn", "1.2", "", desk.Fold(name), desk.Fold(name+" "+d.serial), db.Millis(s.now.AddDate(-2, 0, 0)), 1)
		if err != nil {
			return err
		}
		s.kit = append(s.kit, d)
	}
	return b.flush(ctx)
}

// states gives every register a last reading; one in forty is near some end.
func (s *seeder) states(ctx context.Context) error {
	b := newBulk(s.tx, "fleet_state", "device tenant seq last_at contact packed tracks")
	for i, d := range s.kit {
		at := s.now.Add(-time.Duration(s.rand.IntN(50)) * time.Second)
		var v signal.Set
		v.Put(signal.Link, signal.TextOf(signal.LinkOK))
		v.Put(signal.Serial, signal.TextOf(d.serial))
		v.Put(signal.Model, signal.TextOf("АТОЛ 30Ф"))
		v.Put(signal.Mode, signal.IntOf(1))
		v.Put(signal.Shift, signal.TextOf("open"))
		v.Put(signal.ShiftNumber, signal.IntOf(int64(s.rand.IntN(900))))
		v.Put(signal.ShiftEndsAt, signal.TimeOf(s.now.Add(time.Duration(s.rand.IntN(20)+1)*time.Hour)))
		v.Put(signal.FNLink, signal.TextOf("ok"))
		v.Put(signal.FNPhase, signal.IntOf(3))
		v.Put(signal.FNValidTill, signal.TimeOf(s.now.AddDate(0, 0, 20+s.rand.IntN(1000))))
		if unsent := s.rand.IntN(40); unsent == 0 {
			v.Put(signal.Unsent, signal.IntOf(int64(i%90+1)))
			v.Put(signal.FirstUnsentAt, signal.TimeOf(s.now.Add(-time.Duration(s.rand.IntN(600))*time.Hour)))
		}
		if err := b.add(ctx, d.id, s.tenant, 0, db.Millis(at), db.Millis(at), v.AppendPacked(nil), noTracks); err != nil {
			return err
		}
	}
	return b.flush(ctx)
}

func (s *seeder) schedule(ctx context.Context) error {
	terms, err := calendar.StandardTerms(calendar.Contract)
	if err != nil {
		return err
	}
	spec, err := json.Marshal(terms.Hours[calendar.Consultation])
	if err != nil {
		return err
	}
	s.hours = "seed"
	b := newBulk(s.tx, "desk_schedule", "id tenant zone spec")
	if err := b.add(ctx, s.hours, s.tenant, "Europe/Moscow", string(spec)); err != nil {
		return err
	}
	return b.flush(ctx)
}

var seededFaults = []string{
	"kkt-3801-3802-receipt-open-closed", "evotor-16-not-in-this-mode", "fn-210-interface", "ofd-no-exchange", "fn-235-unsent-documents",
	"fn-234-lifetime-over", "kkt-clock-drift", "kkt-shift-over-24h", "register-hung-or-dead",
}

// cases writes years of them: one in fifty is still active.
func (s *seeder) cases(ctx context.Context) error {
	terms, err := calendar.StandardTerms(calendar.Contract)
	if err != nil {
		return err
	}
	cases := newBulk(s.tx, "desk_case", `id tenant number client outlet device fault subject severity terms state wait_reason owner owner_name source alert
		evidence opened_at closed_at due_at limit_at queue_at broken_at folded version alert_severity passed`)
	ticks := newBulk(s.tx, "desk_clock", "case_id seq tenant at kind reason marks schedule keep")
	entries := newBulk(s.tx, "desk_entry", "id case_id tenant at kind actor_kind actor_id actor_name text data")
	severities := calendar.Severities()
	for i := range s.size.Cases {
		d := s.kit[s.rand.IntN(len(s.kit))]
		severity := severities[s.rand.IntN(len(severities))]
		marks, err := json.Marshal(terms.Marks[severity])
		if err != nil {
			return err
		}
		active := i >= s.size.Cases-s.size.Cases/50
		opened := s.now.Add(-time.Duration(s.size.Cases-i) * 15 * time.Minute)
		if active {
			opened = s.now.Add(-time.Duration(s.rand.IntN(60*48)) * time.Minute)
		}
		due := opened.Add(time.Duration(s.rand.IntN(72)) * time.Hour)
		state, closed, id := string(desk.Closed), db.Millis(opened.Add(3*time.Hour)), ids.New()
		if active {
			state, closed = string(desk.New), 0
		}
		err = cases.add(ctx, id, s.tenant, 1001+i, d.client, d.outlet, d.id, seededFaults[s.rand.IntN(len(seededFaults))], "", string(severity), "contract", state, "", "", "",
			"alert", "seed-"+id, "{}", db.Millis(opened), closed, db.Millis(due), 0, db.Millis(due), 0, "", 1, string(severity), 0)
		if err != nil {
			return err
		}
		if err := ticks.add(ctx, id, 1, s.tenant, db.Millis(opened), "start", "", string(marks), s.hours, ""); err != nil {
			return err
		}
		if err := entries.add(ctx, ids.New(), id, s.tenant, db.Millis(opened), "opened", "system", "watch", "watch", "", `{"source":"alert","severity":"`+string(severity)+`"}`); err != nil {
			return err
		}
		if active {
			continue
		}
		if err := ticks.add(ctx, id, 2, s.tenant, closed, "stop", "", "", "", ""); err != nil {
			return err
		}
		if err := entries.add(ctx, ids.New(), id, s.tenant, closed, "state", "system", "watch", "watch", "", `{"from":"new","to":"closed"}`); err != nil {
			return err
		}
	}
	for _, b := range []*bulk{cases, ticks, entries} {
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	_, err = s.tx.Exec(ctx, `INSERT INTO desk_counter (tenant, last_number) VALUES ($1, $2)`, s.tenant, 1000+s.size.Cases)
	return err
}

// noTracks is what a device's rules remember when nothing runs: a list of none.
var noTracks = []byte{0}
