package i18n

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
)

// Voice says things in one language. It is a small value: pass it by value.
type Voice struct {
	lang  Lang
	texts map[string]string
}

// Lang is the language spoken.
func (v Voice) Lang() Lang { return v.lang }

// T is the text of key with its placeholders filled from pairs of name and
// value: T("case.of", "n", 7) fills "{n}". A key that does not exist is
// returned in double angle quotes, where a person can at least report it.
func (v Voice) T(key string, pairs ...any) string {
	text, ok := v.texts[key]
	if !ok {
		return "«" + key + "»"
	}
	return fill(text, pairs)
}

// Or is T when the key exists, and otherwise the fallback. It is for keys
// built from data (a fault id, a code) that may have no text of their own.
func (v Voice) Or(key, fallback string) string {
	if text, ok := v.texts[key]; ok {
		return text
	}
	return fallback
}

// N is the text for a count: it looks up key.one, key.few, key.many or
// key.other by the language's plural rule and fills "{n}".
func (v Voice) N(key string, n int, pairs ...any) string {
	form := key + "." + plural(v.lang, n)
	if _, ok := v.texts[form]; !ok {
		form = key + ".other"
	}
	return v.T(form, append([]any{"n", v.Int(int64(n))}, pairs...)...)
}

// Problem is the sentence of a problem.
func (v Voice) Problem(err error) string {
	p := problem.Of(err)
	return v.Field(p.Code, p.Args)
}

// Field is the sentence of a code with named arguments.
func (v Voice) Field(code string, args map[string]any) string {
	pairs := make([]any, 0, 2*len(args))
	for k, a := range args {
		pairs = append(pairs, k, a)
	}
	return v.T("problem."+code, pairs...)
}

func fill(text string, pairs []any) string {
	if len(pairs) == 0 || !strings.Contains(text, "{") {
		return text
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		text = strings.ReplaceAll(text, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return text
}

// plural is the CLDR category for whole numbers in our three languages.
func plural(l Lang, n int) string {
	if n < 0 {
		n = -n
	}
	if l != RU {
		if n == 1 {
			return "one"
		}
		return "other"
	}
	switch {
	case n%10 == 1 && n%100 != 11:
		return "one"
	case n%10 >= 2 && n%10 <= 4 && (n%100 < 12 || n%100 > 14):
		return "few"
	default:
		return "many"
	}
}

// Int writes a whole number with the language's thousands mark: a thin space
// in Russian, a point in German, a comma in English; from 10 000 up only,
// because four digits are read more easily without.
func (v Voice) Int(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(s, "-")
	if len(digits) < 5 {
		return s
	}
	mark := map[Lang]string{RU: "\u202f", DE: ".", EN: ","}[v.lang]
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	if n < 0 {
		return "−" + b.String()
	}
	return b.String()
}

// Span says a length of time in its one or two largest units, rounded down:
// "2 ч 05 мин", "3 Tage", "40 s".
func (v Voice) Span(d time.Duration) string { return v.span(d, "span.d") }

// Hours says a span of working time. It never speaks of days: eight hours of
// work are a day for one reader and a third of one for another.
func (v Voice) Hours(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	if d < 24*time.Hour {
		return v.Span(d)
	}
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	if m == 0 {
		return v.N("span.h", h)
	}
	return v.N("span.h", h) + " " + v.N("span.min", m)
}

// span takes the key for days apart, because German bends it after a
// preposition: "3 Tage", but "vor 3 Tagen".
func (v Voice) span(d time.Duration, days string) string {
	if d < 0 {
		d = -d
	}
	switch {
	case d < time.Minute:
		return v.N("span.s", int(d/time.Second))
	case d < time.Hour:
		return v.N("span.min", int(d/time.Minute))
	case d < 24*time.Hour:
		h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
		if m == 0 {
			return v.N("span.h", h)
		}
		return v.N("span.h", h) + " " + v.N("span.min", m)
	case d < 3*24*time.Hour:
		n, h := int(d/(24*time.Hour)), int(d%(24*time.Hour)/time.Hour)
		if h == 0 {
			return v.N(days, n)
		}
		return v.N(days, n) + " " + v.N("span.h", h)
	default:
		return v.N(days, int(d/(24*time.Hour)))
	}
}

// When says an instant as seen from now: "через 40 мин", "vor 3 Tagen".
func (v Voice) When(t, now time.Time) string {
	d := t.Sub(now)
	switch {
	case d > -5*time.Second && d < 5*time.Second:
		return v.T("span.now")
	case d > 0:
		return v.T("span.in", "span", v.span(d, "span.d_rel"))
	default:
		return v.T("span.ago", "span", v.span(-d, "span.d_rel"))
	}
}

// Instant is the exact moment with its zone, for hovering and for print.
func (v Voice) Instant(t time.Time, loc *time.Location) string {
	return t.In(loc).Format(map[Lang]string{
		RU: "02.01.2006 15:04:05 -07:00", DE: "02.01.2006 15:04:05 -07:00", EN: "2006-01-02 15:04:05 -07:00",
	}[v.lang])
}

// Date is the day alone.
func (v Voice) Date(t time.Time, loc *time.Location) string {
	return t.In(loc).Format(map[Lang]string{RU: "02.01.2006", DE: "02.01.2006", EN: "2006-01-02"}[v.lang])
}

// Moment is day and minute, without the year when it is this one.
func (v Voice) Moment(t, now time.Time, loc *time.Location) string {
	layout := map[Lang]string{RU: "02.01. 15:04", DE: "02.01. 15:04", EN: "Jan 2, 15:04"}[v.lang]
	if v.lang == RU {
		layout = "02.01 15:04"
	}
	if t.In(loc).Year() != now.In(loc).Year() {
		layout = map[Lang]string{RU: "02.01.2006 15:04", DE: "02.01.2006 15:04", EN: "2006-01-02 15:04"}[v.lang]
	}
	return t.In(loc).Format(layout)
}
