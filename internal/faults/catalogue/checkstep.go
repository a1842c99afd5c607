package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt"
)

// maxTimeout bounds how long a machine step may wait for its outcome, in
// seconds.
const maxTimeout = 600

// Whos lists who may do a step.
func Whos() []Who { return []Who{Cashier, Engineer, ServiceCentre} }

// StepKinds lists the kinds of step.
func StepKinds() []StepKind { return []StepKind{Do, Look, Ask, Machine, HandOver, Mended} }

func (a *Article) checkStep(s *Step, place string, c *critic) {
	if !idForm.MatchString(s.ID) {
		c.bad(place+".id", "step_id", "step", s.ID)
	}
	if !slices.Contains(Whos(), s.Who) {
		c.bad(place+".who", "step_who", "who", s.Who, "step", s.ID)
	}
	checkText(c, place+".title", s.Title, true)
	checkText(c, place+".do", s.Do, true)
	checkText(c, place+".why", s.Why, false)
	checkText(c, place+".see", s.See, false)
	checkText(c, place+".warning", s.Warning, false)
	for i, b := range s.Branches {
		checkText(c, fmt.Sprintf("%s.branch[%d].text", place, i), b.Text, true)
	}
	checkShape(s, place, c)
	if s.Machine != nil {
		checkMachine(s, place, c)
	}
}

// checkShape wants of each kind of step exactly the exits that it can have.
func checkShape(s *Step, place string, c *critic) {
	least := 0
	switch s.Kind {
	case Do:
		least = 1
	case Look, Ask:
		least = 2
	case Machine, HandOver, Mended:
		if len(s.Branches) > 0 {
			c.bad(place+".branch", "step_branches", "step", s.ID)
		}
	default:
		c.bad(place+".kind", "step_kind", "kind", s.Kind, "step", s.ID)
	}
	if n := len(s.Branches); n < least || n > maxBranches {
		c.bad(place+".branch", "branch_count", "count", n, "least", least, "most", maxBranches, "step", s.ID)
	}
	if (s.Kind == Machine) != (s.Machine != nil) {
		c.bad(place+".machine", "step_machine", "step", s.ID)
	}
	if s.NeedsBackup && s.Who == Cashier {
		c.bad(place+".needs_backup", "backup_cashier", "step", s.ID)
	}
	if s.Minutes < 0 {
		c.bad(place+".minutes", "minutes", "step", s.ID)
	}
}

func checkMachine(s *Step, place string, c *critic) {
	m := s.Machine
	place += ".machine"
	if !slices.Contains(Procedures(), m.Procedure) {
		c.bad(place+".procedure", "procedure_unknown", "procedure", m.Procedure, "known", strings.Join(Procedures(), ", "))
	}
	if want := kkt.RiskOf(m.Procedure); m.Risk != want {
		c.bad(place+".risk", "risk_other", "risk", m.Risk, "known", want)
	}
	if m.Risk == kkt.RiskDangerous && s.Who == Cashier {
		c.bad(place+".procedure", "danger_cashier", "step", s.ID)
	}
	if m.OnUnknown == s.ID {
		c.bad(place+".on_unknown", "unknown_again", "step", s.ID)
	}
	if m.Timeout < 0 || m.Timeout > maxTimeout {
		c.bad(place+".timeout", "timeout", "timeout", m.Timeout, "most", maxTimeout)
	}
	var err error
	if m.success, err = CompileOutcome(m.Success); err != nil {
		c.bad(place+".success", "expression", "detail", err.Error())
	}
	if m.Shows == "" {
		return
	}
	if m.shows, err = CompileSignals(m.Shows); err != nil {
		c.bad(place+".shows", "expression", "detail", err.Error())
	}
}
