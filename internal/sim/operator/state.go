package operator

import (
	"cmp"
	"slices"
	"time"
)

// State is what the operator tells of itself.
type State struct {
	Bench   string       `json:"bench"` // says that this is one
	Address string       `json:"address"`
	Trouble string       `json:"trouble"` // "" is well
	Drives  []DriveState `json:"drives"`  // by their numbers
}

// DriveState is one drive as the operator has met it.
type DriveState struct {
	Drive     string    `json:"drive"`
	Trouble   string    `json:"trouble"`
	Documents int64     `json:"documents"` // taken, ever
	Kept      int       `json:"kept"`
	First     uint32    `json:"first"` // number of the oldest kept
	Last      uint32    `json:"last"`
	Repeats   int64     `json:"repeats"` // came again and were answered again
	Refused   int64     `json:"refused"`
	Heard     time.Time `json:"heard"`
	Refusal   *Refusal  `json:"refusal,omitempty"` // the last one
}

// Refusal is a document that was not taken.
type Refusal struct {
	Number uint32 `json:"number"`
	Code   uint8  `json:"code"` // tag 1022
	Why    string `json:"why"`
}

// benchNotice is what machines read; people read the page's own sentence.
const benchNotice = "test operator of a bench; not an operator of fiscal data"

// State is the operator as it is now.
func (o *Operator) State() State {
	s := State{Bench: benchNotice, Address: o.Addr(), Trouble: o.ills.id(""), Drives: []DriveState{}}
	o.book.mu.Lock()
	defer o.book.mu.Unlock()
	for _, d := range o.book.drives {
		s.Drives = append(s.Drives, d.state(o.ills.id(d.serial)))
	}
	slices.SortFunc(s.Drives, func(a, b DriveState) int { return cmp.Compare(a.Drive, b.Drive) })
	return s
}

func (d *drive) state(trouble string) DriveState {
	s := DriveState{
		Drive: d.serial, Trouble: trouble, Documents: d.taken, Kept: len(d.documents), Last: d.last(), Repeats: d.repeats, Refused: d.refused, Heard: d.heard,
	}
	if s.Kept > 0 {
		s.First = d.documents[0].Number
	}
	if d.refused > 0 {
		s.Refusal = &Refusal{Number: d.refusal.Document.Number, Code: d.refusal.Code, Why: d.refusal.Why}
	}
	return s
}
