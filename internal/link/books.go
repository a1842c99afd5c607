package link

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/wire"
)

// Books takes what a shop's people wrote down at their agent while a register
// could not be used.
type Books interface {
	// Sold takes entries, each once however often it is told. It answers those
	// that are durable, and those that repeating cannot mend with the reason;
	// who is not answered tells again. An error means that none is answered.
	// The instants are still by the agent's clock.
	Sold(ctx context.Context, a Agent, s wire.Sold, received time.Time) (wire.SoldAck, error)
}

// sold gives entries to the books and tells the agent what became of them.
func (c *call) sold(s wire.Sold) {
	if len(s.Entries) > wire.MaxSold {
		c.refuse(wire.Problem{Code: CodeMalformed, Detail: "sold"})
		return
	}
	for i := range s.Entries {
		if err := s.Entries[i].Whole(); err != nil {
			c.refuse(wire.Problem{Code: CodeMalformed, Detail: err.Error()})
			return
		}
	}
	if c.Books == nil {
		c.refuse(wire.Problem{Code: CodeUnexpected, Detail: wire.TypeSold})
		return
	}
	var answer wire.SoldAck
	err := c.guard("sold", func() (err error) {
		answer, err = c.Books.Sold(c.ctx, c.agent, s, c.in.received)
		return err
	})
	if err != nil {
		c.refuse(c.problemOf("sold", err))
		return
	}
	c.say(wire.Message{Type: wire.TypeSoldAck, SoldAck: &answer})
}
