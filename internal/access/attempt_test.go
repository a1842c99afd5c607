package access_test

import (
	"testing"

	"github.com/tillwright/tillwright/internal/access"
)

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "2001:db8:1:2:3:4:5:6": "2001:db8:1:2::/64",
		"fe80::1%eth0": "fe80::/64", "": "", "pipe": "pipe",
	} {
		if got := access.Network(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
