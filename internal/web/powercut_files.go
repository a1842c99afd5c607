package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// journalTemplate is the table to fill in, with three lines of an example.
func (w *Web) journalTemplate(_ context.Context, rq *request) error {
	v := rq.View
	day := rq.Now.In(zoneOf(v))
	w.send(rq, "journal", v.T("powercut.title"), columnTitles(v), func(t document.Table) error {
		rate := strings.TrimSuffix(vatText(v, powercut.RatesOn(day, fptr.Income)[0]), " %")
		for _, line := range [][]string{
			{"1", day.Format("02.01.2006"), "12:30", v.T("shop.kind.sale"), v.T("powercut.example.first"), "2", "150", rate, "300", ""},
			{"2", day.Format("02.01.2006"), "12:45", v.T("shop.kind.sale"), v.T("powercut.example.second"), "0,455", "119,90", "10", "", "54,55"},
			{"3", day.Format("02.01.2006"), "13:10", v.T("shop.kind.return"), v.T("powercut.example.first"), "1", "150", rate, "150", ""},
		} {
			cells := make([]document.Cell, len(line))
			for i, s := range line {
				cells[i] = document.Text(s)
			}
			if err := t.Row(cells...); err != nil {
				return err
			}
		}
		return nil
	})
	return nil
}

func columnTitles(v ui.View) []string {
	var list []string
	for _, c := range powercut.Columns() {
		list = append(list, v.T(powercut.ColumnKey(c)))
	}
	return list
}

// journalExport is the journal in the form in which it can be read in again,
// with what the register said behind it.
func (w *Web) journalExport(ctx context.Context, rq *request) error {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return err
	}
	v := rq.View
	head := append(columnTitles(v), v.T("powercut.col.state"), v.T("powercut.said.document"), v.T("powercut.said.sign"))
	w.send(rq, "journal", v.T("powercut.title"), head, func(t document.Table) error {
		for i := range x.Settlements {
			for n := range x.Settlements[i].Items {
				if err := t.Row(settlementRow(v, x, &x.Settlements[i], n)...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return nil
}

// settlementRow is one line of a settlement; the first one says how it was
// paid.
func settlementRow(v ui.View, x *journalView, s *powercut.Settlement, n int) []document.Cell {
	it, at := s.Items[n], s.At.In(x.zone)
	rate := strings.ReplaceAll(vatText(v, it.VAT), " %", "")
	cells := []document.Cell{
		document.Int(s.No), document.Text(at.Format("02.01.2006")), document.Text(at.Format("15:04:05")), document.Text(operationText(v, s.Operation)),
		document.Text(it.Name), document.Text(thousandths(it.Quantity)), document.Text(plainSum(it.Price)), document.Text(rate),
	}
	var cash, card int64
	for _, p := range s.Payments {
		if p.Kind == fptr.PaidCash {
			cash += p.Sum
		} else {
			card += p.Sum
		}
	}
	if n > 0 {
		cash, card = 0, 0
	}
	cells = append(cells, sumCell(cash), sumCell(card), document.Text(it.Mark))
	d := x.View.Draft(s.Draft)
	if n > 0 || d == nil {
		return cells
	}
	cells = append(cells, document.Text(v.T("powercut.state."+string(d.State))))
	if d.Said != nil {
		cells = append(cells, document.Int(d.Said.Document), document.Text(d.Said.Sign))
	}
	return cells
}

func sumCell(kopecks int64) document.Cell {
	if kopecks == 0 {
		return document.Cell{}
	}
	return document.Text(plainSum(kopecks))
}

// correctionsExport is every correction with its requisites, for hand work.
func (w *Web) correctionsExport(ctx context.Context, rq *request) error {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return err
	}
	v := rq.View
	head := []string{
		"№", tagged(v, "powercut.tag.date", 1178), tagged(v, "powercut.tag.operation", 1054), tagged(v, "powercut.tag.taxation", 1055), v.T("powercut.column.name"),
		v.T("powercut.column.quantity"), v.T("powercut.column.price"), v.T("powercut.col.amount"), v.T("powercut.column.vat"), v.T("powercut.column.mark"),
		tagged(v, "powercut.tag.total", 1020),
		v.T("powercut.tag.paid"), v.T("powercut.col.state"), v.T("powercut.said.document"), v.T("powercut.said.sign"),
	}
	w.send(rq, "corrections", v.T("powercut.corrections"), head, func(t document.Table) error {
		for i := range x.Drafts {
			for _, row := range correctionRows(v, &x.Drafts[i]) {
				if err := t.Row(row...); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return nil
}

// correctionRows are the lines of a correction: its items, or in 1.05 its sums
// by rate.
func correctionRows(v ui.View, d *powercut.DraftView) [][]document.Cell {
	c := &d.Correction
	head := []document.Cell{
		document.Int(d.No), document.Text(c.Date.Format(time.DateOnly)), document.Text(operationText(v, c.Operation)), document.Text(v.T("powercut.taxation." + string(c.Taxation))),
	}
	tail := []document.Cell{document.Text(plainSum(c.Total)), document.Text(paidText(v, c.Payments)), document.Text(v.T("powercut.state." + string(d.State)))}
	if d.Said != nil {
		tail = append(tail, document.Int(d.Said.Document), document.Text(d.Said.Sign))
	}
	var rows [][]document.Cell
	for _, it := range c.Items {
		rows = append(rows, rowOf(head, []document.Cell{
			document.Text(it.Name), document.Text(thousandths(it.Quantity)), document.Text(plainSum(it.Price)), document.Text(plainSum(it.Amount)), document.Text(vatText(v, it.VAT)),
			document.Text(it.Mark),
		}, tail))
	}
	for _, x := range c.Taxes {
		rows = append(rows, rowOf(head, []document.Cell{{}, {}, {}, document.Text(plainSum(x.Sum)), document.Text(vatText(v, x.VAT)), {}}, tail))
	}
	return rows
}

func rowOf(parts ...[]document.Cell) (row []document.Cell) {
	for _, p := range parts {
		row = append(row, p...)
	}
	return row
}

// journalUpload reads a table: all of it or nothing, with every bad line told.
func (w *Web) journalUpload(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	rows, err := tableOf(rq)
	if err == nil {
		_, err = w.PowerCut.EnterTable(ctx, rq.sc, x.ID, rows, powercut.WordsOf(w.Texts))
	}
	if x.bad = powercut.TableLines(err); len(x.bad) > 0 {
		x.status = http.StatusUnprocessableEntity
		return w.journalShow(ctx, rq, x)
	}
	if p := problem.Of(err); err != nil && p.Kind == problem.TooLarge {
		x.sentence, x.status = rq.Problem(p), p.Status()
		return w.journalShow(ctx, rq, x)
	}
	return w.pressed(ctx, rq, err)
}

// tableOf is the table that a form brought.
func tableOf(rq *request) ([][]string, error) {
	form, err := rq.MultipartReader()
	if err != nil {
		return nil, problem.New(problem.Malformed, "malformed").In("web.powercut").Because(err)
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, problem.New(problem.Invalid, "powercut_no_file")
		}
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			return nil, problem.New(problem.TooLarge, "table_too_large").With("most", document.MaxTable>>20)
		case err != nil:
			return nil, problem.New(problem.Malformed, "malformed").In("web.powercut").Because(err)
		case part.FormName() == "file" && part.FileName() != "":
			return document.ReadTable(part)
		}
	}
}

// lineNumber is a bad line as people count.
func lineNumber(b powercut.BadLine) string { return strconv.Itoa(b.Line) }
