package fptr

import (
	"context"
	"time"
)

// Operation is the direction of a corrected settlement (tag 1054).
type Operation int

// The directions.
const (
	Income        Operation = 1
	IncomeReturn  Operation = 2
	Expense       Operation = 3
	ExpenseReturn Operation = 4
)

// Sign is +1 where money comes into the till (income, and what a supplier gives
// back) and -1 where it goes out; 0 for what is no direction.
func (o Operation) Sign() int64 {
	switch o {
	case Income, ExpenseReturn:
		return 1
	case IncomeReturn, Expense:
		return -1
	default:
		return 0
	}
}

// task is the type of the task that makes the correction; "" for what is no
// direction.
func (o Operation) task() string {
	return map[Operation]string{
		Income: "sellCorrection", IncomeReturn: "sellReturnCorrection", Expense: "buyCorrection", ExpenseReturn: "buyReturnCorrection",
	}[o]
}

// Basis is why a correction is made (tag 1173).
type Basis int

// The grounds.
const (
	OwnInitiative Basis = 0
	ByOrder       Basis = 1 // of the tax service; then its number is due
)

// Item is one line of a correction.
type Item struct {
	Name     string
	Price    int64 // kopecks for one
	Quantity int64 // thousandths
	Amount   int64 // kopecks
	VAT      VAT
	Method   Method
	Object   Object
	Unit     Unit // FFD 1.2 only
	// Mark is the marking code (код маркировки) as it was scanned, with its
	// separators; "" = goods without one. Object stays 1 or 2: what goods with a
	// code are called is the format's affair.
	Mark string `json:",omitempty"`
}

// Payment is one part of how the total was paid.
type Payment struct {
	Kind PaymentKind
	Sum  int64 // kopecks
}

// Tax is a part of the total at one rate, for corrections without items.
type Tax struct {
	VAT VAT
	Sum int64 // kopecks of the tax itself; for rate 0 and "none" of the turnover
}

// Correction is a correction receipt (кассовый чек коррекции).
type Correction struct {
	FFD       FFD       // what the register speaks; see DeviceInfo
	Operation Operation // 1.05 knows only Income and Expense
	Basis     Basis
	Date      time.Time // 1178: the day of the settlement that is corrected; only its day counts
	Number    string    // 1179: of the tax service's order; due with ByOrder
	Taxation  Taxation
	Operator  Operator
	Items     []Item    // 1.1 and 1.2: each settlement with its items
	Total     int64     // kopecks; with items it must be their sum
	Taxes     []Tax     // 1.05: the tax in the total
	Payments  []Payment // they add up to the total
	// WrongSign is the fiscal sign of the receipt that was wrong (1192); empty
	// when the settlement went without any receipt.
	WrongSign string
	Address   string // 1009, where the settlement was made; "" the registered one
	Place     string // 1187
	// Electronically leaves the paper out; then Contact is due.
	Electronically bool
	Contact        string // 1008: the buyer's e-mail address or phone number
	// MarksUnchecked, of 1.2, sends marking codes without having them checked
	// first. Otherwise the driver has drive and marking system check each code in
	// the same task, and makes no receipt when one is found wanting.
	MarksUnchecked bool `json:",omitempty"`
}

// Correct makes a correction receipt under the caller's UUID, which the caller
// keeps before calling: with it Lookup tells what became of the receipt, and
// calling again never makes a second one. now is the true time. A correction
// that the rules forbid is a problem with the fields at fault and is not
// posted. Otherwise it fails with a *kkt.RefusalError when the register
// refused, kkt.ErrUnknownOutcome when the service itself cannot tell (Lookup
// may know later), ErrSpent for a UUID that was given up; after any other error
// this call made no receipt, and what an earlier call with the same UUID left
// open stays open until Lookup gives a final outcome.
func (d *Driver) Correct(ctx context.Context, uuid string, c Correction, now time.Time) (Fiscal, error) {
	if err := c.Check(now); err != nil {
		return Fiscal{}, err
	}
	return d.issue(ctx, uuid, c.Task())
}
