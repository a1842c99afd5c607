package fnchange

import (
	"time"

	"github.com/tillwright/tillwright/internal/scope"
)

// Reason is why the drive is replaced.
type Reason string

// The reasons. A broken drive has a way of its own: it can be neither emptied
// nor closed.
const (
	Term   Reason = "term"   // its validity ends
	Full   Reason = "full"   // its archive is full
	Unfit  Reason = "unfit"  // its kind does not fit the tax system or the goods
	Broken Reason = "broken" // it does not answer, or its crypto chip is dead
)

// Reasons are all of them, in the order they are shown.
func Reasons() []Reason { return []Reason{Term, Full, Unfit, Broken} }

// StepID is one step of the procedure.
type StepID string

// The steps in their order.
const (
	StepShift    StepID = "shift"    // close the shift
	StepSent     StepID = "sent"     // every document is with the operator
	StepArchive  StepID = "archive"  // the report on closing the drive
	StepFarewell StepID = "farewell" // that report is with the operator too
	StepClaim    StepID = "claim"    // broken drive: to its maker, and the tax office told
	StepSwap     StepID = "swap"     // another drive is in the register
	StepRegister StepID = "register" // the report on changed registration
	StepOperator StepID = "operator" // the operator knows the new drive: it took a document of it
	StepOffice   StepID = "office"   // the tax office has the re-registration
	StepKeep     StepID = "keep"     // the old drive is put away
)

// State is how a step or a procedure stands.
type State string

// The states.
const (
	Waiting State = "waiting" // not its turn yet
	Current State = "current"
	Running State = "running" // the machine is at it
	Done    State = "done"
	Support State = "support" // the procedure was passed on to people who know more
	Stopped State = "stopped" // given up before the old drive was closed
)

// Step is one step as it stands.
type Step struct {
	ID    StepID    `json:"step"`
	State State     `json:"state"`
	Due   time.Time `json:"due,omitzero"` // by law; zero = no term
	Since time.Time `json:"since"`        // since when it is its turn
	At    time.Time `json:"at,omitzero"`  // when it was done
	By    string    `json:"by,omitempty"` // who said so; "" = the register's readings
	Told  bool      `json:"told"`         // a person's word, where a reading would have been the proof
	Note  string    `json:"note,omitempty"`
	Proof *Proof    `json:"proof,omitempty"`
	// Asked is when the machine was asked for it. Command is the last one that the machine was asked for in this step, Key
	// what it was asked with, Code why it failed.
	Asked   time.Time `json:"asked,omitzero"`
	Command string    `json:"command,omitempty"`
	Key     string    `json:"-"`
	Code    string    `json:"code,omitempty"`
}

// Proof is what a reading said when it proved a step.
type Proof struct {
	At       time.Time `json:"at"` // event time of the reading
	Drive    string    `json:"drive,omitempty"`
	Phase    int64     `json:"phase,omitempty"`
	Unsent   int64     `json:"unsent"`
	Document int64     `json:"document,omitempty"` // number of the last fiscal document
	Made     time.Time `json:"made,omitzero"`
	Sign     string    `json:"sign,omitempty"`
}

// Procedure is one replacement.
type Procedure struct {
	ID        string      `json:"id"`
	Client    string      `json:"client"`
	Device    string      `json:"device"`
	Case      string      `json:"case,omitempty"`
	Reason    Reason      `json:"reason"`
	State     State       `json:"state"` // Current, Done, Support or Stopped
	OldDrive  string      `json:"oldDrive"`
	NewDrive  string      `json:"newDrive,omitempty"`
	Steps     []Step      `json:"steps"`
	StartedBy scope.Actor `json:"-"`
	CreatedAt time.Time   `json:"createdAt"`
	EndedAt   time.Time   `json:"endedAt,omitzero"`
	Version   int64       `json:"version"`
}

// Now is the step whose turn it is; nil when the procedure is over.
func (p *Procedure) Now() *Step {
	for i := range p.Steps {
		if s := &p.Steps[i]; s.State == Current || s.State == Running {
			return s
		}
	}
	return nil
}

// Step finds one step.
func (p *Procedure) Step(id StepID) *Step {
	for i := range p.Steps {
		if p.Steps[i].ID == id {
			return &p.Steps[i]
		}
	}
	return nil
}

// Over says whether nothing more will happen to it.
func (p *Procedure) Over() bool { return p.State == Done || p.State == Stopped }
