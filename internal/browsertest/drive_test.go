package browsertest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// stepIs waits until it is a step's turn in a replacement of the drive.
func (p *page) stepIs(id string) {
	p.t.Helper()
	p.wait(fmt.Sprintf(`document.querySelector('#step-%s[aria-current=step]') && !document.querySelector('.drive progress')`, id))
}

// beginDrive starts a replacement of the drive of a shop's register.
func (p *page) beginDrive(shop int) {
	p.t.Helper()
	p.visit("/fnchange/new?device=" + p.demo.Device(shop).ID)
	p.run(`document.querySelector('form[action="/fnchange"]').requestSubmit()`)
	p.wait(`/^\/fnchange\/[0-9a-f-]{36}$/.test(location.pathname) && document.querySelector('.drive-steps')`)
}

// TestADriveIsReplacedOnThePage goes the whole way in front of the page: the
// machine closes the shift, the drive is closed and a new one put in by hand,
// readings move the page along, people say the rest.
func TestADriveIsReplacedOnThePage(t *testing.T) {
	t.Parallel()
	p := openWith(t, demo.Options{Shops: 1, Sales: 0.0001}) // nobody sells while the drive is changed
	p.size(1280, 900)
	p.as(scope.Engineer, "de", "dark")
	p.beginDrive(0)
	p.wait(`document.querySelector('#step-shift[aria-current=step] .drive-run') || document.querySelector('#step-archive[aria-current=step]')`)
	p.run(`document.querySelector('#step-shift .drive-run #consent')?.click(); document.querySelector('#step-shift .drive-run')?.requestSubmit()`)
	p.stepIs("archive")
	p.keep("drive-archive-de-dark")
	// The demo's shops open their shift anew by themselves; here somebody
	// closes it once more and the drive in the same breath.
	reg := p.demo.Bench.Server(0).Register
	for _, c := range [][]byte{{0x48}, {0x56, 3, 0, 0, 0, 0x30}, {0x5A}, {0x48}} {
		reg.Execute(append([]byte{0, 0}, c...))
	}
	if err := reg.CloseDrive(); err != nil {
		t.Fatal(err)
	}
	p.stepIs("swap")
	p.keep("drive-swap-de-dark")
	reg.ReplaceDrive()
	p.stepIs("register")
	if err := reg.RegisterDrive(); err != nil {
		t.Fatal(err)
	}
	p.stepIs("office")
	p.size(390, 844)
	p.keep("drive-office-de-dark-390")
	if list := p.faults(); len(list) > 0 {
		t.Errorf("on a phone: %v", list)
	}
	p.size(1280, 900)
	p.run(`document.querySelector('#note').value = 'Nr. 4711'; document.querySelector('.drive-say').requestSubmit()`)
	p.stepIs("keep")
	p.run(`document.querySelector('.drive-say').requestSubmit()`)
	p.wait(`document.querySelector('.drive .notice.tone-ok') && !document.querySelector('.drive-foot')`)
	p.wait(fmt.Sprintf(`document.querySelector('main').textContent.includes(%q) && document.querySelector('#step-office').textContent.includes('Nr. 4711')`, reg.State().FN.Serial))
	p.keep("drive-done-de-dark")
	if list := p.faults(); len(list) > 0 {
		t.Error(list)
	}
}

// TestAnOpenShiftOnADeadDriveGoesToSupport: the one way that no step leads out
// of is said, and a case is made of it.
func TestAnOpenShiftOnADeadDriveGoesToSupport(t *testing.T) {
	t.Parallel()
	p := openWith(t, demo.Options{Shops: 1})
	p.size(390, 844)
	p.as(scope.Engineer, "ru", "light")
	p.untilShiftIsOpen(0)
	if err := p.demo.Bench.Server(0).Inject(sim.FaultFNLink); err != nil {
		t.Fatal(err)
	}
	p.beginDrive(0)
	p.run(`document.querySelector('#step-shift .drive-run #consent')?.click(); document.querySelector('#step-shift .drive-run')?.requestSubmit()`)
	p.wait(`document.querySelector('form[action$="/resume"]') && document.querySelector('main a[href^="/cases/"]')`)
	p.keep("drive-support-ru-390")
	if raw := p.text(`document.querySelector('.drive').innerText.match(/[a-z]+_[a-z_]+/)`); raw != "null" {
		t.Errorf("a code instead of words: %s", raw)
	}
	if list := p.faults(); len(list) > 0 {
		t.Error(list)
	}
}

// untilShiftIsOpen waits until the open shift of a shop's register was read.
func (p *page) untilShiftIsOpen(shop int) {
	p.t.Helper()
	tick, limit := time.NewTicker(50*time.Millisecond), time.NewTimer(60*time.Second)
	defer tick.Stop()
	defer limit.Stop()
	for {
		live, err := p.demo.App.Fleet.Device(p.demo.Scope, p.demo.Device(shop).ID)
		if err == nil && live.Values.Get(signal.Shift).Text() == "open" {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			p.t.Fatal("no open shift was read", err)
		}
	}
}
