package link

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Spans of a certificate that the server makes for itself. Browsers take none
// that is valid for longer than 825 days.
const (
	certificateSpan  = 820 * 24 * time.Hour
	certificateRenew = 60 * 24 * time.Hour
)

// Certificate is what the server shows on its port.
type Certificate struct {
	TLS tls.Certificate
}

// Config is the TLS of the one port: browsers may speak HTTP/2, agents ask for
// http/1.1, which the WebSocket needs.
func (c Certificate) Config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{c.TLS}, NextProtos: []string{"h2", "http/1.1"},
	}
}

// Pin is what an enrolment carries of the certificate: the SHA-256 of its
// public key (SubjectPublicKeyInfo in DER), which stays when the certificate is
// renewed.
func (c Certificate) Pin() []byte {
	sum := sha256.Sum256(c.TLS.Leaf.RawSubjectPublicKeyInfo)
	return sum[:]
}

// OwnCertificate reads the self-made certificate from the folder, or makes it
// at the first start. A key once made stays; the certificate is made anew when
// it runs out within 60 days or lacks one of the hosts (names or addresses).
func OwnCertificate(folder string, hosts []string, now time.Time) (Certificate, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return Certificate{}, fmt.Errorf("link: certificate: %w", err)
	}
	keyFile, certFile := filepath.Join(folder, "key.pem"), filepath.Join(folder, "certificate.pem")
	key, err := ownKey(keyFile)
	if err != nil {
		return Certificate{}, err
	}
	data, err := os.ReadFile(certFile)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Certificate{}, fmt.Errorf("link: certificate: %w", err)
	}
	leaf := readCertificate(data)
	if leaf == nil || !fits(leaf, key, hosts, now) {
		if leaf, err = issue(key, hosts, now); err != nil {
			return Certificate{}, err
		}
		if err := replaceFile(certFile, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: leaf.Raw}), 0o644); err != nil {
			return Certificate{}, err
		}
	}
	return Certificate{TLS: tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}}, nil
}

// ownKey never replaces a key that is there but cannot be read: the agents
// have its pin.
func ownKey(file string) (*ecdsa.PrivateKey, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(file)
	}
	if err != nil {
		return nil, fmt.Errorf("link: key: %w", err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fmt.Errorf("link: %s holds no key", file)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	key, ok := parsed.(*ecdsa.PrivateKey)
	if err != nil || !ok {
		return nil, fmt.Errorf("link: %s holds no ECDSA key: %w", file, err)
	}
	return key, nil
}

func makeKey(file string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("link: key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("link: key: %w", err)
	}
	return key, replaceFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// replaceFile writes beside and renames, so that a crash leaves the old file
// or the new one.
func replaceFile(file string, data []byte, mode fs.FileMode) error {
	beside := file + ".new"
	if err := os.WriteFile(beside, data, mode); err != nil {
		return fmt.Errorf("link: certificate: %w", err)
	}
	if err := os.Rename(beside, file); err != nil {
		return fmt.Errorf("link: certificate: %w", err)
	}
	return nil
}

func readCertificate(data []byte) *x509.Certificate {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil
	}
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return leaf
}

func fits(leaf *x509.Certificate, key *ecdsa.PrivateKey, hosts []string, now time.Time) bool {
	public, ok := leaf.PublicKey.(*ecdsa.PublicKey)
	if !ok || !public.Equal(&key.PublicKey) || now.Before(leaf.NotBefore) || now.Add(certificateRenew).After(leaf.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(hosts, func(h string) bool { return leaf.VerifyHostname(h) != nil })
}

func issue(key *ecdsa.PrivateKey, hosts []string, now time.Time) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("link: certificate: %w", err)
	}
	t := x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "Tillwright"},
		NotBefore: now.Add(-24 * time.Hour), NotAfter: now.Add(certificateSpan), // agents' clocks may be behind
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, h := range hosts {
		if ip := net.ParseIP(h); ip != nil {
			t.IPAddresses = append(t.IPAddresses, ip)
		} else {
			t.DNSNames = append(t.DNSNames, h)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, &t, &t, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("link: certificate: %w", err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("link: certificate: %w", err)
	}
	return leaf, nil
}
