package browsertest_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/sim"
)

// line is the network between a browser and the demo; it can be cut.
type line struct {
	to    string
	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

func (l *line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.cut {
		l.conns[c] = true
	}
	return !l.cut
}

// set cuts the line or mends it.
func (l *line) set(cut bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cut = cut
	for c := range l.conns {
		_ = c.Close()
		delete(l.conns, c)
	}
}

func (l *line) serve(in net.Listener) {
	for {
		c, err := in.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", l.to)
		if err != nil || !l.keep(c) || !l.keep(out) {
			_ = c.Close()
			continue
		}
		for _, ends := range [][2]net.Conn{{c, out}, {out, c}} {
			go func() {
				_, _ = io.Copy(ends[0], ends[1])
				_ = ends[0].Close()
			}()
		}
	}
}

// TestTheLineToTheServerIsLost: the page says so and since when, keeps what it
// showed, and catches up by itself.
func TestTheLineToTheServerIsLost(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	in, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close() })
	l := &line{to: strings.TrimPrefix(p.demo.App.URL(), "http://"), conns: map[net.Conn]bool{}}
	go l.serve(in)
	t.Cleanup(func() { l.set(true) })
	p.base = "http://" + in.Addr().String()
	p.size(1280, 900)
	p.as(scope.Dispatcher, "ru", "dark")
	p.run(`window.notLoadedAgain = true`)
	p.wait(`document.querySelector('#live-lost').hidden`)
	l.set(true)
	p.wait(`!document.querySelector('#live-lost').hidden && /\d\d:\d\d/.test(document.querySelector('#live-lost').textContent)`)
	p.wait(`document.querySelector('main').textContent.length > 100`)
	p.keep("lost-ru-dark")
	if err := p.demo.Bench.Server(0).Inject(sim.FaultFNLink); err != nil {
		t.Fatal(err)
	}
	l.set(false)
	p.wait(`window.notLoadedAgain && document.querySelector('#live-lost').hidden && document.querySelector('main').textContent.includes('210')`)
}

// TestWithoutAMouse: the palette finds a register by a part of its shop's name,
// letters lead to the sections in both layouts, and Escape goes back.
func TestWithoutAMouse(t *testing.T) {
	t.Parallel()
	p := open(t, 1)
	p.size(1280, 900)
	p.as(scope.Engineer, "ru", "light")
	p.press("k", chromedp.KeyModifiers(chromedp.ModifierCtrl))
	p.wait(`document.querySelector('#palette').open && document.activeElement.matches('#palette input')`)
	name := p.demo.Outlet(0).Name
	p.press(string([]rune(name)[:6]))
	p.wait(fmt.Sprintf(`[...document.querySelectorAll('#palette-list [role=option]')].some(o => o.textContent.includes(%q))`, name))
	p.keep("palette-ru")
	p.press("\r")
	p.wait(`location.pathname !== '/' && document.readyState === 'complete'`)
	p.wait(fmt.Sprintf(`document.querySelector('main').textContent.includes(%q)`, name))
	key := p.text(`document.querySelector('nav a[href="/cases"]').dataset.go`)
	p.press("g")
	p.press(key)
	p.wait(`location.pathname === '/cases' && document.readyState === 'complete'`)
	p.press("?")
	p.wait(`[...document.querySelectorAll('dialog')].some(d => d.open)`)
	p.keep("keys-ru")
	p.press("\u001b")
	p.wait(`[...document.querySelectorAll('dialog')].every(d => !d.open)`)
}
