// Package link is the server's end of the agents' channel: it enrols agents,
// knows them by their keys, takes their messages over a WebSocket or signed
// HTTPS requests, bounds what each may send, and carries commands and
// configuration to them. What the messages mean is the Handler's business.
// See DESIGN.md.
package link

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// Agent is who sent a message, proven by its key.
type Agent struct {
	ID     string
	Tenant string
	Outlet string // where it stands
	Name   string
}

// Scope is the scope of the agent's own messages.
func (a Agent) Scope() scope.Scope { return scope.Agent(a.Tenant, a.ID, a.Name) }

// Handler does what the agents' messages ask. For one agent the calls of
// Reports, Taken and Result come one after another, in the order in which the
// messages were sent; those of Connected and Disconnected too. An error that
// is a problem.Error is told to the agent by its code, any other one as
// "internal".
type Handler interface {
	// Brief is what the agent is told with every welcome.
	Brief(ctx context.Context, a Agent) (Briefing, error)
	// Reports returns when the reports are durable. The instants in them are
	// still by the agent's clock; see Offset. The hub has taken out those that
	// are too old or from the future, and a bundle has at least one report. An
	// error means that nothing of the bundle was taken: the agent sends it again,
	// and the hub lets no later bundle of the agent through before.
	Reports(ctx context.Context, a Agent, r wire.Reports, received time.Time) (wire.Ack, error)
	// Taken says that the command is in the agent's journal.
	Taken(ctx context.Context, a Agent, t wire.Taken) error
	// Result returns when the result is durable. After a problem that repeating
	// cannot mend (invalid, not found, forbidden, conflict) the agent is told to
	// stop repeating.
	Result(ctx context.Context, a Agent, r wire.Result) error
	// Connected says that the agent is there. It is called again without a
	// Disconnected between when a newer connection takes an older one's place.
	Connected(ctx context.Context, a Agent, h wire.Hello)
	// Disconnected says that the agent's last connection has ended, and why.
	Disconnected(ctx context.Context, a Agent, reason string)
}

// Briefing is what an agent is told when it comes.
type Briefing struct {
	Config   wire.Config    // what it is to do now
	Commands []wire.Command // those that it has not taken yet; they follow the welcome
	Seq      int64          // the highest number of a report that was durably taken from it
}

// identity is an agent with what proves it.
type identity struct {
	Agent
	key     []byte
	revoked bool
}

// Limits of the texts that an agent says of itself.
const (
	maxName   = 100
	maxText   = 100
	maxDetail = 256
)

// clean makes a text from outside fit for a database and a page: good UTF-8,
// no control characters, at most limit bytes.
func clean(s string, limit int) string {
	if len(s) > 4*limit {
		s = s[:4*limit]
	}
	s = strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7F || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return strings.TrimSpace(s)
}
