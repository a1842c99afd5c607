package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/poll"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/wire"
)

func join(dir string, name ...string) string {
	return filepath.Join(append([]string{dir}, name...)...)
}

func (d *doctor) checkName(ctx context.Context, u *url.URL) bool {
	ctx, done := context.WithTimeout(ctx, step)
	defer done()
	host := u.Hostname()
	found, err := net.DefaultResolver.LookupHost(ctx, host)
	if err != nil || len(found) == 0 {
		d.tell(Fail, "dns.fail", err, "host", host)
		return false
	}
	d.tell(OK, "dns.ok", nil, "host", host, "address", found[0])
	return true
}

// address is host and port, the scheme's usual one where none is given.
func address(u *url.URL) string {
	port := u.Port()
	switch {
	case port != "":
	case u.Scheme == "https":
		port = "443"
	default:
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

func (d *doctor) checkPort(ctx context.Context, u *url.URL) bool {
	dialer := net.Dialer{Timeout: step}
	conn, err := dialer.DialContext(ctx, "tcp", address(u))
	if err != nil {
		d.tell(Fail, "tcp.fail", err, "address", address(u))
		return false
	}
	_ = conn.Close()
	d.tell(OK, "tcp.ok", nil, "address", address(u))
	return true
}

func (d *doctor) checkTLS(ctx context.Context, u *url.URL) bool {
	if u.Scheme != "https" {
		d.tell(Warn, "tls.none", nil)
		return true
	}
	ctx, done := context.WithTimeout(ctx, step)
	defer done()
	config := channel.TLS(d.id.Pin)
	config.ServerName = u.Hostname()
	conn, err := (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address(u))
	switch {
	case errors.Is(err, channel.ErrPin):
		d.tell(Fail, "tls.pin", err)
	case err != nil:
		d.tell(Fail, "tls.fail", err, "detail", err.Error())
	case len(d.id.Pin) > 0:
		d.tell(OK, "tls.pinned", nil)
	default:
		d.tell(OK, "tls.ok", nil)
	}
	if err == nil {
		_ = conn.Close()
	}
	return err == nil
}

// checkDevice reads a register once, unless an agent runs: a register has one
// conversation at a time.
func (d *doctor) checkDevice(ctx context.Context, dev wire.Device) {
	at := []any{"device", dev.ID, "address", dev.Endpoint.Address}
	if d.running {
		d.tell(Skipped, "device.running", nil, at...)
		return
	}
	if _, known := d.Protocols[dev.Endpoint.Protocol]; !known {
		d.tell(Fail, "device.protocol", nil, append(at, "protocol", dev.Endpoint.Protocol)...)
		return
	}
	look := poll.Once(ctx, d.Protocols, dev.Endpoint, d.Clock.Now)
	if look.Link != signal.LinkOK {
		d.tell(Fail, "device."+look.Link, look.Err, append(at, "detail", look.Detail)...)
		return
	}
	d.tell(OK, "device.ok", nil, append(at,
		"model", look.Set.Get(signal.Model).Text(), "serial", look.Set.Get(signal.Serial).Text())...)
}
