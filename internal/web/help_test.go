package web_test

import (
	"bytes"
	"context"
	"image"
	pngencode "image/png"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

const fn235 = "fn-235-unsent-documents"

// house is a running server with two companies; the second one's page is at
// /help/zweite.
type house struct {
	*app.App
	url    string
	tenant access.Tenant
}

func newHouse(t *testing.T) *house {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Build: "test"}, slog.New(slog.DiscardHandler), clock.System{})
	must(t, err)
	must(t, a.Start(t.Context()))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	h := &house{App: a, url: "http://" + a.Addr()}
	h.tenant, err = a.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Кассовый сервис", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	must(t, err)
	other, err := a.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Zweite Kassenhilfe", Country: "DE", Lang: i18n.DE, Zone: "Europe/Berlin"})
	must(t, err)
	_, err = a.Help.SavePage(t.Context(), scope.System(other.ID, "setup"), help.Page{Slug: "zweite", Phone: "+49 30 1234567"})
	must(t, err)
	for _, r := range []scope.Role{scope.Engineer, scope.Dispatcher} {
		_, err := a.Access.CreatePerson(t.Context(), scope.System(h.tenant.ID, "setup"), access.NewPerson{
			Email: string(r) + "@example.org", Name: string(r), Lang: i18n.EN, Roles: []scope.Role{r}, Password: "четыре слова подряд 8",
		})
		must(t, err)
	}
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser is one person's cookies in front of the house.
type browser struct {
	h      *house
	client *http.Client
	header http.Header
}

func (h *house) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &browser{h, &http.Client{Jar: jar, Timeout: 20 * time.Second}, http.Header{"Accept-Language": {"ru"}}}
}

// page is what a person sees in the end, and where.
type page struct {
	status int
	path   string
	body   string
	header http.Header
}

func (b *browser) send(t *testing.T, method, path string, form url.Values) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.h.url+path, strings.NewReader(form.Encode()))
	must(t, err)
	req.Header = b.header.Clone()
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := b.client.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	must(t, err)
	return page{res.StatusCode, res.Request.URL.RequestURI(), string(data), res.Header}
}

func (b *browser) get(t *testing.T, path string) page { return b.send(t, http.MethodGet, path, nil) }

func (b *browser) signIn(t *testing.T, name string) {
	t.Helper()
	p := b.send(t, http.MethodPost, "/login", url.Values{"email": {name + "@example.org"}, "password": {"четыре слова подряд 8"}})
	if strings.HasPrefix(p.path, "/login") {
		t.Fatalf("%s is not let in: %s", name, p.body)
	}
}

func (p page) wants(t *testing.T, status int, texts ...string) {
	t.Helper()
	if p.status != status {
		t.Errorf("%s answers %d, want %d", p.path, p.status, status)
	}
	for _, s := range texts {
		if !strings.Contains(p.body, s) {
			t.Errorf("%s does not say %q", p.path, s)
		}
	}
	if m := regexp.MustCompile(`«[a-z0-9_]+\.[a-z0-9_.]+»`).FindString(p.body); m != "" {
		t.Errorf("%s lacks the text %s", p.path, m)
	}
}

func (p page) lacks(t *testing.T, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if strings.Contains(p.body, s) {
			t.Errorf("%s says %q", p.path, s)
		}
	}
}

func TestHelpNeedsNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	first := b.get(t, "/help")
	first.wants(t, 200, "Что с кассой?", "Кассовый сервис", "ошибка 235", "Написать нам")
	first.lacks(t, "/login", "Zweite", "tel:")
	if c := first.header.Get("Set-Cookie"); !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") || !strings.Contains(c, "Path=/help") {
		t.Errorf("the cookie is %q", c)
	}
	if c := b.get(t, "/help").header.Get("Set-Cookie"); c != "" {
		t.Errorf("a second cookie: %q", c)
	}
	b.get(t, "/help?q="+url.QueryEscape("ошибка 235")).wants(t, 200, "help-sure", "/help/a/"+fn235, "Есть ли интернет на кассе?")
	none := b.get(t, "/help?q="+url.QueryEscape("кофеварка <script>"))
	none.wants(t, 200, "Такого мы не нашли", "Что стоит посмотреть", "&lt;script&gt;")
	none.lacks(t, "help-sure", "<script>кофе", "кофеварка <script>")
	b.get(t, "/lang/de?back=/help").wants(t, 200, "Was ist mit der Kasse?")
	b.get(t, "/help/articles").wants(t, 200, "Alle Artikel", fn235)
	b.header.Set("HX-Request", "true")
	part := b.get(t, "/help?q=235")
	part.wants(t, 200, "help-sure", "/help/asked")
	part.lacks(t, "<html")
}

