package fleet

import (
	"context"
	"slices"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/signal"
)

// opKind is what happened to an alert.
type opKind uint8

const (
	opOpened opKind = iota + 1
	opChanged
	opAnnounced
	opClosed
)

type alertOp struct {
	kind  opKind
	alert *Alert
}

// stage is one unit of work: everything is worked out on copies, made durable
// in one transaction, and only then put in place. A stage that fails leaves
// nothing behind. Only one exists at a time; Service.work guards it.
type stage struct {
	s         *Service
	env       env
	drafts    []*draft
	agents    []*agentDraft
	ops       []alertOp
	incidents []incidentOp
	extra     []func(ctx context.Context, tx *db.Tx) error // further rows of the transaction
	install   []func()                                     // further changes of memory, under the lock
	events    []bus.Event
	named     int       // devices that events name
	many      []*tenant // that were told of many devices
}

// agentDraft is an agent's next state.
type agentDraft struct {
	a       *agent
	seq     int64
	contact int64
	skew    int64
	refused int64
	current bool
	alert   *Alert
	marked  bool // seq must be durable with this stage
	fresh   bool // alert opened in this stage
}

func (s *Service) newStage() *stage { return &stage{s: s} }

func (st *stage) draft(d *device) *draft {
	if d.draft == nil {
		d.draft = st.s.takeDraft()
		d.draft.reset(d)
		st.drafts = append(st.drafts, d.draft)
	}
	return d.draft
}

func (st *stage) agent(a *agent) *agentDraft {
	if a.draft == nil {
		a.draft = &agentDraft{
			a: a, seq: a.seq, contact: a.contact, skew: a.skew, refused: a.refused, current: a.current, alert: a.alert,
		}
		st.agents = append(st.agents, a.draft)
	}
	return a.draft
}

func (st *stage) tell(kind opKind, a *Alert) {
	st.ops = append(st.ops, alertOp{kind: kind, alert: a})
}

// log keeps a change of values, and with it whatever rules remember.
func (st *stage) log(dr *draft, at, received int64, late bool, items []signal.Change) {
	dr.changes = append(dr.changes, change{at: at, received: received, late: late, items: items})
}

// drop forgets everything that the stage worked out.
func (st *stage) drop() {
	for _, dr := range st.drafts {
		dr.d.draft = nil
		st.s.giveDraft(dr)
	}
	for _, ad := range st.agents {
		ad.a.draft = nil
	}
}

// durable says whether the stage has anything for the database.
func (st *stage) durable() bool {
	if len(st.ops)+len(st.incidents)+len(st.extra) > 0 {
		return true
	}
	for _, dr := range st.drafts {
		if dr.mustLog() {
			return true
		}
	}
	return false
}

func (dr *draft) mustLog() bool { return len(dr.changes) > 0 || dr.tracksChanged }

// apply makes the stage durable and then visible. On an error it is dropped.
func (st *stage) apply(ctx context.Context) error {
	s := st.s
	seq := s.seq
	if st.durable() {
		st.finish()
		body := st.encodeLog(&seq)
		err := s.db.Write(ctx, func(tx *db.Tx) error { return st.write(ctx, tx, seq, body) })
		if err != nil {
			st.drop()
			return err
		}
	}
	s.mu.Lock()
	st.put(seq)
	s.mu.Unlock()
	s.bus.Publish(st.events...)
	return nil
}

// finish gives a draft whose tracks changed without a change of values an
// empty change, so that the log carries the tracks.
func (st *stage) finish() {
	for _, dr := range st.drafts {
		if dr.tracksChanged && len(dr.changes) == 0 {
			dr.changes = append(dr.changes, change{at: dr.lastAt, received: dr.contact})
		}
		if dr.mustLog() {
			st.agent(dr.d.place.agent).marked = true
		}
	}
}

