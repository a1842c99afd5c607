package fleet

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// Why a report is refused for good. The agent drops it and counts it.
const (
	RefusedUnknownDevice = "unknown_device"      // not a device of this agent
	RefusedTooOld        = "report_too_old"      // older than wire.MaxReportAge
	RefusedFromFuture    = "report_from_future"  // ahead of the server after correction
	RefusedBadSequence   = "report_bad_sequence" // numbers must grow from 1
)

const (
	// maxBatch is how many reports one commit takes at most.
	maxBatch = 4096
	// maxSkew is how far an agent's clock may be off before its times are
	// corrected; below it lies the network's own delay.
	maxSkew = 2 * time.Second
	// lateAfter is how old news may be when it arrives without being late.
	lateAfter = 3 * time.Minute
)

// Batch is one bundle of one agent. The caller has made sure that it is this
// agent and that it belongs to this tenant.
type Batch struct {
	Tenant   string
	Agent    string
	Reports  wire.Reports
	Received time.Time
}

// waiting is a bundle whose sender waits for the answer.
type waiting struct {
	batch Batch
	ack   wire.Ack
	done  chan error // gets one value
	// foreign: the agent belongs to another tenant, so nothing was taken.
	foreign bool
}

// Ingest judges a bundle and makes it durable; it returns when that is so.
// Bundles that arrive while a commit runs are committed together. An error
// means that nothing of the bundle was taken: the agent sends it again.
// Reports that were taken before are passed over and acknowledged.
func (s *Service) Ingest(ctx context.Context, b Batch) (wire.Ack, error) {
	if b.Tenant == "" || b.Agent == "" {
		return wire.Ack{}, problem.New(problem.Forbidden, "forbidden").In("fleet.Ingest")
	}
	w := &waiting{batch: b, done: make(chan error, 1)}
	select {
	case s.queue <- w:
	case <-ctx.Done():
		return wire.Ack{}, ctx.Err()
	case <-s.stopping:
		return wire.Ack{}, errStopped()
	}
	select {
	case err := <-w.done:
		return w.ack, err
	case <-ctx.Done():
		return wire.Ack{}, ctx.Err()
	case <-s.ended:
		return w.last()
	}
}

// last is the answer of a bundle that was queued while the service stopped:
// its own, if it still got one.
func (w *waiting) last() (wire.Ack, error) {
	select {
	case err := <-w.done:
		return w.ack, err
	default:
		return wire.Ack{}, errStopped()
	}
}

func errStopped() error {
	return problem.New(problem.Unavailable, "fleet_stopped").In("fleet.Ingest")
}

// ReportsUpTo is the highest number of a report that was durably taken from an
// agent, 0 when none was or the tenant has no such agent.
func (s *Service) ReportsUpTo(tenant, agent string) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if a := s.agents[agent]; a != nil && a.tenant.id == tenant {
		return a.seq
	}
	return 0
}

// commitLoop takes whatever waits and commits it together, until Stop.
func (s *Service) commitLoop(ctx context.Context) {
	defer close(s.ended)
	for {
		select {
		case w := <-s.queue:
			s.relieve(ctx)
			s.commit(ctx, s.gather(w))
		case <-s.stopping:
			return
		}
	}
}

// relieve lets a checkpoint go first when too many changes wait for one. If
// it fails the commit will say so.
func (s *Service) relieve(ctx context.Context) {
	if s.pending.Load() < maxPending {
		return
	}
	if err := s.Checkpoint(ctx); err != nil {
		s.logger.Error("fleet: checkpoint failed, it will be tried again", "error", err)
	}
}

// gather adds what has arrived meanwhile, without waiting for more.
func (s *Service) gather(first *waiting) []*waiting {
	all, n := append(s.gathered[:0], first), len(first.batch.Reports.Reports)
	for n < maxBatch {
		select {
		case w := <-s.queue:
			all = append(all, w)
			n += len(w.batch.Reports.Reports)
			continue
		default:
		}
		break
	}
	s.gathered = all
	return all
}

func (s *Service) commit(ctx context.Context, all []*waiting) {
	s.work.Lock()
	defer s.work.Unlock()
	st := s.newStage()
	reports := 0
	for _, w := range all {
		reports += len(w.batch.Reports.Reports)
		st.take(w)
	}
	err := st.apply(ctx)
	if err == nil {
		s.count.reports.Add(int64(reports))
		s.count.commits.Add(1)
	}
	s.answer(all, err)
}

func (s *Service) answer(all []*waiting, err error) {
	if err != nil {
		s.count.failed.Add(1)
		s.logger.Error("reports were not committed", "bundles", len(all), "error", err)
		s.heard(all)
		err = problem.New(problem.Unavailable, "fleet_not_durable").In("fleet.Ingest").Because(err)
	}
	now := s.clock.Now().UnixMilli()
	for i, w := range all {
		w.ack.ID, w.ack.Now = w.batch.Reports.ID, now
		if w.foreign {
			w.done <- problem.New(problem.Forbidden, "forbidden").In("fleet.Ingest")
		} else {
			w.done <- err
		}
		all[i] = nil
	}
}

