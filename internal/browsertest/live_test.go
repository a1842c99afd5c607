package browsertest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/scope"
)

// lateLine lets a page open its line only when the test says openLine().
const lateLine = `{
  const Line = window.EventSource, waiting = [];
  window.openLine = () => { while (waiting.length) waiting.shift()(); };
  window.linesAsked = () => waiting.length;
  window.EventSource = class {
    constructor(url) { waiting.push(() => { if (!this.closed) this.open(url); }); this.heard = []; }
    open(url) {
      this.line = new Line(url);
      for (const [name, f] of this.heard) this.line.addEventListener(name, f);
      for (const on of ['onopen', 'onmessage', 'onerror']) this.line[on] = this[on];
    }
    addEventListener(name, f) { this.heard.push([name, f]); }
    close() { this.closed = true; this.line?.close(); }
  };
}`

// late makes every page of the tab wait for openLine.
func (p *page) late() {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, devpage.AddScriptToEvaluateOnNewDocument, devpage.AddScriptToEvaluateOnNewDocumentParams{Source: lateLine})
		return err
	})
}

func (p *page) openCase(subject string) {
	p.t.Helper()
	_, err := p.demo.App.Desk.Open(p.t.Context(), p.demo.Scope, desk.Draft{Device: p.demo.Device(0).ID, Subject: subject, Severity: "minor", Source: desk.FromHand})
	if err != nil {
		p.t.Fatal(err)
	}
}

// fetched is how often the page has fetched an address besides itself.
func fetched(path string) string {
	return fmt.Sprintf(`performance.getEntriesByType('resource').filter(e => new URL(e.name).pathname === %q).length`, path)
}

// TestWhatHappensBeforeTheLineOpensIsSeen: a case that is opened between the
// drawing of the page and the opening of its line shows, in the list, the tabs
// and the section's count; and it is fetched once. A page that missed nothing
// fetches nothing.
func TestWhatHappensBeforeTheLineOpensIsSeen(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	p.as(scope.Dispatcher, "ru", "light")
	p.late()
	p.visit("/cases")
	p.wait(`linesAsked() === 1`)
	p.openCase("Открыто до линии")
	p.run(`openLine()`)
	p.wait(`document.querySelector('#queue').textContent.includes('Открыто до линии')`)
	p.wait(`document.querySelector('#count-bar-cases').textContent === '1' && document.querySelector('#queue-views [aria-current] .count').textContent === '1'`)
	p.wait(`document.querySelector('#count-tabs-cases').textContent === '1'`)
	if cases, nav := p.text(fetched("/cases")), p.text(fetched("/nav")); cases != "1" || nav != "1" {
		t.Errorf("the list was fetched %s times, the counts %s", cases, nav)
	}

	// Nothing happens but what the page does not show, and then a sign.
	p.visit("/cases")
	p.wait(`linesAsked() === 1`)
	p.run(`openLine(); const t = document.createElement('div'); t.id = 'sign'; t.dataset.live = 'sign'; t.dataset.liveUrl = '/me'; document.querySelector('main').append(t);
		document.body.dispatchEvent(new CustomEvent('htmx:load', { bubbles: true })); setTimeout(openLine, 100)`)
	p.wait(fetched("/me") + ` === 1`) // a part that came later is fetched when its line is open
	p.demo.App.Bus.Publish(bus.Event{Tenant: p.demo.Scope.Tenant(), Topic: "sign"})
	p.wait(fetched("/me") + ` === 2`)
	if cases, nav := p.text(fetched("/cases")), p.text(fetched("/nav")); cases != "0" || nav != "0" {
		t.Errorf("nothing happened: the list was fetched %s times, the counts %s", cases, nav)
	}
}

// TestAPageThatComesBackCatchesUp: a page that was left hears, when it is shown
// again as it was, what it missed. The browser's own keeping of pages is played:
// it keeps none that the server forbids to store.
func TestAPageThatComesBackCatchesUp(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(390, 844)
	p.as(scope.Dispatcher, "de", "dark")
	p.visit("/")
	p.run(`window.notLoadedAgain = true; dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))`)
	p.wait(`window.notLoadedAgain`)
	p.openCase("Solange niemand zusah")
	p.run(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`)
	p.wait(`window.notLoadedAgain && document.querySelector('#watch-cases').textContent.includes('Solange niemand zusah') && document.querySelector('#count-tabs-cases').textContent === '1'`)
}

// TestAFetchThatFailedIsMadeUpFor: the event that asked for a part does not come
// again, so the page remembers that it owes itself the part.
func TestAFetchThatFailedIsMadeUpFor(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	p.as(scope.Dispatcher, "ru", "dark")
	p.visit("/")
	p.run(`window.failed = 0; const real = window.fetch;
		window.fetch = (...a) => { if (String(a[0]) !== '/watch/cases') return real(...a); window.failed++; window.fetch = real; return Promise.reject(new TypeError('the network is away')); }`)
	p.wait(`window.failed === 0`)
	p.openCase("Связь моргнула")
	p.wait(`window.failed === 1`)
	at := time.Now()
	p.wait(`document.querySelector('#watch-cases').textContent.includes('Связь моргнула')`) // with the next beat
	t.Logf("made up for after %v", time.Since(at).Round(time.Second))
}
