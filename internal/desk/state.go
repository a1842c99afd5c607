package desk

import "slices"

// State is where a case stands. Reopening leads to open, whoever had it.
//
//	                ┌──── wait ────┐
//	        take    │              ▼
//	new ─────────▶ open ◀─resume─ waiting
//	               ▲  ▲
//	        reopen │  │ reopen
//	               │  │
//	        resolved  closed
//
//	new ── wait ──▶ waiting
//	new, open, waiting ── resolve ──▶ resolved
//	new, open, waiting, resolved ── close ──▶ closed
type State string

// The states. The promise's clock runs in New and Open, stands in Waiting and
// has stopped in Resolved and Closed.
const (
	New      State = "new"
	Open     State = "open"
	Waiting  State = "waiting"
	Resolved State = "resolved"
	Closed   State = "closed"
)

var next = map[State][]State{
	New:      {Open, Waiting, Resolved, Closed},
	Open:     {Waiting, Resolved, Closed},
	Waiting:  {Open, Resolved, Closed},
	Resolved: {Open, Closed},
	Closed:   {Open},
}

// Can says whether a case may go from one state to another.
func (s State) Can(to State) bool { return slices.Contains(next[s], to) }

// Active says whether somebody still has to do something.
func (s State) Active() bool { return s == New || s == Open || s == Waiting }

// States lists them in the order of a case's life.
func States() []State { return []State{New, Open, Waiting, Resolved, Closed} }
