package main

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/app"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/demo"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

type serveCmd struct {
	store
	Listen        string        `help:"Address of pages, API and agents." default:":8443" env:"TILLWRIGHT_LISTEN"`
	PublicURL     string        `help:"How people and agents reach this server, if not by its own address." env:"TILLWRIGHT_PUBLIC_URL" placeholder:"URL"`
	Cert          string        `help:"Certificate (PEM); without one the server makes its own, which agents pin." type:"existingfile" env:"TILLWRIGHT_CERT"`
	Key           string        `help:"Its private key (PEM)." type:"existingfile" env:"TILLWRIGHT_KEY"`
	PlainAnywhere bool          `help:"Serve plain HTTP to other machines too: behind a proxy on another host that ends TLS."`
	TrustProxy    []string      `help:"Address or network of a proxy whose X-Forwarded-For is believed, beside this machine." env:"TILLWRIGHT_TRUST_PROXY" placeholder:"CIDR"`
	MetricsFrom   []string      `help:"Address or network that may read /metrics, beside this machine." env:"TILLWRIGHT_METRICS_FROM" placeholder:"CIDR"`
	Heartbeat     time.Duration `help:"How often an agent says that it lives." default:"1m"`
}

// Validate refuses half a certificate.
func (c serveCmd) Validate() error {
	if (c.Cert == "") != (c.Key == "") {
		return errors.New("--cert and --key go together")
	}
	_, proxies := networks(c.TrustProxy)
	_, readers := networks(c.MetricsFrom)
	return errors.Join(proxies, readers)
}

// networks reads addresses ("192.0.2.7") and networks ("192.0.2.0/24").
func networks(list []string) (out []netip.Prefix, err error) {
	for _, s := range list {
		p, bad := netip.ParsePrefix(s)
		if a, single := netip.ParseAddr(s); single == nil {
			p, bad = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if bad != nil {
			err = errors.Join(err, fmt.Errorf("%q is neither an address nor a network", s))
			continue
		}
		out = append(out, p)
	}
	return out, err
}

// Run serves until it is told to stop, and then ends in order.
func (c serveCmd) Run(ctx context.Context, e env) error {
	proxies, _ := networks(c.TrustProxy) // Validate has looked at them
	readers, _ := networks(c.MetricsFrom)
	a, err := app.New(ctx, app.Config{
		Data: c.Data, Listen: c.Listen, DB: c.DB, PublicURL: c.PublicURL, Cert: c.Cert, Key: c.Key,
		PlainAnywhere: c.PlainAnywhere, Proxies: proxies, MetricsFrom: readers, Heartbeat: c.Heartbeat, Build: build(),
	}, e.log, clock.System{})
	if err != nil {
		return err
	}
	if err := a.Start(ctx); err != nil {
		return errors.Join(err, a.Close(context.WithoutCancel(ctx)))
	}
	e.log.Info("serving", "url", a.URL(), "build", build())
	if _, err := fmt.Fprintf(e.out, "url=%s\nready\n", a.URL()); err != nil {
		e.log.Warn("the address could not be printed", "error", err) // whoever started us is gone; the shops are not
	}
	select {
	case <-ctx.Done():
	case err = <-a.Failed():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer cancel()
	return errors.Join(err, a.Stop(last))
}

type userCmd struct {
	Add      userAddCmd      `cmd:"" help:"Add a person; the first one makes the company too."`
	Password userPasswordCmd `cmd:"" help:"Give a person a new password and print it."`
	Token    userTokenCmd    `cmd:"" help:"Print a new API token of a person."`
}

type userAddCmd struct {
	store
	Email   string `help:"Address the person signs in with." required:""`
	Name    string `help:"As shown to others." required:""`
	Role    string `help:"dispatcher, engineer, manager or admin." default:"admin" enum:"dispatcher,engineer,manager,admin"`
	Lang    string `help:"ru, de or en." default:"en" enum:"ru,de,en"`
	Company string `help:"Name of the service company, for the first person."`
	Country string `help:"Its country." default:"RU"`
	Zone    string `help:"Its time zone." default:"Europe/Moscow"`
}

// Run makes the person with a password that is printed once.
func (c userAddCmd) Run(ctx context.Context, e env) error {
	return c.with(ctx, func(d *db.DB) error {
		s := access.New(d, clock.System{}, access.Options{Log: e.log})
		tenant, err := c.tenant(ctx, s)
		if err != nil {
			return err
		}
		password := demo.Password()
		_, err = s.CreatePerson(ctx, scope.System(tenant, "command line"), access.NewPerson{
			Email: c.Email, Name: c.Name, Lang: i18n.Lang(c.Lang), Theme: access.Auto, Roles: []scope.Role{scope.Role(c.Role)}, Password: password,
		})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "email=%s\npassword=%s\n", c.Email, password)
		return err
	})
}

// tenant is the one company of this server, made with its first person. With
// several the person belongs to an existing one and must be added in its
// pages.
func (c userAddCmd) tenant(ctx context.Context, s *access.Service) (string, error) {
	tenants, err := s.Tenants(ctx)
	if err != nil {
		return "", err
	}
	switch {
	case c.Company != "":
		t, err := s.CreateTenant(ctx, access.NewTenant{Name: c.Company, Country: c.Country, Lang: i18n.Lang(c.Lang), Zone: c.Zone})
		return t.ID, err
	case len(tenants) == 1:
		return tenants[0].ID, nil
	case len(tenants) == 0:
		return "", errors.New("there is no company yet: name it with --company")
	default:
		return "", errors.New("this server has several companies: add the person in the company's own pages")
	}
}

type userPasswordCmd struct {
	store
	Email string `help:"Whose." required:""`
}

// Run sets a new password, which ends the person's sessions.
func (c userPasswordCmd) Run(ctx context.Context, e env) error {
	return c.with(ctx, func(d *db.DB) error {
		s := access.New(d, clock.System{}, access.Options{Log: e.log})
		id, err := s.FindByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		password := demo.Password()
		if err := s.SetPassword(ctx, scope.System(id.Tenant, "command line"), id.Person.ID, password); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "password=%s\n", password)
		return err
	})
}

type userTokenCmd struct {
	store
	Email string        `help:"Whose." required:""`
	Name  string        `help:"What it is for." default:"command line"`
	For   time.Duration `help:"How long it is good; 0 is until it is revoked."`
}

// Run prints the token, which is kept nowhere else.
func (c userTokenCmd) Run(ctx context.Context, e env) error {
	return c.with(ctx, func(d *db.DB) error {
		s := access.New(d, clock.System{}, access.Options{Log: e.log})
		id, err := s.FindByEmail(ctx, c.Email)
		if err != nil {
			return err
		}
		var until time.Time
		if c.For > 0 {
			until = clock.System{}.Now().Add(c.For)
		}
		token, _, err := s.IssueToken(ctx, scope.System(id.Tenant, "command line"), id.Person.ID, c.Name, until)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(e.out, token)
		return err
	})
}
