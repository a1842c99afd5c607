package link

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"
)

// sniffTime is how long a new connection may take to say its first byte.
const sniffTime = 10 * time.Second

// tlsHandshake is the first byte of a TLS connection (RFC 8446, 5.1).
const tlsHandshake = 0x16

// Listener is one port for everything: a connection that begins with a TLS
// handshake becomes a *tls.Conn, any other one stays plain HTTP, which Guard
// sends to https or lets through from this very machine. net/http sees the
// *tls.Conn itself, so browsers get HTTP/2 by ALPN.
type Listener struct {
	inner  net.Listener
	config *tls.Config
	ready  chan net.Conn
	done   chan struct{}
	once   sync.Once
	failed error // why accepting ended; read after done is closed
}

// NewListener takes connections from inner until it fails or Close is called.
func NewListener(inner net.Listener, config *tls.Config) *Listener {
	l := &Listener{inner: inner, config: config, ready: make(chan net.Conn), done: make(chan struct{}), failed: net.ErrClosed}
	go l.run()
	return l
}

func (l *Listener) run() {
	for {
		nc, err := l.inner.Accept()
		var passing interface{ Temporary() bool }
		if errors.As(err, &passing) && passing.Temporary() && !errors.Is(err, net.ErrClosed) { // out of file descriptors: some will be given back
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil {
			l.end(err)
			return
		}
		go l.sort(nc) // a slow peer keeps nobody else waiting
	}
}

// sort reads the first byte and hands the connection on.
func (l *Listener) sort(nc net.Conn) {
	first := &begun{Conn: nc}
	_ = nc.SetReadDeadline(time.Now().Add(sniffTime)) // a dead connection fails at the read
	if _, err := nc.Read(first.byte[:]); err != nil {
		_ = nc.Close()
		return
	}
	_ = nc.SetReadDeadline(time.Time{})
	var out net.Conn = first
	if first.byte[0] == tlsHandshake {
		out = tls.Server(first, l.config)
	}
	select {
	case l.ready <- out:
	case <-l.done:
		_ = nc.Close()
	}
}

// Accept gives the next connection whose kind is known.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case nc := <-l.ready:
		return nc, nil
	case <-l.done:
		return nil, l.failed
	}
}

// Close stops accepting.
func (l *Listener) Close() error {
	l.end(net.ErrClosed)
	return l.inner.Close()
}

func (l *Listener) end(err error) {
	l.once.Do(func() {
		l.failed = err
		close(l.done)
	})
}

// Addr is the port's address.
func (l *Listener) Addr() net.Addr { return l.inner.Addr() }

// begun is a connection whose first byte has been read already.
type begun struct {
	net.Conn
	byte  [1]byte
	given bool
}

// Read gives the first byte back first. Like any connection's it is not called
// twice at one time.
func (b *begun) Read(p []byte) (int, error) {
	if !b.given && len(p) > 0 {
		b.given = true
		p[0] = b.byte[0]
		return 1, nil
	}
	return b.Conn.Read(p)
}

// Guard keeps plain HTTP from leaving the machine: what did not come over TLS
// is sent to the same address with https (308 keeps the method), unless it
// comes from this very machine and plainLocal allows that, for a proxy or a
// demo.
func Guard(plainLocal bool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS != nil || plainLocal && local(r.RemoteAddr) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "https://"+r.Host+r.URL.RequestURI(), http.StatusPermanentRedirect)
	})
}

func local(remote string) bool {
	addr, err := netip.ParseAddrPort(remote)
	return err == nil && addr.Addr().Unmap().IsLoopback()
}
