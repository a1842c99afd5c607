package shelf_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/db/dbtest"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/faults/shelf"
)

type matchOf = match.Match

// release is the catalogue of a later release, in which one article is another.
func release(t testing.TB, id, old, new string) *catalogue.Catalogue {
	t.Helper()
	files := fstest.MapFS{}
	names, err := fs.Glob(os.DirFS("../catalogue"), "*.toml")
	if err != nil || len(names) == 0 {
		t.Fatal("no articles", err)
	}
	for _, name := range names {
		data, err := os.ReadFile("../catalogue/" + name)
		if err != nil {
			t.Fatal(err)
		}
		if name == id+".toml" {
			data = []byte(strings.Replace(string(data), old, new, 1))
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	c, err := catalogue.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAReleaseBringsAnotherShippedArticle(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, newClock(), func(t *testing.T, d *db.DB) {
		s := newShelf(t, d)
		old := title(t, s, manager, drift)
		a := publish(t, s, manager, drift, shippedText(t, drift, old, "Часы убежали"))
		if a.Renewed() {
			t.Fatal("renewed without a release")
		}
		later := shelf.New(d, release(t, drift, old, "Часы кассы врут"), faults.NewMatcher)
		if err := later.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		a, err := later.Get(t.Context(), manager, drift)
		if err != nil || !a.Renewed() {
			t.Fatalf("%+v, %v", a, err)
		}
		if got := title(t, later, manager, drift); got != "Часы убежали" {
			t.Errorf("the release took the company's words: %q", got)
		}
		texts, err := later.TextsOf(t.Context(), manager, a)
		if err != nil || !strings.Contains(texts.Base, old) || !strings.Contains(texts.Published, "Часы убежали") {
			t.Errorf("%v: the editors cannot compare", err)
		}
		if a, err = later.Acknowledge(t.Context(), engineer, drift, a.Version); err != nil || a.Renewed() {
			t.Errorf("%+v, %v", a, err)
		}
	})
}
