package fptr

import (
	"maps"
	"time"
)

// State is what the bench tells about the register: the truth, not what the
// register would say.
type State struct {
	Protocol   string         `json:"protocol"`
	Address    string         `json:"address,omitempty"`
	Serial     string         `json:"serial"`
	Model      int            `json:"model"`
	Clock      time.Time      `json:"clock"` // the register's own
	Time       time.Time      `json:"time"`  // the bench's
	Cash       int64          `json:"cash"`  // kopecks
	Shift      ShiftState     `json:"shift"`
	FN         FNState        `json:"fn"`
	Channel    string         `json:"channel"`
	Reachable  bool           `json:"ofdReachable"`
	Unfinished bool           `json:"unfinished"` // a document waits to be printed to its end
	Faults     []string       `json:"faults"`
	Executed   map[string]int `json:"executed"` // by the task's type
}

// ShiftState is the trading shift; Number is the open one's, or the last
// closed one's.
type ShiftState struct {
	Open     bool      `json:"open"`
	Number   int64     `json:"number"`
	OpenedAt time.Time `json:"openedAt,omitzero"`
	EndsAt   time.Time `json:"endsAt,omitzero"`
	Receipts int64     `json:"receipts"`
}

// FNState is the fiscal drive.
type FNState struct {
	Serial        string    `json:"serial"`
	Phase         int       `json:"phase"`
	ValidTill     time.Time `json:"validTill"`
	Warnings      int       `json:"warnings"`
	LastDocument  int64     `json:"lastDocument"`
	LastKind      string    `json:"lastKind"`
	LastSum       int64     `json:"lastSum"` // kopecks
	Receipts      int64     `json:"receipts"`
	Unsent        int       `json:"unsent"`
	FirstUnsent   int64     `json:"firstUnsent,omitempty"`
	FirstUnsentAt time.Time `json:"firstUnsentAt,omitzero"`
}

// State is the register as it is now.
func (r *Register) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	s := State{
		Protocol: "fptr", Serial: r.serial, Model: r.model, Clock: r.own(), Time: r.now(), Cash: r.cash, Channel: r.channel, Reachable: r.ofdReachable(),
		Unfinished: r.unfinished, Faults: r.active(), Executed: maps.Clone(r.executed),
		Shift: ShiftState{Open: r.shift.open, Number: r.shiftNumber(), Receipts: r.shift.receipts},
		FN: FNState{
			Serial: r.drive.serial, Phase: int(r.drive.phase), ValidTill: r.drive.validTill, Warnings: int(r.warnings()), LastDocument: r.drive.last.number,
			LastKind: r.drive.last.kind, LastSum: r.drive.last.sum, Receipts: r.drive.receipts, Unsent: len(r.drive.queue),
		},
	}
	if s.FN.Unsent > 0 {
		s.FN.FirstUnsent, s.FN.FirstUnsentAt = r.drive.queue[0].number, r.drive.queue[0].at
	}
	if r.shift.open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.openedAt, r.shift.openedAt.Add(shiftLimit)
	}
	return s
}

// State is the register as it is now, with its address.
func (s *Server) State() State {
	state := s.Register.State()
	state.Address = s.Addr()
	return state
}
