package operator

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strconv"

	"github.com/tillwright/tillwright/internal/i18n"
)

//go:embed page
var pageFiles embed.FS

// choice is a trouble with its name.
type choice struct{ ID, Name string }

// row is one drive on the first page.
type row struct {
	DriveState
	TroubleName, Why string
}

// overview is what the first page shows.
type overview struct {
	Lang        i18n.Lang
	State       State
	TroubleName string
	Rows        []row
	All         []choice // what can befall the operator
	One         []choice // what can befall it for one drive
}

// sheet is what the page of a drive shows, the newest document first.
type sheet struct {
	Lang   i18n.Lang
	Drive  string
	Papers []Paper
}

func (c *control) page(w http.ResponseWriter, r *http.Request) {
	v, s := c.voice(r), c.operator.State()
	o := overview{Lang: v.Lang(), State: s, TroubleName: name(v, s.Trouble), All: choices(v, Troubles()), One: choices(v, DriveTroubles())}
	for _, d := range s.Drives {
		one := row{DriveState: d, TroubleName: name(v, d.Trouble)}
		if d.Refusal != nil {
			one.Why = v.Or("sim.ofd.why."+d.Refusal.Why, d.Refusal.Why)
		}
		o.Rows = append(o.Rows, one)
	}
	c.render(w, r, "index.html", o)
}

func (c *control) drivePage(w http.ResponseWriter, r *http.Request) {
	list, ok := c.kept(w, r)
	if !ok {
		return
	}
	v := c.voice(r)
	s := sheet{Lang: v.Lang(), Drive: r.PathValue("drive")}
	for _, d := range slices.Backward(list) {
		s.Papers = append(s.Papers, paper(v, d))
	}
	c.render(w, r, "drive.html", s)
}

// render shows a page. It works without scripts.
func (c *control) render(w http.ResponseWriter, r *http.Request, page string, data any) {
	v := c.voice(r)
	tmpl, err := template.New(page).Funcs(template.FuncMap{
		"t": v.T, "n": v.Int, "when": func(d DriveState) string { return v.Instant(d.Heard, c.operator.opt.Location) },
		"sum": func(kopecks int64) string { return point(uint64(max(kopecks, 0)), 2) },
		"str": func(n uint32) string { return strconv.FormatUint(uint64(n), 10) },
	}).ParseFS(pageFiles, "page/"+page, "page/parts.html")
	if err != nil {
		c.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	if err := tmpl.Execute(&b, data); err != nil {
		c.fail(w, r, err)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Cache-Control", "no-store")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	_, _ = b.WriteTo(w) // the client may have left
}

// name is a trouble in words, "" for none.
func name(v i18n.Voice, id string) string {
	if id == "" {
		return ""
	}
	return v.Or("sim.ofd.trouble."+id, id)
}

func choices(v i18n.Voice, ids []string) []choice {
	list := make([]choice, 0, len(ids))
	for _, id := range ids {
		list = append(list, choice{ID: id, Name: name(v, id)})
	}
	return list
}

func (c *control) style(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "page/style.css")
}
