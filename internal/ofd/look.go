package ofd

import (
	"context"
	"errors"
	"io"
	"net"
	"strconv"
	"syscall"
	"time"
)

// Target is where a register sends.
type Target struct {
	Host string
	Port int
}

// How an operator can be reached, as the named value ofd.reach tells it.
const (
	ReachOK         = "ok"
	ReachDNS        = "dns"         // its name is not known here, and other names are
	ReachTCP        = "tcp"         // the connection is refused or swallowed, and others are not: blocked, or a wrong port
	ReachClosed     = "closed"      // it takes the connection and ends it at once: unpaid, or not an operator
	ReachForeign    = "foreign"     // something speaks first there: a portal or a proxy, no operator does
	ReachNoInternet = "no_internet" // nothing else can be reached either
	ReachUnset      = "unset"       // the register names no address
)

// Result is what a look found.
type Result struct {
	Reach   string
	Detail  string        // "refused", "timeout", "no_such_name", "unreachable"; "" when all is well
	Resolve time.Duration // how long the name took
	Connect time.Duration // how long the connection took
}

// Resolver finds the addresses of a name.
type Resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
}

// Dialer opens a connection.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Looker looks whether operators can be reached. The zero Looker uses the
// machine's network and, to tell a blocked operator from a dead line, the
// operators of the list.
type Looker struct {
	Resolver Resolver
	Dialer   Dialer
	Others   []Target      // whose reach proves that there is internet; nil = three of the list
	Patience time.Duration // for a name and for a connection; 0 = 5 s
	Linger   time.Duration // how long a connection must last; 0 = 1.5 s
}

// Look opens one connection and says nothing on it. It never sends a byte: a
// message that no drive has signed has no business at an operator's.
func (l Looker) Look(ctx context.Context, t Target) Result {
	l = l.filled()
	if t.Host == "" || t.Port <= 0 || t.Port > 65535 {
		return Result{Reach: ReachUnset}
	}
	var r Result
	begin := time.Now()
	address, detail := l.resolve(ctx, t.Host)
	r.Resolve = time.Since(begin)
	if detail != "" {
		r.Reach, r.Detail = l.orNoInternet(ctx, t, ReachDNS), detail
		return r
	}
	begin = time.Now()
	conn, detail := l.connect(ctx, address, t.Port)
	r.Connect = time.Since(begin)
	if detail != "" {
		r.Reach, r.Detail = l.orNoInternet(ctx, t, ReachTCP), detail
		return r
	}
	defer func() { _ = conn.Close() }()
	r.Reach = l.listen(ctx, conn)
	return r
}

func (l Looker) filled() Looker {
	if l.Resolver == nil {
		l.Resolver = net.DefaultResolver
	}
	if l.Dialer == nil {
		l.Dialer = &net.Dialer{}
	}
	if l.Patience <= 0 {
		l.Patience = 5 * time.Second
	}
	if l.Linger <= 0 {
		l.Linger = 1500 * time.Millisecond
	}
	return l
}

// resolve gives an address of the host, or why there is none.
func (l Looker) resolve(ctx context.Context, host string) (address, detail string) {
	if net.ParseIP(host) != nil {
		return host, ""
	}
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	list, err := l.Resolver.LookupHost(ctx, host)
	var dns *net.DNSError
	switch {
	case err == nil && len(list) > 0:
		return list[0], ""
	case errors.As(err, &dns) && dns.IsNotFound, err == nil:
		return "", "no_such_name"
	default:
		return "", "timeout"
	}
}

func (l Looker) connect(ctx context.Context, host string, port int) (net.Conn, string) {
	ctx, cancel := context.WithTimeout(ctx, l.Patience)
	defer cancel()
	conn, err := l.Dialer.DialContext(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	switch {
	case err == nil:
		return conn, ""
	case errors.Is(err, syscall.ECONNREFUSED):
		return nil, "refused"
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return nil, "unreachable"
	default:
		return nil, "timeout"
	}
}

// listen waits whether the other side ends the connection or speaks. An
// operator does neither: it waits for the drive.
func (l Looker) listen(ctx context.Context, conn net.Conn) string {
	until := time.Now().Add(l.Linger)
	if d, ok := ctx.Deadline(); ok && d.Before(until) {
		until = d
	}
	if err := conn.SetReadDeadline(until); err != nil {
		return ReachClosed
	}
	var b [1]byte
	n, err := conn.Read(b[:])
	var late net.Error
	switch {
	case n > 0:
		return ReachForeign
	case errors.As(err, &late) && late.Timeout():
		return ReachOK
	case errors.Is(err, io.EOF), err != nil:
		return ReachClosed
	default:
		return ReachOK
	}
}

// orNoInternet is the given reach when anything else can be reached, else that
// there is no internet.
func (l Looker) orNoInternet(ctx context.Context, t Target, reach string) string {
	others := l.Others
	if others == nil {
		others = l.listed(t)
	}
	found := make(chan bool, len(others))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for _, o := range others {
		go func() { found <- l.reachable(ctx, o) }()
	}
	for range others {
		if <-found {
			return reach
		}
	}
	return ReachNoInternet
}

func (l Looker) reachable(ctx context.Context, t Target) bool {
	address, detail := l.resolve(ctx, t.Host)
	if detail != "" {
		return false
	}
	conn, detail := l.connect(ctx, address, t.Port)
	if detail == "refused" {
		return true // somebody out there said no
	}
	if detail != "" {
		return false
	}
	_ = conn.Close()
	return true
}

// listed is three operators of the list that are not the one looked at.
func (l Looker) listed(t Target) []Target {
	var list []Target
	for _, o := range Operators() {
		if o.Host != t.Host && len(list) < 3 {
			list = append(list, Target{Host: o.Host, Port: o.Port})
		}
	}
	return list
}
