package fnchange

import (
	"time"

	"github.com/tillwright/tillwright/internal/calendar"
)

// The terms of the law.
const (
	// officeDays is for the application to the tax office after the drive was
	// replaced: the working day after (54-ФЗ, art. 4.2 p. 4).
	officeDays = 1
	// claimDays is for the application after a drive broke (art. 4.2 p. 8.1).
	claimDays = 5
	// keepYears is how long the old drive is kept (art. 5 p. 2).
	keepYears = 5
	// OpinionDays is how long the maker has for its opinion on a broken drive,
	// DataDays how long the owner has to hand in what could be read (art. 4.2
	// p. 8.2), both in days of the calendar.
	OpinionDays = 30
	DataDays    = 60
)

// Due is until when a step must be done, given when its turn came and in which
// zone the shop is; zero for a step without a term.
func Due(id StepID, since time.Time, zone *time.Location) time.Time {
	switch id {
	case StepOffice:
		return workingDays(since.In(zone), officeDays)
	case StepClaim:
		return workingDays(since.In(zone), claimDays)
	default:
		return time.Time{}
	}
}

// KeepUntil is the day until which the old drive must be kept.
func KeepUntil(replaced time.Time) time.Time { return replaced.AddDate(keepYears, 0, 0) }

// workingDays is the end of the nth working day after the given one. Years
// whose production calendar is not known yet have their weekends off and
// nothing else, which never makes a term longer than it is.
func workingDays(t time.Time, n int) time.Time {
	day := t
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if works(day) {
			n--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, t.Location())
}

func works(t time.Time) bool {
	weekend := t.Weekday() == time.Saturday || t.Weekday() == time.Sunday
	year, err := calendar.Production("RU", "", t.Year())
	if err != nil {
		return !weekend
	}
	date := calendar.NewDate(t.Date())
	if _, worked := year.Worked[date]; worked {
		return true
	}
	for _, off := range year.Off {
		if off == date {
			return false
		}
	}
	return !weekend
}
