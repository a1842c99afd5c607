package link_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/wire"
)

func TestOnePortForEverything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	get := func(client *http.Client, url string) (*http.Response, string) {
		t.Helper()
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		data, _ := io.ReadAll(res.Body)
		return res, string(data)
	}
	if _, proto := get(b.client, "https://"+b.address+"/proto"); proto != "HTTP/2.0" {
		t.Errorf("a browser speaks %s", proto)
	}
	res, _ := get(b.client, "http://"+b.address+"/proto?a=1")
	if res.StatusCode != http.StatusPermanentRedirect || res.Header.Get("Location") != "https://"+b.address+"/proto?a=1" {
		t.Errorf("%d to %s", res.StatusCode, res.Header.Get("Location"))
	}
	if res, _ := get(b.client, "https://"+b.address+wire.PathSocket); res.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("the socket over HTTP/2: %d", res.StatusCode)
	}
	w := b.connect(t, b.enrol(t)) // over the same port, by HTTP/1.1
	w.put(bundle(1, 1, 1, time.Now()))
	w.want(wire.TypeAck)
}

func TestASilentPeerKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for range 5 {
		nc, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", b.address)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = nc.Close() }()
	}
	b.connect(t, b.enrol(t))
}

func TestGuardLetsThisMachineThroughWhenAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		remote string
		allow  bool
		tls    bool
		want   int
	}{
		{"127.0.0.1:5", true, false, 200},
		{"[::1]:5", true, false, 200},
		{"[::ffff:127.0.0.1]:5", true, false, 200},
		{"127.0.0.1:5", false, false, 308},
		{"192.0.2.1:5", true, false, 308},
		{"odd", true, false, 308},
		{"192.0.2.1:5", false, true, 200},
	} {
		rec := newRecorder()
		r, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://example.test/", nil)
		r.RemoteAddr = c.remote
		if c.tls {
			r.TLS = &tls.ConnectionState{}
		}
		link.Guard(c.allow, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(200) })).ServeHTTP(rec, r)
		if rec.status != c.want {
			t.Errorf("%+v: %d", c, rec.status)
		}
	}
}

type recorder struct {
	header http.Header
	status int
}

func newRecorder() *recorder                        { return &recorder{header: http.Header{}} }
func (r *recorder) Header() http.Header             { return r.header }
func (r *recorder) Write(b []byte) (n int, e error) { return len(b), nil }
func (r *recorder) WriteHeader(status int)          { r.status = status }

func TestTheCertificateStaysAndIsRenewedWithItsKey(t *testing.T) {
	t.Parallel()
	dir, now := filepath.Join(t.TempDir(), "tls"), time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	make := func(now time.Time, hosts ...string) link.Certificate {
		t.Helper()
		c, err := link.OwnCertificate(dir, hosts, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hosts {
			if err := c.TLS.Leaf.VerifyHostname(h); err != nil {
				t.Error(err)
			}
		}
		return c
	}
	first := make(now, "tillwright.example", "192.0.2.7")
	if sum := sha256.Sum256(first.TLS.Leaf.RawSubjectPublicKeyInfo); !bytes.Equal(first.Pin(), sum[:]) {
		t.Error("the pin is not the key's")
	}
	if info, err := os.Stat(filepath.Join(dir, "key.pem")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if again := make(now.Add(time.Hour), "192.0.2.7"); !bytes.Equal(again.TLS.Certificate[0], first.TLS.Certificate[0]) {
		t.Error("made anew without need")
	}
	for what, c := range map[string]link.Certificate{
		"old": make(now.AddDate(2, 2, 0), "192.0.2.7"), "another host": make(now.AddDate(2, 2, 0), "192.0.2.8"),
	} {
		if bytes.Equal(c.TLS.Certificate[0], first.TLS.Certificate[0]) || !bytes.Equal(c.Pin(), first.Pin()) {
			t.Errorf("%s: not renewed with the same key", what)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "key.pem"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := link.OwnCertificate(dir, nil, now); err == nil {
		t.Error("a damaged key was replaced: every agent's pin would be void")
	}
}
