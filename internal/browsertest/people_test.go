package browsertest_test

import (
	"fmt"
	"testing"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestAnAdministratorLetsPeopleAndAgentsIn makes a person, sees her in, shuts
// her out; makes an agent's code; revokes an agent for good; and finds all of it
// in the audit trail.
func TestAnAdministratorLetsPeopleAndAgentsIn(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	p.as(scope.Admin, "de", "light")
	const email, password = "new.engineer@example.org", "a long enough password"
	p.visit("/admin/people/new")
	p.run(fmt.Sprintf(`const f = document.querySelector('form[action="/admin/people"]');
		f.elements.name.value = 'Neue Technikerin'; f.elements.email.value = %q; f.elements.password.value = %q;
		f.querySelector('[name=role][value=engineer]').checked = true; f.requestSubmit()`, email, password))
	p.wait(`/^\/admin\/people\/[0-9a-f-]{36}$/.test(location.pathname)`)
	person := p.text(`location.pathname`)

	her := p.another()
	her.visit("/login?lang=de")
	her.signIn(email, password)
	her.wait(`location.pathname === '/' && document.querySelector('main')`)
	p.click(`document.querySelector('form[action$="/disable"] button')`)
	p.wait(`document.querySelector('form[action$="/enable"]')`)
	her.visit("/cases")
	her.wait(`location.pathname === '/login'`)
	her.signIn(email, password)
	her.wait(`document.querySelector('#login-problem')`)

	p.visit("/admin/agents/new?outlet=" + p.demo.Outlet(0).ID)
	p.run(`document.querySelector('form[action="/admin/agents/codes"]').requestSubmit()`)
	p.wait(`document.querySelector('main').textContent.match(/tillwright-agent/)`)
	p.keep("admin-code-de")
	p.visit("/admin/agents")
	p.wait(`document.querySelector('form[action*="/admin/agents/codes/"]')`) // it waits to be used
	p.click(`document.querySelector('#agents a[href^="/admin/agents/"]')`)
	p.wait(`document.querySelector('form[action$="/revoke"]')`)
	if p.text(`document.querySelector('form[action$="/revoke"] button').disabled`) != "true" {
		t.Error("an agent can be revoked without naming it")
	}
	p.run(`const w = document.querySelector('#confirm'); w.value = document.querySelector('h1').textContent.trim(); w.dispatchEvent(new Event('input', {bubbles: true}))`)
	p.wait(`!document.querySelector('form[action$="/revoke"] button').disabled`)
	p.click(`document.querySelector('form[action$="/revoke"] button')`)
	p.wait(`!document.querySelector('form[action$="/revoke"]')`)

	p.visit("/admin/audit")
	for _, what := range []string{person, "/admin/agents/"} {
		p.wait(fmt.Sprintf(`[...document.querySelectorAll('#audit a')].some(a => a.getAttribute('href').startsWith(%q))`, what))
	}
	p.wait(fmt.Sprintf(`!document.body.textContent.includes(%q)`, password))
	p.keep("admin-audit-de")
}

// TestTwoPeopleInOneCase: each sees that the other is there; what one does
// shows at the other's without loading again, and what the other is typing stays.
func TestTwoPeopleInOneCase(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	engineer := p.as(scope.Engineer, "ru", "light")
	if err := p.demo.Bench.Server(0).Inject(sim.FaultFNLink); err != nil {
		t.Fatal(err)
	}
	p.wait(`document.querySelector('main td a[href^="/cases/"]')`)
	address := p.text(`document.querySelector('main td a[href^="/cases/"]').getAttribute('href')`)
	p.visit(address)
	other := p.another()
	other.size(1280, 900)
	dispatcher := other.as(scope.Dispatcher, "ru", "light")
	other.visit(address)
	other.wait(fmt.Sprintf(`document.querySelector('#present').innerHTML.includes(%q)`, engineer.Name))
	p.run(`document.dispatchEvent(new Event('visibilitychange'))`) // what every twentieth second does too
	p.wait(fmt.Sprintf(`document.querySelector('#present').innerHTML.includes(%q)`, dispatcher.Name))
	const typed = "Звонила хозяйка, ждёт у телефона"
	other.run(fmt.Sprintf(`window.notLoadedAgain = true; const n = document.querySelector('#note-text'); n.focus(); n.value = %q; n.dispatchEvent(new Event('input', {bubbles: true}))`, typed))
	p.click(`document.querySelector('main form[action$="/take"] button')`)
	other.wait(fmt.Sprintf(`window.notLoadedAgain && [...document.querySelectorAll('.head-meta span, main .head span')].some(s => s.textContent.trim() === %q)`, engineer.Name))
	if got := other.text(`document.querySelector('#note-text').value`); got != typed {
		t.Errorf("what was being typed became %q", got)
	}
	other.keep("two-people-ru")
	other.run(`document.querySelector('#note-text').form.requestSubmit()`)
	p.wait(fmt.Sprintf(`document.querySelector('main').textContent.includes(%q)`, typed))
}
