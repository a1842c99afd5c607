package app_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/agent"
	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// patience bounds the waits of a story; nothing is asserted about it.
const patience = 40 * time.Second

// cut is a server, a shop with its agent, and the line between the two.
type cut struct {
	t       *testing.T
	cfg     app.Config
	server  *app.App
	company scope.Scope
	desk    scope.Scope
	device  string
	line    *httptest.Server
	dir     string
	page    string // of the shop
	stop    func()

	mu       sync.Mutex
	noSocket bool
}

// up starts the server, on the same data as before.
func (c *cut) up() {
	c.t.Helper()
	a, err := app.New(c.t.Context(), c.cfg, slog.New(slog.DiscardHandler), clock.System{})
	must(c.t, err)
	must(c.t, a.Start(c.t.Context()))
	c.server = a
	c.cfg.Listen = strings.TrimPrefix(strings.TrimPrefix(a.URL(), "http://"), "https://")
}

func (c *cut) down() {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	must(c.t, c.server.Stop(ctx))
}

// wire is the line: a proxy that may break upgrades, and hands on nothing while
// the server is down.
func (c *cut) wire() {
	forward := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: "http", Host: c.cfg.Listen}) },
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	c.line = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		no := c.noSocket
		c.mu.Unlock()
		if no && r.Header.Get("Upgrade") != "" {
			http.Error(w, "no upgrades here", http.StatusBadGateway)
			return
		}
		forward.ServeHTTP(w, r)
	}))
	c.t.Cleanup(c.line.Close)
}

func newCut(t *testing.T, exchanges bool) *cut {
	t.Helper()
	c := &cut{t: t, cfg: app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Build: "test"}, dir: filepath.Join(t.TempDir(), "agent"), noSocket: exchanges}
	c.up()
	t.Cleanup(func() { c.down() })
	c.wire()
	tenant, err := c.server.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Кассовый сервис", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	must(t, err)
	c.company, c.desk = scope.System(tenant.ID, "test"), scope.Person(tenant.ID, "p1", "Анна", "", scope.Engineer)
	client, err := c.server.Registry.AddClient(t.Context(), c.company, registry.Client{Name: "Пекарня", Kind: registry.Company, Country: registry.RU})
	must(t, err)
	o, err := c.server.Registry.AddOutlet(t.Context(), c.company, registry.Outlet{Client: client.ID, Name: "Пекарня", Zone: "Europe/Moscow"})
	must(t, err)
	code, err := c.server.Agents.CreateCode(t.Context(), c.company, link.NewCode{Outlet: o.ID, Name: "Пекарня"})
	must(t, err)
	id := c.enrol(code.Code)
	d, err := c.server.Registry.AddDevice(t.Context(), c.company, o.ID, id, registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: "Касса 1", Model: "АТОЛ 30Ф", Serial: "00106900000000",
		Endpoint: &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "192.0.2.10:5555"},
	})
	must(t, err)
	c.device = d.ID
	return c
}

func (c *cut) enrol(code string) string {
	c.t.Helper()
	f, err := folder.Open(c.dir)
	must(c.t, err)
	got, err := identity.Enrol(c.t.Context(), f, wire.Enrolment{Server: c.line.URL, Code: code}, identity.About{Host: "pc"}, http.DefaultClient, false, time.Now())
	must(c.t, err)
	must(c.t, f.Close())
	return got.Agent
}

// on switches the agent on and waits for its page.
func (c *cut) on() {
	c.t.Helper()
	in, err := net.Listen("tcp", "127.0.0.1:0")
	must(c.t, err)
	address := in.Addr().String()
	must(c.t, in.Close())
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	a := agent.New(agent.Config{Data: c.dir, Build: "test", Search: agent.SearchNone, Page: address}, agent.Deps{
		Timing: channel.Timing{BackoffMin: 5 * time.Millisecond, BackoffMax: 30 * time.Millisecond, FallbackTry: 1, Repeat: 100 * time.Millisecond},
	})
	go func() { ended <- a.Run(ctx) }()
	c.stop = sync.OnceFunc(func() { cancel(); must(c.t, <-ended) })
	c.t.Cleanup(c.stop)
	c.page = "http://" + address
	c.until("the page is there", func() bool { _, ok := c.try("/"); return ok })
}

// until looks again and again whether a condition holds.
func (c *cut) until(what string, ok func() bool) {
	c.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			c.t.Fatalf("never: %s", what)
		}
	}
}

