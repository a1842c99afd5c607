package link

import (
	"encoding/json"
	"fmt"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/wire"
)

// inbound is a message from an agent, read.
type inbound struct {
	msg      wire.Message
	bad      []wire.Refused // reports of the bundle that could not be read
	err      error          // it could not be read at all
	size     int
	received time.Time
}

// read decodes a message. One bad report does not spoil its bundle: an agent
// that sends the same bundle again and again would never get past it.
func read(data []byte, received time.Time) inbound {
	in := inbound{size: len(data), received: received}
	in.msg, in.err = wire.Decode(data)
	if in.err != nil {
		if r, bad, ok := salvage(data); ok {
			in.msg, in.bad, in.err = wire.Message{Type: wire.TypeReports, Reports: &r}, bad, nil
		}
	}
	return in
}

// salvage reads the good reports of a bundle that has bad ones; ok is false
// when it is no bundle, or when a bad one does not even have a number.
func salvage(data []byte) (r wire.Reports, bad []wire.Refused, ok bool) {
	var m struct {
		Type    string `json:"t"`
		Reports *struct {
			ID      int64             `json:"id"`
			Now     int64             `json:"now"`
			Reports []json.RawMessage `json:"reports"`
		} `json:"reports"`
	}
	if json.Unmarshal(data, &m) != nil || m.Type != wire.TypeReports || m.Reports == nil {
		return wire.Reports{}, nil, false
	}
	r = wire.Reports{ID: m.Reports.ID, Now: m.Reports.Now}
	for _, raw := range m.Reports.Reports {
		var one wire.Report
		if json.Unmarshal(raw, &one) == nil {
			r.Reports = append(r.Reports, one)
			continue
		}
		var number struct {
			Seq *int64 `json:"n"`
		}
		if json.Unmarshal(raw, &number) != nil || number.Seq == nil {
			return wire.Reports{}, nil, false
		}
		bad = append(bad, wire.Refused{Seq: *number.Seq, Code: CodeBadReport})
	}
	return r, bad, true
}

// call is one message on its way through the hub.
type call struct {
	*Hub
	peer  *peer
	agent Agent
	in    inbound
	reply func(payload []byte)
}

// handle answers one message. It runs in the agent's lane. fault is true when
// the message was nonsense, which a connection may only be so often.
func (c *call) handle() (fault bool) {
	c.counters.messages.Add(1)
	c.counters.bytesIn.Add(int64(c.in.size))
	if c.in.err != nil {
		c.refuse(wire.Problem{Code: CodeMalformed, Detail: c.in.err.Error()})
		return true
	}
	if c.in.msg.Type == wire.TypeReports {
		return c.reports(*c.in.msg.Reports)
	}
	if wait := c.peer.bytes.take(c.Limits.Bytes, c.in.received, float64(c.in.size+messageCost)); wait > 0 {
		c.refuse(wire.Problem{Code: CodeTooManyBytes, RetryAfter: wait.Milliseconds()})
		return true
	}
	switch c.in.msg.Type {
	case wire.TypeTaken:
		c.taken(*c.in.msg.Taken)
	case wire.TypeResult:
		c.result(*c.in.msg.Result)
	case wire.TypeFound:
		c.found(*c.in.msg.Found)
	case wire.TypeSold:
		c.sold(*c.in.msg.Sold)
	case wire.TypeProblem: // the agent says that something of ours, or of its own, was wrong
		p := c.in.msg.Problem
		code := CodeAgentSays
		if agentTroubles[p.Code] {
			code = p.Code
		}
		c.notable(c.agent, code, p.Code+": "+p.Detail, 1)
	default:
		c.refuse(wire.Problem{Code: CodeUnexpected, Detail: clean(c.in.msg.Type, 40)})
		return true
	}
	return false
}

// agentTroubles are an agent's own troubles, which have their own sentence in
// its notes. They are named here because an agent must not choose under which
// codes notes are kept.
var agentTroubles = map[string]bool{
	"agent_spool_disk": true, // its disk takes no reports
	"agent_journal":    true, // its disk takes no commands
}

// refuse tells the agent, counts and notes it.
func (c *call) refuse(p wire.Problem) {
	p.Detail = clean(p.Detail, maxDetail)
	c.notable(c.agent, p.Code, p.Detail, 1)
	c.say(wire.Message{Type: wire.TypeProblem, Problem: &p})
}

func (c *call) say(m wire.Message) {
	data, err := json.Marshal(m)
	if err != nil { // none of our own messages can fail to marshal
		c.Log.ErrorContext(c.ctx, "link: a message could not be written", "type", m.Type, "error", err)
		return
	}
	c.reply(data)
}