func TestHelpOfTheSecondCompany(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser(t)
	b.get(t, "/help/zweite").wants(t, 200, "Zweite Kassenhilfe", `href="tel:+49301234567"`, `action="/help/zweite"`)
	b.get(t, "/help/zweite/a/"+fn235).wants(t, 200, "/help/zweite/request", "back=%2Fhelp%2Fzweite%2Fa%2F"+fn235)
	for _, path := range []string{"/help/dritte", "/help/zweite/nowhere", "/help/a/none", "/help/zweite/a/none", "/help/../x/help", "/help/sent/x", "/help/a"} {
		if p := b.get(t, path); p.status != 404 {
			t.Errorf("%s answers %d", path, p.status)
		}
	}
}

// TestAnArticleShowsACashiersStepsAlone reads every article of the house.
func TestAnArticleShowsACashiersStepsAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	all, err := h.Help.Library().Articles(t.Context(), help.Reader(h.tenant.ID))
	must(t, err)
	engineers := 0
	for _, a := range all {
		p := h.browser(t).get(t, "/help/a/"+a.ID)
		if p.status == http.StatusTooManyRequests {
			t.Fatalf("slowed down at %s", a.ID)
		}
		for _, s := range a.Steps {
			if s.Who == "cashier" || s.Do.RU == "" {
				continue
			}
			engineers++
			if strings.Contains(p.body, s.Do.RU) {
				t.Errorf("%s shows a reader the engineer's step %s", a.ID, s.ID)
			}
		}
	}
	if engineers < 20 {
		t.Errorf("only %d steps of engineers were looked for", engineers)
	}
}

func TestARatingMayBeChanged(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser(t)
	path := "/help/a/" + fn235
	b.get(t, path).wants(t, 200, "Помогло?")
	b.send(t, "POST", path+"/rate", url.Values{"helped": {"1"}}).wants(t, 200, "Спасибо! Ответ можно изменить.")
	again := b.send(t, "POST", path+"/rate", url.Values{"helped": {"0"}, "words": {"нет <b>"}})
	again.wants(t, 200, "Спасибо, что сказали", "нет &lt;b&gt;")
	b.send(t, "POST", path+"/rate", url.Values{"helped": {"5"}}).wants(t, 400)
	b.send(t, "POST", path+"/rate", url.Values{"helped": {"1"}, "words": {strings.Repeat("я", 601)}}).wants(t, 422, "Слишком длинно")
	stranger := b.h.browser(t)
	stranger.send(t, "POST", path+"/rate", url.Values{"helped": {"1"}}).wants(t, 422, "куки")
}

func TestAQuestionComesBackAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, path := h.browser(t), "/help/a/"+fn235
	b.get(t, path)
	b.send(t, "POST", path+"/ask", url.Values{"text": {"Где пункт? https://x.example"}, "name": {"Марина"}}).wants(t, 200, "Вопрос отправлен")
	b.send(t, "POST", path+"/ask", url.Values{"text": {"x"}, "website": {"y"}}).wants(t, 422, "заполнила программа")
	b.send(t, "POST", path+"/ask", url.Values{"text": {" "}}).wants(t, 422)
	b.get(t, path).lacks(t, "Где пункт?")
	e := h.browser(t)
	e.signIn(t, "engineer")
	list := e.get(t, "/faults/questions")
	list.wants(t, 200, "Где пункт? https://x.example", "Марина")
	list.lacks(t, `href="https://x.example"`)
	id := regexp.MustCompile(`/faults/questions/([0-9a-f-]{36})/answer`).FindStringSubmatch(list.body)
	if id == nil {
		t.Fatal("there is nothing to answer")
	}
	e.send(t, "POST", "/faults/questions/"+id[1]+"/answer", url.Values{"v": {"7"}, "answer": {"Не потеряйте"}}).wants(t, 409, "Не потеряйте")
	e.send(t, "POST", "/faults/questions/"+id[1]+"/answer", url.Values{"v": {"1"}, "answer": {"В меню ОФД."}}).wants(t, 200)
	done := b.get(t, path)
	done.wants(t, 200, "Где пункт? https://x.example", "В меню ОФД.")
	done.lacks(t, `href="https://x.example"`)
	d := h.browser(t)
	d.signIn(t, "dispatcher")
	d.get(t, "/faults/questions").wants(t, 403)
	d.get(t, "/faults").lacks(t, "/faults/questions")
	b.get(t, "/faults/missed").wants(t, 200, "password") // a stranger is asked to sign in
}

var onceField = regexp.MustCompile(`name="once" value="([^"]+)"`)

func TestTheFormMakesACase(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.get(t, "/help/a/"+fn235)
	form := b.get(t, "/help/request?q="+url.QueryEscape("ошибка 235")+"&a="+fn235)
	form.wants(t, 200, "ошибка 235", "Вы читали:")
	values := url.Values{
		"once": {onceField.FindStringSubmatch(form.body)[1]}, "q": {"ошибка 235"}, "a": {fn235}, "subject": {"Касса стоит"}, "about": {"После грозы"}, "stopped": {"1"},
	}
	bad := b.send(t, "POST", "/help/request", values)
	bad.wants(t, 422, "Укажите телефон или почту", "Касса стоит", "После грозы", values.Get("once"))
	values.Set("phone", "+7 912 345-67-89")
	sent := b.send(t, "POST", "/help/request", values)
	sent.wants(t, 200, "Заявка принята", "№ 1001")
	if again := b.send(t, "POST", "/help/request", values); again.path != sent.path {
		t.Errorf("sent twice it leads to %s and %s", sent.path, again.path)
	}
	h.browser(t).get(t, "/help/sent/"+help.NewKey()).wants(t, 404)
	e := h.browser(t)
	e.signIn(t, "engineer")
	e.get(t, "/cases/number/1001").wants(t, 200, "Касса стоит", "После грозы", "+7 912 345-67-89", "ошибка 235", "Read:")
}

