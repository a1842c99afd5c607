package sim

import (
	"fmt"
	"time"

	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/drive"
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
	host, port := r.address()
	s := State{
		Protocol: "atol", Serial: r.serial, Model: int(r.model), Clock: r.own(), Time: r.watch.Bench(), Mode: int(r.mode), Submode: int(r.submode), Cash: r.cash,
		Shift:   ShiftState{Open: r.shift.Open, Number: r.shift.Current(), Receipts: r.shift.Receipts},
		Receipt: ReceiptState{Open: r.receipt.kind != 0, Type: int(r.receipt.kind), Sum: r.receipt.sum},
		FN:      DriveState(&r.drive, r.own()),
		OFD:     WayState(&r.way, host, port, r.canSend()),
		Faults:  r.faults.Active(), Executed: map[string]int{},
	}
	s.OFD.Channel = int(r.tables[cellChannel][0])
	if r.shift.Open {
		s.Shift.OpenedAt, s.Shift.EndsAt = r.shift.OpenedAt, r.shift.OpenedAt.Add(drive.ShiftLimit)
	}
	for c, n := range r.executed {
		s.Executed[fmt.Sprintf("%02X", c)] = n
	}
	return s
}

// DriveState is a drive as it is when its register's clock shows now.
func DriveState(d *drive.Drive, now time.Time) FNState {
	s := FNState{
		Serial: d.Serial, Phase: int(d.Phase), ValidTill: d.ValidTill, Warnings: int(d.Warnings(now)),
		LastDocument: int64(d.Last.Number), LastSum: d.Last.Sum, Receipts: d.Receipts, Unsent: d.Unsent(),
	}
	if first, ok := d.First(); ok {
		s.FirstUnsent, s.FirstUnsentAt = int64(first.Number), first.At
	}
	return s
}

// WayState is the way to the operator at an address; free says that nothing in
// the register is in the way. The channel is for the register to name.
func WayState(w *courier.Way, host string, port int, free bool) OFDState {
	s := OFDState{Host: host, Port: port, Reachable: free && w.Reaches(host, port), Sends: w.Told(host, port)}
	if s.Sends {
		last, _ := w.Last()
		s.Network, s.Operator, s.Drive = int(last.Network), int(last.Operator), int(last.Drive)
	}
	return s
}
