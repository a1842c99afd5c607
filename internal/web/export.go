package web

import (
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/i18n"
)

// csvFile and xlsxFile are the endings of the addresses of exports.
const (
	csvFile  = ".csv"
	xlsxFile = ".xlsx"
)

// send writes a table as the file that the address asks for by its ending, in
// the reader's language. An error before the first byte is a page that says
// so; after it the file breaks off, which spreadsheets and browsers show.
func (w *Web) send(rq *request, name, title string, head []string, fill func(document.Table) error) {
	begin, media, ending := csvTable(rq.Lang()), "text/csv; charset=utf-8", csvFile
	if strings.HasSuffix(rq.URL.Path, xlsxFile) {
		begin, media, ending = xlsxTable(title), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsxFile
	}
	h := rq.w.Header()
	h.Set("Content-Type", media)
	h.Set("Content-Disposition", `attachment; filename="`+name+ending+`"`)
	h.Set("Cache-Control", "no-store")
	table, err := begin(rq.w, head)
	if err == nil {
		err = fill(table)
	}
	if err != nil {
		w.Log.Error("web: an export broke off", "path", rq.URL.Path, "error", err)
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	if err := table.Close(); err != nil {
		w.Log.Debug("web: the browser went away", "path", rq.URL.Path, "error", err)
	}
}

type beginTable func(w io.Writer, head []string) (document.Table, error)

func csvTable(l i18n.Lang) beginTable {
	return func(w io.Writer, head []string) (document.Table, error) {
		return document.NewCSV(w, separator(l), head)
	}
}

func xlsxTable(title string) beginTable {
	return func(w io.Writer, head []string) (document.Table, error) { return document.NewXLSX(w, title, head) }
}

// separator is what spreadsheets of the language take for the end of a
// column: those with a decimal comma want a semicolon.
func separator(l i18n.Lang) rune {
	if l == i18n.EN {
		return ','
	}
	return ';'
}

// in is an instant by the clocks of a zone; the zero time stays zero.
func in(t time.Time, zone *time.Location) time.Time {
	if t.IsZero() {
		return t
	}
	return t.In(zone)
}
