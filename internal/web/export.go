package web

import (
	"encoding/csv"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// fleetExport is how many devices one file holds at most, and one question
// to the registry names.
const (
	fleetExport = 20_000
	exportBatch = 1_000
)

// fleetCSV writes the list as it is filtered, in the reader's language. Names
// are asked for a batch at a time.
func (w *Web) fleetCSV(rw http.ResponseWriter, r *http.Request) {
	rq := w.request(rw, r)
	f, err := w.finder(r.Context(), rq, parseFleetQuery(r.URL.Query()))
	if err != nil {
		w.fail(rq, err)
		return
	}
	f.q.after = place{}
	lines, err := w.exported(rq, f)
	if err != nil {
		w.fail(rq, err)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="fleet.csv"`)
	h.Set("Cache-Control", "no-store")
	_, _ = rw.Write([]byte("\ufeff")) // without it spreadsheets read Cyrillic as Latin; what fails here fails at Flush too
	out := csv.NewWriter(rw)
	out.Comma = separator(rq.Lang())
	_ = out.Write(fleetHead(rq.View))
	for len(lines) > 0 {
		n := min(len(lines), exportBatch)
		rows, err := w.fleetRowsOf(r.Context(), rq, &f.standing, lines[:n], f.q.stop != "")
		if err != nil {
			w.Log.Error("web: an export broke off", "path", r.URL.Path, "error", err)
			return
		}
		for i := range rows {
			_ = out.Write(fleetRecord(rq.View, &rows[i]))
		}
		lines = lines[n:]
	}
	if out.Flush(); out.Error() != nil {
		w.Log.Debug("web: the browser went away", "path", r.URL.Path, "error", out.Error())
	}
}

// exported is every device of a filter, a day of the forecast included.
func (w *Web) exported(rq *request, f *finder) ([]fleet.Line, error) {
	if f.q.stop != "" {
		lines, _, err := w.fleetLines(rq, f)
		return lines, err
	}
	lines, _, err := f.find(fleetExport)
	return lines, err
}

// separator is what spreadsheets of the language take for the end of a
// column: those with a decimal comma want a semicolon.
func separator(l i18n.Lang) rune {
	if l == i18n.EN {
		return ','
	}
	return ';'
}

func fleetHead(v ui.View) []string {
	return []string{
		v.T("fleetpage.col_name"), v.T("device.pass.model"), v.T("device.pass.serial"), v.T("fleetpage.outlet"), v.T("fleetpage.client"), v.T("fleetpage.city"),
		v.T("fleetpage.col_state"), v.T("fleetpage.fault"), v.T("signal.fn.valid_till"), v.T("signal.ofd.unsent"), v.T("signal.shift"),
		v.T("fleetpage.col_next"), v.T("fleetpage.reason"), v.T("fleetpage.col_seen"),
	}
}

func fleetRecord(v ui.View, r *fleetRow) []string {
	var next, why string
	if r.stop != nil {
		next, why = csvTime(v, r.stop.At), v.T("ui.forecast.reason."+string(reasonOf(r.stop.Reason)))
	}
	text := func(d signal.Def) string {
		if val := r.live.Values.Get(d); val.Known() {
			return signalText(v, d, val)
		}
		return ""
	}
	record := []string{
		r.d.Name, r.d.Model, r.d.Serial, r.d.Place.OutletName, r.d.Place.ClientName, r.d.Place.City,
		ui.StateText(v, r.state, r.sev), r.fault, csvDay(v, r.live.Values.Get(signal.FNValidTill)), text(signal.Unsent), text(signal.Shift),
		next, why, csvTime(v, r.live.Seen),
	}
	for i := range record {
		record[i] = csvSafe(record[i])
	}
	return record
}

func csvDay(v ui.View, val signal.Value) string {
	if !val.Known() {
		return ""
	}
	return val.Time().In(zoneOf(v)).Format(time.DateOnly)
}
