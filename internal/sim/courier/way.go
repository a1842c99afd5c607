package courier

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
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

// Reaches says whether documents that leave the register come to somebody, as
// far as is known: the bench itself, or an operator who took the last one.
func (w *Way) Reaches(host string, port int) bool { return !w.Told(host, port) || w.last.Taken() }

// SendDue lets the bench take what has waited its few seconds, when nobody
// carries to an operator. own is what the register's clock shows.
func (w *Way) SendDue(host string, port int, d *drive.Drive, own time.Time) {
	if !w.Told(host, port) {
		d.SendDue(own)
	}
}

// Last is how the last exchange, or the last test of the link, ended, and with
// which document.
func (w *Way) Last() (o Outcome, number int64) { return w.last, w.number }

// Next gives the letter that goes next to an address, for Sender.Post: the
// drive's oldest document that waits, one at a time. A document that cannot be
// written counts as one that could not be sent.
func (w *Way) Next(now time.Time, host string, port int, d *drive.Drive, holder func() paper.Holder) (l Letter, wait time.Duration, ok bool) {
	first, waits := d.First()
	switch {
	case !waits, !w.Told(host, port):
		return l, 0, false
	case w.going:
		return l, 0, false
	case now.Before(w.notBefore):
		return l, w.notBefore.Sub(now), false
	}
	h := holder()
	tlv, err := paper.Encode(h, d.Paper(first))
	if err != nil {
		w.failed(int64(first.Number), Outcome{Network: netNotSent}, now)
		return l, w.retry, false
	}
	w.going = true
	return Letter{
		Host: host, Port: port, Drive: d.Serial, Version: paper.Protocol(h.FFD), Form: first.Form, Number: first.Number, Data: tlv,
	}, 0, true
}

// Ended takes the outcome of a letter, for Sender.Delivered: a document that
// the operator has waits no more. The drive may have been replaced meanwhile.
// own is what the register's clock shows, now the machine's.
func (w *Way) Ended(l Letter, o Outcome, now time.Time, d *drive.Drive, own time.Time) {
	w.going = false
	if !o.Taken() {
		w.failed(int64(l.Number), o, now)
		return
	}
	w.last, w.number, w.notBefore = o, int64(l.Number), time.Time{}
	if l.Drive == d.Serial {
		d.Confirm(int64(l.Number), own)
	}
}

func (w *Way) failed(number int64, o Outcome, now time.Time) {
	w.last, w.number, w.notBefore = o, number, now.Add(w.retry)
}

// Urge wakes the courier when something waits that it could carry now.
func (w *Way) Urge(host string, port int, d *drive.Drive) {
	if w.Told(host, port) && d.Unsent() > 0 && !w.going {
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
