// Package api is what programs see: REST under /api/v1, described by OpenAPI
// 3.1 at /api/v1/openapi.json, errors as problem+json (RFC 9457) with a stable
// code. It asks the areas and holds no rule of its own. Its shapes are those
// of package client, so that what the server writes is what a program reads.
package api

import (
	"context"
	"io"
	"log/slog"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/desk"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/files"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// Prefix is where the API lives.
const Prefix = "/api/v1"

// Photos reads the writing off photographs.
type Photos interface {
	Available() bool
	Read(ctx context.Context, photo io.Reader, lang string) (string, error)
}

// Deps is what the API is made of.
type Deps struct {
	Access    *access.Service
	Guard     *httpauth.Guard
	Registry  *registry.Service
	Fleet     *fleet.Service
	Desk      *desk.Service
	Faults    *faults.Service
	FNChange  *fnchange.Service
	PowerCut  *powercut.Service
	Files     *files.Service
	Help      *help.Service
	Agents    *link.Service
	Photos    Photos // nil reads none
	Texts     *i18n.Bundle
	Clock     clock.Clock
	Log       *slog.Logger
	Protocols map[string]kkt.Protocol
	Enrolment func(r *http.Request, code string) string
	Build     string
	// Audit reads the audit trail; nil leaves the call unavailable.
	Audit func(ctx context.Context, sc scope.Scope, f audit.Filter) ([]audit.Record, error)
}

// API serves the calls.
type API struct {
	Deps
	huma huma.API
	door *door
}

// New makes the API.
func New(d Deps) *API { return &API{Deps: d} }

// Mount puts every call on mux.
func (a *API) Mount(mux *http.ServeMux) {
	a.describe(mux)
	a.door.mountRest(a)
}

// describe registers every call behind the door.
func (a *API) describe(mux *http.ServeMux) {
	speakProblems()
	a.door = newDoor(mux, a.Log, a.refuse)
	a.huma = humago.New(a.door, a.config())
	a.mountAll()
}

func (a *API) config() huma.Config {
	c := huma.DefaultConfig("Tillwright", a.Build)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = Prefix+"/openapi", "", ""
	c.CreateHooks = nil // no $schema links in answers: they are for people, not for programs
	c.RejectUnknownQueryParameters = true
	c.Info.Description = description
	c.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	c.Tags = tags()
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "An API token: `tillwright user token --email E` prints one, POST /people/{id}/tokens makes one."},
	}
	return c
}

// mountAll registers every group of calls.
func (a *API) mountAll() {
	for _, mount := range []func(){
		a.mountPromises, a.mountDecode, a.mountFFD, a.mountDiagnose,
		a.mountWatch, a.mountDevices, a.mountDeviceEdits, a.mountCommands, a.mountWindows, a.mountRules,
		a.mountClients, a.mountOutlets, a.mountContacts, a.mountAgents, a.mountOffers, a.mountEnrolments,
		a.mountCases, a.mountCaseSteps, a.mountCalendars, a.mountFaults, a.mountOwnArticles, a.mountFixes, a.mountHelp, a.mountHelpDesk,
		a.mountWarranty, a.mountFNChange, a.mountPowerCut, a.mountFiles, a.mountMe, a.mountPeople, a.mountTokens, a.mountAudit,
	} {
		mount()
	}
}

// PublicPaths are the calls that any site may make a browser send: they need
// nobody to be signed in and change nothing.
func PublicPaths() []string {
	return []string{"POST " + Prefix + "/diagnose", "POST " + Prefix + "/promises/preview", "POST " + Prefix + "/kkt/decode", "POST " + Prefix + "/ffd/decode"}
}
