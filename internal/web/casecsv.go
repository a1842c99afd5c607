package web

import (
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// exportMost is how many cases an export holds at most.
const exportMost = 20_000

// csv writes the queue as it is filtered. Rows go out page by page, so that a
// large export needs no more memory than a small one.
func (p *casePages) csv(rw http.ResponseWriter, r *http.Request) {
	rq := p.request(rw, r)
	_, f := caseFilter(r.URL.Query(), rq.id.Person.ID)
	f.Limit, f.After = desk.MaxPage, ""
	page, err := p.Desk.List(r.Context(), rq.sc, f)
	if err != nil {
		p.fail(rq, err)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="cases.csv"`)
	h.Set("Cache-Control", "no-store")
	_, _ = rw.Write([]byte("\ufeff")) // without it spreadsheets read Cyrillic as Latin
	out := csv.NewWriter(rw)
	_ = out.Write(csvHead(rq.View)) // what fails here fails at Flush too
	for n := 0; n < exportMost; n += len(page.Cases) {
		rows, err := p.caseRows(r.Context(), rq, page.Cases)
		if err != nil {
			p.Log.Error("web: an export broke off", "path", r.URL.Path, "error", err)
			return
		}
		for _, row := range rows {
			_ = out.Write(csvRow(rq.View, row))
		}
		if page.Next == "" {
			break
		}
		f.After = page.Next
		if page, err = p.Desk.List(r.Context(), rq.sc, f); err != nil {
			p.Log.Error("web: an export broke off", "path", r.URL.Path, "error", err)
			return
		}
	}
	if out.Flush(); out.Error() != nil {
		p.Log.Debug("web: the browser went away", "path", r.URL.Path, "error", out.Error())
	}
}

func csvHead(v ui.View) []string {
	return []string{
		v.T("case.col.number"), v.T("case.col.title"), v.T("case.subject"), v.T("case.col.severity"), v.T("case.col.state"), v.T("case.col.owner"),
		v.T("case.col.client"), v.T("case.col.outlet"), v.T("case.col.city"), v.T("case.col.device"), v.T("case.col.opened"),
		v.T("case.col.due"), v.T("case.col.broken"), v.T("case.col.closed"),
	}
}

func csvRow(v ui.View, c caseRow) []string {
	row := []string{
		strconv.FormatInt(c.Number, 10), c.title, c.Subject, ui.SeverityText(v, ui.Severity(c.Severity)), v.T("desk.state." + string(c.State)), c.OwnerName,
		c.place.ClientName, c.place.OutletName, c.place.City, c.place.DeviceName, csvTime(v, c.OpenedAt), csvTime(v, c.DueAt), csvTime(v, c.BrokenAt), csvTime(v, c.ClosedAt),
	}
	for i := range row {
		row[i] = csvSafe(row[i])
	}
	return row
}

func csvTime(v ui.View, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone := v.Zone
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2006-01-02 15:04:05")
}

// csvSafe keeps a spreadsheet from taking somebody's words for a formula.
func csvSafe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
