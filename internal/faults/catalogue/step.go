package catalogue

import (
	"fmt"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Who may do a step.
type Who string

// Who may do a step. What a cashier may do, everybody may.
const (
	Cashier       Who = "cashier"
	Engineer      Who = "engineer"
	ServiceCentre Who = "service_centre"
)

// StepKind says what a step asks of its reader.
type StepKind string

// The kinds of step.
const (
	Do       StepKind = "do"        // do something, then say how it went
	Look     StepKind = "look"      // look at something and say what is seen
	Ask      StepKind = "ask"       // a question that the reader can answer at once
	Machine  StepKind = "machine"   // the machine does it through the agent
	HandOver StepKind = "hand_over" // an end: a person who knows more goes on
	Mended   StepKind = "mended"    // an end: it works; the device's state must prove it
)

// Ends says whether a walk is over at such a step.
func (k StepKind) Ends() bool { return k == HandOver || k == Mended }

// Step is one screen of a guided fix.
type Step struct {
	ID          string       `toml:"id"`
	Who         Who          `toml:"who"`
	Kind        StepKind     `toml:"kind"`
	Title       Text         `toml:"title"`
	Do          Text         `toml:"do"`      // what to do, in order
	Why         Text         `toml:"why"`     // why it helps; may be empty
	See         Text         `toml:"see"`     // what should be seen then; may be empty
	Warning     Text         `toml:"warning"` // what can go wrong; may be empty
	NeedsBackup bool         `toml:"needs_backup"`
	Minutes     int          `toml:"minutes"` // how long it takes a calm person; 0: not said
	Branches    []Branch     `toml:"branch"`
	Machine     *MachineStep `toml:"machine"`
}

// Branch is one answer and where it leads.
type Branch struct {
	Text Text   `toml:"text"`
	To   string `toml:"to"`
}

// MachineStep is what the machine does by itself, once, with consent where
// the risk asks for it.
type MachineStep struct {
	Procedure string   `toml:"procedure"` // a name of package kkt
	Risk      kkt.Risk `toml:"risk"`      // must be what kkt says of the procedure
	// Success is an expression over the outcome: state, ok, error, failure,
	// replies, fields. False after an outcome that is known is a failure.
	Success   string `toml:"success"`
	OnSuccess string `toml:"on_success"`
	OnFailure string `toml:"on_failure"`
	// OnUnknown is taken when the command may or may not have been carried
	// out. It must not simply do it again.
	OnUnknown string `toml:"on_unknown"`
	// ByHand is where a person goes who does it without the machine, because
	// no agent looks after the device. Empty: hand over.
	ByHand string `toml:"by_hand"`
	// Shows is an expression over signals that the next reading must hold
	// before on_success is believed. Empty: the reply is enough.
	Shows   string `toml:"shows"`
	Timeout int    `toml:"timeout"` // seconds until the outcome counts as unknown; 0: 90
	success *Expr
	shows   *Expr
}

// Exit is one way out of a step.
type Exit struct {
	Way   Way
	Text  Text // of an answer; empty for the others
	To    string
	place string // where it stands in the step's table
}

// Way says what a step is left by.
type Way string

// The ways: an answer, and how a machine step may end.
const (
	ByAnswer  Way = "answer"
	BySuccess Way = "success"
	ByFailure Way = "failure"
	ByUnknown Way = "unknown"
	ByHand    Way = "by_hand"
)

// Exits are all ways out of the step, in order.
func (s *Step) Exits() []Exit {
	var out []Exit
	for i, b := range s.Branches {
		out = append(out, Exit{ByAnswer, b.Text, b.To, fmt.Sprintf("branch[%d].to", i)})
	}
	if m := s.Machine; m != nil {
		out = append(out, Exit{Way: BySuccess, To: m.OnSuccess, place: "machine.on_success"},
			Exit{Way: ByFailure, To: m.OnFailure, place: "machine.on_failure"}, Exit{Way: ByUnknown, To: m.OnUnknown, place: "machine.on_unknown"})
		if m.ByHand != "" {
			out = append(out, Exit{Way: ByHand, To: m.ByHand, place: "machine.by_hand"})
		}
	}
	return out
}

// targets are all steps that this step can lead to.
func (s *Step) targets() []string {
	var to []string
	for _, e := range s.Exits() {
		to = append(to, e.To)
	}
	return to
}
