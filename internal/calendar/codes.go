package calendar

import (
	"errors"

	"github.com/tillwright/tillwright/internal/problem"
)

// The stable codes of this package. Each has its sentence under
// "problem.<code>" in every language.
const (
	codeJSON            = "calendar_json"
	codeRequired        = "calendar_required"
	codeFieldUnknown    = "calendar_field_unknown"
	codeWeekdayUnknown  = "calendar_weekday_unknown"
	codeWindowForm      = "calendar_window_form"
	codeWindowEmpty     = "calendar_window_empty"
	codeDateForm        = "calendar_date_form"
	codeAlwaysConflict  = "calendar_always_conflict"
	codeNominalRange    = "calendar_nominal_range"
	codeTooMany         = "calendar_too_many"
	codeZoneUnknown     = "calendar_zone_unknown"
	codeTimeForm        = "calendar_time_form"
	codeTimeRange       = "calendar_time_range"
	codeNeverOpens      = "calendar_never_opens"
	codeBeyondHorizon   = "calendar_beyond_horizon"
	codeUnknown         = "calendar_unknown"
	codeTargetRequired  = "calendar_target_required"
	codeTargetAmbiguous = "calendar_target_ambiguous"
	codeTargetRange     = "calendar_target_range"
	codeTargetRule      = "calendar_target_rule"
	codePauseReversed   = "calendar_pause_reversed"
	codePauseOpen       = "calendar_pause_open"
	codeReasonLong      = "calendar_reason_long"
	codeEventUnknown    = "calendar_event_unknown"
	codeEventIncomplete = "calendar_event_incomplete"
	codeNoProduction    = "calendar_no_production"
)

// Errors that a caller may want to tell apart with errors.Is.
var (
	// ErrNeverOpens says that a calendar has no opening within [Horizon].
	ErrNeverOpens = problem.New(problem.Invalid, codeNeverOpens)
	// ErrBeyondHorizon says that the calendar opens, but so seldom that the
	// time asked for does not fit into [Horizon].
	ErrBeyondHorizon = problem.New(problem.Invalid, codeBeyondHorizon)
	// ErrRequired says that a field without which there is no answer is missing.
	ErrRequired = problem.New(problem.Invalid, codeRequired)
	// ErrUnknown says that no stored calendar has the id that was asked for.
	ErrUnknown = problem.New(problem.Invalid, codeUnknown)
	// ErrNoProduction says that there is no production calendar of a country,
	// region and year.
	ErrNoProduction = problem.New(problem.Invalid, codeNoProduction)
)

// faults gathers the fields that are wrong, so that a form can show them all
// at once.
type faults []problem.Field

func (f *faults) add(path, code string) {
	*f = append(*f, problem.Field{Name: path, Code: code})
}

// err is nil when nothing is wrong, otherwise a problem with the code of the
// first field and all fields.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, f[0].Code)
	p.Fields = f
	return p
}

// at names the field that a problem comes from if it names none; any other
// error passes through.
func at(path string, err error) error {
	p, ok := errors.AsType[*problem.Error](err)
	if !ok || len(p.Fields) > 0 {
		return err
	}
	return p.Field(path, p.Code)
}