// upload sends one file as a form does.
func (b *browser) upload(t *testing.T, path, field, content string) page {
	t.Helper()
	body := &bytes.Buffer{}
	w := multipart.NewWriter(body)
	part, err := w.CreateFormFile(field, "x.png")
	must(t, err)
	_, err = io.WriteString(part, content)
	must(t, err)
	must(t, w.Close())
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.h.url+path, body)
	must(t, err)
	req.Header = b.header.Clone()
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := b.client.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	must(t, err)
	return page{res.StatusCode, res.Request.URL.RequestURI(), string(data), res.Header}
}

func TestPhotosGoWithTheRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	form := b.get(t, "/help/request")
	key := onceField.FindStringSubmatch(form.body)[1]
	b.send(t, "POST", "/help/request", url.Values{"once": {key}, "subject": {"Касса стоит"}, "phone": {"+7 912 345-67-89"}}).wants(t, 200, "Добавить фото")
	var png bytes.Buffer
	must(t, pngencode.Encode(&png, image.NewGray(image.Rect(0, 0, 4, 4))))
	address := "/help/sent/" + key + "/photo"
	b.upload(t, address, "photo", "just words").wants(t, 422)
	b.upload(t, "/help/sent/"+help.NewKey()+"/photo", "photo", png.String()).wants(t, 404)
	for range 5 {
		b.upload(t, address, "photo", png.String()).wants(t, 200, "x.png")
	}
	full := b.upload(t, address, "photo", png.String())
	full.wants(t, 409, "5")
	e := h.browser(t)
	e.signIn(t, "engineer")
	shown := e.get(t, "/cases/number/1001")
	shown.wants(t, 200, "x.png")
	file := regexp.MustCompile(`href="(/files/[0-9a-f-]{36})"`).FindStringSubmatch(shown.body)
	if file == nil {
		t.Fatal("the case shows no photograph")
	}
	if got := e.get(t, file[1]); got.status != 200 || got.body != png.String() {
		t.Errorf("the photograph: %d, %d bytes", got.status, len(got.body))
	}
	if got := b.get(t, file[1]); got.status == 200 && strings.HasPrefix(got.body, "\x89PNG") {
		t.Error("a stranger can fetch it")
	}
}

func TestAStrangersWalkEndsWithAWayBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.get(t, "/help/a/"+fn235)
	walk := b.send(t, "POST", "/help/a/"+fn235+"/walk", nil)
	walk.wants(t, 200, "fix-step")
	over := regexp.MustCompile(`action="([^"]+/over\?v=\d+)"`).FindStringSubmatch(walk.body)
	if over == nil {
		t.Fatalf("no way out of %s", walk.path)
	}
	end := b.send(t, "POST", over[1], nil)
	leave := regexp.MustCompile(`href="(/help/request\?w=[^"]+)"`).FindStringSubmatch(end.body)
	if leave == nil {
		t.Fatalf("no way to leave a phone number at %s", end.path)
	}
	form := b.get(t, leave[1])
	form.wants(t, 200, "Заявка № 1001 уже у нас")
	u, err := url.Parse(leave[1])
	must(t, err)
	b.send(t, "POST", "/help/request", url.Values{"once": {onceField.FindStringSubmatch(form.body)[1]}, "w": {u.Query().Get("w")}, "phone": {"89123456789"}}).
		wants(t, 200, "№ 1001")
	e := h.browser(t)
	e.signIn(t, "engineer")
	e.get(t, "/cases/number/1001").wants(t, 200, "89123456789")
}

// TestOtherSitesCannotWrite sends forms as another site's page would.
func TestOtherSitesCannotWrite(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser(t)
	b.get(t, "/help")
	b.header.Set("Sec-Fetch-Site", "cross-site")
	b.header.Set("Origin", "https://elsewhere.example")
	for _, path := range []string{"/help/request", "/help/a/" + fn235 + "/rate", "/help/a/" + fn235 + "/ask", "/help/a/" + fn235 + "/walk", "/help/asked"} {
		b.send(t, "POST", path, url.Values{"helped": {"1"}, "text": {"x"}}).wants(t, 403)
	}
}

func TestFormsInARowAreSlowedDown(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser(t)
	b.get(t, "/help")
	for range 40 {
		if p := b.send(t, "POST", "/help/a/"+fn235+"/rate", url.Values{"helped": {"1"}}); p.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("forty ratings in a row were taken")
}