func (c *cut) try(path string) (text string, ok bool) {
	req, err := http.NewRequest(http.MethodGet, c.page+path, nil)
	must(c.t, err)
	req.Header.Set("Accept-Language", "en")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", false
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return string(data), err == nil && resp.StatusCode == http.StatusOK
}

// send fills a form in and gives where it leads.
func (c *cut) send(path string, form url.Values) string {
	c.t.Helper()
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).PostForm(c.page+path, form)
	must(c.t, err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("%s: %s", path, resp.Status)
	}
	to, _, _ := strings.Cut(resp.Header.Get("Location"), "?")
	return to
}

var formID = regexp.MustCompile(`name="form" value="([^"]+)"`)

// sell writes a sale down in a journal.
func (c *cut) sell(journal, name string) { c.settle(journal, "sale", name) }

// settle writes a sale or a return down.
func (c *cut) settle(journal, kind, name string) {
	c.t.Helper()
	text, _ := c.try(journal)
	c.send(journal, url.Values{
		"op": {kind}, "form": {formID.FindStringSubmatch(text)[1]}, "name": {name}, "price": {"150"}, "quantity": {"2"}, "vat": {"6"}, "object": {"1"}, "unit": {"0"},
		"pay": {"card"}, "by": {"Лиза"},
	})
}

// written is what the company's journals hold, as "name sum".
func (c *cut) written() (list []string) {
	c.t.Helper()
	journals, err := c.server.PowerCut.List(c.t.Context(), c.desk, powercut.Filter{Device: c.device})
	must(c.t, err)
	for _, j := range journals {
		v, err := c.server.PowerCut.View(c.t.Context(), c.desk, j.ID)
		must(c.t, err)
		for _, s := range v.Settlements {
			if s.By != "Лиза" || s.Total != 30000 || len(s.Payments) != 1 || s.Payments[0].Kind != "electronically" {
				c.t.Errorf("%+v", s)
			}
			name := s.Items[0].Name
			if s.Operation == fptr.IncomeReturn {
				name = "-" + name
			}
			list = append(list, name)
		}
	}
	return list
}

// TestAPowerCutAtAShopThatIsAlone: what is sold while the server is away stands
// in its journal exactly once when it is back, over a start of the agent, by a
// socket and by exchanges. What the journal does with it is tested on both
// databases in powercut.
func TestAPowerCutAtAShopThatIsAlone(t *testing.T) {
	t.Parallel()
	for name, exchanges := range map[string]bool{"socket": false, "exchanges": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCut(t, exchanges)
			c.on()
			c.until("the register is known", func() bool { text, _ := c.try("/"); return strings.Contains(text, "/begin/"+c.device) })
			c.down()
			journal := c.send("/begin/"+c.device, url.Values{"reason": {"power"}, "from": {time.Now().Add(-time.Hour).Format("2006-01-02T15:04")}, "by": {"Лиза"}})
			c.sell(journal, "Кофе")
			c.stop()
			c.on()
			c.sell(journal, "Чай")
			c.up()
			c.taken(journal, 2)
			c.sell(journal, "Сок")
			c.taken(journal, 3)
			c.down()
			c.up()
			c.settle(journal, "return", "Чай")
			c.taken(journal, 4)
			if got := strings.Join(c.written(), " "); got != "Кофе Чай Сок -Чай" {
				t.Errorf("the company's journal holds %q", got)
			}
			if text, _ := c.try("/"); strings.Contains(text, "still to be sent") || !strings.Contains(text, "Connected to the service company") {
				t.Error("the page does not say that all is told")
			}
		})
	}
}

// taken waits until the page says that the company has so many sales.
func (c *cut) taken(journal string, n int) {
	c.t.Helper()
	c.until("the page says that the company has it", func() bool {
		text, _ := c.try(journal)
		return strings.Count(text, "the service company has it") == n
	})
}

