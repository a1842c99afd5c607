package static_test

import (
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/web/static"
)

func load(t *testing.T) *static.Files {
	t.Helper()
	f, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func get(t *testing.T, f *static.Files, path string, header map[string]string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for k, v := range header {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	f.ServeHTTP(w, r)
	return w.Result()
}

func TestFilesAreKeptForEverUnderTheirChecksum(t *testing.T) {
	t.Parallel()
	f := load(t)
	res := get(t, f, f.URL("css/tokens.css"), nil)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Fatalf("status %d, type %q", res.StatusCode, res.Header.Get("Content-Type"))
	}
	if c := res.Header.Get("Cache-Control"); !strings.Contains(c, "immutable") {
		t.Errorf("Cache-Control %q", c)
	}
	for _, path := range []string{f.URL("css/none.css"), "/static/0000000000000000/css/tokens.css", f.URL("../static.go"), "/static/"} {
		if res := get(t, f, path, nil); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", path, res.StatusCode)
		}
	}
}

func TestGzipIsSentToThoseWhoTakeIt(t *testing.T) {
	t.Parallel()
	f := load(t)
	plain, err := io.ReadAll(get(t, f, f.URL("vendor/htmx.js"), nil).Body)
	if err != nil {
		t.Fatal(err)
	}
	res := get(t, f, f.URL("vendor/htmx.js"), map[string]string{"Accept-Encoding": "br, gzip"})
	if res.Header.Get("Content-Encoding") != "gzip" {
		t.Fatal("not compressed")
	}
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if packed, err := io.ReadAll(z); err != nil || string(packed) != string(plain) {
		t.Errorf("the packed form differs from the plain one (%v)", err)
	}
	font := get(t, f, f.URL("fonts/golos-latin.woff2"), map[string]string{"Accept-Encoding": "gzip"})
	if font.Header.Get("Content-Encoding") != "" || font.Header.Get("Content-Type") != "font/woff2" {
		t.Error("a font is compressed twice or has the wrong type")
	}
}

var (
	cssURL   = regexp.MustCompile(`url\("([^"#]+)"\)`)
	jsImport = regexp.MustCompile(`from "(\.[^"]+)"|import "(\.[^"]+)"`)
	literal  = regexp.MustCompile(`#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(`)
)

// TestEveryReferenceLeadsToAFile follows url() and import through our own
// files: a typing error would only be seen in a browser.
func TestEveryReferenceLeadsToAFile(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"css", "js"} {
		each(t, dir, func(path, text string) {
			for _, re := range []*regexp.Regexp{cssURL, jsImport} {
				for _, m := range re.FindAllStringSubmatch(text, -1) {
					ref := filepath.Join(filepath.Dir(path), strings.Join(m[1:], ""))
					if _, err := os.Stat(ref); err != nil {
						t.Errorf("%s refers to %s: %v", path, ref, err)
					}
				}
			}
		})
	}
}

// TestColoursStandInTheTokenFileOnly keeps a second palette from growing.
// Print is ink on white whatever the theme.
func TestColoursStandInTheTokenFileOnly(t *testing.T) {
	t.Parallel()
	each(t, "css", func(path, text string) {
		base := filepath.Base(path)
		if base == "tokens.css" || base == "print.css" {
			return
		}
		for i, line := range strings.Split(text, "\n") {
			if c := literal.FindString(strings.ReplaceAll(line, "url(#", "url(")); c != "" {
				t.Errorf("%s:%d has a colour of its own: %s", path, i+1, c)
			}
		}
	})
}

// TestScriptsHoldNoTextForPeople: words come from the page.
func TestScriptsHoldNoTextForPeople(t *testing.T) {
	t.Parallel()
	cyrillic := regexp.MustCompile(`\p{Cyrillic}`)
	each(t, "js", func(path, text string) {
		if c := cyrillic.FindString(text); c != "" {
			t.Errorf("%s holds %q", path, c)
		}
		for _, bad := range []string{"eval(", "new Function", ".style.", "setAttribute(\"style\""} {
			if strings.Contains(text, bad) {
				t.Errorf("%s uses %s, which the policy of the pages forbids", path, bad)
			}
		}
	})
}

func each(t *testing.T, dir string, see func(path, text string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(p)
		see(p, string(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
