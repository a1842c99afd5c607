package desk

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// Place is where a promise is kept: the outlet's zone and the country whose
// working days count there.
type Place struct {
	Client, Outlet, Device string
	Zone                   string // IANA
	Country, Region        string // RU, KZ, DE; a federal state for DE
	Terms                  calendar.Terms
}

// promise is the marks and hours that the standard terms give a severity at
// a place, with the working days of this year and the next.
func promise(p Place, severity calendar.Severity, now time.Time) (calendar.Marks, calendar.Spec, error) {
	standard, err := calendar.StandardTerms(p.Terms)
	if err != nil {
		return calendar.Marks{}, calendar.Spec{}, err
	}
	marks, ok := standard.Marks[severity]
	if !ok {
		return marks, calendar.Spec{}, fmt.Errorf("desk: the terms %q have no promise for %q", p.Terms, severity)
	}
	spec := standard.Hours[calendar.Consultation]
	for _, year := range []int{now.Year(), now.Year() + 1} {
		days, err := calendar.Production(p.Country, p.Region, year)
		if err != nil {
			days, err = calendar.ByLaw(p.Country, year)
		}
		if err != nil { // a country that is not known is counted by its weeks
			continue
		}
		if spec, err = days.Apply(spec); err != nil {
			return marks, spec, err
		}
	}
	return marks, spec, nil
}

// schedule makes the calendar of a spec in a zone.
func schedule(spec calendar.Spec, zone string) (calendar.Schedule, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return calendar.Schedule{}, fmt.Errorf("desk: %w", err)
	}
	c, err := calendar.New(spec)
	if err != nil {
		return calendar.Schedule{}, err
	}
	return calendar.Schedule{Calendar: c, Zone: loc}, nil
}
