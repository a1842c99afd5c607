package link

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/wire"
)

const (
	instantSpan  = 5 * time.Minute  // how far an exchange's instant may be off
	maxExchanged = 64               // messages of one exchange
	bodyTime     = 30 * time.Second // for a request's body to come in
	pollGap      = 45 * time.Second // without an exchange: the agent is gone
	maxOutbox    = 64               // messages that wait for the next exchange
	maxReading   = 3                // bodies of one agent at a time: one that hangs, one that follows, one to spare
)

// serveExchange takes one signed request of an agent whose network lets no
// WebSocket through.
func (h *Hub) serveExchange(w http.ResponseWriter, r *http.Request) {
	if !h.begin() {
		answerProblem(w, http.StatusServiceUnavailable, wire.Problem{Code: CodeStopping, RetryAfter: retry.Milliseconds()})
		return
	}
	defer h.work.Done()
	received, cuts := h.Clock.Now(), h.cuts.Load()
	a, messages, err := h.open(w, r, received)
	if err == nil {
		var out wire.Exchange
		if out.Messages, err = h.exchange(r, a, messages, received, cuts); err == nil {
			answerJSON(w, http.StatusOK, out)
			return
		}
	}
	var f *fatal
	switch {
	case errors.As(err, &f):
		h.answerFatal(w, wire.Problem(*f))
	case r.Context().Err() == nil: // else nobody is there to read an answer
		h.answerError(w, "exchange", err)
	}
}

// open reads a request and checks that the agent made it, and only once.
func (h *Hub) open(w http.ResponseWriter, r *http.Request, now time.Time) (Agent, []json.RawMessage, error) {
	if r.Method != http.MethodPost {
		return Agent{}, nil, refusal(CodeMethod, "POST")
	}
	id, instant := r.Header.Get(wire.HeaderAgent), r.Header.Get(wire.HeaderInstant)
	at, err := strconv.ParseInt(instant, 10, 64)
	if err != nil || !sane(at) || now.Sub(time.UnixMilli(at)).Abs() > instantSpan {
		return Agent{}, nil, refusal(CodeInstant, "server's clock "+strconv.FormatInt(now.UnixMilli(), 10))
	}
	if _, err := h.identify(id); db.NoRows(err) { // strangers' bodies are not read
		return Agent{}, nil, refusal(CodeUnknownAgent, "")
	}
	p := h.peer(id)
	defer p.reading.Add(-1)
	if p.reading.Add(1) > maxReading { // one agent must not take the room of all
		return Agent{}, nil, &fatal{Code: CodeTooManyBytes, RetryAfter: bodyTime.Milliseconds()}
	}
	if err := h.bodies.Acquire(r.Context(), wire.MaxMessage); err != nil {
		return Agent{}, nil, err
	}
	defer h.bodies.Release(wire.MaxMessage)
	control := http.NewResponseController(w) // where it cannot set a deadline the server's own limits stand
	_ = control.SetReadDeadline(time.Now().Add(bodyTime))
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxMessage))
	_ = control.SetReadDeadline(time.Time{}) // the long poll is not to end by it
	_ = control.SetWriteDeadline(time.Now().Add(h.LongPoll + 2*bodyTime))
	if err != nil {
		return Agent{}, nil, refusal(CodeTooLarge, "at most "+strconv.Itoa(wire.MaxMessage)+" bytes in time")
	}
	sig, err := base64.StdEncoding.DecodeString(r.Header.Get(wire.HeaderSig))
	if err != nil {
		return Agent{}, nil, refusal(CodeBadSignature, "")
	}
	a, err := h.prove(id, wire.ExchangeBytes(id, instant, body), sig, h.RemoteAddr(r))
	if err != nil {
		return Agent{}, nil, err
	}
	if err := h.advance(r.Context(), a, at); err != nil {
		return Agent{}, nil, err
	}
	var in struct {
		Messages []json.RawMessage `json:"messages"`
	}
	if json.Unmarshal(body, &in) != nil || len(in.Messages) > maxExchanged {
		h.notable(a, CodeMalformed, "exchange", 1)
		return Agent{}, nil, refusal(CodeMalformed, "at most "+strconv.Itoa(maxExchanged)+" messages")
	}
	return a, in.Messages, nil
}

