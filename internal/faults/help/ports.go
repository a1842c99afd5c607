package help

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

// Library gives the articles that hold for a company.
type Library interface {
	Articles(ctx context.Context, sc scope.Scope) ([]*catalogue.Article, error)
	Article(ctx context.Context, sc scope.Scope, id string) (*catalogue.Article, error)
	Diagnose(ctx context.Context, sc scope.Scope, q faults.Question) (faults.Diagnosis, error)
	// Heard is told when it has changed which searches are linked to articles.
	Heard(ctx context.Context, tx *db.Tx, sc scope.Scope) error
}

// Walks begins guided fixes for strangers.
type Walks interface {
	StartGuest(ctx context.Context, sc scope.Scope, fault string) (token string, v faults.View, err error)
	Guest(ctx context.Context, token string) (scope.Scope, faults.Ref, error)
	View(ctx context.Context, sc scope.Scope, ref faults.Ref) (faults.View, error)
}

// Firm is a service company of this server.
type Firm struct {
	ID, Name, Country, Zone string
	Lang                    i18n.Lang
}

// Firms lists the companies of this server, the one that was set up first
// before the others.
type Firms interface {
	Firms(ctx context.Context) ([]Firm, error)
}

// Draft is a request as the desk gets it.
type Draft struct {
	Subject, About string
	Severity       catalogue.Severity
	Fault          string // the article that was read last; "" = none
	Device         string // found by its number; "" = not known
	Case           string // adds to this case in place of opening one
	Left           Left
}

// Left is what a stranger told of herself and did before: it stands in the
// case's timeline.
type Left struct {
	Name    string   `json:"name,omitempty"`
	Phone   string   `json:"phone,omitempty"`
	Email   string   `json:"email,omitempty"`
	Account string   `json:"account,omitempty"` // number of the register, as typed
	Asked   []string `json:"asked,omitempty"`   // what was searched
	Read    []string `json:"read,omitempty"`    // ids of the articles that were opened
	Helped  []string `json:"helped,omitempty"`  // of them, those that were said to help
	Lang    string   `json:"lang,omitempty"`
}

// Desk takes requests over.
type Desk interface {
	// Take opens a case in the caller's transaction, or adds to the named one.
	Take(ctx context.Context, tx *db.Tx, sc scope.Scope, d Draft) (id string, number int64, err error)
	// OpenedAt is when cases of the outlets were opened.
	OpenedAt(ctx context.Context, sc scope.Scope, outlets []string, from, to time.Time) (map[string][]time.Time, error)
	// Number is a case's number.
	Number(ctx context.Context, sc scope.Scope, id string) (int64, error)
}

// Registers finds a device by the number that stands on it: serial, РНМ or FN
// number. What fits no device or more than one is "".
type Registers interface {
	ByNumber(ctx context.Context, sc scope.Scope, number string) (device, outlet string, err error)
}

// Ports is what the room needs of others; all must be there.
type Ports struct {
	Library   Library
	Walks     Walks
	Firms     Firms
	Desk      Desk
	Registers Registers
	Bus       Publisher // told when a question changed; nil = nobody
}

// Topic is what the bus calls a change of a reader's question.
const Topic = "question"

// Publisher tells the rest of the program that a question changed.
type Publisher interface {
	Publish(events ...bus.Event)
}
