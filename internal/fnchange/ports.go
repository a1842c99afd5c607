package fnchange

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// Machine carries a procedure to a register. A command with the same Key is
// asked for at most once.
type Machine interface {
	// Plan is the bytes that a run would send; an error of type problem with the
	// code command_unsupported says that this register's protocol cannot do it.
	Plan(ctx context.Context, sc scope.Scope, device, procedure string) ([][]byte, error)
	// Run asks and returns at once. An error of type problem means that it was
	// surely not asked for; any other leaves that open.
	Run(ctx context.Context, sc scope.Scope, o Order) (commandID string, err error)
	Outcome(ctx context.Context, sc scope.Scope, commandID string) (Outcome, error)
}

// Order is one thing that the machine shall do.
type Order struct {
	Device, Procedure, Case, Key, Why string
	Consent                           string // who agreed
}

// Outcome is how a command stands. Failure is a stable code, Refusal the
// register's own.
type Outcome struct {
	Ended, Done bool
	Failure     string
	Refusal     int
}

// Readings tells what a device last reported and when that was seen.
type Readings interface {
	Reading(ctx context.Context, sc scope.Scope, device string) (signal.Set, time.Time, error)
}

// Devices tells whose a device is and by which clock its shop lives;
// problem.NotFound when the scope does not reach it.
type Devices interface {
	Place(ctx context.Context, sc scope.Scope, device string) (client string, zone *time.Location, err error)
}

// Desk hears of the procedure in its case.
type Desk interface {
	// Note writes a step into the case's timeline.
	Note(ctx context.Context, sc scope.Scope, caseID string, p Procedure, s Step) error
	// Support passes the procedure on, in its own case or a new one. The same
	// procedure is passed on once.
	Support(ctx context.Context, sc scope.Scope, p Procedure, why string) (caseID string, err error)
}

// Publisher tells the rest of the program that a procedure changed.
type Publisher interface {
	Publish(events ...bus.Event)
}

// Topic is what the procedures' events on the bus are called.
const Topic = "fnchange"
