package warranty

import (
	"cmp"
	"slices"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

// Answer is what a claim comes to.
type Answer struct {
	Verdict Verdict
	Reason  Reason   // the weightiest
	Reasons []Reason // all that hold, the weightiest first
	// LastDay is the last day inside the term, "" when the days it is counted
	// from are not known.
	LastDay string
	// Missing are days that the rule asks for and nobody knew: with them the
	// term may prove shorter.
	Missing []Start
	// Excluded are the parts of the claim that are never covered.
	Excluded []string
}

// Check decides a claim. It fails with the problem "invalid", whose fields say
// what is wrong, for an unknown device, a day that does not exist or cannot be,
// an unknown condition, and when no day is known that the term could be
// counted from and nothing else refuses the claim.
func Check(c Claim) (Answer, error) {
	r, err := readClaim(c)
	if err != nil {
		return Answer{}, err
	}
	var a Answer
	refused := append(r.noParts(), r.over(&a)...)
	for _, g := range r.rule.Grounds {
		if g.holds(r.conditions) {
			refused = append(refused, g.Reason)
		}
	}
	parts := r.excluded(&a)
	if a.LastDay == "" && len(refused) == 0 {
		return Answer{}, undated(r.rule)
	}
	a.Reasons = append(refused, parts...)
	switch {
	case len(refused) > 0:
		a.Verdict = NotCovered
	case len(parts) > 0:
		a.Verdict = PartNotCovered
	default:
		a.Verdict, a.Reasons = Covered, []Reason{InTerm}
	}
	a.Reason = a.Reasons[0]
	return a, nil
}

// noParts refuses what can no longer be mended, whatever its term: it weighs
// more than a term, since a paid repair is not to be had either.
func (r read) noParts() []Reason {
	bought, ok := r.starts[FromPurchase]
	if ok && bought.Year() < r.rule.PartsSince {
		return []Reason{NoSpareParts}
	}
	return nil
}

// over fills in the term's last day and gives why the claim is after it, the
// bound that ended the term before those that ended later. The last day still
// counts.
func (r read) over(a *Answer) []Reason {
	type ended struct {
		why Reason
		day calendar.Date
	}
	var past []ended
	var last calendar.Date
	for _, b := range r.rule.Bounds {
		start, ok := r.starts[b.From]
		if !ok {
			a.Missing = append(a.Missing, b.From)
			continue
		}
		day := After(start, b.Months)
		if a.LastDay == "" || day < last {
			last = day
			a.LastDay = day.String()
		}
		if r.day > day {
			past = append(past, ended{b.Over, day})
		}
	}
	slices.SortStableFunc(past, func(x, y ended) int { return cmp.Compare(x.day, y.day) })
	var out []Reason
	for _, p := range past {
		out = append(out, p.why)
	}
	return out
}

// excluded fills in the parts that are never covered and gives why.
func (r read) excluded(a *Answer) []Reason {
	var out []Reason
	for _, e := range r.rule.Excluded {
		hit := false
		for _, p := range r.parts {
			if slices.Contains(e.Parts, p) && !slices.Contains(a.Excluded, p) {
				a.Excluded, hit = append(a.Excluded, p), true
			}
		}
		if hit {
			out = append(out, e.Reason)
		}
	}
	return out
}

// undated asks for the days that the rule counts from.
func undated(r Rule) error {
	e := problem.New(problem.Invalid, "warranty_dates_missing").In("warranty.Check")
	for _, b := range r.Bounds {
		e = e.Field(string(b.From), "required")
	}
	return e
}
