package browsertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestAnEngineerMendsARegister is the second story in a browser, in German and
// in the dark: a receipt was left open; the guided fix shows the bytes, sends
// them with consent, and the register's next reading proves it.
func TestAnEngineerMendsARegister(t *testing.T) {
	t.Parallel()
	p := open(t, 2)
	p.size(1280, 900)
	p.as(scope.Engineer, "de", "dark")
	p.limit("receipt_open", 1)
	if err := p.demo.Bench.Server(1).Inject(sim.FaultReceiptOpen); err != nil {
		t.Fatal(err)
	}
	p.wait(`[...document.querySelectorAll('main td a[href^="/cases/"]')].some(a => a.textContent.includes('Bon'))`)
	p.click(`[...document.querySelectorAll('main td a[href^="/cases/"]')].find(a => a.textContent.includes('Bon'))`)
	p.wait(`location.pathname.startsWith('/cases/') && document.querySelector('form[action="/fix"]')`)
	p.keep("mend-case-de-dark")
	caseURL := p.text(`location.pathname`)
	p.click(`document.querySelector('form[action="/fix"] button')`)
	p.wait(`document.querySelector('#fix-step button[name="answer"]')`)
	p.click(`document.querySelector('#fix-step button[name="answer"]')`)
	p.wait(`document.querySelector('#fix-step .machine button[name="run"]')`)
	if shown := p.text(`document.querySelector('#fix-step .byte-hex').textContent.trim()`); shown != "59" {
		t.Errorf("the dry run shows %q", shown)
	}
	p.keep("mend-dry-run-de-dark")
	before := p.demo.Bench.Server(1).Register.Executed(0x59)
	p.run(`document.querySelector('#fix-step [data-consent]').click(); document.querySelector('#fix-step button[name="run"]').click()`)
	p.wait(`document.querySelector('.desk-outcome .byte-hex')`) // what went out and what came back
	if n := p.demo.Bench.Server(1).Register.Executed(0x59) - before; n != 1 {
		t.Errorf("command 59 was carried out %d times", n)
	}
	p.run(`document.querySelector('#fix-step button[name="answer"]')?.click()`)
	p.wait(`document.querySelector('#fix-part .notice.tone-ok, #fix-part .notice.tone-done') && !document.querySelector('#fix-step')`)
	p.keep("mend-done-de-dark")
	p.visit(caseURL)
	p.wait(`document.body.textContent.includes('Geschlossen') || document.body.textContent.includes('geschlossen')`)
	p.keep("mend-closed-de-dark")
	if list := p.faults(); len(list) > 0 {
		t.Errorf("the case: %s", strings.Join(list, "\n"))
	}
}

// TestPlugsAreToldApart is the third story on an open page: it says by itself
// that an agent is silent, that a register does not answer, that there is no
// way to the operator.
func TestPlugsAreToldApart(t *testing.T) {
	t.Parallel()
	p := open(t, 4)
	p.size(1280, 800)
	p.as(scope.Dispatcher, "ru", "light")
	p.limit("no_answer", 1)
	p.visit("/fleet")
	p.run(`window.notLoadedAgain = true`)
	p.demo.SwitchAgent(0, false)
	for shop, fault := range map[int]string{1: sim.FaultUnplugged, 2: sim.FaultNoExchange} {
		if err := p.demo.Bench.Server(shop).Inject(fault); err != nil {
			t.Fatal(err)
		}
	}
	row := func(shop int, words string) string {
		return fmt.Sprintf(`window.notLoadedAgain && document.querySelector('#dev-%s')?.textContent.includes(%q)`, p.demo.Device(shop).ID, words)
	}
	p.wait(row(1, "Касса не отвечает"))
	p.wait(row(2, "Нет связи с ОФД"))
	p.wait(row(0, "Агент молчит"))
	p.wait(row(3, "В порядке"))
	p.keep("plugs-ru")
}

// TestAGuestWalksAlone: an engineer gives out a link; a cashier opens it on a
// phone without signing in, goes a step back, and hands over. The case has the
// whole way.
func TestAGuestWalksAlone(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	p.as(scope.Engineer, "ru", "light")
	p.limit("receipt_open", 1)
	if err := p.demo.Bench.Server(0).Inject(sim.FaultReceiptOpen); err != nil {
		t.Fatal(err)
	}
	p.wait(`document.querySelector('main td a[href^="/cases/"]')`)
	p.click(`document.querySelector('main td a[href^="/cases/"]')`)
	p.wait(`document.querySelector('form[action="/fix"] button')`)
	caseURL := p.text(`location.pathname`)
	p.click(`document.querySelector('form[action="/fix"] button')`)
	p.wait(`document.querySelector('form[action$="/share"] button')`)
	p.click(`document.querySelector('form[action$="/share"] button')`)
	p.wait(`document.querySelector('.desk-secret')`)
	link := p.text(`document.querySelector('.desk-secret').textContent.match(/\/f\/[\w-]+/)[0]`)

	phone := p.another()
	phone.size(390, 844)
	phone.visit("/lang/ru?back=" + link)
	phone.wait(`document.querySelector('#fix-step button[name="answer"]')`)
	small := phone.text(`[...document.querySelectorAll('#fix-step button')].filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).map(b => b.textContent.trim()).join(', ')`)
	if small != "" {
		t.Errorf("too small for a thumb: %s", small)
	}
	if list := phone.faults(); len(list) > 0 {
		t.Errorf("the guest's page: %s", strings.Join(list, "\n"))
	}
	first := phone.text(`document.querySelector('#fix-step .step-title').textContent`)
	phone.keep("guest-ru-390")
	phone.click(`[...document.querySelectorAll('#fix-step button[name="answer"]')].pop()`)
	phone.wait(fmt.Sprintf(`document.querySelector('#fix-step .step-title') && document.querySelector('#fix-step .step-title').textContent !== %q`, first))
	phone.click(`document.querySelector('.step-back')`)
	phone.wait(fmt.Sprintf(`document.querySelector('#fix-step .step-title')?.textContent === %q`, first))
	phone.click(`document.querySelector('form[action*="/over"] button')`)
	phone.wait(`!document.querySelector('#fix-step button[name="answer"]')`)
	phone.keep("guest-handed-over-ru-390")
	p.visit(caseURL)
	p.wait(fmt.Sprintf(`document.querySelector('main').textContent.includes(%q)`, first))
	p.keep("guest-case-ru")
}
