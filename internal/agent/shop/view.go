package shop

import (
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// langName is a language's own short name.
func langName(l i18n.Lang) string { return strings.ToUpper(string(l)) }

// drawing is the path of a tone's mark, on a grid of 24.
func drawing(tone string) string {
	switch tone {
	case toneOK:
		return "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8 12.3l2.8 2.8L16 9.5"
	case toneIll:
		return "M12 4L21 19.5H3zM12 10v4.5M12 17v.2"
	case toneSilent:
		return "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7v5.2l3.5 2"
	case "pen":
		return "M4.5 19.5l1-4L16 5l3 3L8.5 18.5zM14 7l3 3"
	case "gone":
		return "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM7.5 12h9"
	default:
		return "M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5v5.5M12 16v.2"
	}
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// when says an instant by the clock on the wall, without the day where it is
// this one.
func (q *ask) when(ms int64) string { return say(q.Voice, time.UnixMilli(ms), q.now, q.page.Zone) }

func say(v i18n.Voice, t, now time.Time, zone *time.Location) string {
	if sameDay(t, now, zone) {
		return t.In(zone).Format("15:04")
	}
	return v.Moment(t, now, zone)
}

func sameDay(a, b time.Time, zone *time.Location) bool {
	a, b = a.In(zone), b.In(zone)
	return a.YearDay() == b.YearDay() && a.Year() == b.Year()
}

func (q *ask) wrong(e *problem.Error, names ...string) string {
	return fieldError(q.Voice, e, names...)
}

func (q *ask) itemWrong(e *problem.Error, i int, names ...string) string {
	for _, n := range names {
		if w := q.wrong(e, "items["+strconv.Itoa(i)+"]."+n); w != "" {
			return w
		}
	}
	return ""
}

// lineDown says that the company does not hear, and since when.
func (q *ask) lineDown(at time.Time) string {
	if at.IsZero() {
		return q.T("shop.line.never")
	}
	return q.T("shop.line.down", "at", say(q.Voice, at, q.now, q.page.Zone))
}

// running is the breakdown of a register that lasts.
func (q *ask) running(device string) (Line, bool) {
	for _, l := range q.page.Book.outages() {
		if l.Outage.Device == device && l.Outage.To == 0 {
			return l, true
		}
	}
	return Line{}, false
}

func (q *ask) outageText(l *Line) string {
	return q.T("powercut.reason."+l.Outage.Reason) + ", " + q.spanText(l.Outage)
}

// spanText is from when to when a breakdown was.
func (q *ask) spanText(o *wire.Outage) string {
	from := q.when(o.From)
	if o.To == 0 {
		return q.T("shop.since", "at", from)
	}
	to, zone := time.UnixMilli(o.To), q.page.Zone
	if sameDay(time.UnixMilli(o.From), to, zone) {
		return from + " – " + to.In(zone).Format("15:04")
	}
	return from + " – " + q.when(o.To)
}

// rates are the rates to choose from. One that is chosen and does not hold on
// that day stays, so that what was typed is kept and can be told.
func (q *ask) rates(f *saleForm, chosen string) []option {
	list := []option{}
	if chosen == "" {
		list = append(list, option{"", q.T("shop.choose")})
	}
	found := chosen == ""
	for _, v := range ratesOn(f.day(q.now, q.page.Zone), f.back()) {
		s := strconv.Itoa(v)
		found = found || s == chosen
		list = append(list, option{s, q.T("powercut.vat." + s)})
	}
	if !found {
		list = append(list, option{chosen, q.Or("powercut.vat."+chosen, chosen)})
	}
	return list
}

func (q *ask) numbered(stem string, numbers []int) (list []option) {
	for _, n := range numbers {
		s := strconv.Itoa(n)
		list = append(list, option{s, q.T(stem + s)})
	}
	return list
}

// told is what the company has of an entry.
func (q *ask) told(l *Line) sight {
	switch {
	case l.Refused():
		s := sight{tone: toneIll, word: q.T("shop.told.refused"), more: refusal(q.Voice, l.Answer)}
		if l.Known {
			s.more = append(s.more, q.T("shop.told.before"))
		}
		return s
	case l.Taken():
		return sight{tone: toneOK, word: q.T("shop.told.taken")}
	case q.page.Book.held(l):
		return sight{tone: toneSilent, word: q.T("shop.told.held"), more: []string{q.T("shop.told.held_text")}}
	default:
		return sight{tone: toneSilent, word: q.T("shop.told.waits")}
	}
}

// refused is why the company does not take a breakdown; nothing where it does.
func (q *ask) refused(l *Line) []string {
	if !l.Refused() {
		return nil
	}
	return refusal(q.Voice, l.Answer)
}

// tally is what the sales that stand come to. Sums are kopecks.
type tally struct {
	count int   // sales and returns
	back  int   // returns among them
	sold  int64 // of the sales alone
	gone  int64 // of the returns alone
}

// net is what the till has more by all of them.
func (t tally) net() int64 { return t.sold - t.gone }

// totals is how many sales stand and what they come to.
func (q *ask) totals(sales []Line) string { return q.tallied(tallyOf(sales)) }

// tallied says a tally: sales and returns apart, and what is left of both.
func (q *ask) tallied(t tally) string {
	switch {
	case t.count == 0:
		return ""
	case t.back == 0:
		return q.N("powercut.settlements", t.count) + ", " + money(q.Voice, t.net())
	default:
		return q.T("powercut.tally", "sold", money(q.Voice, t.sold), "back", money(q.Voice, t.gone), "net", money(q.Voice, t.net()))
	}
}

func tallyOf(sales []Line) (t tally) {
	for i := range sales {
		switch s := sales[i].Sale; {
		case s.Struck:
		case s.Return():
			t.count, t.back, t.gone = t.count+1, t.back+1, t.gone-s.Signed()
		default:
			t.count, t.sold = t.count+1, t.sold+s.Signed()
		}
	}
	return t
}

// pastOutage is a breakdown that is over, in one line.
type pastOutage struct {
	line  Line
	title string
	sums  tally
	told  sight
}

// past are the breakdowns that are over, and those of registers that this agent
// has no more.
func (q *ask) past() (list []pastOutage) {
	for _, l := range q.page.Book.outages() {
		r, here := q.page.register(l.Outage.Device)
		if here && l.Outage.To == 0 {
			continue
		}
		x := pastOutage{line: l, title: r.title(q.Voice)}
		sales := q.page.Book.sales(l.ID)
		x.sums = tallyOf(sales)
		x.told = q.toldAll(append(sales, l))
		list = append(list, x)
	}
	return list
}

// toldAll is the worst of what is told of many entries.
func (q *ask) toldAll(list []Line) sight {
	worst := sight{tone: toneOK, word: q.T("shop.told.all")}
	for i := range list {
		switch {
		case list[i].Refused():
			return sight{tone: toneIll, word: q.T("shop.told.refused_some")}
		case !list[i].Taken():
			worst = sight{tone: toneSilent, word: q.T("shop.told.waits")}
		}
	}
	return worst
}
