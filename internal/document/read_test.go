package document_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/problem"
)

func TestTablesAreRead(t *testing.T) {
	t.Parallel()
	cp1251, err := charmap.Windows1251.NewEncoder().String("Дата;Товар\n01.02.2026;Кофе\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ in, want string }{
		"commas":             {"a,b\n1,2\n", "[[a b] [1 2]]"},
		"semicolons and BOM": {"\ufeffa;b\n\"1;x\";2,5\n", "[[a b] [1;x 2,5]]"},
		"tabs":               {"a\tb\n1\t2", "[[a b] [1 2]]"},
		"old Windows":        {cp1251, "[[Дата Товар] [01.02.2026 Кофе]]"},
		"blank lines count":  {"a,b\n\n\n1,2\n", "[[a b] [] [] [1 2]]"},
		"a guarded formula":  {"a,b\n'=1+1,2\n", "[[a b] [=1+1 2]]"},
		"rows of any length": {"a,b\n1\n1,2,3\n", "[[a b] [1] [1 2 3]]"},
		"nothing":            {"", "[]"},
	} {
		got, err := document.ReadTable(strings.NewReader(tc.in))
		if err != nil || fmt.Sprint(got) != tc.want {
			t.Errorf("%s: %v %v, want %s", name, got, err, tc.want)
		}
	}
}

// TestWhatWeWriteWeRead: our own files of both kinds come back.
func TestWhatWeWriteWeRead(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 3, 10, 15, 4, 5, 0, time.UTC)
	for name, begin := range map[string]func(*bytes.Buffer) (document.Table, error){
		"csv": func(b *bytes.Buffer) (document.Table, error) {
			return document.NewCSV(b, ';', []string{"имя", "сколько", "когда"})
		},
		"xlsx": func(b *bytes.Buffer) (document.Table, error) {
			return document.NewXLSX(b, "лист", []string{"имя", "сколько", "когда"})
		},
	} {
		var b bytes.Buffer
		table, err := begin(&b)
		if err != nil {
			t.Fatal(err)
		}
		if err := table.Row(document.Text("-3979; «Кофе»"), document.Int(12), document.Instant(day)); err != nil {
			t.Fatal(err)
		}
		if err := table.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := document.ReadTable(&b)
		if err != nil || fmt.Sprint(got) != "[[имя сколько когда] [-3979; «Кофе» 12 2026-03-10 15:04:05]]" {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
}

// TestASeparatorIsNotLostInAWorkbook, which cannot hold it: it is shown.
func TestASeparatorIsNotLostInAWorkbook(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	table, err := document.NewXLSX(&b, "x", []string{"code"})
	if err != nil {
		t.Fatal(err)
	}
	if err := table.Row(document.Text("a\x1db\x01\tc")); err != nil {
		t.Fatal(err)
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := document.ReadTable(&b)
	if err != nil || got[1][0] != "a␝b␁\tc" {
		t.Errorf("%q %v", got, err)
	}
}

func TestWhatIsNoTable(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ in, code string }{
		"too large":       {strings.Repeat("a", document.MaxTable+1), "table_too_large"},
		"too long":        {strings.Repeat("a\n", 20_001), "table_too_long"},
		"too wide":        {strings.Repeat(",", 60), "table_too_long"},
		"a broken parcel": {"PK\x03\x04....", "table_unreadable"},
		"a picture":       {"\x89PNG\r\n\x1a\n\x00\x00", "table_unreadable"},
	} {
		if _, err := document.ReadTable(strings.NewReader(tc.in)); problem.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("a;b\n1;2\n"))
	f.Add([]byte("\"a\nb\",c\n\n1"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rows, err := document.ReadTable(bytes.NewReader(data))
		if err != nil && problem.Of(err).Kind == problem.Internal {
			t.Errorf("not a problem: %v", err)
		}
		if len(rows) > 20_000 {
			t.Errorf("%d rows", len(rows))
		}
	})
}
