package shop

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// again is how long it is until the port is tried once more: an agent that was
// replaced may still be letting it go.
const again = 15 * time.Second

// Serve serves the page at an address until ctx ends. A port that is taken is
// tried again and again; the agent does its other work meanwhile.
func (p *Page) Serve(ctx context.Context, address string) {
	told := false
	for ctx.Err() == nil {
		in, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err == nil {
			p.Log.Info("agent: the shop's page is up", "url", "http://"+in.Addr().String())
			err, told = p.listen(ctx, in), false
		}
		if ctx.Err() != nil {
			return
		}
		if !told {
			p.Log.Warn("agent: the shop's page cannot be served; trying again", "address", address, "error", err)
			told = true
		}
		wait(ctx, again)
	}
}

// listen serves until ctx ends or the listener breaks.
func (p *Page) listen(ctx context.Context, in net.Listener) error {
	s := &http.Server{
		Handler: p.Handler(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(p.Log.Handler(), slog.LevelDebug),
	}
	broken := make(chan error, 1)
	go func() { broken <- s.Serve(in) }()
	select {
	case err := <-broken:
		return err
	case <-ctx.Done():
	}
	late, done := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer done()
	err := s.Shutdown(late) // a form on its way is still answered
	if err != nil {
		err = errors.Join(err, s.Close())
	}
	<-broken
	return err
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
