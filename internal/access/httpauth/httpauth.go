// Package httpauth stands at the door of every page and every API call: it
// finds out who is asking, refuses what another site made a browser send, and
// sets the headers that keep a page to itself.
//
// The handlers are to be nested in this order: Headers, CrossOrigin,
// Authenticate, then per route Require.
package httpauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Identifier says whom a secret opens. access.Service is one.
type Identifier interface {
	BySession(ctx context.Context, secret string) (access.Identity, error)
	ByToken(ctx context.Context, secret string) (access.Identity, error)
}

// Options say how the server is reached and how it refuses.
type Options struct {
	// TLS is true when browsers reach the server over https, also when a
	// proxy in front ends the TLS.
	TLS bool
	// Proxies are the addresses whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// CrossOriginPaths are patterns ("POST /api/v1/diagnose") of calls that
	// any site may make a browser send, because they use no cookie.
	CrossOriginPaths []string
	// Refuse answers a request that is not let through. nil answers with
	// problem+json. A face that has pages redirects to its login here.
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
}

// Guard makes the handlers. It does not change after New.
type Guard struct {
	who    Identifier
	o      Options
	cross  *http.CrossOriginProtection
	refuse func(w http.ResponseWriter, r *http.Request, err error)
}

// New makes a Guard.
func New(who Identifier, o Options) *Guard {
	g := &Guard{who: who, o: o, refuse: o.Refuse, cross: http.NewCrossOriginProtection()}
	if g.refuse == nil {
		g.refuse = refuseJSON
	}
	for _, p := range o.CrossOriginPaths {
		g.cross.AddInsecureBypassPattern(p)
	}
	return g
}

// Authenticate puts who is asking into the request's context. A Bearer token
// goes before a cookie and must be good; a cookie that is no longer good is
// taken away and the request goes on without anybody signed in.
func (g *Guard) Authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var id access.Identity
		var err error
		token, bearer := bearerToken(r)
		secret := g.Cookie(r)
		switch {
		case bearer:
			id, err = g.who.ByToken(r.Context(), token)
		case secret != "":
			id, err = g.who.BySession(r.Context(), secret)
		default:
			next.ServeHTTP(w, r)
			return
		}
		if err == nil {
			next.ServeHTTP(w, r.WithContext(access.WithIdentity(r.Context(), id)))
			return
		}
		if bearer || problem.Of(err).Kind != problem.Unauthenticated {
			g.refuse(w, r, err)
			return
		}
		g.ClearCookie(w, r)
		next.ServeHTTP(w, r)
	})
}

// bearerToken is the token of the Authorization header; present is true for
// any Bearer header, also an empty one.
func bearerToken(r *http.Request) (token string, present bool) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(kind, "Bearer")
}

// SignedIn lets through only who is signed in.
func (g *Guard) SignedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, ok := access.IdentityFrom(r.Context()); !ok {
			g.refuse(w, r, problem.New(problem.Unauthenticated, "unauthenticated").In("httpauth"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Require lets through only who has the right.
func (g *Guard) Require(right scope.Right) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return g.SignedIn(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !access.ScopeFrom(r.Context()).Can(right) {
				g.refuse(w, r, problem.New(problem.Forbidden, "forbidden").In("httpauth"))
				return
			}
			next.ServeHTTP(w, r)
		}))
	}
}

// CrossOrigin refuses a writing request that a page of another origin made
// the browser send. A request with a Bearer token passes: another site cannot
// add that header, and with it the cookie is not looked at.
func (g *Guard) CrossOrigin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, bearer := bearerToken(r); !bearer {
			if err := g.cross.Check(r); err != nil {
				g.refuse(w, r, problem.New(problem.Forbidden, "cross_origin").In("httpauth").Because(err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// refuseJSON answers as RFC 9457 asks, with the stable code.
func refuseJSON(w http.ResponseWriter, _ *http.Request, err error) {
	p := problem.Of(err)
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if p.Kind == problem.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tillwright"`)
	}
	if s, ok := p.Args["seconds"].(int64); ok && p.Kind == problem.TooMany {
		w.Header().Set("Retry-After", strconv.FormatInt(s, 10))
	}
	w.WriteHeader(p.Status())
	body := map[string]any{"status": p.Status(), "code": p.Code}
	_ = json.NewEncoder(w).Encode(body) // the other side may be gone; there is nobody else to tell
}
