// Package browsertest holds no code: its tests drive the running demo in
// Chromium, as a person would.
package browsertest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// page is one tab in front of a running demo.
type page struct {
	t    *testing.T
	ctx  context.Context
	demo *demo.Demo
	base string // address of the demo, or of a line to it
}

// browser starts a Chromium with a profile of its own: another person.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed: the pages are not looked at in a browser")
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("hide-scrollbars", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	t.Cleanup(stop)
	ctx, closeTab := chromedp.NewContext(alloc)
	t.Cleanup(closeTab)
	if err := chromedp.Do(ctx); err != nil { // starts the browser: it ends with the context that first asked for it
		t.Fatal(err)
	}
	return ctx
}

func open(t *testing.T, shops int) *page {
	t.Helper()
	return openOf(t, shops, nil)
}

// openOf is a demo with registers of the kinds that are asked for; nil = as
// usual.
func openOf(t *testing.T, shops int, kind func(shop int) string) *page {
	t.Helper()
	return openWith(t, demo.Options{Shops: shops, Kind: kind})
}

// openWith is a calm demo of its own with what the options say besides.
func openWith(t *testing.T, opt demo.Options) *page {
	t.Helper()
	ctx := browser(t)
	opt.Listen, opt.Data, opt.Seed, opt.Quiet, opt.Heartbeat = "127.0.0.1:0", t.TempDir(), 1, true, time.Second
	d, err := demo.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	return newPage(t, ctx, d)
}

func newPage(t *testing.T, ctx context.Context, d *demo.Demo) *page {
	t.Helper()
	p := &page{t: t, ctx: ctx, demo: d, base: d.App.URL()}
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, devpage.AddScriptToEvaluateOnNewDocument, devpage.AddScriptToEvaluateOnNewDocumentParams{Source: watcher})
		return err
	})
	return p
}

// another is another person in front of the same demo.
func (p *page) another() *page { return newPage(p.t, browser(p.t), p.demo) }

// watcher notes in each page what a person with the console open would see.
const watcher = `window.complaints = [];
addEventListener('error', e => complaints.push('error: ' + (e.message || (e.target && (e.target.src || e.target.href)) || e.type)), true);
addEventListener('unhandledrejection', e => complaints.push('rejection: ' + e.reason));
document.addEventListener('securitypolicyviolation', e => complaints.push('csp: ' + e.violatedDirective + ' ' + e.blockedURI));
const say = console.error; console.error = (...a) => { complaints.push('console: ' + a.join(' ')); say(...a) };`

func (p *page) do(f func(ctx context.Context, t *chromedp.Target) error) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Func(f)); err != nil {
		p.t.Fatal(err)
	}
}

// visit opens a path of the demo.
func (p *page) visit(path string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(p.base+path)); err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
	p.wait("document.readyState === 'complete'")
}

// run evaluates an expression for its effect, after it has answered: it may
// lead to another page.
func (p *page) run(js string) {
	p.t.Helper()
	js = "setTimeout(() => { " + js + " }, 0); 1"
	ctx, cancel := context.WithTimeout(p.ctx, 40*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[any](js)); err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
}

// click presses what the expression finds, as soon as it finds something: a
// living page may show a thing a moment after the one that was waited for.
func (p *page) click(js string) {
	p.t.Helper()
	p.wait("(el => { if (el) setTimeout(() => el.click(), 0); return el })(" + js + ")")
}

// wait returns when the expression is true, also over a change of page; it
// must be within 90 s, which a machine busy with other tests may need.
func (p *page) wait(js string) {
	p.t.Helper()
	limit := time.NewTimer(90 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithTimeout(p.ctx, 10*time.Second)
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("Boolean("+js+")"))
		cancel()
		if err == nil && ok {
			return
		}
		select {
		case <-tick.C:
		case <-limit.C:
			p.keep("failed-" + p.t.Name())
			p.t.Fatalf("never came true: %s (%v)", js, err)
		}
	}
}

func (p *page) signIn(email, password string) {
	p.t.Helper()
	p.run(fmt.Sprintf(`document.querySelector('#email').value = %q; document.querySelector('#password').value = %q;
		document.querySelector('form[action="/login"]').requestSubmit()`, email, password))
}

// TestTheWatchPageLives signs in, wrong and right, and sees a register fall
// ill and the case named without loading the page again; the case then shows
// its promise, and the live register beside it.
func TestTheWatchPageLives(t *testing.T) {
	t.Parallel()
	p := open(t, 2)
	var who demo.Person
	for _, person := range p.demo.People {
		if person.Role == scope.Dispatcher {
			who = person
		}
	}
	p.visit("/login?lang=ru")
	p.signIn(who.Email, "not the password")
	p.wait(fmt.Sprintf(`document.querySelector('#login-problem') && document.querySelector('#email').value === %q`, who.Email))
	p.signIn(who.Email, who.Password)
	p.wait(`location.pathname === '/' && document.querySelector('main')`)
	p.run(`window.notLoadedAgain = true`)
	if err := p.demo.Bench.Server(1).Inject(sim.FaultFNLink); err != nil {
		t.Fatal(err)
	}
	p.wait(`window.notLoadedAgain && document.querySelector('main').textContent.includes('210')`)
	p.click(`[...document.querySelectorAll('main tr')].find(r => r.textContent.includes('210'))?.querySelector('td a[href^="/cases/"]')`)
	p.wait(`/^\/cases\/[0-9a-f-]{36}$/.test(location.pathname) && document.querySelector('h1').textContent.includes('210')`)
	p.wait(`!/«[a-z0-9_.]+»/.test(document.body.textContent)`) // no text is missing
}