func (c *call) reports(r wire.Reports) (fault bool) {
	if len(r.Reports)+len(c.in.bad) > wire.MaxReports {
		c.refuse(wire.Problem{Code: CodeTooMany, Detail: "at most " + strconv.Itoa(wire.MaxReports) + " in one message", Bundle: r.ID})
		return true
	}
	ack := wire.Ack{ID: r.ID, Refused: c.in.bad}
	if len(r.Reports) > 0 {
		if p, ok := c.admit(r); !ok {
			p.Bundle = r.ID
			c.refuse(p)
			return false
		}
		if !c.keep(r, &ack) {
			return false
		}
	}
	ack.ID, ack.Now = r.ID, c.Clock.Now().UnixMilli()
	c.noteRefused(ack.Refused)
	c.reply(wire.AppendAck(nil, ack))
	return len(c.in.bad) > 0
}

// admit asks the gate and the limits.
func (c *call) admit(r wire.Reports) (wire.Problem, bool) {
	p, first, now := c.peer, r.Reports[0].Seq, c.in.received
	if code, ok := p.gate.admit(first, now); !ok {
		return wire.Problem{Code: code, RetryAfter: retry.Milliseconds()}, false
	}
	code := CodeTooManyBytes
	wait := p.bytes.take(c.Limits.Bytes, now, float64(c.in.size+messageCost))
	if wait == 0 {
		code, wait = CodeTooMany, p.reports.take(c.Limits.Reports, now, float64(len(r.Reports)))
	}
	if wait == 0 {
		return wire.Problem{}, true
	}
	p.gate.shut(first, code, now.Add(wait))
	return wire.Problem{Code: code, RetryAfter: wait.Milliseconds()}, false
}

// keep gives the reports that can be taken by their instants to the handler;
// false when they are not durable, which the agent has been told.
func (c *call) keep(r wire.Reports, ack *wire.Ack) bool {
	first, offset := r.Reports[0].Seq, Offset(r, c.in.received)
	good := r.Reports[:0:len(r.Reports)]
	for _, one := range r.Reports {
		if code := judge(one.At, offset, c.in.received); code != "" {
			ack.Refused = append(ack.Refused, wire.Refused{Seq: one.Seq, Code: code})
			continue
		}
		good = append(good, one)
	}
	if r.Reports = good; len(good) == 0 {
		return true
	}
	var answer wire.Ack
	err := c.guard("reports", func() (err error) {
		answer, err = c.Handler.Reports(c.ctx, c.agent, r, c.in.received)
		return err
	})
	if err != nil {
		p := c.problemOf("reports", err)
		p.Bundle = r.ID
		c.peer.gate.shut(first, p.Code, c.in.received.Add(retry))
		c.refuse(p)
		return false
	}
	c.peer.gate.open()
	c.counters.reports.Add(int64(len(good) - len(answer.Refused)))
	ack.Refused = append(ack.Refused, answer.Refused...)
	return true
}

// noteRefused notes each code of an answer once, with how many.
func (c *call) noteRefused(refused []wire.Refused) {
	if len(refused) == 0 {
		return
	}
	counts := map[string]int64{}
	last := map[string]int64{}
	for _, r := range refused {
		counts[r.Code]++
		last[r.Code] = r.Seq
	}
	for code, n := range counts {
		c.notable(c.agent, code, "report "+strconv.FormatInt(last[code], 10), n)
	}
}

func (c *call) taken(t wire.Taken) {
	if err := c.guard("taken", func() error { return c.Handler.Taken(c.ctx, c.agent, t) }); err != nil {
		c.refuse(c.problemOf("taken", err))
	}
}

// result answers with an acknowledgement also when repeating cannot help: the
// agent would repeat for ever.
func (c *call) result(r wire.Result) {
	err := c.guard("result", func() error { return c.Handler.Result(c.ctx, c.agent, r) })
	if err != nil {
		c.refuse(c.problemOf("result", err))
		if mendable(err) {
			return
		}
	}
	c.say(wire.Message{Type: wire.TypeResultAck, ResultAck: &wire.ResultAck{ID: r.ID}})
}

// mendable says whether the same message may be taken at another time.
func mendable(err error) bool {
	switch problem.Of(err).Kind {
	case problem.Invalid, problem.Malformed, problem.NotFound, problem.Forbidden, problem.Conflict, problem.TooLarge:
		return false
	default:
		return true
	}
}

// problemOf is what an agent is told of a handler's error. Our own faults are
// logged here and only named to the agent.
func (h *Hub) problemOf(op string, err error) wire.Problem {
	e := problem.Of(err)
	if e.Kind == problem.Internal {
		h.Log.ErrorContext(h.ctx, "link: a message was not handled", "op", op, "error", err)
	}
	return wire.Problem{Code: e.Code, RetryAfter: retry.Milliseconds()}
}

// guard keeps a panic of the handler from ending the server.
func (h *Hub) guard(op string, f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			h.Log.ErrorContext(h.ctx, "link: the handler panicked", "op", op, "panic", r, "stack", string(debug.Stack()))
			err = fmt.Errorf("link: %s: panic: %v", op, r)
		}
	}()
	return f()
}
