package styleguide_test

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// TestPagesInABrowser looks at every page of the guide as people will: at
// three sizes, light and dark, in three languages. Nothing may break the
// policy, complain, or be wider than the window.
func TestPagesInABrowser(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	for _, lang := range []string{"ru", "de", "en"} {
		for i, path := range []string{"/", "/fleet", "/device", "/parts", "/fix", "/fix/done", "/login"} {
			for _, width := range []int64{390, 1024, 1440} {
				scheme := []string{"light", "dark"}[(i+int(width))%2]
				where := fmt.Sprintf("%s?lang=%s at %d, %s", path, lang, width, scheme)
				b.visit(t, path+"?lang="+lang, width, scheme)
				if w := eval[int](t, b, "document.documentElement.scrollWidth"); w > int(width) {
					t.Errorf("%s: %d px wide; %s", where, w, eval[string](t, b, widest))
				}
				b.complain(t, where)
			}
		}
	}
}

// widest names the element that sticks out farthest.
const widest = `[...document.querySelectorAll("body *")].map((e) => [e.getBoundingClientRect().right, e.tagName + "." + e.className])
	.sort((a, b) => b[0] - a[0])[0].join(" ")`

func TestFontsAreOurs(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/device?lang=ru", 1440, "light")
	for font, text := range map[string]string{`14px "Golos Text"`: "Касса 12", `14px "JetBrains Mono"`: "91 34 A4"} {
		if !eval[bool](t, b, fmt.Sprintf("document.fonts.check(%q, %q)", font, text)) {
			t.Errorf("%s is not loaded", font)
		}
	}
	loaded := eval[int](t, b, `[...document.fonts].filter((f) => f.status === "loaded").length`)
	if loaded < 3 {
		t.Errorf("%d font files loaded", loaded)
	}
}

// TestFocusIsVisible walks with Tab and asks for an outline at each stop.
func TestFocusIsVisible(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/fleet?lang=de", 1440, "light")
	for i := range 24 {
		b.do(t, chromedp.KeyEvent("\t"))
		got := eval[string](t, b, `(() => {
			const e = document.activeElement;
			if (e === document.body) return "nothing";
			const s = getComputedStyle(e), a = getComputedStyle(e, "::after");
			const ok = [s, a].some((x) => x.outlineStyle !== "none" && parseFloat(x.outlineWidth) >= 2);
			return ok ? "" : e.tagName + "." + e.className;
		})()`)
		if got != "" {
			t.Errorf("stop %d: %s shows no focus", i, got)
		}
	}
}

func TestThemeSwitch(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	ground := "getComputedStyle(document.body).backgroundColor"
	b.visit(t, "/?lang=ru", 1024, "dark")
	dark := eval[string](t, b, ground)
	b.do(t, chromedp.Click("[data-theme-switch]"))
	b.wait(t, "document.documentElement.dataset.theme === 'light'")
	light := eval[string](t, b, ground)
	if light == dark {
		t.Fatalf("both themes have the ground %s", light)
	}
	b.visit(t, "/fleet?lang=ru", 1024, "dark")
	if got := eval[string](t, b, ground); got != light {
		t.Errorf("the next page has the ground %s, the choice was %s", got, light)
	}
	b.complain(t, "theme")
}

// TestALivingPartTakesOverChanges: an event makes the table fetch itself; the
// changed row glows, the others do not, and what a person holds stays.
func TestALivingPartTakesOverChanges(t *testing.T) {
	t.Parallel()
	b, guide := open(t)
	b.visit(t, "/?lang=ru", 1440, "light")
	eval[bool](t, b, `(() => {
		window.glowed = new Set();
		document.addEventListener("animationstart", (e) => glowed.add(e.target.closest("tr")?.id), true);
		window.row = document.getElementById("case-З-20415");
		document.querySelector("#case-З-20415 .row-link").focus();
		return true;
	})()`)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := guide.Change(ctx); err != nil {
		t.Fatalf("no page listens: %v", err)
	}
	b.wait(t, "glowed.has('case-З-20418')")
	if got := eval[string](t, b, "[...glowed].join(' ')"); got != "case-З-20418" {
		t.Errorf("glowed: %s", got)
	}
	if !eval[bool](t, b, "row.isConnected && document.activeElement.closest('tr') === row") {
		t.Error("the row in hand was replaced, or lost its focus")
	}
	b.complain(t, "live")
}

