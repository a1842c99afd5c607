package browsertest_test

import (
	"testing"
)

// TestACashierFindsHelp types into the public page without signing in, reads
// the article, says that it helped, and asks for a person.
func TestACashierFindsHelp(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.visit("/help?lang=ru")
	p.run(`window.notLoadedAgain = true; const q = document.querySelector('#help-q'); q.value = 'ошибка 235'; q.dispatchEvent(new Event('input', {bubbles: true}))`)
	p.wait(`window.notLoadedAgain && document.querySelector('.help-sure')?.textContent.includes('235') && location.search.includes('q=')`)
	p.run(`const q = document.querySelector('#help-q'); q.value = 'кофеварка не греет'; q.dispatchEvent(new Event('input', {bubbles: true}))`)
	p.wait(`window.notLoadedAgain && !document.querySelector('.help-sure') && document.querySelector('#help-answer .notice')`)
	p.wait(`document.documentElement.scrollWidth <= document.documentElement.clientWidth`)
	p.visit("/help/a/fn-235-unsent-documents?lang=ru")
	p.run(`window.notLoadedAgain = true`)
	p.click(`document.querySelector('#rating button[value="1"]')`)
	p.wait(`window.notLoadedAgain && document.querySelector('#rating button[value="1"]')?.getAttribute('aria-pressed') === 'true'`)
	p.click(`document.querySelector('form[action$="/walk"] button')`)
	p.wait(`location.pathname.startsWith('/f/') && document.querySelector('#fix-step')`)
	p.click(`document.querySelector('form[action*="/over?"] button')`)
	p.wait(`document.querySelector('a[href^="/help/request?w="]')`)
	p.click(`document.querySelector('a[href^="/help/request?w="]')`)
	p.wait(`location.pathname === '/help/request' && document.querySelector('#phone')`)
	p.run(`document.querySelector('#phone').value = '+7 912 345-67-89'; document.querySelector('form[action="/help/request"]').requestSubmit()`)
	p.wait(`location.pathname.startsWith('/help/sent/') && /[0-9]{4}/.test(document.querySelector('.help-number').textContent)`)
	p.wait(`!/«[a-z0-9_.]+»/.test(document.body.textContent)`) // no text is missing
}