// heard notes that agents spoke although nothing of it could be kept: a
// database that is away must not make them look silent.
func (s *Service) heard(all []*waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range all {
		if a := s.agents[w.batch.Agent]; a != nil && !w.foreign && a.contact != 0 {
			a.contact = max(a.contact, w.batch.Received.UnixMilli())
			s.expect(a)
		}
	}
}

// take judges one bundle in order.
func (st *stage) take(w *waiting) {
	b := &w.batch
	a := st.s.agentOf(b.Tenant, b.Agent)
	if w.foreign = a.tenant.id != b.Tenant; w.foreign {
		return
	}
	ad := st.agent(a)
	received := b.Received.UnixMilli()
	ad.contact = max(ad.contact, received)
	if b.Reports.Now != 0 {
		ad.skew = received - b.Reports.Now
	}
	skew := int64(0)
	if ad.skew > maxSkew.Milliseconds() || ad.skew < -maxSkew.Milliseconds() {
		skew = ad.skew
	}
	last := int64(0)
	for i := range b.Reports.Reports {
		r := &b.Reports.Reports[i]
		code := ""
		switch {
		case r.Seq <= last:
			code = RefusedBadSequence
		case r.Seq <= ad.seq:
			last = r.Seq
			continue // taken before; the answer was lost
		default:
			last = r.Seq
			code = st.takeReport(ad, r, r.At+skew, received)
			ad.seq = r.Seq
		}
		if code != "" {
			w.ack.Refused = append(w.ack.Refused, wire.Refused{Seq: r.Seq, Code: code})
			ad.refused++
		}
	}
	st.wake(ad, received)
}

// takeReport judges one report; the code says why it is refused, "" = taken.
func (st *stage) takeReport(ad *agentDraft, r *wire.Report, at, received int64) string {
	switch {
	case at < received-wire.MaxReportAge.Milliseconds():
		return RefusedTooOld
	case at > received+wire.MaxClockAhead.Milliseconds():
		return RefusedFromFuture
	}
	late := at < received-lateAfter.Milliseconds()
	if r.Device == "" {
		ad.current = !late
		st.heartbeat(ad, at, received, late)
		return ""
	}
	d := st.s.devices[r.Device]
	if d == nil || d.place.agent != ad.a {
		return RefusedUnknownDevice
	}
	ad.current = !late
	st.takeDevice(d, r, at, received, late)
	return ""
}

func (st *stage) takeDevice(d *device, r *wire.Report, at, received int64, late bool) {
	dr := st.draft(d)
	changes := dr.put(r)
	if len(changes) == 0 && dr.contact == 0 {
		return // it is being looked at for the first time; nothing is known of it yet
	}
	dr.contact = received
	dr.lastAt = max(dr.lastAt, at) // an agent's clock set back never turns rules back
	if len(changes) > 0 {
		st.log(dr, at, received, late, changes)
	}
	if len(changes) > 0 || dr.lastAt >= dr.next {
		st.judge(dr, maskOf(changes), received, late, false)
	}
	if !late {
		st.announce(dr)
	}
}

func maskOf(changes []signal.Change) *keyMask {
	var m keyMask
	for _, c := range changes {
		m.add(c.ID)
	}
	return &m
}

// heartbeat says that the agent still sees all its devices as it last said:
// their event time moves on, and with it what depends on time.
func (st *stage) heartbeat(ad *agentDraft, at, received int64, late bool) {
	for _, d := range ad.a.devices {
		if d.draft == nil && at < d.next && (late || !d.silentAlerts()) {
			continue
		}
		if d.contact == 0 && d.draft == nil {
			continue // never said anything: there is nothing it still sees
		}
		dr := st.draft(d)
		dr.lastAt = max(dr.lastAt, at)
		if dr.lastAt >= dr.next {
			st.judge(dr, &keyMask{}, received, late, false)
		}
		if !late {
			st.announce(dr)
		}
	}
}

// silentAlerts says whether an open alert still waits to be announced.
func (d *device) silentAlerts() bool {
	for _, a := range d.alerts() {
		if !a.Announced && a.Suppressed == "" {
			return true
		}
	}
	return false
}

// wake closes the alert of an agent that speaks again.
func (st *stage) wake(ad *agentDraft, received int64) {
	if ad.alert == nil {
		return
	}
	c := ad.alert.changed()
	c.ClosedAt, c.Why = millis(received), ClosedRecovered
	ad.alert = nil
	st.tell(opClosed, c)
}
