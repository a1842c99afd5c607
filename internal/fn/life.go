package fn

import "time"

// UnsentLimit is how long a document may wait for its OFD receipt: 30 calendar
// days after the oldest one the drive stops signing (54-ФЗ; codes 15h, 14h).
const UnsentLimit = 30 * 24 * time.Hour

// LocksAt is the instant from which the drive refuses to sign, given the time
// of the oldest document that no OFD has confirmed. Zero in, zero out: nothing
// waits, nothing locks.
func LocksAt(firstUnsent time.Time) time.Time {
	if firstUnsent.IsZero() {
		return time.Time{}
	}
	return firstUnsent.Add(UnsentLimit)
}

// Locked says whether at now the drive refuses because of unsent documents.
func Locked(firstUnsent, now time.Time) bool {
	at := LocksAt(firstUnsent)
	return !at.IsZero() && now.After(at)
}

// DaysLeft counts whole days from now to until, rounded down; negative once it
// has passed. Both are taken as they are, so pass times of one zone.
func DaysLeft(until, now time.Time) int {
	const day = 24 * time.Hour
	d := until.Sub(now)
	if d < 0 {
		return -int((-d + day - 1) / day)
	}
	return int(d / day)
}

// Model is the drive by its crypto life.
type Model int

// The models. FN13 is the old 13-month one.
const (
	FN13 Model = 13
	FN15 Model = 15
	FN36 Model = 36
)

// Use is what the register is used for, as far as it shortens or lengthens
// the drive's life.
type Use struct {
	Model      Model
	FFD12      bool // format of fiscal documents 1.2
	Autonomous bool // works without an OFD
	GeneralTax bool // general tax system (ОСН)
	Goods      bool // sells goods, not services alone
	Excise     bool // excisable goods
	Gambling   bool // gambling or lottery
	Pawn       bool // pawnshop or insurance
	Agent      bool // payment agent
}

// LifeDays is how many days the drive may be used from the day of its
// registration. It is for planning: the date that the drive itself tells
// (command 32h) always wins. The table is the one that service centres use
// (open reference KassArray, 2025); the first row that fits counts.
func LifeDays(u Use) int {
	switch {
	case (u.Gambling || u.Pawn) && u.FFD12 && u.Model == FN15,
		u.Excise && (u.FFD12 || u.Model == FN36),
		u.Autonomous && (u.Model == FN15 || u.FFD12 && u.Goods && u.GeneralTax):
		return 410
	case u.Autonomous,
		u.Model == FN36 && u.GeneralTax && (u.Goods || u.Agent && u.FFD12):
		return 560
	case u.Model == FN13:
		return 410
	case u.Model == FN15:
		return 470
	default:
		return 1110
	}
}

// EndsOn is the last day of the drive's life: the nearer of the date in the
// drive and the planned one. Either may be zero, which means not known.
func EndsOn(inDrive, registered time.Time, u Use) time.Time {
	if registered.IsZero() {
		return inDrive
	}
	planned := registered.AddDate(0, 0, LifeDays(u))
	if inDrive.IsZero() || planned.Before(inDrive) {
		return planned
	}
	return inDrive
}
