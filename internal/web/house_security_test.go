package web_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"image"
	pngencode "image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// street is a house with two clients and somebody of every kind. What is the
// first client's is named "Заря", so that it shows where it must not.
type street struct {
	*house
	tokens map[string]string
	scopes map[string]scope.Scope
	ids    map[string]string
	came   atomic.Int64
}

// from is an address that nobody has come from.
func (s *street) from() string {
	n := s.came.Add(1)
	return fmt.Sprintf("198.%d.%d.%d", 18+n>>16&1, n>>8&255, n&255)
}

// everybody who knocks, from those who must see least. owner2 is of another
// client, stranger the administrator of another company.
func everybody() []string {
	return []string{"", "stranger", "owner2", "cashier2", "cashier", "owner", "dispatcher", "engineer", "manager", "admin"}
}

func newStreet(t *testing.T) *street {
	t.Helper()
	s := &street{house: newHouse(t), tokens: map[string]string{}, scopes: map[string]scope.Scope{}, ids: map[string]string{"none": "00000000-0000-7000-8000-000000000000"}}
	s.places(t)
	firms, err := s.Access.Tenants(t.Context())
	must(t, err)
	for _, p := range []struct {
		name, tenant, client string
		role                 scope.Role
	}{
		{"stranger", firms[1].ID, "", scope.Admin},
		{"owner2", firms[0].ID, s.ids["client2"], scope.Owner},
		{"cashier2", firms[0].ID, s.ids["client2"], scope.Cashier},
		{"cashier", firms[0].ID, s.ids["client"], scope.Cashier},
		{"owner", firms[0].ID, s.ids["client"], scope.Owner},
		{"dispatcher", firms[0].ID, "", scope.Dispatcher},
		{"engineer", firms[0].ID, "", scope.Engineer},
		{"manager", firms[0].ID, "", scope.Manager},
		{"admin", firms[0].ID, "", scope.Admin},
		{"target", firms[0].ID, "", scope.Dispatcher},
	} {
		s.person(t, p.tenant, p.name, p.client, p.role)
	}
	s.work(t)
	return s
}

func (s *street) person(t *testing.T, tenant, name, ofClient string, role scope.Role) {
	t.Helper()
	sc := scope.System(tenant, "setup")
	p, err := s.Access.CreatePerson(t.Context(), sc, access.NewPerson{Email: name + "@street.example", Name: name, Lang: i18n.EN, Roles: []scope.Role{role}, Client: ofClient})
	must(t, err)
	s.tokens[name], _, err = s.Access.IssueToken(t.Context(), sc, p.ID, "test", time.Time{})
	must(t, err)
	s.ids[name], s.scopes[name] = p.ID, scope.Person(tenant, p.ID, name, ofClient, role)
}

func (s *street) sc() scope.Scope { return scope.System(s.tenant.ID, "test") }

func (s *street) places(t *testing.T) {
	t.Helper()
	ctx, sc := t.Context(), s.sc()
	for n, name := range map[string]string{"": "Заря", "2": "Рассвет"} {
		c, err := s.Registry.AddClient(ctx, sc, registry.Client{Name: name, Kind: registry.Company, Country: registry.RU})
		must(t, err)
		o, err := s.Registry.AddOutlet(ctx, sc, registry.Outlet{Client: c.ID, Name: name + " на Лесной", City: "Тула", Zone: "Europe/Moscow"})
		must(t, err)
		code, err := s.Agents.CreateCode(ctx, sc, link.NewCode{Outlet: o.ID, Name: name + " агент"})
		must(t, err)
		public, _, err := ed25519.GenerateKey(rand.Reader)
		must(t, err)
		a, err := s.Hub.Enrol(ctx, wire.Enrol{Code: code.Code, PublicKey: public, Host: "pc", OS: "linux", Arch: "amd64", Build: "test"}, "192.0.2.1")
		must(t, err)
		d, err := s.Registry.AddDevice(ctx, sc, o.ID, a.Agent, registry.DeviceForm{
			Kind: registry.FiscalPrinter, Name: "Касса " + name, Model: "АТОЛ 30Ф", Endpoint: &kkt.Endpoint{Protocol: "atol", Transport: "tcp", Address: "192.0.2.10:5555"},
		})
		must(t, err)
		must(t, s.Fleet.AddDevice(ctx, fleet.Device{ID: d.ID, Tenant: s.tenant.ID, Client: d.Client, Outlet: d.Outlet, Agent: a.Agent}))
		s.ids["client"+n], s.ids["outlet"+n], s.ids["agent"+n], s.ids["device"+n] = c.ID, o.ID, a.Agent, d.ID
	}
}

