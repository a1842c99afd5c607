package sim

import (
	"fmt"
	"slices"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/sim/drive"
)

// Ills are the faults that a register of whatever kind has now. Its register
// keeps the lock.
type Ills map[string]bool

// Active lists them, sorted.
func (s Ills) Active() []string {
	list := make([]string, 0, len(s))
	for id := range s {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// Begin notes a fault; fresh is false for one that is there already. It fails
// only on an id that is none of those the kind can have.
func (s Ills) Begin(id string, of []Fault) (fresh bool, err error) {
	if err := known(id, of); err != nil || s[id] {
		return false, err
	}
	s[id] = true
	return true, nil
}

// End forgets a fault; was is false for one that is not there. It fails as
// Begin does.
func (s Ills) End(id string, of []Fault) (was bool, err error) {
	if err := known(id, of); err != nil || !s[id] {
		return false, err
	}
	delete(s, id)
	return true, nil
}

// Cured takes faults away that a command has just mended.
func (s Ills) Cured(ids ...string) {
	for _, id := range ids {
		delete(s, id)
	}
}

// ShiftClosed takes away what the closing of a shift cures.
func (s Ills) ShiftClosed() { s.Cured(FaultShiftOver, FaultBlocked, FaultTotals) }

// DriveReplaced takes away what leaves with a drive.
func (s Ills) DriveReplaced() {
	s.Cured(FaultFNLink, FaultFNSlow, FaultFNFormat, FaultFNState, FaultFNOver, FaultUnsent, FaultDriveTerms)
}

// DriveGone is how a drive that does not answer, or not with sense, shows.
func (s Ills) DriveGone() drive.Refusal {
	switch {
	case s[FaultFNLink]:
		return drive.Silent
	case s[FaultFNSlow]:
		return drive.Slow
	case s[FaultFNFormat]:
		return drive.WrongFormat
	case s[FaultFNState]:
		return drive.WrongState
	default:
		return drive.None
	}
}

// Unreachable says whether documents leave the register and reach nobody.
func (s Ills) Unreachable() bool {
	return s[FaultUnsent] || s[FaultNoExchange] || s[FaultNoInternet] || s[FaultPower]
}

func known(id string, of []Fault) error {
	if slices.ContainsFunc(of, func(f Fault) bool { return f.ID == id }) {
		return nil
	}
	return fmt.Errorf("sim: %w", problem.New(problem.NotFound, "sim_unknown_fault").With("fault", id))
}
