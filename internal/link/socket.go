package link

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/link/frame"
	"github.com/tillwright/tillwright/internal/wire"
)

// maxHello is how much is read from somebody who has not proven who they are.
const maxHello = 8 << 10

// maxEarly is how many messages wait for an agent's welcome.
const maxEarly = 64

// socket is an agent's WebSocket.
type socket struct {
	hub    *Hub
	conn   *frame.Conn
	agent  Agent
	remote string
	gone   chan struct{} // closed when the end has begun
	ended  atomic.Pointer[wire.Problem]
	faults atomic.Int32

	mu    sync.Mutex
	ready bool           // the welcome is out
	early []wire.Message // until then
}

func (h *Hub) serveSocket(w http.ResponseWriter, r *http.Request) {
	if !h.begin() {
		answerProblem(w, http.StatusServiceUnavailable, wire.Problem{Code: CodeStopping, RetryAfter: retry.Milliseconds()})
		return
	}
	conn, err := frame.Upgrade(w, r, h.Frame)
	if err != nil {
		h.counters.refuse(CodeSocketOnly, 1)
		h.work.Done()
		return
	}
	s := &socket{hub: h, conn: conn, remote: h.RemoteAddr(r), gone: make(chan struct{})}
	h.asking(s, true)
	go func() { // the handler returns, so that net/http lets go of its buffers
		defer h.work.Done()
		s.serve()
	}()
}

func (s *socket) who() Agent  { return s.agent }
func (*socket) polling() bool { return false }

// serve is the connection's whole life.
func (s *socket) serve() {
	peer, err := s.welcome()
	s.hub.asking(s, false)
	if err == nil {
		err = s.listen(peer)
	}
	if s.agent.ID != "" { // it had joined
		s.hub.leave(s, s.reason(err))
	}
	s.finish(err)
}

// fatal is an end that the agent is told of before the connection closes.
type fatal wire.Problem

func (f *fatal) Error() string { return "link: " + f.Code + " " + f.Detail }

func refusal(code, detail string) error { return &fatal{Code: code, Detail: detail, Fatal: true} }

// finish says the last words that the error asks for and lets the connection
// go.
func (s *socket) finish(err error) {
	var f *fatal
	var ce *frame.CloseError
	switch {
	case errors.As(err, &f):
		s.stop(wire.Problem(*f))
	case errors.As(err, &ce) && ce.Code == frame.CloseTooBig && !ce.Peer:
		s.stop(wire.Problem{Code: CodeTooLarge, Detail: ce.Reason, Fatal: true})
		ce = nil
	}
	s.conn.Finish(ce)
}

// end is what others call: it does not wait for the network.
func (s *socket) end(p wire.Problem) { go s.stop(p) }

// stop tells the agent why, once, and closes.
func (s *socket) stop(p wire.Problem) {
	if !s.ended.CompareAndSwap(nil, &p) {
		return
	}
	close(s.gone)
	s.write(wire.Message{Type: wire.TypeProblem, Problem: &p})
	code := uint16(frame.ClosePolicy)
	switch p.Code {
	case CodeStopping:
		code = frame.CloseGoingAway
	case CodeTooLarge:
		code = frame.CloseTooBig
	}
	s.conn.Shut(code, p.Code)
}

// reason is the stable code of why the connection ended; what is not the
// ordinary way of the world is noted with the agent.
func (s *socket) reason(err error) string {
	code := CodeLost
	var f *fatal
	var ce *frame.CloseError
	switch ended := s.ended.Load(); {
	case ended != nil:
		return ended.Code
	case errors.As(err, &f):
		code = f.Code
	case errors.As(err, &ce) && ce.Peer:
		code = CodeClosed
	case errors.As(err, &ce) && ce.Code == frame.ClosePolicy:
		code = CodeSilent
	case errors.As(err, &ce) && ce.Code == frame.CloseTooBig:
		code = CodeTooLarge
	case errors.As(err, &ce):
		code = CodeProtocol
	}
	if code == CodeTooLarge || code == CodeProtocol {
		s.hub.notable(s.agent, code, err.Error(), 1)
	}
	return code
}

// welcome asks who it is, checks the answer and gives the agent its
// configuration and the commands that wait for it.
func (s *socket) welcome() (*peer, error) {
	cuts := s.hub.cuts.Load()
	timer := time.AfterFunc(s.hub.Hello, func() { s.end(wire.Problem{Code: CodeNoHello, Fatal: true}) })
	hello, a, err := s.ask()
	timer.Stop()
	if err != nil {
		var f *fatal
		if errors.As(err, &f) {
			s.hub.counters.refuse(f.Code, 1)
		}
		return nil, err
	}
	s.agent = a
	p := s.hub.peer(a.ID)
	p.contact.Store(hello.at.UnixMilli())
	s.hub.join(s, hello.Hello)
	s.hub.asking(s, false)
	if s.hub.cuts.Load() != cuts { // who was shut out between the check and the join has not been cut
		if again, err := s.hub.identify(a.ID); err != nil || again.revoked {
			return nil, refusal(CodeRevoked, "")
		}
	}
	return p, s.brief(hello)
}

