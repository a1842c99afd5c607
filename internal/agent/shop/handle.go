package shop

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

func (p *Page) home(q *ask) (answer, error) {
	return answer{title: p.Name, body: q.homePage(), fresh: true}, nil
}

func (p *Page) pinForm(q *ask) (answer, error) {
	if p.doors.open(q.Request) {
		return answer{to: "/"}, nil
	}
	return answer{title: p.Name, body: q.pinPage("")}, nil
}

func (p *Page) pinEnter(q *ask) (answer, error) {
	c, err := p.doors.enter(q.Request, q.PostForm.Get("pin"))
	if err != nil {
		return answer{status: problem.Of(err).Status(), title: p.Name, body: q.pinPage(q.Problem(err))}, nil
	}
	q.set = append(q.set, c)
	return answer{to: "/"}, nil
}

// register finds a register of this agent; one that it has no more has only its
// id.
func (p *Page) register(id string) (Register, bool) {
	for _, r := range p.Registers() {
		if r.ID == id {
			return r, true
		}
	}
	return Register{ID: id}, false
}

func (p *Page) beginForm(q *ask) (answer, error) {
	r, ok := p.register(q.PathValue("device"))
	if !ok {
		return answer{}, errUnknown
	}
	reason, from := r.guess(q.now)
	f := outageForm{reason: reason, from: wall(from.UnixMilli(), p.Zone)}
	if last, ok := p.Book.last(""); ok {
		f.by = last.By
	}
	return q.beginning(&r, f), nil
}

func (q *ask) beginning(r *Register, f outageForm) answer {
	a := answer{title: q.T("shop.begin"), body: q.beginPage(r, f)}
	if f.wrong != nil {
		a.status = f.wrong.Status()
	}
	return a
}

func (p *Page) begin(q *ask) (answer, error) {
	r, ok := p.register(q.PathValue("device"))
	if !ok {
		return answer{}, errUnknown
	}
	f := readOutage(q.PostForm)
	f.to = ""
	from, _, err := f.span(nil, q.now, p.Zone)
	if err == nil {
		var id string
		if id, err = p.Book.begin(r.ID, f.reason, from, f.by); err == nil || errors.Is(err, errBegun) {
			return answer{to: "/journal/" + id}, nil
		}
	}
	f.wrong = problem.Of(err)
	return q.beginning(&r, f), nil
}

// desk is a breakdown's journal as it stands, with the forms on its page.
type desk struct {
	line  Line
	reg   Register
	here  bool // the register is still this agent's
	sales []Line
	sale  saleForm
	about outageForm // why and since when
	over  outageForm // that it is over
	wrote *Line      // what was written a moment ago
	codes bool       // the last sale had a marking code, so the next may have one
}

// desk reads a journal. It fails with shop_unknown.
func (p *Page) desk(q *ask, id string) (*desk, error) {
	l, ok := p.Book.line(id)
	if !ok || l.Outage == nil {
		return nil, errUnknown
	}
	d := &desk{line: l, sales: p.Book.sales(id), about: outageAsForm(&l, p.Zone)}
	d.reg, d.here = p.register(l.Outage.Device)
	d.sale = saleForm{id: ids.New(), op: opSale, at: wall(l.Outage.To, p.Zone), pay: payCash, items: []itemForm{emptyItem("")}}
	if last, ok := p.Book.last(id); ok {
		d.sale.by = last.By
		d.codes = slices.ContainsFunc(last.Sale.Items, func(it wire.SoldItem) bool { return it.Mark != "" })
		if vat := last.Sale.Items[0].VAT; rateHolds(vat, q.now.In(p.Zone), false) {
			d.sale.items[0].vat = strconv.Itoa(vat)
		}
	} else {
		d.sale.by = l.By
	}
	return d, nil
}

func (p *Page) journal(q *ask) (answer, error) {
	d, err := p.desk(q, q.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	if l, ok := p.Book.line(q.URL.Query().Get("wrote")); ok && l.Sale != nil && l.Sale.Outage == d.line.ID {
		d.wrote = &l
	}
	if l, ok := p.Book.line(q.URL.Query().Get("as")); ok && l.Sale != nil {
		f := saleAsForm(&l, p.Zone)
		f.id, f.rev, f.at, f.by = d.sale.id, 0, d.sale.at, d.sale.by
		for i := range f.items {
			f.items[i].mark = "" // a code belongs to one piece
		}
		d.sale = f
	}
	d.sale.choose(q.URL.Query().Get("op"))
	return q.show(d, nil), nil
}

// kindLink leads to the same form for the other kind of settlement.
func (d *desk) kindLink(kind string) string {
	if d.sale.rev != 0 {
		return "/sale/" + d.sale.id + "?op=" + kind
	}
	return "/journal/" + d.line.ID + "?op=" + kind + "#entry"
}

// show is the journal's page; wrong is what keeps one of its forms.
func (q *ask) show(d *desk, wrong *problem.Error) answer {
	a := answer{title: q.T("powercut.title"), body: q.journalPage(d)}
	if wrong != nil {
		a.status = wrong.Status()
	}
	return a
}

func (p *Page) journalPost(q *ask) (answer, error) {
	d, err := p.desk(q, q.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	switch q.PostForm.Get("do") {
	case "more":
		d.sale = readSale(q.PostForm)
		d.sale.more()
		return q.show(d, nil), nil
	case "about":
		return p.amend(q, d), nil
	case "over", "reopen":
		return p.over(q, d), nil
	default:
		return p.enter(q, d), nil
	}
}

func (p *Page) amend(q *ask, d *desk) answer {
	d.about = readOutage(q.PostForm)
	from, to, err := d.about.span(d.sales, q.now, p.Zone)
	if err == nil {
		err = p.Book.amend(d.line.ID, d.about.reason, from, to)
	}
	if err == nil {
		return answer{to: "/journal/" + d.line.ID}
	}
	d.about.wrong = problem.Of(err)
	return q.show(d, d.about.wrong)
}

// over ends a breakdown, or says that it lasts after all.
func (p *Page) over(q *ask, d *desk) answer {
	o := d.line.Outage
	var to time.Time
	var err error
	if q.PostForm.Get("do") == "over" {
		d.over = readOutage(q.PostForm)
		to, err = d.over.end(o, d.sales, q.now, p.Zone)
	}
	if err == nil {
		err = p.Book.amend(d.line.ID, o.Reason, time.UnixMilli(o.From), to)
	}
	if err == nil {
		return answer{to: "/journal/" + d.line.ID}
	}
	d.over.wrong = problem.Of(err)
	return q.show(d, d.over.wrong)
}
