package channel

import (
	"errors"
	"net/http"
	"strconv"
	"time"
)

// maxRetryAfter bounds what a server may ask for, so that a mistake there does
// not silence every shop for a day.
const maxRetryAfter = time.Hour

// backoff is exponential with full jitter: a server that comes back is not
// met by all its agents in the same second.
type backoff struct {
	t        Timing
	jitter   func(time.Duration) time.Duration
	failures int
}

// after takes a connection's life in: one on which something was made durable
// starts the count anew.
func (b *backoff) after(s *session) {
	if s.acked {
		b.failures = 0
		return
	}
	b.failures++
}

func (b *backoff) pause(err error) time.Duration {
	most := b.t.BackoffMax
	if n := max(b.failures-1, 0); n < 20 {
		most = min(most, b.t.BackoffMin<<n)
	}
	pause := max(b.jitter(most), b.t.BackoffMin/4)
	var p *errTold
	var later *errLater
	asked := time.Duration(0)
	switch {
	case errors.As(err, &p):
		asked = time.Duration(p.RetryAfter) * time.Millisecond
	case errors.As(err, &later):
		asked = later.after
	}
	if asked = min(asked, maxRetryAfter); asked > pause {
		pause = asked + b.jitter(asked/10)
	}
	return pause
}

// later is the error of an answer that is not what was hoped for.
func later(resp *http.Response) error {
	e := &errLater{status: resp.Status}
	if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
		e.after = time.Duration(min(s, 3600)) * time.Second
	}
	return e
}
