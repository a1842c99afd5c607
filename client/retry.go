package client

import (
	"errors"
	"net/http"
	"time"
)

// passing says whether the same call may succeed a little later: the server
// could not be reached, is too busy, or is starting.
func passing(err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return true
	}
	switch e.Status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	default:
		return false
	}
}

const (
	firstPause = 250 * time.Millisecond
	lastPause  = 30 * time.Second
)

// backoff is how long to wait after so many failed tries, and not shorter than
// the server said.
func backoff(tries int, err error) time.Duration {
	d := lastPause
	if tries < 7 {
		d = firstPause << tries
	}
	var e *Error
	if errors.As(err, &e) && e.RetryAfter > d {
		return e.RetryAfter
	}
	return d
}