func TestKeysOfTheDesk(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/?lang=de", 1440, "light")
	b.press(t, "/", "Slash")
	b.wait(t, "document.activeElement.matches('[data-find]')")
	b.do(t, chromedp.KeyEvent("jk"))
	if got := eval[string](t, b, "document.activeElement.value"); got != "jk" {
		t.Errorf("letters in a field were taken for commands: %q", got)
	}
	eval[bool](t, b, "document.activeElement.blur(), true")
	b.do(t, chromedp.KeyEvent("jj"))
	b.wait(t, "document.activeElement.closest('tr')?.id === 'case-V-20415'")
	b.do(t, chromedp.KeyEvent("k"))
	b.wait(t, "document.activeElement.closest('tr')?.id === 'case-V-20418'")
	b.do(t, chromedp.KeyEvent("?"))
	b.wait(t, "document.getElementById('keys-help').open")
	eval[bool](t, b, "document.getElementById('keys-help').close(), document.dispatchEvent(new CustomEvent('palette:open')), true")
	b.wait(t, "document.querySelectorAll('#palette-list [role=option]').length === 5")
	eval[bool](t, b, "document.getElementById('palette').close(), document.activeElement.blur(), true")
	b.do(t, chromedp.KeyEvent("gf"))
	b.wait(t, "location.pathname === '/fleet'")
	b.complain(t, "keys")
}

// TestKeysInTheRussianLayout: the letters are Cyrillic, the places the same.
func TestKeysInTheRussianLayout(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/?lang=ru", 1440, "light")
	b.press(t, "о", "KeyJ")
	b.wait(t, "document.activeElement.closest('tr')?.id === 'case-З-20418'")
	b.press(t, ".", "Slash")
	b.wait(t, "document.activeElement.matches('[data-find]')")
	eval[bool](t, b, "document.activeElement.blur(), true")
	b.press(t, "п", "KeyG")
	b.press(t, "а", "KeyF")
	b.wait(t, "location.pathname === '/fleet'")
	b.complain(t, "Russian keys")
}

func TestADraftSurvivesAndLeavesWhenSent(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/parts?lang=ru", 1440, "light")
	b.do(t, chromedp.SendKeys("#text", "Проверьте кабель. "), chromedp.Click("[data-insert]"))
	want := "Проверьте кабель. Пожалуйста, выключите кассу на 10 секунд и включите снова."
	if got := eval[string](t, b, "document.getElementById('text').value"); got != want {
		t.Fatalf("the quick text did not come in at the caret: %q", got)
	}
	b.visit(t, "/parts?lang=ru", 1440, "light")
	if got := eval[string](t, b, "document.getElementById('text').value"); got != want {
		t.Fatalf("after a reload: %q", got)
	}
	b.do(t, chromedp.Click(".form-foot .btn.main"))
	b.wait(t, "document.querySelector('#toasts .toast') && document.getElementById('text').value === ''")
	b.visit(t, "/parts?lang=ru", 1440, "light")
	if got := eval[string](t, b, "document.getElementById('text').value"); got != "" {
		t.Errorf("the sent draft came back: %q", got)
	}
	b.complain(t, "draft")
}

func TestBulkBarAndTypedConfirmation(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/fleet?lang=ru", 1440, "light")
	b.do(t, chromedp.Click("tbody tr:nth-child(2) [data-pick]"), chromedp.Click("tbody tr:nth-child(3) [data-pick]"))
	b.wait(t, "document.querySelector('[data-bulk-count]').textContent === 'выбраны 2 строки'")
	b.visit(t, "/parts?lang=ru", 1440, "light")
	b.do(t, chromedp.Click("[data-dialog=reset]"), chromedp.SendKeys("#reset-word", "обнул"))
	if !eval[bool](t, b, "document.querySelector('[data-confirm-go]').disabled") {
		t.Error("half a word confirms")
	}
	b.do(t, chromedp.SendKeys("#reset-word", "ить"))
	b.wait(t, "!document.querySelector('[data-confirm-go]').disabled")
	b.complain(t, "bulk and confirmation")
}