// advance keeps the instant, so that the request cannot be played back, also
// to another node or after a restart.
func (h *Hub) advance(ctx context.Context, a Agent, instant int64) error {
	return h.DB.Write(ctx, func(tx *db.Tx) error {
		later, err := store{}.advance(ctx, tx, a.Scope(), a.ID, instant)
		if err == nil && !later {
			h.ledger.note(a, CodeReplayed, "", 1, tx.Now)
			err = refusal(CodeReplayed, "")
		}
		return err
	})
}

// exchange handles the messages in order and gathers the answers. When the
// agent brought nothing and there is nothing to say it waits for something.
func (h *Hub) exchange(r *http.Request, a Agent, messages []json.RawMessage, now time.Time, cuts int64) ([]wire.Message, error) {
	h.counters.exchanges.Add(1)
	p := h.peer(a.ID)
	p.contact.Store(now.UnixMilli())
	s, said, messages := h.poll(a, messages, h.RemoteAddr(r), now)
	defer s.rest()
	if h.cuts.Load() != cuts { // as with sockets: shut out between the check and the join
		if again, err := h.identify(a.ID); err != nil || again.revoked {
			s.end(wire.Problem{Code: CodeRevoked, Fatal: true})
			return nil, refusal(CodeRevoked, "")
		}
	}
	var out []wire.Message
	if said != nil {
		welcome, commands, err := h.briefing(a, *said)
		if err != nil {
			return nil, err
		}
		out = append(out, wire.Message{Type: wire.TypeWelcome, Welcome: &welcome})
		for i := range commands {
			out = append(out, wire.Message{Type: wire.TypeCommand, Command: &commands[i]})
		}
	}
	answers, err := h.inOrder(r.Context(), p, s, messages, now)
	if err != nil {
		return nil, err
	}
	out = append(append(out, answers...), s.take()...)
	if len(out) == 0 && len(messages) == 0 { // who brought something may have more
		out = s.wait(r.Context(), h.LongPoll)
	}
	if end := s.ended(); end != nil {
		out = append(out, wire.Message{Type: wire.TypeProblem, Problem: end})
	}
	if out == nil {
		out = []wire.Message{}
	}
	return out, nil
}

// inOrder puts the messages into the agent's lane, behind what it may have
// sent over a socket, and waits for the answers.
func (h *Hub) inOrder(ctx context.Context, p *peer, s *polled, messages []json.RawMessage, now time.Time) (out []wire.Message, err error) {
	for _, raw := range messages {
		done := make(chan struct{})
		c := &call{Hub: h, peer: p, agent: s.agent, in: read(raw, now), reply: func(payload []byte) {
			h.counters.bytesOut.Add(int64(len(payload)))
			var m wire.Message
			if json.Unmarshal(payload, &m) == nil { // our own, a moment ago
				out = append(out, m)
			}
		}}
		if !p.lane.put(ctx.Done(), &h.work, func() { defer close(done); c.handle() }) {
			return nil, ctx.Err()
		}
		<-done
		s.confirm(c.in.msg)
	}
	return out, nil
}

// parcel is a message for an agent that comes by exchanges. An answer may be
// lost on its way and nobody would know, so a command stands in several answers
// until the agent says that it has it, and a configuration in three. Agents do
// the same command once, and heed a configuration once.
type parcel struct {
	wire.Message
	left int // in how many more answers it is to stand
}

const (
	commandTries = 5
	otherTries   = 3
)