// picture is a small photograph.
func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, pngencode.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30))))
	return b.Bytes()
}

// work is what people have begun about the first client's register.
func (s *street) work(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	api, err := client.New(s.url, s.tokens["admin"])
	must(t, err)
	c, err := api.OpenCase(ctx, "", client.NewCase{Device: s.ids["device"], Subject: "Заря не пробивает", Severity: "critical"})
	must(t, err)
	cmd, err := api.AskCommand(ctx, s.ids["device"], "", client.NewCommand{Procedure: "last_document", Reason: "Заря"})
	must(t, err)
	fix, err := api.StartFix(ctx, client.NewFix{Fault: "kkt-3801-3802-receipt-open-closed", Device: s.ids["device"], Case: c.ID})
	must(t, err)
	drive, err := api.StartDriveChange(ctx, client.NewDriveChange{Device: s.ids["device"], Reason: "broken"})
	must(t, err)
	now := time.Now().UTC().Truncate(time.Second)
	win, err := api.PlanWindow(ctx, client.NewWindow{Scope: "client", Target: s.ids["client"], Starts: now, Ends: now.Add(time.Hour), Zone: "Europe/Moscow", Reason: "Заря"})
	must(t, err)
	_, err = api.SetRule(ctx, "zarya-hot", client.RuleForm{Fault: "zarya-hot", Levels: []client.Level{{Severity: "minor", When: "temperature > 90"}}})
	must(t, err)
	hours, err := s.Desk.SaveCalendar(ctx, s.sc(), desk.Calendar{Name: "Заря", Spec: calendar.Spec{Always: true}})
	must(t, err)
	code, err := api.CreateEnrolment(ctx, client.NewEnrolment{Outlet: s.ids["outlet"], Name: "Заря второй"})
	must(t, err)
	_, err = s.Faults.Shelf().SaveDraft(ctx, s.sc(), "own-zarya", 0, "title.ru = \"Заря\"")
	must(t, err)
	cut, err := s.PowerCut.Start(ctx, s.sc(), powercut.StartRequest{Device: s.ids["device"], About: powercut.About{Reason: powercut.Power, Note: "Заря", From: now.Add(-time.Hour), To: now}})
	must(t, err)
	f, err := s.Files.Add(ctx, s.sc(), files.Upload{Owner: files.Owner{Area: "case", ID: c.ID}, Client: s.ids["client"], Name: "Заря.png", Data: bytes.NewReader(picture(t))},
		func(*db.Tx, files.File) error { return nil })
	must(t, err)
	for k, v := range map[string]string{"case": c.ID, "command": cmd.ID, "fix": fix.ID, "drive": drive.ID, "window": win.ID, "enrolment": code.ID, "cut": cut.ID, "file": f.ID, "calendar": hours.ID} {
		s.ids[k] = v
	}
	s.readers(t)
}

// readers is what strangers left on the company's help page.
func (s *street) readers(t *testing.T) {
	t.Helper()
	ctx, reader := t.Context(), help.Reader(s.tenant.ID)
	q, err := s.Help.Ask(ctx, reader, help.VisitorOf("visitor-of-the-street-001"), help.Question{Fault: fn235, Lang: "ru", Text: "Заря спрашивает"})
	must(t, err)
	walk, err := s.Help.Walk(ctx, reader, help.VisitorOf("visitor-of-the-street-001"), fn235)
	must(t, err)
	once := help.NewKey()
	ticket, err := s.Help.Send(ctx, reader, help.Request{Once: once, Name: "Вера", Phone: "8 999 123-45-67", Subject: "Не печатает", Lang: "ru"})
	must(t, err)
	s.ids["question"], s.ids["walk"], s.ids["once"], s.ids["request"] = q.ID, walk, once, ticket.Case
}

// knock asks as somebody, without a network between; "" is nobody.
func (s *street) knock(t *testing.T, who, method, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader(form.Encode())
	}
	r := httptest.NewRequestWithContext(t.Context(), method, path, body)
	r.RemoteAddr = "127.0.0.1:5000"
	r.Header.Set("X-Forwarded-For", s.from()) // nobody is slowed down by those before
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if who != "" {
		r.Header.Set("Authorization", "Bearer "+s.tokens[who])
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}
