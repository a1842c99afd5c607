package channel

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/wire"
)

// The codes that the agent itself tells the server.
const codeVersion = "agent_version"

// keySold is under what the telling of sold entries is remembered.
const keySold = "sold"

// ErrLate says that the server took reports and never answered.
var ErrLate = errors.New("channel: no answer to reports")

// session is one connection's life, over whatever it goes.
type session struct {
	c        *Channel
	send     func(wire.Message) error
	out      outbox
	toldAt   map[string]time.Time // results and problems by id or code
	sold     int64                // the number of the sold entries that were told last
	quiet    time.Time            // no reports before it: the server asked so
	welcomed bool
	acked    bool // something was made durable
}

func (c *Channel) newSession() *session {
	return &session{
		c: c, toldAt: map[string]time.Time{},
		out: outbox{backlog: c.opt.Backlog, clock: c.opt.Clock, cursor: c.opt.Backlog.Done()},
	}
}

// loop lives as long as the connection: in brings the server's messages and
// broken why it ended.
func (s *session) loop(ctx context.Context, in <-chan wire.Message, broken <-chan error) error {
	tick := time.NewTicker(max(s.c.opt.Timing.Repeat/4, time.Millisecond))
	defer tick.Stop()
	for {
		err := errors.Join(s.speak(), s.pump())
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err = <-broken:
		case m := <-in:
			err = s.handle(m)
		case <-s.out.backlog.Ready():
		case <-s.c.opt.Office.Changed():
		case <-tick.C:
			if s.out.late(s.c.opt.Timing.Ack) {
				err = ErrLate
			}
		}
		if err != nil {
			return err
		}
	}
}

// pump sends what waits, as far as the window goes.
func (s *session) pump() error {
	for !s.c.opt.Clock.Now().Before(s.quiet) {
		r, err := s.out.next()
		if err != nil {
			s.c.opt.Log.Error("channel: the spool cannot be read", "error", err)
		}
		if r == nil {
			return nil
		}
		if err := s.send(wire.Message{Type: wire.TypeReports, Reports: r}); err != nil {
			return err
		}
	}
	return nil
}

// speak tells results and sold entries until they are answered, and each
// problem and each search once.
func (s *session) speak() error {
	now := s.c.opt.Clock.Now()
	for _, m := range s.c.opt.Office.Outgoing() {
		key, again := s.keyOf(m)
		at, before := s.toldAt[key]
		if before && (!again || now.Sub(at) < s.c.opt.Timing.Repeat) {
			continue
		}
		s.toldAt[key] = now
		if err := s.send(m); err != nil {
			return err
		}
	}
	return nil
}

// keyOf is what a message is known by, and whether it is told again while it
// is not answered. Sold entries are told at once when others wait than before.
func (s *session) keyOf(m wire.Message) (key string, again bool) {
	switch {
	case m.Result != nil:
		return "result " + m.Result.ID, true
	case m.Sold != nil:
		if s.sold != m.Sold.ID {
			s.sold = m.Sold.ID
			delete(s.toldAt, keySold)
		}
		return keySold, true
	case m.Problem != nil:
		return "problem " + m.Problem.Code, false
	case m.Found != nil:
		return "found " + strconv.FormatInt(m.Found.At, 10), false
	default:
		return "", false
	}
}

// handle takes one message of the server in. A message of a type that this
// agent does not know is passed over.
func (s *session) handle(m wire.Message) error {
	office := s.c.opt.Office
	switch {
	case m.Type == wire.TypeAck && m.Ack != nil:
		s.ack(m.Ack)
	case m.Type == wire.TypeCommand && m.Command != nil:
		for _, answer := range office.Command(*m.Command) {
			if r := answer.Result; r != nil {
				s.toldAt["result "+r.ID] = s.c.opt.Clock.Now()
			}
			if err := s.send(answer); err != nil {
				return err
			}
		}
	case m.Type == wire.TypeResultAck && m.ResultAck != nil:
		delete(s.toldAt, "result "+m.ResultAck.ID)
		office.Settled(m)
	case m.Type == wire.TypeSoldAck && m.SoldAck != nil:
		office.Settled(m)
	case m.Type == wire.TypeConfig && m.Config != nil:
		office.Config(*m.Config)
	case m.Type == wire.TypeWelcome && m.Welcome != nil:
		s.welcome(m.Welcome)
	case m.Type == wire.TypeProblem && m.Problem != nil:
		return s.problem(*m.Problem)
	default:
		s.c.opt.Log.Debug("channel: message passed over", "type", m.Type)
	}
	return nil
}

func (s *session) welcome(w *wire.Welcome) {
	if s.welcomed { // told again: only what it configures counts
		s.c.opt.Office.Config(w.Config)
		return
	}
	s.welcomed = true
	s.c.connected(true)
	s.c.opt.Office.Welcome(*w)
	s.out.again()
}

func (s *session) ack(a *wire.Ack) {
	b := s.out.ack(a)
	if b == nil {
		return // an answer told twice
	}
	s.acked = true
	s.c.opt.Time.Learn(time.UnixMilli(a.Now), b.sent, s.c.opt.Clock.Now())
	for _, r := range a.Refused {
		s.c.opt.Log.Warn("channel: the server refused a report", "number", r.Seq, "code", r.Code)
	}
}

func (s *session) problem(p wire.Problem) error {
	if p.Fatal {
		return &errTold{p}
	}
	s.c.opt.Log.Warn("channel: the server names a problem", "code", p.Code, "detail", p.Detail)
	if s.out.refused(p.Bundle) {
		s.quiet = s.c.opt.Clock.Now().Add(min(time.Duration(p.RetryAfter)*time.Millisecond, maxRetryAfter))
	}
	return nil
}
