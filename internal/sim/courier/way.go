package courier

import (
	"context"
	"time"
)

// Nobody is the operator's name that a register has when nobody told it one:
// documents for it are taken by the bench itself.
const Nobody = "ofd.bench.invalid"

// retryPause is how long a register waits after an exchange that failed.
const retryPause = 10 * time.Second

// Way is what a register knows of its way to the operator. It lives under the
// register's own lock: none of its methods may be called without. The zero
// value is a way on which nobody carries.
type Way struct {
	courier   *Courier
	retry     time.Duration
	last      Outcome
	number    int64
	going     bool      // a letter is on its way
	notBefore time.Time // by the machine's clock
}

// Join gives the way a courier. retry is the pause after a failure; 0 is ten
// seconds.
func (w *Way) Join(c *Courier, retry time.Duration) {
	if retry <= 0 {
		retry = retryPause
	}
	w.courier, w.retry = c, retry
}

// Told says whether an address is one of an operator to whom somebody carries.
func (w *Way) Told(host string, port int) bool {
	return w.courier != nil && host != "" && host != Nobody && port != 0
}

// Last is how the last exchange, or the last test of the link, ended, and with
// which document.
func (w *Way) Last() (o Outcome, number int64) { return w.last, w.number }

// Next gives the letter that goes next, for Sender.Post. write makes it; a
// document that cannot be written counts as one that could not be sent.
func (w *Way) Next(now time.Time, number int64, write func() (Letter, error)) (l Letter, wait time.Duration, ok bool) {
	switch {
	case w.going:
		return l, 0, false
	case now.Before(w.notBefore):
		return l, w.notBefore.Sub(now), false
	}
	l, err := write()
	if err != nil {
		w.failed(number, Outcome{Network: netNotSent}, now)
		return Letter{}, w.retry, false
	}
	w.going = true
	return l, 0, true
}

// Ended takes the outcome of a letter, for Sender.Delivered. It says whether
// the operator has the document.
func (w *Way) Ended(l Letter, o Outcome, now time.Time) bool {
	w.going = false
	if !o.Taken() {
		w.failed(int64(l.Number), o, now)
		return false
	}
	w.last, w.number, w.notBefore = o, int64(l.Number), time.Time{}
	return true
}

func (w *Way) failed(number int64, o Outcome, now time.Time) {
	w.last, w.number, w.notBefore = o, number, now.Add(w.retry)
}

// Urge wakes the courier, unless a letter is on its way already. Only a way
// that Told has said yes to may be urged.
func (w *Way) Urge() {
	if w.courier != nil && !w.going {
		w.courier.Stir()
	}
}

// Unpause forgets the pause after a failure: something about the way has
// changed.
func (w *Way) Unpause() { w.notBefore = time.Time{} }

// Test gives a register's own test of its link, to be run with the register
// unlocked, and Tested what it found out. Without a courier there is none.
func (w *Way) Test() func(ctx context.Context, host string, port int) byte {
	if w.courier == nil {
		return nil
	}
	return w.courier.Try
}

// Tested notes what the register's own test of its link gave.
func (w *Way) Tested(network byte) { w.last = Outcome{Network: network} }