// TestTimesOfServerAndScriptAreTheSame: the script keeps the words true, so
// it must say exactly what the server says.
func TestTimesOfServerAndScriptAreTheSame(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	for _, lang := range []string{"ru", "de", "en"} {
		b.visit(t, "/fleet?lang="+lang, 1440, "light")
		got := eval[string](t, b, `(async () => {
			const app = [...document.scripts].find((s) => s.type === "module").src;
			const { when } = await import(new URL("time.js", app));
			const words = JSON.parse(document.getElementById("words").textContent);
			const server = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
			const at = JSON.parse(server.getElementById("words").textContent).now;
			return [...server.querySelectorAll("time[data-when]")]
				.filter((e) => when(Date.parse(e.dateTime), Math.floor(at / 1000) * 1000) !== e.textContent && when(Date.parse(e.dateTime), at) !== e.textContent)
				.map((e) => e.textContent + " / " + when(Date.parse(e.dateTime), at)).join("; ");
		})()`)
		if got != "" {
			t.Errorf("%s: server / script: %s", lang, got)
		}
	}
	b.complain(t, "times")
}

// TestTheWatcherSeesAViolation proves that the silence of the other tests
// means something.
func TestTheWatcherSeesAViolation(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/login?lang=en", 390, "light")
	eval[bool](t, b, `document.body.insertAdjacentHTML("beforeend", '<p style="color:red">x</p>'), true`)
	b.wait(t, "document.readyState === 'complete'")
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.problems) == 0 {
		t.Error("an inline style went unnoticed")
	}
}

// TestALostConnectionIsSaidCalmly: the page stays, and says of when it is.
func TestALostConnectionIsSaidCalmly(t *testing.T) {
	t.Parallel()
	b, guide := open(t)
	b.visit(t, "/?lang=de", 1024, "light")
	guide.Drop()
	b.wait(t, "!document.getElementById('live-lost').hidden")
	got := eval[string](t, b, "document.getElementById('live-lost').textContent")
	if !regexp.MustCompile(`^Verbindung unterbrochen\. Gezeigt wird der Stand von \d\d:\d\d`).MatchString(got) {
		t.Errorf("said: %s", got)
	}
	guide.Resume()
	b.wait(t, "document.getElementById('live-lost').hidden")
}

// TestRowsDoNotMoveUnderThePointer: a new order waits until the pointer has
// left the list.
func TestRowsDoNotMoveUnderThePointer(t *testing.T) {
	t.Parallel()
	b, guide := open(t)
	b.visit(t, "/?lang=ru", 1440, "light")
	b.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 300, 400))
	b.wait(t, "document.getElementById('live-cases').matches(':hover')")
	guide.Reverse()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := guide.Change(ctx); err != nil {
		t.Fatalf("no page listens: %v", err)
	}
	first := "document.querySelector('#live-cases tbody tr').id"
	b.wait(t, "document.getElementById('live-cases').hasAttribute('data-held')")
	if got := eval[string](t, b, first); got != "case-З-20418" {
		t.Errorf("the rows moved under the pointer: first is %s", got)
	}
	b.do(t, chromedp.MouseEvent(input.DispatchMouseEventTypeMouseMoved, 300, 20))
	b.wait(t, first+" === 'case-З-20388'")
	b.complain(t, "held")
}

// TestPaperIsWhite: the dark theme stays on the screen, tables stay tables,
// and told times carry their exact instant.
func TestPaperIsWhite(t *testing.T) {
	t.Parallel()
	b, _ := open(t)
	b.visit(t, "/?lang=de", 794, "dark")
	b.do(t, chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print", Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}})
		return err
	}))
	got := eval[string](t, b, `[
		getComputedStyle(document.body).backgroundColor,
		getComputedStyle(document.querySelector(".bar")).display,
		getComputedStyle(document.querySelector("#cases-table tbody tr")).display,
		getComputedStyle(document.querySelector("#cases-table thead")).position,
		getComputedStyle(document.querySelector("time[data-when]"), "::after").content.slice(0, 3),
	].join(" | ")`)
	if want := `rgb(255, 255, 255) | none | table-row | static | " (`; got != want {
		t.Errorf("on paper: %s, want %s", got, want)
	}
}
