// Package shtrih is a bench register that speaks the protocol of Shtrih-M
// registers: both framings, on TCP or on a serial line, with books that behave
// like a register's and faults on demand. See DESIGN.md.
//
// It is a bench and says so: nothing here signs a fiscal document or sends one
// to an operator other than the bench's own, and it must never be offered as a
// register.
package shtrih

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/drive"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// Name is the protocol's name.
const Name = "shtrih"

// Options are what a register is born with. The zero value gives a register
// of seed 0 on the machine's clock, as the boxes are.
type Options struct {
	Seed     uint64         // everything that is drawn comes from it
	Clock    clock.Clock    // the bench's time; nil is the machine's
	Location *time.Location // the zone of the register's own clock; nil is the machine's
	Serial   string         // 16 digits; "" draws one
	FFD      string         // 1.05, 1.1 or 1.2; "" is 1.2
	OFDHost  string         // "" is a host that does not exist: the bench takes the documents itself
	OFDPort  int            // 0 is 7777

	SmartPOS bool // a cash core: its tables are numbered 13 and 14 instead of 18 and 19
	Fill     bool // FF before the answer to ENQ and after each ACK, as registers with a network have been seen to
	BareFail bool // error replies of the second framing come without the command
	LongLast bool // short state with the byte of the last printing's result
	LongNo   bool // full state with the two high bytes of the serial number
	NoCount  bool // FF3F fails, as on some devices
	Strict   bool // the second framing takes no number but the next one
	// Printing is how long a document takes to print; what prints is refused
	// meanwhile. 0 prints at once.
	Printing time.Duration
}

// Register is one emulated register. It is safe for concurrent use; one
// command is one step under its lock.
type Register struct {
	mu    sync.Mutex
	opt   Options
	rnd   *rand.Rand
	watch sim.Watch

	model    model
	serial   string
	cash     int64    // kopecks
	totals   [4]int64 // kopecks by kind of receipt, never set to nought
	papers   int64    // documents ever printed
	shift    shift
	receipt  receipt
	drive    drive.Drive
	way      courier.Way
	operator byte // who gives the command that is being carried out
	begun    byte // a document begun in the drive and not made yet; 0 none
	reading  []byte
	ofd      exchange
	tables   []table
	cells    map[cell][]byte
	newDate  time.Time        // a date that waits to be confirmed
	testing  bool             // the test run is on
	speeds   map[byte][2]byte // of the ports: codes of the speed and of the wait for a byte
	ground   paper.Ground     // of the correction that was begun
	printer  printer
	battery  byte
	faults   sim.Ills
	executed map[string]int
	restarts int // how often it has restarted
}

// shift is the trading shift with its receipts by kind.
type shift struct {
	drive.Shift
	kinds [4]int64
}

// receipt is the one being made.
type receipt struct {
	open  bool
	kind  byte // 0 sale, 1 purchase, 2 return of a sale, 3 return of a purchase
	sum   int64
	items int64
	list  []paper.Item
}

// printer is the state of what prints.
type printer struct {
	active  bool      // it ran out in the middle of a document
	waiting bool      // waits for the command to go on printing
	busy    time.Time // prints until then
}

// New makes a register in good health with its shift closed.
func New(opt Options) *Register {
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.OFDHost == "" {
		opt.OFDHost, opt.OFDPort = courier.Nobody, 7777
	}
	if opt.FFD == "" {
		opt.FFD = "1.2"
	}
	r := &Register{
		opt: opt, watch: sim.NewWatch(opt.Clock, opt.Location), rnd: rand.New(rand.NewPCG(opt.Seed, 0x7368_7472)), faults: sim.Ills{}, executed: map[string]int{},
	}
	r.drawModel()
	r.cash = int64(r.rnd.IntN(900_000)) + 50_000
	r.totals[0] = r.cash * int64(20+r.rnd.IntN(400))
	r.battery = 0x30 + byte(r.rnd.IntN(6))
	r.shift.Number, r.shift.EndedAt = int64(r.rnd.IntN(400))+1, r.own().Add(-8*time.Hour)
	r.drawDrive()
	r.papers = int64(r.drive.Last.Number) + int64(r.rnd.IntN(300))
	r.tables, r.cells = r.factoryTables()
	return r
}

// model is a register's model: its number and name in the answer to FC, and
// the two digits of it in the serial number.
type model struct {
	number byte
	name   string
	code   int
}

func (r *Register) drawModel() {
	models := []model{
		{250, "ШТРИХ-М-01Ф", 6}, {252, "ШТРИХ-ЛАЙТ-01Ф", 7}, {50, "ШТРИХ-МИНИ-01Ф", 1}, {44, "ШТРИХ-ФР-02Ф", 19}, {25, "ШТРИХ-ON-LINE", 4}, {22, "РИТЕЙЛ-01Ф", 12},
	}
	if r.opt.SmartPOS {
		models = []model{{45, "ШТРИХ-СМАРТПОС-Ф", 33}}
	}
	r.model, r.serial = models[r.rnd.IntN(len(models))], r.opt.Serial
	if r.serial == "" {
		r.serial = fmt.Sprintf("%08d%02d%06d", 0, r.model.code, r.rnd.IntN(1_000_000))
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

// Executed is how often a command, as hex, was carried out: "10", "FF45".
func (r *Register) Executed(command string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.executed[command]
}

// NewPort is a place to talk at.
func (r *Register) NewPort() sim.Port { return &port{register: r} }
