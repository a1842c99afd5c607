package link

import "time"

// Rate is how much an agent may send: so many a second in the long run, and
// Burst at once after a quiet time.
type Rate struct {
	PerSecond float64
	Burst     float64
}

// bucket holds what an agent may send at this moment. It is not safe for
// concurrent use. The zero bucket is full.
type bucket struct {
	left  float64
	at    time.Time
	begun bool
}

// take takes n and returns nought, or takes nothing and returns how long to
// wait until n would be there. More than the whole burst is let through when
// the bucket is full, and leaves a debt: a large bundle must not wait for ever.
func (b *bucket) take(r Rate, now time.Time, n float64) (wait time.Duration) {
	if !b.begun {
		b.left, b.at, b.begun = r.Burst, now, true
	}
	if passed := now.Sub(b.at); passed > 0 { // a clock set back gives nothing
		b.left = min(r.Burst, b.left+passed.Seconds()*r.PerSecond)
	}
	b.at = now
	if missing := min(n, r.Burst) - b.left; missing > 0 {
		return time.Duration(missing/r.PerSecond*float64(time.Second)) + time.Millisecond
	}
	b.left -= n
	return 0
}
