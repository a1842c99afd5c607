package channel

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/wire"
)

// What an exchange carries besides reports, in bytes and in messages.
const (
	maxOwn      = wire.MaxMessage / 8
	maxMessages = 50
)

// exchanges goes on by HTTPS POST until one fails or it is time to try the
// socket again, which is no error.
func (c *Channel) exchanges(ctx context.Context, s *session) error {
	end := c.opt.Clock.Now().Add(c.opt.Timing.Fallback)
	var queue []wire.Message
	s.send = func(m wire.Message) error { queue = append(queue, m); return nil }
	corrected := false
	for c.opt.Clock.Now().Before(end) {
		if err := s.fill(); err != nil {
			return err
		}
		var now []wire.Message
		now, queue = cut(queue)
		sent := c.opt.Clock.Now()
		answer, err := c.exchange(ctx, now, !s.welcomed)
		switch {
		case errors.Is(err, errBroken): // something to send turned up while the server was silent
			continue
		case errors.Is(err, errClock) && !corrected:
			corrected = true
			s.out.again()
			continue
		case err != nil:
			return err
		}
		for _, m := range answer {
			if m.Welcome != nil {
				c.opt.Time.Learn(time.UnixMilli(m.Welcome.Now), sent, c.opt.Clock.Now())
				c.opt.Log.Info("channel: connected by exchanges", "server", c.opt.Server)
			}
			if err := s.handle(m); err != nil {
				return err
			}
		}
		s.out.again() // what was not answered in the answer will not be
		if len(now)+len(answer) == 0 && c.opt.Clock.Now().Sub(sent) < idle {
			wait(ctx, c.opt.Jitter(idle)) // something on the way does not let the server wait
		}
	}
	return nil
}

// idle is the shortest time between two exchanges that bring nothing.
const idle = 2 * time.Second

// fill queues what there is to say, one bundle of reports at most.
func (s *session) fill() error {
	if err := s.speak(); err != nil {
		return err
	}
	if s.c.opt.Clock.Now().Before(s.quiet) {
		return nil
	}
	r, err := s.out.next()
	if err != nil {
		s.c.opt.Log.Error("channel: the spool cannot be read", "error", err)
	}
	if r != nil {
		return s.send(wire.Message{Type: wire.TypeReports, Reports: r})
	}
	return nil
}

// cut takes from the queue what one exchange carries: reports always, of the
// rest as much as has room.
func cut(queue []wire.Message) (now, rest []wire.Message) {
	size := 0
	for _, m := range queue {
		if m.Reports == nil {
			data, _ := json.Marshal(m) // what cannot be written fails in exchange
			if size += len(data); len(now) > 0 && (size > maxOwn || len(now) >= maxMessages) {
				rest = append(rest, m)
				continue
			}
		}
		now = append(now, m)
	}
	return now, rest
}

var (
	errBroken = errors.New("channel: the wait was broken off")
	errClock  = errors.New("channel: the clock was off")
)

// exchange makes one request, the first with a hello. Where it brings nothing
// the server waits with its answer, and the wait is broken off when something
// turns up.
func (c *Channel) exchange(ctx context.Context, messages []wire.Message, first bool) ([]wire.Message, error) {
	waiting := len(messages) == 0 && !first
	all := []wire.Message{}
	if first {
		h := c.hello(wire.Version)
		all = append(all, wire.Message{Type: wire.TypeHello, Hello: &h})
	}
	body, err := json.Marshal(wire.Exchange{Messages: append(all, messages...)})
	if err != nil {
		return nil, fmt.Errorf("channel: %w", err)
	}
	own, cancel := context.WithTimeout(ctx, wire.ExchangeWait+c.opt.Timing.Dial)
	defer cancel()
	broken := make(chan bool, 1)
	go func() { broken <- waiting && c.breakOff(own, cancel) }()
	answer, err := c.post(own, body)
	cancel()
	if <-broken && err != nil && ctx.Err() == nil {
		return nil, errBroken
	}
	return answer, err
}

// breakOff ends the wait when there is something to send.
func (c *Channel) breakOff(ctx context.Context, cancel func()) bool {
	select {
	case <-c.opt.Backlog.Ready():
	case <-c.opt.Office.Changed():
	case <-ctx.Done():
		return false
	}
	cancel()
	return true
}

func (c *Channel) post(ctx context.Context, body []byte) ([]wire.Message, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.opt.Server+wire.PathExchange, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("channel: %w", err)
	}
	c.sign(req, body)
	sent := c.opt.Clock.Now()
	resp, err := c.opt.Client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("channel: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(resp.Body, 4*wire.MaxMessage))
	if err != nil {
		return nil, fmt.Errorf("channel: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, c.refusal(resp, data, sent)
	}
	var answer wire.Exchange
	if err := json.Unmarshal(data, &answer); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return answer.Messages, nil
}

// refusal is the reason of an answer that is not 200: a problem where it is
// our server that answers, anything where it is something on the way.
func (c *Channel) refusal(resp *http.Response, body []byte, sent time.Time) error {
	if c.learnDate(resp, sent) {
		return errClock
	}
	var p wire.Problem
	if json.Unmarshal(body, &p) == nil && p.Code != "" {
		return &errTold{p}
	}
	return fmt.Errorf("channel: exchange: %w", later(resp))
}

func (c *Channel) sign(req *http.Request, body []byte) {
	now, _ := c.opt.Time.Now()
	c.instant = max(c.instant+1, now.UnixMilli())
	instant := strconv.FormatInt(c.instant, 10)
	sig := ed25519.Sign(c.opt.Key, wire.ExchangeBytes(c.opt.Agent, instant, body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(wire.HeaderAgent, c.opt.Agent)
	req.Header.Set(wire.HeaderInstant, instant)
	req.Header.Set(wire.HeaderSig, base64.StdEncoding.EncodeToString(sig))
}

// learnDate takes the server's time from a refusal, because a request signed
// by a clock that is years off is refused for that alone.
func (c *Channel) learnDate(resp *http.Response, sent time.Time) bool {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil || resp.StatusCode/100 != 4 {
		return false
	}
	now, known := c.opt.Time.Now()
	if off := now.Sub(date); known && off.Abs() < time.Minute || off.Abs() < 30*time.Second {
		return false
	}
	c.opt.Time.Learn(date, sent, c.opt.Clock.Now())
	c.instant = 0
	return true
}
