package wire

import (
	"encoding/base32"
	"encoding/hex"
	"net"
	"net/url"
	"strings"

	"github.com/tillwright/tillwright/internal/problem"
)

// MaxEnrolment is the longest enrolment text that is read at all.
const MaxEnrolment = 1024

// What ParseEnrolment fails with.
var (
	ErrEnrolmentForm     = problem.New(problem.Invalid, "enrolment_form")     // not an address with a code
	ErrEnrolmentInsecure = problem.New(problem.Invalid, "enrolment_insecure") // plain http to another machine
	ErrEnrolmentPin      = problem.New(problem.Invalid, "enrolment_pin")      // the part after @ is not a SHA-256
)

// Enrolment is what a person hands to an agent: where the server is, the
// one-time code and, for a server whose certificate no public authority
// signed, what its key hashes to. As text it is
//
//	https://host:port/#CODE
//	https://host:port/#CODE@PIN
//
// where PIN is the SHA-256 of the certificate's public key (its
// SubjectPublicKeyInfo in DER) in base32 without padding or in hex. The code
// stands behind the # so that a browser that is given the text by mistake does
// not send it.
type Enrolment struct {
	Server string // "https://host:port", perhaps with a path; no slash at the end
	Code   string // 4 to 128 of A–Z a–z 0–9 - _
	Pin    []byte // 32 bytes, or nil: the machine's own list of authorities decides
}

var pinText = base32.StdEncoding.WithPadding(base32.NoPadding)

// ParseEnrolment reads the text form. It fails with ErrEnrolmentForm,
// ErrEnrolmentInsecure or ErrEnrolmentPin.
func ParseEnrolment(text string) (Enrolment, error) {
	text = strings.TrimSpace(text)
	address, secret, found := strings.Cut(text, "#")
	if !found || len(text) > MaxEnrolment {
		return Enrolment{}, ErrEnrolmentForm
	}
	server, err := parseServer(address)
	if err != nil {
		return Enrolment{}, err
	}
	code, pin, pinned := strings.Cut(secret, "@")
	if !goodCode(code) {
		return Enrolment{}, ErrEnrolmentForm
	}
	e := Enrolment{Server: server, Code: code}
	if pinned {
		if e.Pin, err = ParsePin(pin); err != nil {
			return Enrolment{}, err
		}
	}
	return e, nil
}

// String is the text that ParseEnrolment reads, the pin in base32.
func (e Enrolment) String() string {
	s := e.Server + "/#" + e.Code
	if len(e.Pin) > 0 {
		s += "@" + pinText.EncodeToString(e.Pin)
	}
	return s
}

// ParsePin reads the SHA-256 of a public key in hex or in base32 without
// padding, in either case of letters.
func ParsePin(s string) ([]byte, error) {
	if len(s) == 64 {
		if pin, err := hex.DecodeString(s); err == nil {
			return pin, nil
		}
		return nil, ErrEnrolmentPin
	}
	pin, err := pinText.DecodeString(strings.ToUpper(s))
	if err != nil || len(pin) != 32 {
		return nil, ErrEnrolmentPin
	}
	return pin, nil
}

// parseServer takes https to anywhere, and http only to this very machine.
func parseServer(address string) (string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Opaque != "" {
		return "", ErrEnrolmentForm
	}
	switch {
	case u.Scheme == "https":
	case u.Scheme == "http" && loopback(u.Hostname()):
	case u.Scheme == "http":
		return "", ErrEnrolmentInsecure
	default:
		return "", ErrEnrolmentForm
	}
	server := strings.TrimRight(u.String(), "/")
	if again, err := url.Parse(server); err != nil || again.Host != u.Host {
		return "", ErrEnrolmentForm
	}
	return server, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func goodCode(code string) bool {
	if len(code) < 4 || len(code) > 128 {
		return false
	}
	for _, r := range code {
		switch {
		case r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-', r == '_':
		default:
			return false
		}
	}
	return true
}
