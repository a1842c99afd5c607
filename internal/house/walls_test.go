// Package house holds no code: its tests keep the walls of ARCHITECTURE.md by
// reading the imports of every room.
package house_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/tillwright/tillwright/"

// The floors of the house. A room that is not named here fails the test, so
// that a new one is put on its floor on purpose.
var (
	pure = []string{ // no database, no network of ours, no clock of the machine
		"problem", "clock", "ids", "scope", "i18n", "signal", "calendar", "fn", "kkt", "ffd", "warranty", "wire",
	}
	languages = []string{"kkt/atol", "kkt/fptr", "kkt/shtrih", "kkt/port", "ofd"} // speak to the outside world's devices
	services  = []string{"logs", "backup", "db", "db/dbtest", "migrate", "jobs", "bus", "audit", "access", "link", "document", "ocr", "picture", "files"}
	areas     = []string{"registry", "fleet", "desk", "faults", "fnchange", "powercut"}
	faces     = []string{"web", "api"}
	programs  = []string{"app", "demo", "bench", "agent", "sim", "house", "systemtest", "browsertest"}
)

// areaMayImport is what an area stands on; another area is not in it.
var areaMayImport = slices.Concat(pure, []string{"kkt/atol", "kkt/fptr"}, services)

// agentMayImport keeps the agent small: no database, no area.
var agentMayImport = slices.Concat(pure, languages)

// pureMayUse is the standard library's packages that a pure room may import
// besides those that do no I/O at all.
var pureMustNot = []string{"net", "net/http", "os", "database/sql", "os/exec", "syscall", "log"}

type file struct {
	room, path string
	imports    []string
	test       bool
}

func TestWalls(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		floor := top(f.room)
		if !known(floor) {
			t.Errorf("%s: the room %q stands on no floor: name it in internal/house/walls_test.go", f.path, floor)
			continue
		}
		if f.test {
			continue // tests may look over the walls
		}
		for _, imp := range f.imports {
			if why := forbidden(floor, f.room, imp); why != "" {
				t.Errorf("%s imports %s: %s", f.path, imp, why)
			}
		}
	}
}

// forbidden says why a room may not import something, "" when it may.
func forbidden(floor, room, imp string) string {
	inner, ours := strings.CutPrefix(imp, module+"internal/")
	target := top(inner)
	switch {
	case slices.Contains(pure, floor) && !ours && slices.Contains(pureMustNot, imp) && !allowed[room][imp]:
		return "a pure room does no I/O"
	case !ours:
		return ""
	case slices.Contains(pure, floor) && !slices.Contains(pure, target):
		return "a pure room stands on pure rooms alone"
	case slices.Contains(languages, floor) && !slices.Contains(pure, target) && target != floor && target != "kkt/port":
		return "a language of the outside world could be used by a stranger alone"
	case slices.Contains(services, floor) && (slices.Contains(areas, target) || slices.Contains(faces, target)):
		return "the ground carries the areas, not the other way round"
	case slices.Contains(areas, floor) && target != floor && !slices.Contains(areaMayImport, target):
		return "an area declares what it needs of another as an interface; app ties them"
	case floor == "agent" && target != "agent" && !slices.Contains(agentMayImport, target):
		return "the agent carries only the wire and the languages of devices"
	case target == "app" && !slices.Contains(programs, floor):
		return "only the programs import app"
	}
	return ""
}

// allowed is the exceptions, each with its reason.
var allowed = map[string]map[string]bool{
	"wire": {"net": true}, // splits and joins host and port; opens nothing
}

func known(floor string) bool {
	return slices.Contains(slices.Concat(pure, languages, services, areas, faces, programs), floor)
}

// top folds a room's inner folders into the room itself: "web/ui" is "web",
// but "kkt/atol" is a room of its own.
func top(room string) string {
	for _, named := range [][]string{languages, services, pure, areas, faces, programs} {
		for _, r := range named {
			if room == r {
				return r
			}
		}
	}
	if i := strings.LastIndex(room, "/"); i > 0 {
		return top(room[:i])
	}
	return room
}

func files(t *testing.T) []file {
	t.Helper()
	root := filepath.Join("..", "..", "internal")
	var out []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go") {
			return err
		}
		src, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, src, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(p))
		if err != nil {
			return err
		}
		f := file{room: filepath.ToSlash(rel), path: p, test: strings.HasSuffix(p, "_test.go")}
		for _, i := range parsed.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, name)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRulesDoNotAskTheMachineForTheTime looks for time.Now outside the clock
// and outside what measures a duration or talks to a wire.
func TestRulesDoNotAskTheMachineForTheTime(t *testing.T) {
	t.Parallel()
	for _, f := range files(t) {
		floor := top(f.room)
		if f.test || floor == "clock" || !slices.Contains(slices.Concat(pure, areas), floor) {
			continue
		}
		src, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(src), "time.Now()") {
			t.Errorf("%s calls time.Now: take a clock.Clock or the instant", f.path)
		}
	}
}
