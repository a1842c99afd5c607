package shop

import (
	"net/url"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// reasons are why a register cannot be used, in the order they are shown. The
// page asks for no finer ones: the company can change them in its journal.
func reasons() []string { return []string{"power", "breakdown", "drive"} }

// earliest is the first day of which the company's journal takes anything.
func earliest() time.Time { return time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC) }

// outageForm is a breakdown as a person has typed it.
type outageForm struct {
	reason, from, to, by string
	wrong                *problem.Error
}

func readOutage(in url.Values) outageForm {
	return outageForm{reason: in.Get("reason"), from: in.Get("from"), to: in.Get("to"), by: tidy(in.Get("by"))}
}

func outageAsForm(l *Line, zone *time.Location) outageForm {
	return outageForm{reason: l.Outage.Reason, from: wall(l.Outage.From, zone), to: wall(l.Outage.To, zone), by: l.By}
}

// span is the breakdown's begin and end, zero while it lasts. It must leave out
// none of its sales. It fails with powercut_invalid and the fields at fault.
func (f *outageForm) span(sales []Line, now time.Time, zone *time.Location) (from, to time.Time, err error) {
	var c checks
	from, to = moment(f.from, zone), moment(f.to, zone)
	c.when(!slices.Contains(reasons(), f.reason), "reason", "powercut_reason")
	c.when(f.from == "", "from", "required")
	c.when(f.from != "" && from.IsZero(), "from", "powercut_when")
	c.when(f.to != "" && to.IsZero(), "to", "powercut_when")
	c.when(from.After(now), "from", "powercut_ahead")
	c.when(!from.IsZero() && from.Before(earliest()), "from", "powercut_too_old")
	c.when(to.After(now), "to", "powercut_ahead")
	c.when(!to.IsZero() && to.Before(from), "to", "powercut_order")
	c.long("by", f.by, maxBy)
	first, last := spanOf(sales)
	c.when(first != 0 && from.UnixMilli() > first, "from", "powercut_leaves_out")
	c.when(!to.IsZero() && to.UnixMilli() < last, "to", "powercut_leaves_out")
	return from, to, c.err()
}

// end is when a breakdown ended: the time that was typed, or now.
func (f *outageForm) end(o *wire.Outage, sales []Line, now time.Time, zone *time.Location) (to time.Time, err error) {
	var c checks
	if f.to == "" {
		_, last := spanOf(sales)
		return time.UnixMilli(max(now.Truncate(time.Minute).UnixMilli(), o.From, last)), nil
	}
	to = moment(f.to, zone)
	_, last := spanOf(sales)
	c.when(to.IsZero(), "to", "powercut_when")
	c.when(to.After(now), "to", "powercut_ahead")
	c.when(!to.IsZero() && to.UnixMilli() < o.From, "to", "powercut_order")
	c.when(!to.IsZero() && to.UnixMilli() >= o.From && to.UnixMilli() < last, "to", "powercut_leaves_out")
	return to, c.err()
}

// spanOf is when the first and the last of the sales that stand were made; 0
// without any.
func spanOf(sales []Line) (first, last int64) {
	for _, l := range sales {
		if l.Sale.Struck {
			continue
		}
		if first == 0 || l.Sale.At < first {
			first = l.Sale.At
		}
		last = max(last, l.Sale.At)
	}
	return first, last
}
