package sim

import (
	"fmt"
	"strings"
	"time"
)

// State is what the bench tells about a register: the truth, not what the
// register would say.
type State struct {
	Protocol string         `json:"protocol"`
	Address  string         `json:"address,omitempty"`
	Serial   string         `json:"serial"`
	Model    int            `json:"model"`
	Clock    time.Time      `json:"clock"` // the register's own
	Time     time.Time      `json:"time"`  // the bench's
	Mode     int            `json:"mode"`
	Submode  int            `json:"submode,omitempty"`
	Shift    ShiftState     `json:"shift"`
	Receipt  ReceiptState   `json:"receipt"`
	FN       FNState        `json:"fn"`
	OFD      OFDState       `json:"ofd"`
	Cash     int64          `json:"cash"` // kopecks
	Faults   []string       `json:"faults"`
	Executed map[string]int `json:"executed"` // by the command's first byte in hex
}

// ShiftState is the trading shift; Number is the last closed one, or the open
// one's.
type ShiftState struct {
	Open     bool      `json:"open"`
	Number   int64     `json:"number"`
	OpenedAt time.Time `json:"openedAt,omitzero"`
	EndsAt   time.Time `json:"endsAt,omitzero"`
	Receipts int64     `json:"receipts"`
}

// ReceiptState is the receipt being made; Sum in kopecks.
type ReceiptState struct {
	Open bool  `json:"open"`
	Type int   `json:"type"`
	Sum  int64 `json:"sum"`
}

// FNState is the fiscal drive.
type FNState struct {
	Serial        string    `json:"serial"`
	Phase         int       `json:"phase"`
	ValidTill     time.Time `json:"validTill"`
	Warnings      int       `json:"warnings"`
	LastDocument  int64     `json:"lastDocument"`
	LastSum       int64     `json:"lastSum"`            // kopecks; 0 of what is no receipt
	LastKind      string    `json:"lastKind,omitempty"` // in driver 10's word, of a register behind it
	Receipts      int64     `json:"receipts"`
	Unsent        int       `json:"unsent"`
	FirstUnsent   int64     `json:"firstUnsent,omitempty"`
	FirstUnsentAt time.Time `json:"firstUnsentAt,omitzero"`
}

// OFDState is the way to the operator.
type OFDState struct {
	Host      string `json:"host"`
	Port      int    `json:"port"`
	Channel   int    `json:"channel"`
	Reachable bool   `json:"reachable"`
	// Sends says that documents really go there; the codes are those of the
	// last exchange, as register 43 tells them.
	Sends    bool `json:"sends"`
	Network  int  `json:"network"`
	Operator int  `json:"operator"`
	Drive    int  `json:"drive"`
}

// State is the register as it is now.
func (r *Register) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sendDue()
	s := State{
		Protocol: "atol", Serial: r.serial, Model: int(r.model), Clock: r.own(), Time: r.now(), Mode: int(r.mode), Submode: int(r.submode), Cash: r.cash,
		Shift:   ShiftState{Open: r.shift.open, Number: r.shift.number, Receipts: r.shift.receipts},
		Receipt: ReceiptState{Open: r.receipt.kind != 0, Type: int(r.receipt.kind), Sum: r.receipt.sum},
		FN:      r.driveState(),
		OFD: OFDState{
			Host: strings.TrimRight(string(r.tables[cellHost]), "\x00"), Port: int(r.tables[cellPort][0])<<8 | int(r.tables[cellPort][1]),
			Channel: int(r.tables[cellChannel][0]), Reachable: r.ofdReachable(),
		},
		Faults: r.faults.Active(), Executed: map[string]int{},
	}
	if _, _, s.OFD.Sends = r.told(); s.OFD.Sends {
		last, _ := r.way.Last()
		s.OFD.Network, s.OFD.Operator, s.OFD.Drive = int(last.Network), int(last.Operator), int(last.Drive)
	}
	if r.shift.open {
		s.Shift.Number++
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.openedAt, r.shift.openedAt.Add(shiftLimit)
	}
	for c, n := range r.executed {
		s.Executed[fmt.Sprintf("%02X", c)] = n
	}
	return s
}

func (r *Register) driveState() FNState {
	d := FNState{
		Serial: r.drive.serial, Phase: int(r.drive.phase), ValidTill: r.drive.validTill, Warnings: int(r.warnings()),
		LastDocument: r.drive.last.number, LastSum: r.drive.last.sum, Receipts: r.drive.receipts, Unsent: len(r.drive.queue),
	}
	if d.Unsent > 0 {
		d.FirstUnsent, d.FirstUnsentAt = r.drive.queue[0].number, r.drive.queue[0].at
	}
	return d
}
