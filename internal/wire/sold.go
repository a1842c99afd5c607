package wire

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/tillwright/tillwright/internal/ids"
)

// SoldSince is the first version in which an agent tells what its shop wrote
// down.
const SoldSince = 3

// ReturnsSince and MarksSince are the first versions whose servers tell a
// return from a sale and keep marking codes. One of an older version would book
// a return as money that came in, and lose the code.
const (
	ReturnsSince = 4
	MarksSince   = 4
)

// Bounds of what one shop's page tells.
const (
	MaxSold      = 50  // entries of one message
	MaxSoldItems = 100 // items of one sale
	MaxSoldText  = 512 // bytes of any text in an entry
)

// Sold is what a shop's people wrote at their agent while a register could not
// be used. It is told again until each entry is answered; whoever takes it
// knows an entry by its id and takes each revision once.
type Sold struct {
	ID      int64   `json:"id"`  // of this message, grows with each other content
	Now     int64   `json:"now"` // agent's clock at sending, Unix ms: the server corrects instants by the difference
	Entries []Entry `json:"entries"`
}

// Entry is one breakdown or one sale as it stands now: exactly one of the two
// is set.
type Entry struct {
	ID     string  `json:"id"`            // UUID, made by the agent
	Rev    int64   `json:"rev"`           // from 1, one more with each change
	By     string  `json:"by,omitempty"`  // who wrote it, in the words of the page
	Outage *Outage `json:"out,omitempty"` // a breakdown of one register
	Sale   *Sale   `json:"sale,omitempty"`
}

// Outage is one breakdown of one register.
type Outage struct {
	Device string `json:"dev"`
	Reason string `json:"reason"`       // power, breakdown or drive
	From   int64  `json:"from"`         // agent's clock, Unix ms
	To     int64  `json:"to,omitempty"` // 0 = it lasts
}

// What a settlement is, by tag 1054 of the fiscal format.
const (
	OpSale   = 1
	OpReturn = 2 // goods came back, money went out
)

// Sale is one settlement that went without a receipt. Cash and Card add up to
// the items and are never negative, whichever way the money went.
type Sale struct {
	Outage string     `json:"out"`          // the id of its breakdown
	At     int64      `json:"at"`           // agent's clock, Unix ms
	Op     int        `json:"op,omitempty"` // OpSale or OpReturn; 0 = a sale, as agents wrote it before there were returns
	Items  []SoldItem `json:"items"`
	Cash   int64      `json:"cash,omitempty"` // kopecks
	Card   int64      `json:"card,omitempty"`
	Struck bool       `json:"struck,omitempty"` // taken back
}

// SoldItem is one line of a sale. The numbers are those of the fiscal format.
type SoldItem struct {
	Name     string `json:"name"`
	Price    int64  `json:"price"`          // kopecks for one
	Quantity int64  `json:"qty"`            // thousandths
	VAT      int    `json:"vat"`            // tag 1199
	Object   int    `json:"object"`         // tag 1212
	Unit     int    `json:"unit,omitempty"` // tag 2108
	Mark     string `json:"mark,omitempty"` // marking code as it was scanned, separators (0x1D) and all; "" = none
}

// Return says whether goods came back.
func (s *Sale) Return() bool { return s.Op == OpReturn }

// Signed is what the till has more by the settlement: less than nothing for a
// return.
func (s *Sale) Signed() int64 {
	if s.Return() {
		return -s.Cash - s.Card
	}
	return s.Cash + s.Card
}

// Since is the first version of the language in which a server understands all
// that the entry says.
func (e *Entry) Since() int {
	since := SoldSince
	if e.Sale == nil {
		return since
	}
	if e.Sale.Op != 0 && e.Sale.Op != OpSale {
		since = max(since, ReturnsSince)
	}
	if slices.ContainsFunc(e.Sale.Items, func(it SoldItem) bool { return it.Mark != "" }) {
		since = max(since, MarksSince)
	}
	return since
}

// Whole says what an entry lacks, nil when it can be looked at.
func (e *Entry) Whole() error {
	switch {
	case !ids.Valid(e.ID) || e.Rev < 1 || !plain(e.By):
		return fmt.Errorf("%w: an entry's id or revision", ErrShape)
	case (e.Outage == nil) == (e.Sale == nil):
		return fmt.Errorf("%w: an entry is a breakdown or a sale", ErrShape)
	case e.Outage != nil && (!ids.Valid(e.Outage.Device) || !plain(e.Outage.Reason)):
		return fmt.Errorf("%w: a breakdown's texts", ErrShape)
	case e.Sale != nil && (!ids.Valid(e.Sale.Outage) || len(e.Sale.Items) > MaxSoldItems):
		return fmt.Errorf("%w: a sale's items", ErrShape)
	}
	if e.Sale != nil {
		for _, it := range e.Sale.Items {
			if !plain(it.Name) || !code(it.Mark) {
				return fmt.Errorf("%w: an item's name or code", ErrShape)
			}
		}
	}
	return nil
}

// code says whether a text could be a marking code: letters that are one byte
// each, and separators. What is in it is judged by who keeps it.
func code(s string) bool {
	const separator = 0x1d
	return len(s) <= MaxSoldText && !strings.ContainsFunc(s, func(r rune) bool { return r != separator && (r < ' ' || r > '~') })
}

// plain says whether a text is short and of one line, fit for a database.
func plain(s string) bool {
	return len(s) <= MaxSoldText && !strings.ContainsFunc(s, unicode.IsControl)
}

// SoldAck answers entries. One that is not named is to be told again.
type SoldAck struct {
	Answers []SoldAnswer `json:"answers"`
}

// SoldAnswer says that one revision of an entry is the server's, or why it will
// not be taken as it is.
type SoldAnswer struct {
	ID     string      `json:"id"`
	Rev    int64       `json:"rev"`
	Code   string      `json:"code,omitempty"` // "" = taken
	Fields []SoldFault `json:"fields,omitempty"`
}

// SoldFault is one field at fault, "items[0].vat" for example, with a stable
// code and what its sentence needs.
type SoldFault struct {
	Name string            `json:"name"`
	Code string            `json:"code"`
	Args map[string]string `json:"args,omitempty"`
}
