package catalogue

import (
	"slices"

	"github.com/tillwright/tillwright/internal/kkt"
)

// maxTimeout bounds how long a machine step may wait for its outcome, in
// seconds.
const maxTimeout = 600

func (a *Article) checkStep(s *Step, bad func(string, ...any)) {
	where := "step " + s.ID
	if !idForm.MatchString(s.ID) {
		bad("%s: the id is not of lower-case words and hyphens", where)
	}
	if !slices.Contains([]Who{Cashier, Engineer, ServiceCentre}, s.Who) {
		bad("%s: who %q is none of cashier, engineer, service_centre", where, s.Who)
	}
	checkText(bad, where+": title", s.Title, true)
	checkText(bad, where+": do", s.Do, true)
	checkText(bad, where+": why", s.Why, false)
	checkText(bad, where+": see", s.See, false)
	checkText(bad, where+": warning", s.Warning, false)
	for _, b := range s.Branches {
		checkText(bad, where+": branch to "+b.To, b.Text, true)
	}
	checkShape(s, where, bad)
	if s.Machine != nil {
		checkMachine(s, where, bad)
	}
}

// checkShape wants of each kind of step exactly the exits that it can have.
func checkShape(s *Step, where string, bad func(string, ...any)) {
	least := 0
	switch s.Kind {
	case Do:
		least = 1
	case Look, Ask:
		least = 2
	case Machine, HandOver, Mended:
		if len(s.Branches) > 0 {
			bad("%s: a step of kind %s has no branches", where, s.Kind)
		}
	default:
		bad("%s: kind %q is not known", where, s.Kind)
	}
	if n := len(s.Branches); n < least || n > maxBranches {
		bad("%s: %d branches, %d to %d are allowed", where, n, least, maxBranches)
	}
	if (s.Kind == Machine) != (s.Machine != nil) {
		bad("%s: a machine table and kind machine belong together", where)
	}
	if s.NeedsBackup && s.Who == Cashier {
		bad("%s: what needs a backup first is not for a cashier", where)
	}
}

func checkMachine(s *Step, where string, bad func(string, ...any)) {
	m := s.Machine
	if !slices.Contains(procedures(), m.Procedure) {
		bad("%s: procedure %q does not exist", where, m.Procedure)
	}
	if want := kkt.RiskOf(m.Procedure); m.Risk != want {
		bad("%s: risk is %q, the procedure's is %q", where, m.Risk, want)
	}
	if m.Risk == kkt.RiskDangerous && s.Who == Cashier {
		bad("%s: a dangerous procedure is not for a cashier", where)
	}
	if m.OnUnknown == s.ID {
		bad("%s: an unknown outcome must not lead to the same step again", where)
	}
	if m.Timeout < 0 || m.Timeout > maxTimeout {
		bad("%s: timeout %d is not in 0…%d seconds", where, m.Timeout, maxTimeout)
	}
	var err error
	if m.success, err = CompileOutcome(m.Success); err != nil {
		bad("%s: success: %v", where, err)
	}
	if m.Shows == "" {
		return
	}
	if m.shows, err = CompileSignals(m.Shows); err != nil {
		bad("%s: shows: %v", where, err)
	}
}
