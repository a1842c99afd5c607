// Package sim is a test bench of emulated cash registers. They speak the real
// protocol of ATOL registers over TCP, keep books like a register and fall ill
// on demand or by themselves. See DESIGN.md.
//
// It is a bench and says so: nothing here signs a fiscal document or sends one
// to an operator other than the bench's own, and it must never be offered as a
// register.
package sim

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// Options are what a register is born with. The zero value gives a register
// of seed 0 on the machine's clock.
type Options struct {
	Seed     uint64         // everything that is drawn comes from it
	Clock    clock.Clock    // the bench's time; nil is the machine's
	Location *time.Location // the zone of the register's own clock; nil is the machine's
	Serial   string         // 14 digits; "" draws one
	Inline   bool           // results inside the answer to C1 instead of in a packet of their own
	Older    bool           // transport v2 (ENQ, ACK, STX) instead of packets
	Evotor   bool           // a smart terminal's fiscal core instead of a printer
	FFD      string         // 1.05, 1.1 or 1.2; "" is 1.05
	OFDHost  string         // "" is a host that does not exist: the bench takes the documents itself
	OFDPort  int            // 0 is 7777
}

// Register is one emulated register. It is safe for concurrent use; one
// command is one step under its lock.
type Register struct {
	mu    sync.Mutex
	opt   Options
	rnd   *rand.Rand
	watch Watch

	model    byte
	serial   string
	mode     byte
	submode  byte  // of mode 7: 1 while a document waits to be printed to its end
	cash     int64 // in kopecks
	shift    shift
	receipt  receipt
	drive    drive.Drive
	way      courier.Way
	tables   map[cell][]byte
	tags     map[uint16][]byte
	newDate  time.Time // a date that the register wants to be told twice
	faults   Ills
	executed map[byte]int
	rebooted bool // the line must be dropped once the reply is acknowledged

	operator  int64  // whose password opened the last mode
	lastError byte   // the last refusal
	ended     totals // of the last closed shift
	unread    []byte // what is left of a document that is being read from the drive
	off       bool   // and the power with it
}

// shift is the trading shift with what was sold in it.
type shift struct {
	drive.Shift
	totals totals
}

// totals are a shift's sales less their returns, and its purchases less theirs.
type totals struct{ income, outcome int64 }

// receipt is the one being made; kind 0 means none.
type receipt struct {
	kind byte
	sum  int64
	item bool           // an item was begun and not ended
	paid map[byte]int64 // by the means of payment, before it is closed

	items []paper.Item
}

// NewRegister makes a register in good health with its shift closed.
func NewRegister(opt Options) *Register {
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.OFDHost == "" {
		opt.OFDHost, opt.OFDPort = courier.Nobody, 7777
	}
	r := &Register{
		opt: opt, watch: NewWatch(opt.Clock, opt.Location), rnd: rand.New(rand.NewPCG(opt.Seed, 0x7469_6c6c)),
		faults: Ills{}, executed: map[byte]int{}, tags: map[uint16][]byte{}, operator: sysAdminPassword,
	}
	r.model, r.serial = drawModel(r.rnd, opt)
	r.tables = factoryTables(opt)
	r.tags[tagAgent] = []byte{0}
	r.cash = int64(r.rnd.IntN(900_000)) + 50_000
	r.shift.Number, r.shift.EndedAt = int64(r.rnd.IntN(400))+1, r.own().Add(-8*time.Hour)
	r.drawDrive()
	return r
}

func drawModel(rnd *rand.Rand, opt Options) (model byte, serial string) {
	prefix, models := "0010", []byte{57, 61, 62, 67, 69, 72, 76, 77, 78, 81, 82, 84}
	if opt.Evotor {
		prefix, models = "0030", []byte{74, 79, 83, 96}
	}
	model = models[rnd.IntN(len(models))]
	serial = opt.Serial
	if serial == "" {
		serial = fmt.Sprintf("%s%02d%08d", prefix, model, rnd.IntN(100_000_000))
	}
	return model, serial
}

// drawDrive gives the register a drive in the middle of its life.
func (r *Register) drawDrive() {
	r.drive = drive.Draw(r.rnd, r.own())
	r.drive.DrawLast(r.rnd, r.own(), r.shift.Number)
	last := r.drive.Last
	r.drive.LastSale = paper.Document{
		Number: last.Number - 1, Form: paper.Receipt, At: last.At.Add(-time.Minute), Sign: r.rnd.Uint32(), Kind: 1, Sum: 45_900, Shift: last.Shift,
	}
}

// own is what the register's clock shows.
func (r *Register) own() time.Time { return r.watch.Own() }

// SetClock moves the bench's time of this register; its own clock moves along
// and keeps its drift. This is how a register is made to age.
func (r *Register) SetClock(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch.Move(t)
}

// Executed is how often commands beginning with first were carried out.
func (r *Register) Executed(first byte) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.executed[first]
}

// Execute carries out one command as it stands in a task: two bytes of access
// password, then the command. failed says that the reply is a refusal, which
// the bytes alone do not: the reply to 45 has its mode where others have the
// error.
func (r *Register) Execute(payload []byte) (reply []byte, failed bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(payload) < 3 {
		return refuse(codeLength), true
	}
	r.sendDue()
	r.executed[payload[2]]++
	reply = r.dispatch(payload[2:])
	r.urge()
	if payload[2] == cmdReadMode || payload[2] == cmdLastError || len(reply) != 3 || reply[0] != replyTag || reply[1] == 0 {
		return reply, false
	}
	r.lastError = reply[1]
	return reply, true
}
