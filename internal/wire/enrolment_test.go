package wire_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/wire"
)

func TestParseEnrolment(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte("a public key"))
	pin := hex.EncodeToString(sum[:])
	base32 := strings.TrimPrefix(wire.Enrolment{Server: "https://h", Code: "ABCD", Pin: sum[:]}.String(), "https://h/#ABCD@")
	cases := []struct {
		text   string
		server string
		code   string
		pinned bool
		err    error
	}{
		{text: "https://till.example:8443/#ABCD-EFGH", server: "https://till.example:8443", code: "ABCD-EFGH"},
		{text: "  https://till.example#abcd\n", server: "https://till.example", code: "abcd"},
		{text: "https://till.example/base/#ABCD@" + pin, server: "https://till.example/base", code: "ABCD", pinned: true},
		{text: "https://[::1]:1/#ABCD@" + strings.ToUpper(pin), server: "https://[::1]:1", code: "ABCD", pinned: true},
		{text: "https://h/#ABCD@" + base32, server: "https://h", code: "ABCD", pinned: true},
		{text: "https://h/#ABCD@" + strings.ToLower(base32), server: "https://h", code: "ABCD", pinned: true},
		{text: "http://127.0.0.1:8080/#ABCD", server: "http://127.0.0.1:8080", code: "ABCD"},
		{text: "http://localhost/#ABCD", server: "http://localhost", code: "ABCD"},
		{text: "http://till.example/#ABCD", err: wire.ErrEnrolmentInsecure},
		{text: "ftp://till.example/#ABCD", err: wire.ErrEnrolmentForm},
		{text: "https://till.example/", err: wire.ErrEnrolmentForm},
		{text: "https://till.example/#", err: wire.ErrEnrolmentForm},
		{text: "https://till.example/#AB", err: wire.ErrEnrolmentForm},
		{text: "https://till.example/#AB CD", err: wire.ErrEnrolmentForm},
		{text: "https://who:secret@till.example/#ABCD", err: wire.ErrEnrolmentForm},
		{text: "https://till.example/?x=1#ABCD", err: wire.ErrEnrolmentForm},
		{text: "https:///#ABCD", err: wire.ErrEnrolmentForm},
		{text: "https://h/#ABCD@", err: wire.ErrEnrolmentPin},
		{text: "https://h/#ABCD@" + pin[2:], err: wire.ErrEnrolmentPin},
		{text: "https://h/#" + strings.Repeat("A", 2000), err: wire.ErrEnrolmentForm},
	}
	for _, c := range cases {
		got, err := wire.ParseEnrolment(c.text)
		if !errors.Is(err, c.err) {
			t.Errorf("%q: error %v, want %v", c.text, err, c.err)
			continue
		}
		if got.Server != c.server || got.Code != c.code || c.pinned != bytes.Equal(got.Pin, sum[:]) {
			t.Errorf("%q: %+v", c.text, got)
		}
	}
}

func FuzzParseEnrolment(f *testing.F) {
	f.Add("https://till.example:8443/#ABCD-EFGH")
	f.Add("http://[::1]/x/y/#abcd@" + strings.Repeat("a7", 32))
	f.Fuzz(func(t *testing.T, text string) {
		e, err := wire.ParseEnrolment(text)
		if err != nil {
			return
		}
		again, err := wire.ParseEnrolment(e.String())
		if err != nil || again.Server != e.Server || again.Code != e.Code || !bytes.Equal(again.Pin, e.Pin) {
			t.Fatalf("%q became %q: %+v, %v", text, e.String(), again, err)
		}
		if strings.ContainsAny(e.Server, "#?") {
			t.Fatalf("server %q carries more than an address", e.Server)
		}
	})
}
