package channel

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/wire"
)

// Errors of a connection that the log tells apart.
var (
	ErrProtocol = errors.New("channel: the server does not follow the protocol")
	ErrSilent   = errors.New("channel: nothing came within two pings")
	ErrVersion  = errors.New("channel: the server speaks no version that this agent speaks")
)

// socket runs one WebSocket from dialling to its end.
func (c *Channel) socket(ctx context.Context, s *session) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	dial, done := context.WithTimeout(ctx, c.opt.Timing.Dial)
	defer done()
	conn, err := c.dial(dial)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	s.send = func(m wire.Message) error { return write(ctx, conn, m, c.opt.Timing.Dial) }
	if err := c.greet(dial, conn, s); err != nil {
		return err
	}
	c.opt.Log.Info("channel: connected", "server", c.opt.Server)
	in, broken := make(chan wire.Message), make(chan error, 2)
	var heard atomic.Int64
	go func() { broken <- receive(ctx, conn, in, func() { heard.Add(1) }) }()
	go func() { broken <- keepAlive(ctx, conn, c.opt.Timing.Ping, &heard) }()
	return s.loop(ctx, in, broken)
}

func (c *Channel) dial(ctx context.Context) (*websocket.Conn, error) {
	address := "ws" + strings.TrimPrefix(c.opt.Server, "http") + wire.PathSocket
	conn, resp, err := websocket.Dial(ctx, address, &websocket.DialOptions{
		HTTPClient: c.opt.Client,
		HTTPHeader: http.Header{wire.HeaderAgent: {c.opt.Agent}},
	})
	if err != nil {
		if resp != nil && resp.StatusCode >= 400 {
			return nil, fmt.Errorf("channel: upgrade: %w", later(resp))
		}
		return nil, fmt.Errorf("channel: %w", err)
	}
	conn.SetReadLimit(wire.MaxMessage + 64<<10)
	return conn, nil
}

// greet answers the challenge and waits for the welcome.
func (c *Channel) greet(ctx context.Context, conn *websocket.Conn, s *session) error {
	m, err := read(ctx, conn)
	if err != nil {
		return err
	}
	if m.Problem != nil {
		return &errTold{*m.Problem}
	}
	if m.Challenge == nil || len(m.Challenge.Nonce) < 16 || len(m.Challenge.Nonce) > 1024 {
		return fmt.Errorf("%w: no challenge", ErrProtocol)
	}
	if v := m.Challenge.Versions; v[0] > wire.Version || v[1] < wire.MinVersion {
		_ = s.send(wire.Message{Type: wire.TypeProblem, Problem: &wire.Problem{Code: codeVersion, Fatal: true}})
		return ErrVersion
	}
	h := c.hello(min(wire.Version, m.Challenge.Versions[1]))
	h.Sig = ed25519.Sign(c.opt.Key, wire.HelloBytes(m.Challenge.Nonce, c.opt.Agent))
	sent := c.opt.Clock.Now()
	if err := s.send(wire.Message{Type: wire.TypeHello, Hello: &h}); err != nil {
		return err
	}
	if m, err = read(ctx, conn); err != nil {
		return err
	}
	switch {
	case m.Problem != nil:
		return &errTold{*m.Problem}
	case m.Welcome == nil:
		return fmt.Errorf("%w: no welcome", ErrProtocol)
	}
	c.opt.Time.Learn(time.UnixMilli(m.Welcome.Now), sent, c.opt.Clock.Now())
	s.welcome(m.Welcome)
	return nil
}

func (c *Channel) hello(version int) wire.Hello {
	h := c.opt.Office.Hello()
	h.Version, h.Agent, h.Now = version, c.opt.Agent, c.opt.Clock.Now().UnixMilli()
	return h
}

// Probe tries whether a socket to the server comes up, without saying who
// asks, so that a running agent's connection is left alone.
func Probe(ctx context.Context, server string, client *http.Client) error {
	c := New(Options{Server: server, Client: client})
	conn, err := c.dial(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	m, err := read(ctx, conn)
	if err == nil && m.Challenge == nil {
		err = ErrProtocol
	}
	return err
}

// receive hands on what comes until the connection ends.
func receive(ctx context.Context, conn *websocket.Conn, in chan<- wire.Message, heard func()) error {
	for {
		m, err := read(ctx, conn)
		if err != nil {
			return err
		}
		heard()
		select {
		case in <- m:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// keepAlive pings and ends when neither a pong nor a message came for two of
// them: a router that forgot the connection tells nobody.
func keepAlive(ctx context.Context, conn *websocket.Conn, every time.Duration, heard *atomic.Int64) error {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		before := heard.Load()
		ping, done := context.WithTimeout(ctx, 2*every)
		err := conn.Ping(ping)
		done()
		if err != nil && heard.Load() == before {
			return fmt.Errorf("%w: %w", ErrSilent, err)
		}
	}
}

func read(ctx context.Context, conn *websocket.Conn) (wire.Message, error) {
	_, data, err := conn.Read(ctx)
	if err != nil {
		return wire.Message{}, fmt.Errorf("channel: %w", err)
	}
	var m wire.Message
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	return m, nil
}

func write(ctx context.Context, conn *websocket.Conn, m wire.Message, within time.Duration) error {
	data, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	ctx, done := context.WithTimeout(ctx, within)
	defer done()
	if err := conn.Write(ctx, websocket.MessageText, data); err != nil {
		return fmt.Errorf("channel: %w", err)
	}
	return nil
}
