package web

import (
	"net/http"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// fleetExport is how many devices one file holds at most, and one question
// to the registry names.
const (
	fleetExport = 20_000
	exportBatch = 1_000
)

// fleetFile writes the list as it is filtered and sorted. Names are asked for
// a batch at a time.
func (w *Web) fleetFile(rw http.ResponseWriter, r *http.Request) {
	rq := w.request(rw, r)
	q := parseFleetQuery(r.URL.Query())
	q.after = place{}
	f, err := w.finder(r.Context(), rq, q)
	if err != nil {
		w.fail(rq, err)
		return
	}
	lines, _, err := w.fleetLines(rq, f, fleetExport)
	if err != nil {
		w.fail(rq, err)
		return
	}
	w.send(rq, "fleet", rq.T("fleetpage.title"), fleetHead(rq.View), func(t document.Table) error {
		for len(lines) > 0 {
			n := min(len(lines), exportBatch)
			rows, err := w.fleetRowsOf(r.Context(), rq, &f.standing, lines[:n], f.q.stop != "")
			if err != nil {
				return err
			}
			for i := range rows {
				if err := t.Row(fleetRecord(rq.View, &rows[i])...); err != nil {
					return err
				}
			}
			lines = lines[n:]
		}
		return nil
	})
}

func fleetHead(v ui.View) []string {
	return []string{
		v.T("fleetpage.col_name"), v.T("device.pass.model"), v.T("device.pass.serial"), v.T("fleetpage.outlet"), v.T("fleetpage.client"), v.T("fleetpage.city"),
		v.T("fleetpage.col_state"), v.T("fleetpage.fault"), v.T("signal.fn.valid_till"), v.T("signal.ofd.unsent"), v.T("signal.shift"),
		v.T("fleetpage.col_next"), v.T("fleetpage.reason"), v.T("fleetpage.col_seen"),
	}
}

func fleetRecord(v ui.View, r *fleetRow) []document.Cell {
	zone, set := zoneOf(v), r.live.Values
	var next, why, till, unsent, shift document.Cell
	if r.stop != nil {
		next, why = document.Instant(in(r.stop.At, zone)), document.Text(v.T("ui.forecast.reason."+string(reasonOf(r.stop.Reason))))
	}
	if val := set.Get(signal.FNValidTill); val.Known() {
		till = document.Day(in(val.Time(), zone))
	}
	if val := set.Get(signal.Unsent); val.Known() {
		unsent = document.Int(val.Int())
	}
	if val := set.Get(signal.Shift); val.Known() {
		shift = document.Text(signalText(v, signal.Shift, val))
	}
	return []document.Cell{
		document.Text(r.d.Name), document.Text(r.d.Model), document.Text(r.d.Serial), document.Text(r.d.Place.OutletName), document.Text(r.d.Place.ClientName),
		document.Text(r.d.Place.City), document.Text(ui.StateText(v, r.state, r.sev)), document.Text(r.fault), till, unsent, shift, next, why,
		document.Instant(in(r.live.Seen, zone)),
	}
}

// ordered is a page of the list by one of its columns. The order is of this
// moment; the device that ended the page before tells where to go on, and where
// it has gone the list begins anew.
func (f *finder) ordered(limit int) (lines []fleet.Line, next place, err error) {
	ids, err := f.fleet.Ordered(f.sc, fleet.DeviceFilter{
		States: statesFor(f.q.state, len(f.windows) > 0), Fault: f.q.fault, Client: f.q.client, Outlet: f.q.outlet, IDs: f.only,
	}, fleet.Order{By: f.q.sort, Down: f.q.down, Now: f.now}, f.q.after.id)
	if err != nil {
		return nil, place{}, err
	}
	for len(ids) > 0 {
		n := min(len(ids), fleet.MaxPage)
		some, err := f.fleet.Lines(f.sc, ids[:n])
		if err != nil {
			return nil, place{}, err
		}
		for i := range some {
			if !f.wants(&some[i]) {
				continue
			}
			if lines = append(lines, some[i]); len(lines) > limit {
				return lines[:limit], place{id: lines[limit-1].Device}, nil
			}
		}
		ids = ids[n:]
	}
	return lines, place{}, nil
}

// wants says whether the page's own filters let a device through.
func (f *finder) wants(l *fleet.Line) bool {
	if f.takes != nil && !f.takes(l) {
		return false
	}
	if f.q.state == "" {
		return true
	}
	state, _ := f.of(l)
	return state == f.q.state
}
