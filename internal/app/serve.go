package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/api"
	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web"
	"github.com/tillwright/tillwright/internal/web/static"
	"github.com/tillwright/tillwright/internal/wire"
)

// certificate reads the operator's own, or makes one that agents pin.
func (a *App) certificate() (err error) {
	if a.cfg.Cert != "" {
		pair, err := tls.LoadX509KeyPair(a.cfg.Cert, a.cfg.Key)
		if err != nil {
			return fmt.Errorf("app: certificate: %w", err)
		}
		a.cert = link.Certificate{TLS: pair}
		return nil
	}
	a.cert, err = link.OwnCertificate(filepath.Join(a.cfg.Data, "tls"), a.hosts(), a.clock.Now())
	return err
}

// hosts are the names that our own certificate is for.
func (a *App) hosts() []string {
	hosts := []string{"localhost", "127.0.0.1", "::1"}
	for _, from := range []string{a.cfg.Listen, strings.TrimPrefix(strings.TrimPrefix(a.cfg.PublicURL, "https://"), "http://")} {
		host, _, err := net.SplitHostPort(strings.TrimSuffix(from, "/"))
		if err != nil {
			host = strings.TrimSuffix(from, "/")
		}
		if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

func (a *App) buildFaces() error {
	files, err := static.Load()
	if err != nil {
		return err
	}
	a.guard = httpauth.New(a.Access, httpauth.Options{
		TLS:              strings.HasPrefix(a.cfg.PublicURL, "https://") || a.cfg.Cert != "",
		Proxies:          a.cfg.proxies(),
		CrossOriginPaths: api.PublicPaths(),
		Refuse:           a.refuse,
	})
	a.pages = web.New(web.Deps{
		Access: a.Access, Guard: a.guard, Registry: a.Registry, Fleet: a.Fleet, Desk: a.Desk, Faults: a.Faults, Help: a.Help, FNChange: a.FNChange, PowerCut: a.PowerCut, Files: a.Files, Agents: a.Agents,
		Bus: a.Bus, Texts: a.Texts, Static: files, Clock: a.clock, Log: a.log, Protocols: Protocols(), Enrolment: a.enrolment, Build: a.cfg.Build, Audit: a.auditTrail, Photos: a.Photos,
	})
	rest := api.New(api.Deps{
		Access: a.Access, Guard: a.guard, Registry: a.Registry, Fleet: a.Fleet, Desk: a.Desk, Faults: a.Faults, Help: a.Help, FNChange: a.FNChange, PowerCut: a.PowerCut, Files: a.Files, Agents: a.Agents,
		Texts: a.Texts, Clock: a.clock, Log: a.log, Protocols: Protocols(), Enrolment: a.enrolment, Build: a.cfg.Build, Audit: a.auditTrail, Photos: a.Photos,
	})
	people := http.NewServeMux()
	a.pages.Mount(people)
	rest.Mount(people)
	a.mountHealth(people)
	mux := http.NewServeMux()
	a.Hub.Mount(mux) // agents pass neither cookies nor pages' headers
	mux.Handle("/", a.guard.Headers(a.guard.CrossOrigin(a.guard.Authenticate(people))))
	a.server = &http.Server{
		Handler:           a.plainGuard(mux),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		TLSConfig:         a.cert.Config(), // the listener ends the TLS; this lets browsers have HTTP/2
		ErrorLog:          slog.NewLogLogger(a.log.Handler(), slog.LevelDebug),
	}
	return nil
}

// auditTrail reads a page of the audit trail.
func (a *App) auditTrail(ctx context.Context, sc scope.Scope, f audit.Filter) (list []audit.Record, err error) {
	err = a.DB.Read(ctx, func(tx *db.Tx) error { list, err = audit.List(ctx, tx, sc, f); return err })
	return list, err
}

// plainGuard keeps plain HTTP to this machine, unless the operator's proxy on
// another one ends the TLS.
func (a *App) plainGuard(next http.Handler) http.Handler {
	if a.cfg.PlainAnywhere {
		return next
	}
	return link.Guard(true, next)
}

// refuse answers a program with problem+json and a person with a page.
func (a *App) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		api.Refuse(w, r, a.Texts, err)
		return
	}
	a.pages.Refuse(w, r, err)
}

func (a *App) listen(ctx context.Context) error {
	var lc net.ListenConfig
	inner, err := lc.Listen(ctx, "tcp", a.cfg.Listen)
	if err != nil {
		return fmt.Errorf("app: %w", err)
	}
	a.listener = link.NewListener(inner, a.cert.Config())
	return nil
}

// remote is who an agent's request comes from.
func (a *App) remote(r *http.Request) string { return a.guard.Remote(r) }

// URL is how people on this machine, or those the operator named, reach the
// pages.
func (a *App) URL() string {
	if a.cfg.PublicURL != "" {
		return strings.TrimSuffix(a.cfg.PublicURL, "/")
	}
	return "http://" + reachable(a.Addr())
}

// reachable turns "every address" into one that can be called.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

// enrolment is what an engineer types into a new agent: the address that the
// person asking uses herself, unless the operator named one.
func (a *App) enrolment(r *http.Request, code string) string {
	server := a.cfg.PublicURL
	if server == "" && r != nil {
		server = "https://" + r.Host
	}
	return a.EnrolmentAt(server, code)
}

// EnrolmentAt is the enrolment string for a server reached at the given
// address; "" is this server's own. A certificate of the operator's needs no
// pin: the machine's authorities decide.
func (a *App) EnrolmentAt(server, code string) string {
	if server == "" {
		server = "https://" + reachable(a.Addr())
	}
	if u, err := url.Parse(server); err == nil && u.Scheme == "http" {
		u.Scheme = "https"
		server = u.String()
	}
	e := wire.Enrolment{Server: strings.TrimSuffix(server, "/"), Code: code}
	if a.cfg.Cert == "" {
		e.Pin = a.cert.Pin()
	}
	return e.String()
}

// Handler is everything the port serves, for measuring pages without a
// network between.
func (a *App) Handler() http.Handler { return a.server.Handler }
