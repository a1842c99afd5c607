package ofd

import (
	"context"
	"errors"
	"net"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// listener takes connections and does with each what serve says.
func listener(t *testing.T, serve func(net.Conn)) Target {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serve(c)
		}
	}()
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	return Target{Host: host, Port: n}
}

// waits is an operator: it waits for the drive to speak, and fails the test
// when a byte comes.
func waits(t *testing.T) Target {
	return listener(t, func(c net.Conn) {
		defer func() { _ = c.Close() }()
		var b [1]byte
		if n, _ := c.Read(b[:]); n > 0 {
			t.Errorf("the look said %02X to an operator", b[0])
		}
	})
}

func hangsUp(t *testing.T) Target { return listener(t, func(c net.Conn) { _ = c.Close() }) }

func speaks(t *testing.T) Target {
	return listener(t, func(c net.Conn) { _, _ = c.Write([]byte("220 welcome\r\n")) })
}

// nobody is an address on which nothing listens.
func nobody(t *testing.T) Target {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return Target{Host: "127.0.0.1", Port: port}
}

// names is a resolver that knows some names and, without internet, none.
type names struct {
	known map[string]string
	dead  bool
}

func (n names) LookupHost(_ context.Context, host string) ([]string, error) {
	if n.dead {
		return nil, &net.DNSError{Err: "timeout", Name: host, IsTimeout: true}
	}
	if a, ok := n.known[host]; ok {
		return []string{a}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

// wall is a network that swallows connections to some ports and knows no way
// to others.
type wall struct {
	swallows, unreachable map[int]bool
	all                   bool
}

func (w wall) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	_, p, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(p)
	if err != nil {
		return nil, err
	}
	switch {
	case w.all || w.swallows[port]:
		<-ctx.Done()
		return nil, ctx.Err()
	case w.unreachable[port]:
		return nil, &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

// TestCausesAreToldApart is what a person must do something different about.
func TestCausesAreToldApart(t *testing.T) {
	t.Parallel()
	operator, other, gone := waits(t), waits(t), nobody(t)
	known := names{known: map[string]string{"ofd.example": "127.0.0.1"}}
	for name, tc := range map[string]struct {
		target        Target
		resolver      Resolver
		dialer        Dialer
		others        []Target
		reach, detail string
	}{
		"well":                     {operator, known, nil, nil, ReachOK, ""},
		"well by name":             {Target{"ofd.example", operator.Port}, known, nil, nil, ReachOK, ""},
		"no such name":             {Target{"odf.example", 7777}, known, nil, []Target{other}, ReachDNS, "no_such_name"},
		"no such name, no net":     {Target{"odf.example", 7777}, names{dead: true}, wall{all: true}, []Target{other}, ReachNoInternet, "timeout"},
		"refused":                  {gone, known, nil, []Target{other}, ReachTCP, "refused"},
		"swallowed":                {operator, known, wall{swallows: map[int]bool{operator.Port: true}}, []Target{other}, ReachTCP, "timeout"},
		"no way":                   {operator, known, wall{unreachable: map[int]bool{operator.Port: true}}, []Target{other}, ReachTCP, "unreachable"},
		"nothing goes":             {operator, known, wall{all: true}, []Target{other}, ReachNoInternet, "timeout"},
		"ends at once":             {hangsUp(t), known, nil, nil, ReachClosed, ""},
		"speaks first":             {speaks(t), known, nil, nil, ReachForeign, ""},
		"no address":               {Target{"", 7777}, known, nil, nil, ReachUnset, ""},
		"no port":                  {Target{"ofd.example", 0}, known, nil, nil, ReachUnset, ""},
		"others refuse: net works": {gone, known, nil, []Target{nobody(t)}, ReachTCP, "refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := Looker{Resolver: tc.resolver, Dialer: tc.dialer, Others: tc.others, Patience: 300 * time.Millisecond, Linger: 100 * time.Millisecond}
			if r := l.Look(t.Context(), tc.target); r.Reach != tc.reach || r.Detail != tc.detail {
				t.Errorf("%+v, want %s %s", r, tc.reach, tc.detail)
			}
		})
	}
}

func TestALookEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	l := Looker{Dialer: wall{all: true}, Others: []Target{{Host: "127.0.0.1", Port: 9}}, Patience: time.Hour, Linger: time.Hour}
	if r := l.Look(ctx, Target{Host: "127.0.0.1", Port: 9}); r.Reach == ReachOK {
		t.Errorf("%+v", r)
	}
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Error("it came back without being told to")
	}
}

// TestTheListIsWhole reads every line of the list.
func TestTheListIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range Operators() {
		if len(o.INN) != 10 || o.Name == "" || o.Host == "" || o.Port < 1 || o.Port > 65535 || seen[o.Host] {
			t.Errorf("%+v", o)
		}
		seen[o.Host] = true
	}
	if len(seen) < 14 {
		t.Errorf("%d operators", len(seen))
	}
	if o, ok := Who(" OFDP.platformaofd.ru. "); !ok || o.Port != 21101 {
		t.Errorf("%+v", o)
	}
	if _, ok := Who("ofd.invalid"); ok {
		t.Error("an unknown host has a name")
	}
}