// polled is the session of an agent that comes by exchanges. It lasts while
// one follows another.
type polled struct {
	hub   *Hub
	agent Agent

	mu     sync.Mutex
	outbox []parcel
	over   *wire.Problem
	news   chan struct{} // closed and replaced when something is in the outbox
	open   int           // exchanges under way
	timer  *time.Timer
}

func (s *polled) who() Agent  { return s.agent }
func (*polled) polling() bool { return true }

// poll finds or begins the session and takes a hello off the messages.
func (h *Hub) poll(a Agent, messages []json.RawMessage, remote string, now time.Time) (*polled, *hello, []json.RawMessage) {
	var said *hello
	if len(messages) > 0 {
		if m, err := wire.Decode(messages[0]); err == nil && m.Type == wire.TypeHello {
			one := newHello(*m.Hello, remote, now)
			said, messages = &one, messages[1:]
		}
	}
	if s, ok := h.registry.get(a.ID).(*polled); ok && s.begin() {
		return s, said, messages
	}
	s := &polled{hub: h, agent: a, news: make(chan struct{}), open: 1}
	first := wire.Hello{Version: wire.Version, Agent: a.ID}
	if said != nil {
		first = said.Hello
	}
	h.join(s, first)
	return s, said, messages
}

// begin counts an exchange; false when the session has ended.
func (s *polled) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != nil {
		return false
	}
	s.open++
	if s.timer != nil {
		s.timer.Stop()
	}
	return true
}

// rest ends an exchange. When no other follows soon the agent is gone.
func (s *polled) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open--; s.open > 0 || s.over != nil {
		return
	}
	if s.timer == nil {
		s.timer = time.AfterFunc(pollGap, func() { s.expire() })
		return
	}
	s.timer.Reset(pollGap)
}

// expire runs when the time has passed; an exchange that began meanwhile keeps
// the session.
func (s *polled) expire() {
	s.mu.Lock()
	if s.open > 0 || s.over != nil {
		s.mu.Unlock()
		return
	}
	s.over = &wire.Problem{Code: CodeLost}
	s.mu.Unlock()
	s.hub.leave(s, CodeLost)
}

func (s *polled) send(m wire.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over != nil || len(s.outbox) >= maxOutbox {
		return false
	}
	p := parcel{Message: m, left: otherTries}
	if m.Command != nil {
		p.left = commandTries
	}
	s.outbox = append(s.outbox, p)
	s.wake()
	return true
}

// wake is called with the lock held.
func (s *polled) wake() {
	close(s.news)
	s.news = make(chan struct{})
}

func (s *polled) end(p wire.Problem) {
	s.mu.Lock()
	if s.over != nil {
		s.mu.Unlock()
		return
	}
	s.over = &p
	if s.timer != nil {
		s.timer.Stop()
	}
	s.wake()
	s.mu.Unlock()
	if p.Code != CodeSuperseded { // join holds the agent's lock then, and has replaced us already
		s.hub.leave(s, p.Code)
	}
}

func (s *polled) ended() *wire.Problem {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.over
}

// take is what is to stand in the answer that is being made.
func (s *polled) take() (out []wire.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.outbox {
		out = append(out, s.outbox[i].Message)
		s.outbox[i].left--
	}
	s.outbox = slices.DeleteFunc(s.outbox, func(p parcel) bool { return p.left <= 0 })
	return out
}

// confirm forgets a command that the agent has.
func (s *polled) confirm(m wire.Message) {
	var id string
	switch {
	case m.Taken != nil:
		id = m.Taken.ID
	case m.Result != nil:
		id = m.Result.ID
	default:
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outbox = slices.DeleteFunc(s.outbox, func(p parcel) bool { return p.Command != nil && p.Command.ID == id })
}

// wait waits for something in the outbox or the session's end.
func (s *polled) wait(ctx context.Context, patience time.Duration) []wire.Message {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		s.mu.Lock()
		news, over := s.news, s.over != nil
		s.mu.Unlock()
		if out := s.take(); len(out) > 0 || over {
			return out
		}
		select {
		case <-news:
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}