func (st *stage) write(ctx context.Context, tx *db.Tx, seq int64, body []byte) error {
	if len(body) > 0 {
		if err := insertLog(ctx, tx, seq, body); err != nil {
			return err
		}
	}
	if err := st.writeIncidents(ctx, tx); err != nil {
		return err
	}
	if err := st.writeAlerts(ctx, tx); err != nil {
		return err
	}
	for _, f := range st.extra {
		if err := f(ctx, tx); err != nil {
			return err
		}
	}
	return nil
}

// writeAlerts writes the rows and calls the hooks, in the order in which
// things happened. What opened goes in together: many fall ill at once.
func (st *stage) writeAlerts(ctx context.Context, tx *db.Tx) error {
	if err := writeAlertRows(ctx, tx, st.ops); err != nil {
		return err
	}
	for _, op := range st.ops {
		if err := st.hook(ctx, tx, op); err != nil {
			return err
		}
	}
	return nil
}

func (st *stage) hook(ctx context.Context, tx *db.Tx, op alertOp) error {
	a, h := *op.alert, st.s.hooks
	if !a.Announced {
		return nil
	}
	switch op.kind {
	case opOpened, opAnnounced:
		return h.AlertOpened(ctx, tx, a)
	case opChanged:
		return h.AlertChanged(ctx, tx, a)
	default:
		return h.AlertClosed(ctx, tx, a)
	}
}

// put installs the stage in memory; Service.mu is held.
func (st *stage) put(seq int64) {
	s := st.s
	s.seq = seq
	for _, dr := range st.drafts {
		st.putDevice(dr)
		dr.d.draft = nil
		s.giveDraft(dr)
	}
	for _, ad := range st.agents {
		st.putAgent(ad)
		ad.a.draft = nil
	}
	for _, op := range st.ops {
		st.events = append(st.events, bus.Event{Tenant: op.alert.Tenant, Topic: "alert", ID: op.alert.ID})
	}
	st.putIncidents()
	for _, f := range st.install {
		f()
	}
}

func (st *stage) putDevice(dr *draft) {
	s, d := st.s, dr.d
	d.lastAt, d.contact, d.next = dr.lastAt, dr.contact, dr.next
	if dr.setChanged {
		d.packed = packExact(&dr.set, &s.packRoom)
		d.stops = stopsOf(&dr.set)
		s.watchTrouble(dr, false)
	}
	if dr.tracksChanged || dr.alertsChanged || len(dr.changes) > 0 {
		d.setExtra(func(x *extra) {
			x.alerts, x.tracks = dr.alerts, dr.tracks
			x.tail = append(x.tail, dr.changes...)
		})
	}
	s.watchTimers(d)
	if dr.alertsChanged {
		s.watchHeld(d)
	}
	if n := len(dr.changes); n > 0 {
		d.seq = dr.changes[n-1].seq
		s.markDirty(d)
		s.pending.Add(int64(n))
		tn := d.place.tenant
		tn.version++
		st.tellDevice(tn, d)
	} else if dr.alertsChanged {
		d.place.tenant.version++
	}
}

// maxDeviceEvents is how many devices one commit names on the bus; beyond it
// each company gets one event that names none and means "many": read what you
// show again.
const maxDeviceEvents = 64

func (st *stage) tellDevice(tn *tenant, d *device) {
	switch {
	case st.named < maxDeviceEvents:
		st.named++
		st.events = append(st.events, bus.Event{Tenant: tn.id, Topic: "device", ID: d.id})
	case !slices.Contains(st.many, tn):
		st.many = append(st.many, tn)
		st.events = append(st.events, bus.Event{Tenant: tn.id, Topic: "device"})
	}
}

func packExact(set *signal.Set, room *[]byte) []byte {
	*room = set.AppendPacked((*room)[:0])
	return append(make([]byte, 0, len(*room)), *room...)
}

func (st *stage) putAgent(ad *agentDraft) {
	s, a := st.s, ad.a
	if a.alert != ad.alert {
		a.tenant.version++
	}
	a.seq, a.contact, a.skew, a.refused, a.current, a.alert = ad.seq, ad.contact, ad.skew, ad.refused, ad.current, ad.alert
	s.expect(a)
	if ad.marked && !a.logged {
		a.logged = true
	}
	s.touchAgent(a)
}
