package browsertest_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestAnOwnerAsksForHelp: whom a shop belongs to finds the way to a new case
// from the start page, is not told what clients do not see, and does not read
// what the desk wrote for itself.
func TestAnOwnerAsksForHelp(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(390, 844)
	p.as(scope.Owner, "en", "light")
	p.click(`document.querySelector('main a[href="/cases/new"]')`)
	p.wait(`location.pathname === '/cases/new' && document.querySelector('main input[name=q]')`)
	p.run(`const q = document.querySelector('main input[name=q]'); q.value = 'ККТ 1'; q.form.requestSubmit()`)
	p.wait(`document.querySelector('main a[href^="/cases/new?device"]')`)
	p.click(`document.querySelector('main a[href^="/cases/new?device"]')`)
	p.wait(`document.querySelector('form[action="/cases"]')`)
	if p.text(`document.querySelector('main').textContent.includes('does not see')`) != "false" {
		t.Error("a client is told what clients do not see")
	}
	p.run(`const f = document.querySelector('form[action="/cases"]'); f.elements.subject.value = 'No receipts'; f.querySelector('[value=critical]').checked = true; f.requestSubmit()`)
	p.wait(`/^\/cases\/[0-9a-f-]{36}$/.test(location.pathname) && document.querySelector('h1').textContent.includes('No receipts')`)
	if list := p.faults(); len(list) > 0 {
		t.Error(list)
	}
}

// TestTheConsoleSpeaksTheRegistersLanguage: a register behind the service of
// driver 10 is asked by a task's name; the dry run shows the JSON, one that
// does more than read wants the register's number typed, wrong JSON comes back
// with what was typed, and nothing was sent.
func TestTheConsoleSpeaksTheRegistersLanguage(t *testing.T) {
	t.Parallel()
	p := openOf(t, 1, func(int) string { return fptr.Name })
	p.size(1280, 900)
	p.as(scope.Engineer, "ru", "light")
	p.visit("/devices/" + p.demo.Device(0).ID)
	p.click(`document.querySelector('.raw summary')`)
	p.click(`[...document.querySelectorAll('.raw .chip')].find(c => c.title.includes('ofdExchangeStatus'))`)
	p.wait(`document.querySelector('#command-plan .byte-json')?.textContent === '{"type":"ofdExchangeStatus"}'`)
	p.wait(`!document.querySelector('#command-plan [data-confirm-go]')`) // it only reads: nothing is to be typed
	p.keep("console-driver-ru")
	p.run(`const b = document.querySelector('#bytes'); b.value = '{"type":"openCashDrawer"}'; b.form.requestSubmit()`)
	p.wait(`document.querySelector('#command-plan [data-confirm-go]')?.disabled`)
	p.run(`const b = document.querySelector('#bytes'); b.value = '{"typ":1}'; b.form.requestSubmit()`)
	p.wait(`document.querySelector('#command-plan .notice') && document.querySelector('#command-plan').textContent.includes('{"typ":1}')`)
	if p.text(`document.querySelector('#device-commands .cmd') === null`) != "true" {
		t.Error("a dry run was sent")
	}
}

// TestTheKeysOfAPage: "?" names the keys of the page that is open, the bar of
// commands finds a case by the words that its row shows, and a register whose
// whole name is typed comes first.
func TestTheKeysOfAPage(t *testing.T) {
	t.Parallel()
	p := open(t, 3)
	p.size(1280, 900)
	p.as(scope.Dispatcher, "en", "light")
	if err := p.demo.Bench.Station(1).Inject(sim.FaultFNLink); err != nil {
		t.Fatal(err)
	}
	p.wait(`document.querySelector('main td a[href^="/cases/"]')`)
	p.press("?")
	p.wait(`document.querySelector('#keys-help').open && [...document.querySelectorAll('[data-keys-here] dd')].some(d => d.textContent.includes('New case'))`)
	p.press("\u001b")
	p.wait(`!document.querySelector('#keys-help').open`)
	p.visit("/cases?q=drive") // of the fault's title: the case has no words of its own
	p.wait(`document.querySelectorAll('#cases tbody tr').length === 1`)
	p.press("k", chromedp.KeyModifiers(2))
	p.wait(`document.querySelector('#palette').open`)
	p.run(`const f = document.querySelector('#palette input'); f.value = 'ККТ 2'; f.dispatchEvent(new Event('input', {bubbles: true}))`)
	p.wait(`[...document.querySelectorAll('#palette [role=option] a')].find(a => a.pathname.startsWith('/devices/'))?.querySelector('span').textContent === 'ККТ 2'`)
}
