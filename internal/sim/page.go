package sim

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"

	"github.com/tillwright/tillwright/internal/i18n"
)

//go:embed page
var pageFiles embed.FS

// pageSize is how many registers one page shows.
const pageSize = 50

// pagePath is the path of a page, counted from 0.
func pagePath(n int) string {
	if n == 0 {
		return "/"
	}
	return "/?page=" + strconv.Itoa(n)
}

// row is one register on the page.
type row struct {
	Number int
	State  State
	Faults []choice // that it has
}

// choice is a fault with its name.
type choice struct{ ID, Name string }

// view is what the page's template shows.
type view struct {
	Lang           i18n.Lang
	Rows           []row
	All            []choice
	From, To       int
	Total          int
	Previous, Next string
}

// page lists the registers with a button for each fault that they have and a
// list of those that they could have. It works without scripts.
func (c *control) page(w http.ResponseWriter, r *http.Request) {
	v := c.voice(r)
	tmpl, err := template.New("index.html").Funcs(template.FuncMap{
		"t": v.T, "n": func(i int64) string { return v.Int(i) },
	}).ParseFS(pageFiles, "page/index.html")
	if err != nil {
		c.fail(w, r, err)
		return
	}
	at, _ := strconv.Atoi(r.URL.Query().Get("page")) // anything else is the first page
	var b bytes.Buffer
	if err := tmpl.Execute(&b, c.view(v, at)); err != nil {
		c.fail(w, r, err)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = b.WriteTo(w) // the client may have left
}

func (c *control) view(v i18n.Voice, at int) view {
	total := c.bench.Len()
	if at < 0 || at*pageSize >= total {
		at = 0
	}
	out := view{Lang: v.Lang(), Total: total, From: at*pageSize + 1, To: min((at+1)*pageSize, total)}
	for i := out.From - 1; i < out.To; i++ {
		s := c.bench.state(i)
		out.Rows = append(out.Rows, row{Number: i, State: s, Faults: choices(v, s.Faults)})
	}
	for _, f := range c.bench.Faults() {
		out.All = append(out.All, choices(v, []string{f.ID})...)
	}
	if at > 0 {
		out.Previous = pagePath(at - 1)
	}
	if out.To < total {
		out.Next = pagePath(at + 1)
	}
	return out
}

func choices(v i18n.Voice, ids []string) []choice {
	list := make([]choice, 0, len(ids))
	for _, id := range ids {
		list = append(list, choice{ID: id, Name: v.Or("sim.fault."+id, id)})
	}
	return list
}

func (c *control) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/style.css")
}
