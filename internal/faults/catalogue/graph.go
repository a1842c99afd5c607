package catalogue

import "fmt"

// graphIndex finds steps by id.
type graphIndex map[string]*Step

// First is the step that a fix begins with.
func (a *Article) First() *Step { return &a.Steps[0] }

// Step finds a step by its id.
func (a *Article) Step(id string) (*Step, bool) {
	s, ok := a.index[id]
	return s, ok
}

// checkGraph makes sure that ids are unique, every target exists, every step
// can be reached and from each one an end can be reached.
func (a *Article) checkGraph(c *critic) {
	a.index = make(graphIndex, len(a.Steps))
	for i := range a.Steps {
		s := &a.Steps[i]
		if _, twice := a.index[s.ID]; twice {
			c.bad(fmt.Sprintf("step[%d].id", i), "step_twice", "step", s.ID)
		}
		a.index[s.ID] = s
	}
	broken := false
	for i := range a.Steps {
		for _, e := range a.Steps[i].Exits() {
			if _, ok := a.index[e.To]; !ok {
				c.bad(fmt.Sprintf("step[%d].%s", i, e.place), "leads_nowhere", "step", a.Steps[i].ID, "to", e.To)
				broken = true
			}
		}
	}
	if broken {
		return
	}
	reached := a.reachable()
	ending := a.ending()
	for i := range a.Steps {
		id := a.Steps[i].ID
		if !reached[id] {
			c.bad(fmt.Sprintf("step[%d]", i), "unreachable", "step", id)
		}
		if !ending[id] {
			c.bad(fmt.Sprintf("step[%d]", i), "endless", "step", id)
		}
	}
}

// reachable are the steps that a walk from the first can come to.
func (a *Article) reachable() map[string]bool {
	seen := map[string]bool{a.First().ID: true}
	for queue := []string{a.First().ID}; len(queue) > 0; queue = queue[1:] {
		for _, to := range a.index[queue[0]].targets() {
			if !seen[to] {
				seen[to] = true
				queue = append(queue, to)
			}
		}
	}
	return seen
}

// ending are the steps from which an end can be reached.
func (a *Article) ending() map[string]bool {
	ends := make(map[string]bool)
	for grown := true; grown; {
		grown = false
		for i := range a.Steps {
			s := &a.Steps[i]
			if !ends[s.ID] && (s.Kind.Ends() || leadsTo(s, ends)) {
				ends[s.ID], grown = true, true
			}
		}
	}
	return ends
}

func leadsTo(s *Step, ends map[string]bool) bool {
	for _, to := range s.targets() {
		if ends[to] {
			return true
		}
	}
	return false
}
