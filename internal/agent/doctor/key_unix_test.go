//go:build unix

package doctor_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tillwright/tillwright/internal/agent/doctor"
)

func TestAKeyThatOthersCanReadIsSaid(t *testing.T) {
	t.Parallel()
	s := server(t, false)
	dir := enrolled(t, s, pinOf(s))
	if err := os.Chmod(filepath.Join(dir, "agent.key"), 0o640); err != nil {
		t.Fatal(err)
	}
	codes, well := check(t, doctor.Options{Data: dir})
	if !well || !slices.Contains(codes, "warn identity.open") {
		t.Errorf("%v %q", well, codes)
	}
}
