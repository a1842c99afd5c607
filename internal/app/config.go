// Package app builds the server out of its rooms and ties them together. It is
// the only room that imports all of them.
package app

import (
	"net/netip"
	"path/filepath"
	"slices"
	"time"
)

// Config is what must be known before the database can be asked. Everything
// else is kept there.
type Config struct {
	// Data is the folder of this server: database, certificate, files.
	Data string
	// Listen is the one address of pages, API and agents; port 0 takes a free
	// one.
	Listen string
	// DB is "sqlite:FILE" or "postgres://…"; "" is tillwright.db in Data.
	DB string
	// PublicURL is how people and agents reach this server, when that is not
	// the address it listens on (behind a proxy, a name instead of a number).
	PublicURL string
	// Cert and Key are PEM files; "" makes a certificate of our own, which
	// agents pin.
	Cert, Key string
	// PlainAnywhere serves plain HTTP also to other machines: for a proxy on
	// another host that ends TLS. Off, plain HTTP is for this machine alone.
	PlainAnywhere bool
	// Proxies are the addresses of proxies whose X-Forwarded-For is believed,
	// beside this machine itself.
	Proxies []netip.Prefix
	// MetricsFrom are the addresses that may read /metrics, beside this machine
	// itself.
	MetricsFrom []netip.Prefix
	// Heartbeat is how often an agent says that it lives; 0 = a minute.
	Heartbeat time.Duration
	// EnrolAtOnce is how many agents may enrol from one address at once before
	// they are slowed down; 0 = the usual few. The demo enrols forty.
	EnrolAtOnce int
	// Build is shown on the pages' foot and to agents.
	Build string
}

// database is the address of the database.
func (c Config) database() string {
	if c.DB != "" {
		return c.DB
	}
	return "sqlite:" + filepath.Join(c.Data, "tillwright.db")
}

// thisMachine is where a proxy of the operator's stands, or her own metrics
// reader: only programs on this machine come from here.
func thisMachine() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

func (c Config) proxies() []netip.Prefix { return slices.Concat(thisMachine(), c.Proxies) }

func (c Config) metricsFrom() []netip.Prefix { return slices.Concat(thisMachine(), c.MetricsFrom) }
