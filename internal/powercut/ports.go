package powercut

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

// Machine carries corrections to a register. A command with the same Key is
// asked for at most once.
type Machine interface {
	// Run asks and returns at once. An error of type problem means that it was
	// surely not asked for; any other leaves that open.
	Run(ctx context.Context, sc scope.Scope, o Order) (commandID string, err error)
	Outcome(ctx context.Context, sc scope.Scope, commandID string) (Outcome, error)
}

// Order is one thing that the machine shall do.
type Order struct {
	Device, Case, Key, Why string
	Consent                string // who agreed
	Look                   bool   // only ask what became of it
	Delivery               fptr.Delivery
}

// Outcome is how a command stands. Failure is a stable code, "" for one that
// was carried out; Doubtful says that it may have been carried out all the
// same.
type Outcome struct {
	Ended, Doubtful bool
	Failure         string
	Exchanges       []kkt.Exchange
}

// Readings tells what a device last reported and when that was seen.
type Readings interface {
	Reading(ctx context.Context, sc scope.Scope, device string) (signal.Set, time.Time, error)
}

// Place is what the area must know of a register.
type Place struct {
	Client, Outlet string
	Zone           *time.Location
	Protocol       string // what it is spoken to with; "" = no agent reads it
	FFD            string // as its passport says
	Taxations      []fptr.Taxation
	Address        string // of the outlet, tag 1009
}

// CanSend says whether the register's protocol makes correction receipts.
func (p Place) CanSend() bool { return p.Protocol == fptr.Name }

// Devices tells where a register stands; problem.NotFound when the scope does
// not reach it.
type Devices interface {
	Place(ctx context.Context, sc scope.Scope, device string) (Place, error)
}

// Desk hears of the journal in its case. What is a stable word.
type Desk interface {
	Note(ctx context.Context, sc scope.Scope, caseID, what string, j Journal, b Balance) error
}

// Publisher tells the rest of the program that a journal changed.
type Publisher interface {
	Publish(events ...bus.Event)
}

// Topic is what the journals' events on the bus are called.
const Topic = "powercut"
