package powercut

import (
	"time"

	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/scope"
)

// Reason is why the register could not be used.
type Reason string

// The reasons.
const (
	Power     Reason = "power"     // no electricity
	Breakdown Reason = "breakdown" // the register itself
	Drive     Reason = "drive"     // the fiscal drive
	Software  Reason = "software"  // the till's program
	Mass      Reason = "mass"      // a failure at many shops at once, made known by the tax service
)

// Reasons are all of them, in the order they are shown.
func Reasons() []Reason { return []Reason{Power, Breakdown, Drive, Software, Mass} }

// State is how a journal or a draft stands.
type State string

// The states of a journal.
const (
	Open    State = "open"    // being written, or waiting to be sent on
	Sending State = "sending" // corrections go to the register, one after another
	Closed  State = "closed"
)

// The states of a draft. It goes prepared → asked → registered; from asked it
// may come back (surely not made), be refused, or be unknown until it was
// looked up.
const (
	Prepared   State = "prepared"
	Asked      State = "asked"      // the agent has it, or will
	Unknown    State = "unknown"    // it may have been made
	LookedFor  State = "looking"    // the register is being asked what became of it
	Refused    State = "refused"    // the register said no
	Registered State = "registered" // made, with what the register said
	ByHand     State = "by_hand"    // made without us; a person copied what it says
)

// Made says whether the document exists.
func (s State) Made() bool { return s == Registered || s == ByHand }

// Fixed says whether the settlements behind a draft may not be changed any
// more: the document exists, or may exist.
func (s State) Fixed() bool { return s.Made() || s == Asked || s == Unknown || s == LookedFor }

// Item is one line of a settlement.
type Item struct {
	Name     string      `json:"name"`
	Price    int64       `json:"price"`    // kopecks for one
	Quantity int64       `json:"quantity"` // thousandths
	Amount   int64       `json:"amount"`   // kopecks; worked out from price and quantity
	VAT      fptr.VAT    `json:"vat"`      // tag 1199
	Object   fptr.Object `json:"object"`   // tag 1212
	Unit     fptr.Unit   `json:"unit"`     // tag 2108
	// Mark is the marking code as it was scanned, separators and all; "" = none.
	Mark string `json:"mark,omitempty"`
}

// Settlement is one that went without a receipt.
type Settlement struct {
	ID        string         `json:"id"`
	No        int64          `json:"no"` // in its journal, from 1
	At        time.Time      `json:"at"`
	Operation fptr.Operation `json:"operation"` // tag 1054
	Items     []Item         `json:"items"`
	Payments  []fptr.Payment `json:"payments"`
	Total     int64          `json:"total"` // kopecks
	Note      string         `json:"note,omitempty"`
	By        string         `json:"by"` // who wrote it down
	EnteredAt time.Time      `json:"enteredAt"`
	Draft     string         `json:"draft,omitempty"` // the only correction that it is in
	Version   int64          `json:"version"`
}

// Plan is what a person chose when the drafts were made.
type Plan struct {
	FFD      fptr.FFD      `json:"ffd"`
	Taxation fptr.Taxation `json:"taxation"`
	Operator fptr.Operator `json:"operator"` // tags 1021 and 1203
	Basis    fptr.Basis    `json:"basis"`    // tag 1173
	Number   string        `json:"number"`   // tag 1179, of the order
	// Total makes one correction of many settlements. It needs Ground: what
	// failed, and where the tax service made it known.
	Total  bool   `json:"total"`
	Ground string `json:"ground,omitempty"`
	// Unchecked sends marking codes without having them checked first.
	Unchecked bool `json:"unchecked,omitempty"`
}

// Said is what is known of a document that was made.
type Said struct {
	Document int64     `json:"document"` // 1040
	Sign     string    `json:"sign"`     // 1077
	At       time.Time `json:"at"`       // 1012
	Sum      int64     `json:"sum"`      // 1020, kopecks; -1 = the register did not tell it
	// Operation is 1054 as the drive tells it; 0 = it did not.
	Operation  fptr.Operation `json:"operation,omitempty"`
	Drive      string         `json:"drive,omitempty"`
	Shift      int64          `json:"shift,omitempty"`
	NotPrinted bool           `json:"notPrinted,omitempty"`
	By         string         `json:"by,omitempty"` // who copied it; "" = the register itself
}

// Draft is one correction receipt on its way.
type Draft struct {
	ID         string          `json:"id"`
	No         int64           `json:"no"`
	State      State           `json:"state"`
	UUID       string          `json:"uuid"` // what it is made under, once
	Correction fptr.Correction `json:"correction"`
	Ground     string          `json:"ground,omitempty"` // of a total
	Command    string          `json:"command,omitempty"`
	Key        string          `json:"-"` // what the command was asked with
	AskedAt    time.Time       `json:"askedAt,omitzero"`
	Doubt      bool            `json:"doubt"`             // an earlier asking under this UUID ended unknown
	Tries      int             `json:"tries"`             // how often the agent was asked, for whatever
	Code       string          `json:"code,omitempty"`    // why it is not made yet
	Refusal    int             `json:"refusal,omitempty"` // the register's own code
	Said       *Said           `json:"said,omitempty"`
	// Marks is what the register found about the marking codes when it was last
	// asked, in the order of the items that have one; nil = nothing was checked.
	Marks []fptr.MarkCheck `json:"marks,omitempty"`
}

// Journal is one breakdown of one register.
type Journal struct {
	ID        string      `json:"id"`
	Client    string      `json:"client"`
	Outlet    string      `json:"outlet"`
	Device    string      `json:"device"`
	Case      string      `json:"case,omitempty"`
	Reason    Reason      `json:"reason"`
	Note      string      `json:"note,omitempty"`
	From      time.Time   `json:"from"`
	To        time.Time   `json:"to,omitzero"` // zero: it lasts
	State     State       `json:"state"`
	Plan      Plan        `json:"plan"`
	Consent   string      `json:"consent,omitempty"` // who at the shop agreed to the sending
	Stopped   string      `json:"stopped,omitempty"` // why the sending stands: a stable code
	StoppedAt string      `json:"stoppedAt,omitempty"`
	StartedBy scope.Actor `json:"-"`
	CreatedAt time.Time   `json:"createdAt"`
	ClosedAt  time.Time   `json:"closedAt,omitzero"`
	ClosedBy  string      `json:"closedBy,omitempty"` // "" = closed itself, the sums being equal
	Verdict   string      `json:"verdict,omitempty"`  // why it was closed by hand
	Version   int64       `json:"version"`
}

// Fixed says whether the settlements behind the draft may not be changed: its
// document exists, or may exist.
func (d *Draft) Fixed() bool { return d.State.Fixed() || d.Doubt }
