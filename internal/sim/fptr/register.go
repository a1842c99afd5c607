// Package fptr is a bench register behind the maker's HTTP service of driver
// 10: the service's two interfaces with their queue, and a register that keeps
// books like a real one and falls ill on demand. See DESIGN.md.
//
// It is a bench and says so: nothing here signs a fiscal document or sends one
// to an operator other than the bench's own, and it must never be offered as a
// register.
package fptr

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/sim"
	"github.com/tillwright/tillwright/internal/sim/courier"
	"github.com/tillwright/tillwright/internal/sim/drive"
)

// Options are what a register and its service are born with. The zero value
// gives a register of seed 0 on the machine's clock.
type Options struct {
	Seed     uint64         // everything that is drawn comes from it
	Clock    clock.Clock    // the bench's time; nil is the machine's
	Location *time.Location // the zone of the register's own clock; nil is the machine's
	Serial   string         // 14 digits; "" draws one
	FFD      string         // 1.05, 1.1 or 1.2; "" is 1.2
	OFDHost  string         // "" is a host that does not exist: the bench takes the documents itself
	OFDPort  int            // 0 is 7777
	OldAPI   bool           // a service before 10.7: only the older interface
	Login    string         // "name:password" that the service wants; "" none
	// Before and After, when set, are called around every task that the
	// service carries out: After when the register has done it and the service
	// has not noted it yet. A test stops the world there.
	Before, After func(uuid, kind string)
	// Wrap, when set, stands between the network and the service.
	Wrap func(http.Handler) http.Handler
}

// Register is one emulated register. It is safe for concurrent use; one task
// is one step under its lock.
type Register struct {
	mu    sync.Mutex
	opt   Options
	rnd   *rand.Rand
	watch sim.Watch

	model      int
	modelName  string
	serial     string
	cash       int64 // kopecks
	shift      drive.Shift
	drive      drive.Drive
	enrolled   enrolled
	way        courier.Way
	channel    string
	unfinished bool // a document waits to be printed to its end
	faults     sim.Ills
	executed   map[string]int
	sold       map[string]bool // marking codes that left the shop by this register
}

// enrolled is how the register is registered.
type enrolled struct {
	Organization map[string]any `json:"organization"`
	Device       map[string]any `json:"device"`
	OFD          map[string]any `json:"ofd"`
}

// NewRegister makes a register in good health with its shift closed.
func NewRegister(opt Options) *Register {
	if opt.Location == nil {
		opt.Location = time.Local
	}
	if opt.OFDHost == "" {
		opt.OFDHost, opt.OFDPort = courier.Nobody, 7777
	}
	if opt.FFD == "" {
		opt.FFD = "1.2"
	}
	r := &Register{opt: opt, watch: sim.NewWatch(opt.Clock, opt.Location), rnd: rand.New(rand.NewPCG(opt.Seed, 0x6670_7472)), faults: sim.Ills{}, executed: map[string]int{}, channel: channelUSB}
	models := []struct {
		number int
		name   string
	}{{57, "АТОЛ 25Ф"}, {61, "АТОЛ 30Ф"}, {62, "АТОЛ 55Ф"}, {67, "АТОЛ 11Ф"}, {69, "АТОЛ 77Ф"}, {82, "АТОЛ 91Ф"}, {84, "АТОЛ 92Ф"}}
	m := models[r.rnd.IntN(len(models))]
	r.model, r.modelName, r.serial = m.number, m.name, opt.Serial
	if r.serial == "" {
		r.serial = fmt.Sprintf("0010%02d%08d", m.number, r.rnd.IntN(100_000_000))
	}
	r.cash = int64(r.rnd.IntN(900_000)) + 50_000
	r.shift = drive.Shift{Number: int64(r.rnd.IntN(400)) + 1, EndedAt: r.own().Add(-8 * time.Hour)}
	r.drawDrive()
	r.enrolled = r.drawRegistration()
	return r
}

func (r *Register) drawRegistration() enrolled {
	return enrolled{
		Organization: map[string]any{
			"name": "ООО «Стенд»", "vatin": "7707083893  ", "email": "kassa@bench.invalid", "taxationTypes": []string{"osn", "usnIncome"}, "agents": []string{},
			"address": "Москва, стенд 1",
		},
		Device: map[string]any{
			"registrationNumber": fmt.Sprintf("%016d    ", 1_000_000+r.rnd.IntN(9_000_000)), "ffdVersion": r.opt.FFD, "offlineMode": false, "encryption": false,
			"autoMode": false, "machineNumber": "", "internet": false, "service": false, "excise": false, "gambling": false, "lottery": false, "bso": false,
			"paymentsAddress": "Москва, стенд 1", "fnsUrl": "www.nalog.gov.ru", "defaultTaxationType": "osn",
		},
		OFD: map[string]any{"name": "ОФД стенда", "vatin": "7704211201  ", "host": r.opt.OFDHost, "port": r.opt.OFDPort, "dns": "0.0.0.0"},
	}
}

// own is what the register's clock shows.
func (r *Register) own() time.Time { return r.watch.Own() }

// SetClock moves the bench's time of this register; its own clock moves along
// and keeps its drift.
func (r *Register) SetClock(t time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.watch.Move(t)
}

// Executed is how often tasks of a type were carried out by the register.
func (r *Register) Executed(kind string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.executed[kind]
}

// ReplaceDrive is the hand that puts a new drive in: ready, never registered.
func (r *Register) ReplaceDrive() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.drive.Replace(r.rnd, r.own())
	r.faults.DriveReplaced()
}
