package operator

import (
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
)

// What can be wrong with the operator.
const (
	Gone             = "gone"              // nobody listens
	Unpaid           = "unpaid"            // hangs up at once
	Portal           = "portal"            // something else speaks first there
	Silent           = "silent"            // reads and never answers
	Slow             = "slow"              // answers late
	Garbage          = "garbage"           // answers what is no session
	BadChecksum      = "bad-checksum"      // the answer's checksum is wrong
	OtherDrive       = "other-drive"       // answers for another drive
	OtherNumber      = "other-number"      // answers for another document
	CutBefore        = "cut-before"        // hangs up before it has taken the document
	CutAnswer        = "cut-answer"        // takes the document and hangs up in mid answer
	RefuseSign       = "refuse-sign"       // says 1
	RefuseFormat     = "refuse-format"     // says 2
	RefuseNumber     = "refuse-number"     // says 3
	RefuseDrive      = "refuse-drive"      // says 4
	RefuseFatal      = "refuse-fatal"      // says 11
	RefuseProcessing = "refuse-processing" // says 14
)

// Troubles lists what Turn knows, in a fixed order.
func Troubles() []string {
	return []string{
		Gone, Unpaid, Portal, Silent, Slow, Garbage, BadChecksum, OtherDrive, OtherNumber, CutBefore, CutAnswer,
		RefuseSign, RefuseFormat, RefuseNumber, RefuseDrive, RefuseFatal, RefuseProcessing,
	}
}

// DriveTroubles are those that can befall one drive alone: they come when its
// number is known.
func DriveTroubles() []string { return append([]string{Unpaid}, Troubles()[3:]...) }

// slowness is how late Slow answers when nothing else is said: later than the
// usual patience of a person, sooner than that of a register.
const slowness = 5 * time.Second

// maxDelay bounds how late an answer may be.
const maxDelay = 10 * time.Minute

// Trouble is one thing that is wrong. The zero value is nothing.
type Trouble struct {
	ID    string
	Times int           // how often it comes before it heals; 0: until it is turned off
	Delay time.Duration // of Slow; 0 is five seconds
}

// code is what a refusal says in tag 1022.
func (t Trouble) code() uint8 {
	return map[string]uint8{
		RefuseSign: codeSign, RefuseFormat: codeFormat, RefuseNumber: codeNumber, RefuseDrive: codeDrive, RefuseFatal: 11, RefuseProcessing: 14,
	}[t.ID]
}

func (t Trouble) check(serial string) error {
	list := Troubles()
	if serial != "" {
		list = DriveTroubles()
	}
	known := t.ID == ""
	for _, id := range list {
		known = known || t.ID == id
	}
	switch {
	case !known:
		return problem.New(problem.NotFound, "sim_unknown_trouble").With("trouble", t.ID)
	case t.Times < 0, t.Delay < 0, t.Delay > maxDelay:
		return problem.New(problem.Invalid, "sim_bad_trouble")
	default:
		return nil
	}
}

// ills are the troubles that are on, by drive; "" is for all.
type ills struct {
	mu sync.Mutex
	of map[string]Trouble
}

func (i *ills) set(serial string, t Trouble) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if t.ID == "" {
		delete(i.of, serial)
		return
	}
	i.of[serial] = t
}

// id is the trouble of a drive, or of all; "" for none.
func (i *ills) id(serial string) string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.of[serial].ID
}

// greeting is what befalls a connection before anybody has spoken, and counts
// it.
func (i *ills) greeting() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	t := i.of[""]
	if t.ID != Unpaid && t.ID != Portal && t.ID != Gone {
		return ""
	}
	i.spend("", t)
	return t.ID
}

// of a message: the drive's own trouble before that of all. It is counted.
func (i *ills) befall(serial string) Trouble {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, key := range []string{serial, ""} {
		if t, ill := i.of[key]; ill {
			i.spend(key, t)
			return t
		}
	}
	return Trouble{}
}

// spend takes one of the times of a trouble. The caller holds the lock.
func (i *ills) spend(key string, t Trouble) {
	if t.Times == 0 {
		return
	}
	if t.Times--; t.Times == 0 {
		delete(i.of, key)
		return
	}
	i.of[key] = t
}