// TestAnotherShopsRegisterIsNotWrittenOf: a stolen computer must not write into
// the journal of a register that is not its own.
func TestAnotherShopsRegisterIsNotWrittenOf(t *testing.T) {
	t.Parallel()
	a, sc := start(t, app.Config{})
	robbed, other := newShop(t, a, sc, "Заря", "00106900000000"), newShop(t, a, sc, "Рассвет", "00106900000001")
	books, now := app.Books(a), time.Now()
	tell := func(device string) string {
		t.Helper()
		ack, err := books.Sold(t.Context(), link.Agent{ID: robbed.agent, Tenant: sc.Tenant()}, wire.Sold{ID: 1, Now: now.UnixMilli(), Entries: []wire.Entry{
			{ID: ids.New(), Rev: 1, Outage: &wire.Outage{Device: device, Reason: "power", From: now.Add(-time.Hour).UnixMilli()}},
		}}, now)
		must(t, err)
		return ack.Answers[0].Code
	}
	if code := tell(other.device); code != "not_found" {
		t.Errorf("%q", code)
	}
	if code := tell(robbed.device); code != "" {
		t.Errorf("its own: %q", code)
	}
}

// TestWhatAnEntrySaysReachesTheJournal: the kind of the settlement and the
// marking code, byte by byte.
func TestWhatAnEntrySaysReachesTheJournal(t *testing.T) {
	t.Parallel()
	a, sc := start(t, app.Config{})
	shop := newShop(t, a, sc, "Заря", "00106900000000")
	now := time.Now()
	const code = "0104600439930643215Zq7(Xp\x1d93dGVz"
	out := ids.New()
	items := []wire.SoldItem{{Name: "Молоко", Price: 9000, Quantity: 1000, VAT: 2, Object: 1, Mark: code}}
	ack, err := app.Books(a).Sold(t.Context(), link.Agent{ID: shop.agent, Tenant: sc.Tenant(), Name: "касса"}, wire.Sold{ID: 1, Now: now.UnixMilli(), Entries: []wire.Entry{
		{ID: out, Rev: 1, Outage: &wire.Outage{Device: shop.device, Reason: "power", From: now.Add(-time.Hour).UnixMilli()}},
		{ID: ids.New(), Rev: 1, Sale: &wire.Sale{Outage: out, At: now.Add(-30 * time.Minute).UnixMilli(), Items: items, Cash: 9000}},
		{ID: ids.New(), Rev: 1, Sale: &wire.Sale{Outage: out, At: now.Add(-20 * time.Minute).UnixMilli(), Op: wire.OpReturn, Items: items, Cash: 9000}},
		{ID: ids.New(), Rev: 1, Sale: &wire.Sale{Outage: out, At: now.Add(-10 * time.Minute).UnixMilli(), Op: 7, Items: items, Cash: 9000}},
	}}, now)
	must(t, err)
	if len(ack.Answers) != 4 || ack.Answers[3].Code != "powercut_invalid" || ack.Answers[2].Code != "" {
		t.Fatalf("%+v", ack.Answers)
	}
	desk := scope.Person(sc.Tenant(), "p1", "Анна", "", scope.Engineer)
	list, err := a.PowerCut.List(t.Context(), desk, powercut.Filter{Device: shop.device})
	must(t, err)
	v, err := a.PowerCut.View(t.Context(), desk, list[0].ID)
	must(t, err)
	if len(v.Settlements) != 2 || v.Settlements[0].Operation != fptr.Income || v.Settlements[1].Operation != fptr.IncomeReturn || v.Settlements[1].Items[0].Mark != code || list[0].Total != 0 {
		t.Errorf("%+v", v.Settlements)
	}
}

// TestAClockThatIsOffIsCorrected in whole minutes: the instants of what was
// sold are by the agent's clock.
func TestAClockThatIsOffIsCorrected(t *testing.T) {
	t.Parallel()
	a, sc := start(t, app.Config{})
	shop := newShop(t, a, sc, "Заря", "00106900000000")
	now := time.Now()
	wrong := now.Add(-49*time.Hour - 20*time.Second)
	_, err := app.Books(a).Sold(t.Context(), link.Agent{ID: shop.agent, Tenant: sc.Tenant()}, wire.Sold{ID: 1, Now: wrong.UnixMilli(), Entries: []wire.Entry{
		{ID: ids.New(), Rev: 1, Outage: &wire.Outage{Device: shop.device, Reason: "power", From: wrong.Add(-time.Hour).UnixMilli()}},
	}}, now)
	must(t, err)
	list, err := a.PowerCut.List(t.Context(), scope.Person(sc.Tenant(), "p1", "Анна", "", scope.Engineer), powercut.Filter{Device: shop.device})
	must(t, err)
	if off := now.Add(-time.Hour).Sub(list[0].From); len(list) != 1 || off.Abs() > time.Minute {
		t.Errorf("it began %v, %v off", list[0].From, off)
	}
}
