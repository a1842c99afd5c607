package shop

import (
	"errors"
	"net/url"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// choose makes the form one of a sale or of a return; a word that is none of
// the two leaves it as it is.
func (f *saleForm) choose(kind string) {
	if kind == opSale || kind == opReturn {
		f.op = kind
	}
}

// more adds an empty line.
func (f *saleForm) more() {
	if len(f.items) < wire.MaxSoldItems {
		f.items = append(f.items, emptyItem(f.items[len(f.items)-1].vat))
	}
}

// enter writes a sale down.
func (p *Page) enter(q *ask, d *desk) answer {
	d.sale = readSale(q.PostForm)
	s, err := d.sale.sale(d.line.Outage, d.line.ID, q.now, p.Zone)
	if err == nil {
		err = p.Book.enter(d.sale.id, s, d.sale.by, func(written wire.Sale) bool { return d.sale.same(s, written) })
	}
	if err == nil {
		return answer{to: "/journal/" + d.line.ID + "?wrote=" + url.QueryEscape(d.sale.id) + "#entry"}
	}
	d.sale.wrong = problem.Of(err)
	if errors.Is(err, errSent) || !ids.Valid(d.sale.id) {
		d.sale.id = ids.New()
	}
	return q.show(d, d.sale.wrong)
}

func (p *Page) saleForm(q *ask) (answer, error) {
	l, d, err := p.saleDesk(q)
	if err != nil {
		return answer{}, err
	}
	d.sale = saleAsForm(&l, p.Zone)
	d.sale.choose(q.URL.Query().Get("op"))
	return q.changing(d, &l), nil
}

// saleDesk is a sale and the journal that it is in.
func (p *Page) saleDesk(q *ask) (Line, *desk, error) {
	l, ok := p.Book.line(q.PathValue("id"))
	if !ok || l.Sale == nil {
		return l, nil, errUnknown
	}
	d, err := p.desk(q, l.Sale.Outage)
	return l, d, err
}

func (q *ask) changing(d *desk, l *Line) answer {
	a := answer{title: q.T("powercut.change"), body: q.salePage(d, l)}
	if d.sale.wrong != nil {
		a.status = d.sale.wrong.Status()
	}
	return a
}

func (p *Page) salePost(q *ask) (answer, error) {
	l, d, err := p.saleDesk(q)
	if err != nil {
		return answer{}, err
	}
	back := answer{to: "/journal/" + d.line.ID + "#sale-" + l.ID}
	do := q.PostForm.Get("do")
	if do == "strike" || do == "restore" {
		return back, p.Book.strike(l.ID, do == "strike")
	}
	d.sale = readSale(q.PostForm)
	d.sale.id = l.ID
	if do == "more" {
		d.sale.more()
		return q.changing(d, &l), nil
	}
	s, err := d.sale.sale(d.line.Outage, d.line.ID, q.now, p.Zone)
	if err == nil {
		err = p.Book.change(l.ID, d.sale.rev, s, d.sale.by)
	}
	if err == nil {
		return back, nil
	}
	d.sale.wrong = problem.Of(err)
	d.sale.rev = l.Rev // who saves once more has seen that it was changed
	return q.changing(d, &l), nil
}
