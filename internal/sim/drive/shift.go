package drive

import "time"

// ShiftLimit is the longest shift that the law allows.
const ShiftLimit = 24 * time.Hour

// Shift is the trading shift. Times are by the register's own clock.
type Shift struct {
	Open      bool
	Number    int64 // of the last closed one while none is open
	OpenedAt  time.Time
	EndedAt   time.Time
	Receipts  int64
	Documents int64 // of the shift, its opening and its receipts, for its closing
}

// Current is the open shift's number, or the last closed one's.
func (s *Shift) Current() int64 {
	if s.Open {
		return s.Number + 1
	}
	return s.Number
}

// Over says whether the shift has been open for longer than it may.
func (s *Shift) Over(now time.Time) bool { return s.Open && now.Sub(s.OpenedAt) > ShiftLimit }

// Begin opens the next shift. Its document is for the drive to sign after.
func (s *Shift) Begin(now time.Time) {
	s.Open, s.OpenedAt, s.Receipts, s.Documents = true, now, 0, 0
}

// End closes the shift. Its document is signed before.
func (s *Shift) End(now time.Time) {
	s.Open, s.EndedAt = false, now
	s.Number++
}