// ask sends the challenge and checks the hello that comes back.
func (s *socket) ask() (hello, Agent, error) {
	nonce := make([]byte, 32)
	_, _ = rand.Read(nonce) // never fails; see crypto/rand
	s.write(wire.Message{Type: wire.TypeChallenge, Challenge: &wire.Challenge{Nonce: nonce, Versions: [2]int{wire.MinVersion, wire.Version}}})
	m, err := s.conn.Read(s.hub.ctx, maxHello)
	if err != nil {
		return hello{}, Agent{}, err
	}
	msg, err := wire.Decode(m.Payload)
	m.Free()
	m.Done()
	if err != nil || msg.Type != wire.TypeHello {
		return hello{}, Agent{}, refusal(CodeNoHello, "the first message is to be a hello")
	}
	if msg.Hello.Version < wire.MinVersion || msg.Hello.Version > wire.Version {
		return hello{}, Agent{}, refusal(CodeVersion, fmt.Sprintf("spoken here: %d to %d", wire.MinVersion, wire.Version))
	}
	a, err := s.hub.prove(msg.Hello.Agent, wire.HelloBytes(nonce, msg.Hello.Agent), msg.Hello.Sig, s.remote)
	if err != nil {
		return hello{}, Agent{}, err
	}
	return newHello(*msg.Hello, s.remote, s.hub.Clock.Now()), a, nil
}

// prove finds the agent and checks that its key made the signature.
func (h *Hub) prove(id string, signed, sig []byte, remote string) (Agent, error) {
	found, err := h.identify(id)
	switch {
	case db.NoRows(err):
		return Agent{}, refusal(CodeUnknownAgent, "")
	case err != nil:
		h.Log.ErrorContext(h.ctx, "link: an agent could not be looked up", "error", err)
		return Agent{}, &fatal{Code: "unavailable", RetryAfter: retry.Milliseconds(), Fatal: true}
	case len(found.key) != ed25519.PublicKeySize || !ed25519.Verify(found.key, signed, sig):
		h.ledger.note(found.Agent, CodeBadSignature, "from "+remote, 1, h.Clock.Now())
		return Agent{}, refusal(CodeBadSignature, "")
	case found.revoked:
		h.ledger.note(found.Agent, CodeRevoked, "from "+remote, 1, h.Clock.Now())
		return Agent{}, refusal(CodeRevoked, "")
	}
	return found.Agent, nil
}

func (h *Hub) identify(id string) (found identity, err error) {
	if len(id) > maxText || id != clean(id, maxText) {
		return identity{}, fmt.Errorf("link: %w", sql.ErrNoRows)
	}
	ctx, cancel := context.WithTimeout(h.ctx, 10*time.Second)
	defer cancel()
	err = h.DB.Read(ctx, func(tx *db.Tx) error {
		found, err = store{}.identify(ctx, tx, id)
		return err
	})
	return found, err
}

// brief sends the welcome, the waiting commands, and what others wanted to
// send meanwhile, in this order.
func (s *socket) brief(hello hello) error {
	welcome, commands, err := s.hub.briefing(s.agent, hello)
	if err != nil {
		return err
	}
	ok := s.write(wire.Message{Type: wire.TypeWelcome, Welcome: &welcome})
	for i := range commands {
		ok = ok && s.write(wire.Message{Type: wire.TypeCommand, Command: &commands[i]})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.early {
		ok = ok && s.write(m)
	}
	s.early, s.ready = nil, true
	if !ok {
		return frame.ErrClosed
	}
	return nil
}

// briefing is what an agent gets for its hello, of either kind of connection.
func (h *Hub) briefing(a Agent, hello hello) (w wire.Welcome, commands []wire.Command, err error) {
	var b Briefing
	err = h.guard("brief", func() (err error) {
		b, err = h.Handler.Brief(h.ctx, a)
		return err
	})
	if err != nil {
		p := h.problemOf("brief", err)
		p.Fatal = true
		return wire.Welcome{}, nil, (*fatal)(&p)
	}
	w = wire.Welcome{Version: wire.Version, Now: h.Clock.Now().UnixMilli(), Config: b.Config, Seq: b.Seq}
	hello.config = w.Config.Version
	h.ledger.hello(a, hello)
	return w, b.Commands, nil
}

// listen reads until the connection ends.
func (s *socket) listen(p *peer) error {
	h := s.hub
	for {
		m, err := s.conn.Read(h.ctx, wire.MaxMessage)
		if err != nil {
			return err
		}
		now := h.Clock.Now()
		p.contact.Store(now.UnixMilli())
		c := &call{Hub: h, peer: p, agent: s.agent, in: read(m.Payload, now), reply: s.reply}
		m.Free()
		put := p.lane.put(s.gone, &h.work, func() {
			defer m.Done()
			if s.ended.Load() == nil && c.handle() && int(s.faults.Add(1)) > h.Limits.Faults {
				s.end(wire.Problem{Code: CodeFaults, Fatal: true, RetryAfter: time.Minute.Milliseconds()})
			}
		})
		if !put {
			m.Done()
			return frame.ErrClosed
		}
	}
}

func (s *socket) reply(payload []byte) {
	s.hub.counters.bytesOut.Add(int64(len(payload)))
	_ = s.conn.WriteText(payload) // a failed write cuts the connection, and the reader sees it
}

func (s *socket) write(m wire.Message) bool {
	data, err := json.Marshal(m)
	if err != nil {
		s.hub.Log.ErrorContext(s.hub.ctx, "link: a message could not be written", "type", m.Type, "error", err)
		return false
	}
	s.hub.counters.bytesOut.Add(int64(len(data)))
	return s.conn.WriteText(data) == nil
}

func (s *socket) send(m wire.Message) bool {
	s.mu.Lock()
	if !s.ready {
		defer s.mu.Unlock()
		if len(s.early) >= maxEarly {
			return false
		}
		s.early = append(s.early, m)
		return true
	}
	s.mu.Unlock()
	return s.write(m)
}
