package channel

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"time"
)

// ErrPin says that the server's key is not the one the enrolment named.
var ErrPin = errors.New("channel: the server's certificate has another key than the enrolment says")

// TLS is how the agent trusts its server. With a pin the server's key is the
// proof, whoever signed its certificate and whatever name stands on it; without
// one the machine's own list of authorities decides.
func TLS(pin []byte) *tls.Config {
	if len(pin) == 0 {
		return &tls.Config{MinVersion: tls.VersionTLS12}
	}
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: true, // VerifyConnection below is stricter
		VerifyConnection: func(cs tls.ConnectionState) error {
			if len(cs.PeerCertificates) == 0 {
				return ErrPin
			}
			sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if !bytes.Equal(sum[:], pin) {
				return ErrPin
			}
			return nil
		},
	}
}

// Client speaks HTTP/1.1, which the socket's upgrade needs, with small
// buffers: the agent's memory is bounded.
func Client(pin []byte) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
			TLSClientConfig:     TLS(pin),
			TLSHandshakeTimeout: 10 * time.Second,
			MaxIdleConns:        2,
			IdleConnTimeout:     90 * time.Second,
		},
		// A server that sends an agent elsewhere is not ours.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
