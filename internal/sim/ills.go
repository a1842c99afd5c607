package sim

import (
	"fmt"
	"slices"

	"github.com/tillwright/tillwright/internal/problem"
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

func known(id string, of []Fault) error {
	if slices.ContainsFunc(of, func(f Fault) bool { return f.ID == id }) {
		return nil
	}
	return fmt.Errorf("sim: %w", problem.New(problem.NotFound, "sim_unknown_fault").With("fault", id))
}
