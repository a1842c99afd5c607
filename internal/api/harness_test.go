package api_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

// house is a running server with two companies. The first one has a client
// "Заря" with an outlet, an agent and a register whose FN has gone silent, and
// a second client "Рассвет"; everything of the first company is named by one
// of the two, so that it shows wherever it must not be seen.
type house struct {
	*app.App
	url    string
	tenant access.Tenant
	people map[string]access.Person
	tokens map[string]string
	ids    map[string]string // by the name a path uses: {device}
	seq    int64
}

func newHouse(t *testing.T) *house {
	t.Helper()
	a, err := app.New(t.Context(), app.Config{Data: t.TempDir(), Listen: "127.0.0.1:0", Build: "test"}, slog.New(slog.DiscardHandler), clock.System{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := a.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	h := &house{App: a, url: "http://" + a.Addr(), people: map[string]access.Person{}, tokens: map[string]string{}, ids: map[string]string{}}
	h.company(t)
	h.places(t)
	h.work(t)
	return h
}

func (h *house) company(t *testing.T) {
	t.Helper()
	var err error
	h.tenant, err = h.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Кассовый сервис", Country: "RU", Lang: i18n.RU, Zone: "Europe/Moscow"})
	must(t, err)
	other, err := h.Access.CreateTenant(t.Context(), access.NewTenant{Name: "Kassenhilfe", Country: "DE", Lang: i18n.DE, Zone: "Europe/Berlin"})
	must(t, err)
	for _, r := range []scope.Role{scope.Dispatcher, scope.Engineer, scope.Manager, scope.Admin} {
		h.person(t, h.tenant.ID, string(r), "", r)
	}
	h.person(t, other.ID, "stranger", "", scope.Admin)
}

func (h *house) person(t *testing.T, tenant, name, ofClient string, role scope.Role) {
	t.Helper()
	sc := scope.System(tenant, "setup")
	p, err := h.Access.CreatePerson(t.Context(), sc, access.NewPerson{
		Email: name + "@example.org", Name: name, Lang: i18n.EN, Roles: []scope.Role{role}, Client: ofClient,
	})
	must(t, err)
	secret, token, err := h.Access.IssueToken(t.Context(), sc, p.ID, "test", time.Time{})
	must(t, err)
	h.people[name], h.tokens[name] = p, secret
	h.ids[name] = p.ID
	h.ids["token-"+name] = token.ID
}

func (h *house) sc() scope.Scope { return scope.System(h.tenant.ID, "test") }

func (h *house) places(t *testing.T) {
	t.Helper()
	ctx, sc := t.Context(), h.sc()
	for key, name := range map[string]string{"client": "Заря", "client2": "Рассвет"} {
		c, err := h.Registry.AddClient(ctx, sc, registry.Client{Name: name, Kind: registry.Company, Country: registry.RU})
		must(t, err)
		o, err := h.Registry.AddOutlet(ctx, sc, registry.Outlet{Client: c.ID, Name: name + " на Лесной", City: "Тула", Zone: "Europe/Moscow"})
		must(t, err)
		h.ids[key], h.ids[strings.Replace(key, "client", "outlet", 1)] = c.ID, o.ID
	}
	k, err := h.Registry.SaveContact(ctx, sc, registry.Contact{Client: h.ids["client"], Name: "Зарина", Phone: "8 (999) 123-45-67"})
	must(t, err)
	h.ids["contact"] = k.ID
	h.ids["agent"] = h.enrol(t, "outlet")
	h.ids["device"] = h.device(t, "outlet", h.ids["agent"], "Касса Заря 1")
	h.ids["device2"] = h.device(t, "outlet2", "", "Касса Рассвет 1")
	h.person(t, h.tenant.ID, "owner", h.ids["client"], scope.Owner)
	h.person(t, h.tenant.ID, "cashier", h.ids["client"], scope.Cashier)
	h.person(t, h.tenant.ID, "owner2", h.ids["client2"], scope.Owner)
	h.say(t, signal.FNLink, signal.TextOf("lost"), signal.LinkOK)
	_, err = h.Faults.Shelf().SaveDraft(ctx, sc, "own-zarya", 0, "title.ru = \"Заря\"")
	must(t, err)
}

func (h *house) enrol(t *testing.T, outlet string) string {
	t.Helper()
	code, err := h.Agents.CreateCode(t.Context(), h.sc(), link.NewCode{Outlet: h.ids[outlet], Name: "Заря агент"})
	must(t, err)
	public, _, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	got, err := h.Hub.Enrol(t.Context(), wire.Enrol{Code: code.Code, PublicKey: public, Host: "pc", OS: "linux", Arch: "amd64", Build: "test"}, "192.0.2.1")
	must(t, err)
	return got.Agent
}

// device adds one and has it watched before anything is asked of it.
func (h *house) device(t *testing.T, outlet, agent, name string) string {
	t.Helper()
	d, err := h.Registry.AddDevice(t.Context(), h.sc(), h.ids[outlet], agent, registry.DeviceForm{
		Kind: registry.FiscalPrinter, Name: name, Model: "АТОЛ 30Ф",
		Endpoint: &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "192.0.2.10:5555", Password: "0000000000000030"},
	})
	must(t, err)
	if agent != "" {
		must(t, h.Fleet.AddDevice(t.Context(), fleet.Device{ID: d.ID, Tenant: h.tenant.ID, Client: d.Client, Outlet: d.Outlet, Agent: agent}))
	}
	return d.ID
}

// say is one report of the device.
func (h *house) say(t *testing.T, def signal.Def, v signal.Value, linkState string) {
	t.Helper()
	h.seq++
	now := time.Now()
	ack, err := h.Fleet.Ingest(t.Context(), fleet.Batch{
		Tenant: h.tenant.ID, Agent: h.ids["agent"], Received: now, Reports: wire.Reports{ID: h.seq, Now: now.UnixMilli(), Reports: []wire.Report{{
			Seq: h.seq, Device: h.ids["device"], At: now.UnixMilli(), Values: []signal.Item{
				{ID: signal.Link.ID, Value: signal.TextOf(linkState)},
				{ID: signal.FNValidTill.ID, Value: signal.TimeOf(now.AddDate(1, 0, 0))},
				{ID: def.ID, Value: v},
			},
		}}},
	})
	must(t, err)
	if len(ack.Refused) > 0 {
		t.Fatalf("refused: %v", ack.Refused)
	}
}

// work is what people have begun: a case, a command, a fix, a window, a rule,
// a calendar, a one-time code.
func (h *house) work(t *testing.T) {
	api, ctx := h.as(t, "admin"), t.Context()
	c, err := api.OpenCase(ctx, "", client.NewCase{Device: h.ids["device"], Subject: "Заря не пробивает", Severity: "critical"})
	must(t, err)
	cmd, err := api.AskCommand(ctx, h.ids["device"], "", client.NewCommand{Procedure: "last_document", Reason: "Заря"})
	must(t, err)
	fix, err := api.StartFix(ctx, client.NewFix{Fault: "kkt-3801-3802-receipt-open-closed", Device: h.ids["device"], Case: c.ID})
	must(t, err)
	drive, err := api.StartDriveChange(ctx, client.NewDriveChange{Device: h.ids["device"], Reason: "broken"})
	must(t, err)
	h.ids["drive"] = drive.ID
	h.outage(t)
	now := time.Now().UTC().Truncate(time.Second)
	win, err := api.PlanWindow(ctx, client.NewWindow{Scope: "client", Target: h.ids["client2"], Starts: now, Ends: now.Add(time.Hour), Zone: "Europe/Moscow", Reason: "Рассвет"})
	must(t, err)
	_, err = api.SetRule(ctx, "zarya-hot", client.RuleForm{Fault: "zarya-hot", Levels: []client.Level{{Severity: "minor", When: "temperature > 90"}}})
	must(t, err)
	code, err := api.CreateEnrolment(ctx, client.NewEnrolment{Outlet: h.ids["outlet"], Name: "Заря второй"})
	must(t, err)
	cal := h.call(t, "admin", "POST", "/calendars", `{"name": "Заря часы", "calendar": {"hours": {"mon": ["09:00-18:00"]}}}`)
	h.ids["calendar"] = field(t, cal, "id")
	h.readers(t)
	h.ids["case"], h.ids["command"], h.ids["fix"], h.ids["window"], h.ids["enrolment"] = c.ID, cmd.ID, fix.ID, win.ID, code.ID
}

// outage is a breakdown of an hour with one sale in it, drafted.
func (h *house) outage(t *testing.T) {
	api, ctx := h.as(t, "admin"), t.Context()
	from := time.Date(2026, 3, 10, 10, 0, 0, 0, time.UTC)
	cut, err := api.StartPowerCut(ctx, client.NewPowerCut{Device: h.ids["device"], PowerCutAbout: client.PowerCutAbout{Reason: "power", Note: "Заря", From: from, To: from.Add(time.Hour)}})
	must(t, err)
	_, err = api.EnterPowerCut(ctx, cut.ID, client.PowerCutForm{
		At: from.Add(time.Minute), Operation: 1, Items: []client.PowerCutItem{{Name: "Заря", Price: 150_00, Quantity: 2000, VAT: 11}},
		Payments: []client.PowerCutPayment{{Kind: "cash", Sum: 300_00}},
	})
	must(t, err)
	cut, err = api.PreparePowerCut(ctx, cut.ID, client.PowerCutPlan{FFD: "1.2", Taxation: "osn", Operator: "Зарина"})
	must(t, err)
	h.ids["cut"], h.ids["sale"], h.ids["correction"] = cut.ID, cut.Settlements[0].ID, cut.Drafts[0].ID
}

// readers is what strangers left on the first company's help page.
func (h *house) readers(t *testing.T) {
	api, ctx := h.as(t, "").Help(""), t.Context()
	q, err := api.Ask(ctx, "fn-210-interface", client.NewHelpQuestion{Visitor: "visitor-of-the-harness-1", Text: "Заря спрашивает"})
	must(t, err)
	_, err = api.Search(ctx, client.HelpSearch{Text: "заря кофеварка", Lang: "ru"})
	must(t, err)
	missed, err := h.as(t, "engineer").HelpMissed(ctx, "", "")
	must(t, err)
	if len(missed) != 1 {
		t.Fatalf("not found: %+v", missed)
	}
	h.ids["question"], h.ids["missed"] = q.ID, missed[0].ID
}

// as is the API with somebody's token; "" is nobody.
func (h *house) as(t *testing.T, name string) *client.API {
	t.Helper()
	a, err := client.New(h.url, h.tokens[name])
	must(t, err)
	return a
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// call asks as somebody. Paths may name what the house has: {device}.
func (h *house) call(t *testing.T, name, method, path, body string, header ...string) answer {
	t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(h.fill(body))
	}
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+"/api/v1"+h.fill(path), in)
	must(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if name != "" {
		req.Header.Set("Authorization", "Bearer "+h.tokens[name])
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	must(t, err)
	return answer{status: res.StatusCode, header: res.Header, body: string(bytes.TrimSpace(data))}
}

func (h *house) fill(s string) string {
	for k, v := range h.ids {
		s = strings.ReplaceAll(s, "{"+k+"}", v)
	}
	return s
}

func field(t *testing.T, a answer, name string) string {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.body), &m); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	s, ok := m[name].(string)
	if !ok {
		t.Fatalf("%d %s: no %s", a.status, a.body, name)
	}
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
