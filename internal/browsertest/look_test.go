package browsertest_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	devpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/scope"
)

// size makes the window as wide as a desk's or a phone's.
func (p *page) size(width, height int) {
	p.t.Helper()
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: int64(width), Height: int64(height), DeviceScaleFactor: 1, Mobile: width < 600,
		})
		return err
	})
}

// keep puts what the window shows into out/screens, which is no part of the
// repository.
func (p *page) keep(name string) {
	p.t.Helper()
	dir := filepath.Join("..", "..", "out", "screens")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		p.t.Fatal(err)
	}
	p.do(func(ctx context.Context, t *chromedp.Target) error {
		r, err := cdp.Call(ctx, t, devpage.CaptureScreenshot, devpage.CaptureScreenshotParams{Format: "png"})
		if err != nil {
			return err
		}
		data, err := base64.StdEncoding.DecodeString(fmt.Sprint(r.Data))
		if b, ok := any(r.Data).([]byte); ok {
			data, err = b, nil
		}
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600)
	})
}

// text is the value of an expression as text.
func (p *page) text(js string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+js+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", js, err)
	}
	return s
}

// faults is what a careful reader would find wrong with the page as it stands:
// nothing is best.
func (p *page) faults() []string {
	p.t.Helper()
	list := p.text(`JSON.stringify([
		...complaints,
		...(document.documentElement.scrollWidth > document.documentElement.clientWidth + 1 ? ['sideways: ' + document.documentElement.scrollWidth + ' in ' + document.documentElement.clientWidth] : []),
		...(document.querySelectorAll('h1').length === 1 ? [] : ['headings of the first order: ' + document.querySelectorAll('h1').length]),
		...[...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter(e => !e.hidden && !(e.labels && e.labels.length) && !e.getAttribute('aria-label') && !e.getAttribute('aria-labelledby')).map(e => 'no label: ' + e.outerHTML.slice(0, 120)),
		...[...document.querySelectorAll('img')].filter(e => !e.hasAttribute('alt')).map(e => 'no alt: ' + e.src),
		...[...document.querySelectorAll('button, a[href]')].filter(e => e.offsetParent && !e.textContent.trim() && !e.getAttribute('aria-label') && !e.title && !e.querySelector('img[alt], svg[aria-label]')).map(e => 'no name: ' + e.outerHTML.slice(0, 120)),
		...(document.body.innerText.match(/«[a-z0-9_]+\.[a-z0-9_.]+»/g) || []).map(k => 'no text: ' + k),
	]).slice(1, -1)`)
	if list == "" {
		return nil
	}
	return strings.Split(list, `","`)
}

// as signs the person of a role in and shows the start page in a language.
func (p *page) as(role scope.Role, lang, theme string) demo.Person {
	p.t.Helper()
	for _, person := range p.demo.People {
		if person.Role != role {
			continue
		}
		p.visit("/login?lang=" + lang)
		p.signIn(person.Email, person.Password)
		p.wait(`location.pathname !== '/login' && document.querySelector('main') && document.readyState === 'complete'`)
		p.text(fmt.Sprintf(`document.cookie = 'theme=%s; path=/'`, theme))
		p.visit("/lang/" + lang + "?back=/")
		p.wait(fmt.Sprintf(`document.documentElement.lang === %q && document.readyState === 'complete'`, lang))
		return person
	}
	p.t.Fatalf("the demo has no %s", role)
	return demo.Person{}
}

// limit sets how long the demo's company bears something, in the limit's unit.
func (p *page) limit(name string, value int64) {
	p.t.Helper()
	if err := p.demo.App.Fleet.SetLimit(p.t.Context(), scope.System(p.demo.Scope.Tenant(), "test"), name, value); err != nil {
		p.t.Fatal(err)
	}
}

// press is what somebody types who uses no mouse.
func (p *page) press(keys string, how ...chromedp.KeyOption) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(keys, how...)); err != nil {
		p.t.Fatalf("%q: %v", keys, err)
	}
}
