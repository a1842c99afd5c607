package faults

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// Runner carries a procedure to a register and brings back what it said. A
// command with the same Key is asked for at most once.
type Runner interface {
	// Plan is the commands that a run would send, for the dry run.
	Plan(ctx context.Context, sc scope.Scope, device string, p kkt.Procedure) ([][]byte, error)
	// Run asks for the command and returns at once with its id. An error of
	// type problem means that it was surely not asked for; any other error
	// leaves that open.
	Run(ctx context.Context, sc scope.Scope, r Request) (commandID string, err error)
	// Outcome says how far the command is.
	Outcome(ctx context.Context, sc scope.Scope, commandID string) (Outcome, error)
}

// Request is one machine step to be run.
type Request struct {
	Device    string
	Procedure kkt.Procedure
	Consent   Consent
	Session   string
	Case      string
	Step      string
	Key       string // the same for every attempt to ask for this one run
}

// Consent is who agreed that the machine does it.
type Consent struct {
	Given bool
	By    scope.Actor
}

// Outcome is how a command ended, or that it has not.
type Outcome struct {
	State     string // one of the Outcome… texts; anything else: not ended yet
	Exchanges []kkt.Exchange
	Meanings  []kkt.Meaning // one for each exchange with a reply
	Code      string        // stable code of a failure
}

// How a command may end.
const (
	OutcomeDone    = "done"
	OutcomeFailed  = "failed"
	OutcomeUnknown = "unknown" // sent, and no answer came: it may have happened
	OutcomeExpired = "expired" // surely not begun
)

// Readings tells what a device last reported and when that was seen. A device
// that is unknown to the scope is problem.NotFound; one that never reported
// has the zero time.
type Readings interface {
	Reading(ctx context.Context, sc scope.Scope, device string) (signal.Set, time.Time, error)
}

// Devices tells whose a device is; problem.NotFound when the scope does not
// reach it.
type Devices interface {
	Client(ctx context.Context, sc scope.Scope, device string) (client string, err error)
}

// Backups knows whether a device's data are safe in the store.
type Backups interface {
	// Verified is when the last verified backup was made. With none, ok is
	// false and reason says why as a stable code.
	Verified(ctx context.Context, sc scope.Scope, device string) (at time.Time, ok bool, reason string, err error)
}

// Cases takes over what a guided fix could not end. Taking the same session
// twice gives the same case.
type Cases interface {
	Take(ctx context.Context, sc scope.Scope, s Summary) (caseID string, err error)
}

// Publisher tells the rest of the program that a session changed.
type Publisher interface {
	Publish(events ...bus.Event)
}

// NoBackups knows of no backup at all: every step that needs one stays
// blocked. It stands in until the store of backups is there.
type NoBackups struct{}

// Verified always says that no backup is known.
func (NoBackups) Verified(context.Context, scope.Scope, string) (at time.Time, ok bool, reason string, err error) {
	return time.Time{}, false, "none_known", nil
}
