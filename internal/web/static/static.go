// Package static holds the files that the browser needs: style sheets, fonts,
// scripts and icons. They are embedded, and served under a path that carries
// the checksum of all of them, so that a browser may keep each for ever and
// sees a new one at once after an upgrade.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed css js fonts vendor icons
var embedded embed.FS

// Prefix is where the files live on the server; the checksum follows it.
const Prefix = "/static/"

// Files is every embedded file, read, checked and compressed once. It does
// not change after Load and is safe for concurrent use.
type Files struct {
	base  string // Prefix + checksum + "/"
	files map[string]file
}

// file is one asset in both forms; packed is nil where gzip gains nothing.
type file struct {
	kind   string
	plain  []byte
	packed []byte
}

// Load reads the embedded files. The checksum covers names and contents, so
// a module may import its neighbour by a relative path and still get the one
// it was written with.
func Load() (*Files, error) {
	f := &Files{files: make(map[string]file)}
	sum := sha256.New()
	err := fs.WalkDir(embedded, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(data))
		sum.Write(data)
		f.files[name], err = pack(name, data)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("static: %w", err)
	}
	f.base = Prefix + hex.EncodeToString(sum.Sum(nil))[:16] + "/"
	return f, nil
}

// URL is the address of a file, by its name below this folder
// ("css/base.css"). A name that does not exist gives an address that answers
// 404, which the tests of the pages would see.
func (f *Files) URL(name string) string { return f.base + name }

// ServeHTTP answers for everything under Prefix. Another checksum than ours
// is an old page after an upgrade: it gets 404 and not a file that it was not
// written with.
func (f *Files) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ours := strings.CutPrefix(r.URL.Path, f.base)
	a, known := f.files[name]
	if !ours || !known {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	body := a.plain
	if a.packed != nil {
		h.Set("Vary", "Accept-Encoding")
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = a.packed
		}
	}
	h.Set("Content-Length", fmt.Sprint(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // a browser that went away needs no answer
}

// pack finds the content type and compresses what becomes smaller by it;
// woff2 is compressed already.
func pack(name string, data []byte) (file, error) {
	f := file{kind: kindOf(name), plain: data}
	if path.Ext(name) == ".woff2" {
		return f, nil
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return f, err
	}
	if _, err := z.Write(data); err != nil {
		return f, err
	}
	if err := z.Close(); err != nil {
		return f, err
	}
	if b.Len() < len(data) {
		f.packed = b.Bytes()
	}
	return f, nil
}

// kindOf does not ask the machine's own list of types, which differs from
// one to the next.
func kindOf(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return "text/plain; charset=utf-8"
	}
}
