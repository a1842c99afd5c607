package web

import (
	"net/http"

	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// exportMost is how many cases an export holds at most.
const exportMost = 20_000

// export writes the queue as it is filtered. Rows are read page by page, so
// that a large export needs no more memory than a small one.
func (p *casePages) export(rw http.ResponseWriter, r *http.Request) {
	rq := p.request(rw, r)
	_, f := caseFilter(r.URL.Query(), rq.id.Person.ID)
	f.Limit, f.After = desk.MaxPage, ""
	if err := p.nameWords(r.Context(), rq, &f); err != nil {
		p.fail(rq, err)
		return
	}
	page, err := p.Desk.List(r.Context(), rq.sc, f)
	if err != nil {
		p.fail(rq, err)
		return
	}
	p.send(rq, "cases", rq.T("case.list.title"), caseHead(rq.View), func(t document.Table) error {
		for n := 0; n < exportMost; n += len(page.Cases) {
			rows, err := p.caseRows(r.Context(), rq, page.Cases)
			if err != nil {
				return err
			}
			for i := range rows {
				if err := t.Row(caseRecord(rq.View, &rows[i])...); err != nil {
					return err
				}
			}
			if page.Next == "" {
				return nil
			}
			f.After = page.Next
			if page, err = p.Desk.List(r.Context(), rq.sc, f); err != nil {
				return err
			}
		}
		return nil
	})
}

func caseHead(v ui.View) []string {
	return []string{
		v.T("case.col.number"), v.T("case.col.title"), v.T("case.subject"), v.T("case.col.severity"), v.T("case.col.state"), v.T("case.col.owner"),
		v.T("case.col.client"), v.T("case.col.outlet"), v.T("case.col.city"), v.T("case.col.device"), v.T("case.col.opened"),
		v.T("case.col.due"), v.T("case.col.broken"), v.T("case.col.closed"),
	}
}

func caseRecord(v ui.View, c *caseRow) []document.Cell {
	zone := zoneOf(v)
	return []document.Cell{
		document.Int(c.Number), document.Text(c.title), document.Text(c.Subject), document.Text(ui.SeverityText(v, ui.Severity(c.Severity))),
		document.Text(v.T("desk.state." + string(c.State))), document.Text(c.OwnerName), document.Text(c.place.ClientName),
		document.Text(c.place.OutletName), document.Text(c.place.City), document.Text(c.place.DeviceName), document.Instant(in(c.OpenedAt, zone)),
		document.Instant(in(c.DueAt, zone)), document.Instant(in(c.BrokenAt, zone)), document.Instant(in(c.ClosedAt, zone)),
	}
}
