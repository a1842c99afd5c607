package shelf

import (
	"time"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Article is one of a company's articles as its editors see it.
type Article struct {
	Fault     string
	Draft     string // "" = none
	DraftBy   scope.Actor
	DraftAt   time.Time
	Published string    // revision of the text that is published; "" = none
	Number    int64     // of the newest version; 0 = never published
	Base      string    // revision of the shipped article that the editors know of; "" = it is the company's own
	Off       bool      // left out of the company's catalogue
	ChangedAt time.Time //
	Version   int64     // grows with every change; 0 = nothing is written yet
	// Shipped is the revision of the shipped article now; "" = there is none.
	Shipped string
}

// Renewed says that a release brought another shipped article than the one the
// editors know of.
func (a Article) Renewed() bool { return a.Base != "" && a.Shipped != "" && a.Base != a.Shipped }

// Own says that the company's article stands in place of no shipped one.
func (a Article) Own() bool { return a.Shipped == "" && a.Base == "" }

// What is a thing that changed what holds.
type What string

// The things.
const (
	Published   What = "published"
	RolledBack  What = "rolled_back"
	Restored    What = "restored" // back to the shipped one; of a company's own: withdrawn
	SwitchedOff What = "switched_off"
	SwitchedOn  What = "switched_on"
)

// Version is one entry of an article's history.
type Version struct {
	Number   int64
	What     What
	Revision string // of the text that held from then on; "" = the shipped one, or none
	From     int64  // of RolledBack: the version that was taken
	Note     string
	By       scope.Actor
	At       time.Time
}

// Limits.
const (
	MaxArticles = 10_000 // of one company
	MaxNote     = 300    // characters of a version's note
)

// mayRead: the company's own people who work with articles.
func mayRead(sc scope.Scope) error { return may(sc, scope.DraftArticles) }

func may(sc scope.Scope, right scope.Right) error {
	switch {
	case !sc.Valid():
		return problem.New(problem.Internal, "no_scope").In("shelf")
	case sc.Client() != "" || !sc.Can(right):
		return problem.New(problem.Forbidden, "forbidden").In("shelf")
	}
	return nil
}

// refused makes the problem of an article that cannot be published: each flaw
// is a field with its line and place.
func refused(flaws catalogue.Flaws) error {
	e := problem.New(problem.Invalid, "article_invalid").With("count", len(flaws)).In("shelf.Publish")
	for _, f := range flaws {
		e.Fields = append(e.Fields, FieldOf(f))
	}
	return e
}

// FieldOf is a flaw as a field of a problem.
func FieldOf(f catalogue.Flaw) problem.Field {
	args := map[string]any{"line": f.Line}
	for k, v := range f.Args {
		args[k] = v
	}
	return problem.Field{Name: f.Place, Code: "article_" + f.Code, Args: args}
}
