package systemtest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The programs, built once for the whole run.
const (
	progServer = "tillwright"
	progAgent  = "tillwright-agent"
	progSim    = "tillwright-sim"
)

var binaries struct {
	sync.Once
	dir string
	err error
}

// program is the path of a program built from this tree, without symbols as it
// is shipped. The compiler's work is shared with the other tests'.
func program(t testing.TB, name string) string {
	t.Helper()
	binaries.Do(func() { binaries.dir, binaries.err = build() })
	if binaries.err != nil {
		t.Fatal(binaries.err)
	}
	return filepath.Join(binaries.dir, name)
}

func build() (string, error) {
	dir, err := os.MkdirTemp("", "tillwright-systemtest-")
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	args := []string{"build", "-ldflags", "-s -w", "-o", dir + string(filepath.Separator)}
	for _, name := range []string{progServer, progAgent, progSim} {
		args = append(args, "./cmd/"+name)
	}
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("building the programs: %w\n%s", err, out)
	}
	return dir, nil
}

func TestMain(m *testing.M) {
	code := m.Run()
	if binaries.dir != "" {
		_ = os.RemoveAll(binaries.dir) // a crumb in the folder for temporary files at worst
	}
	os.Exit(code)
}

// environment is what the programs are started with: nothing of the machine's
// settings but where things are.
func environment(home string) []string {
	env := []string{"LANG=en_US.UTF-8", "HOME=" + home, "TMPDIR=" + os.TempDir()}
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, "PATH=") || strings.HasPrefix(kv, "TZ=") {
			env = append(env, kv)
		}
	}
	return env
}
