package document_test

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/tillwright/tillwright/internal/document"
)

func moscow() time.Time {
	return time.Date(2026, 3, 10, 23, 59, 58, 0, time.FixedZone("MSK", 3*3600))
}

func fill(t *testing.T, table document.Table, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	rows := [][]document.Cell{
		{document.Text("Кофейня «Ель»"), document.Int(-7), document.Instant(moscow()), document.Day(moscow())},
		{document.Text("=1+2"), {}, document.Instant(time.Time{}), document.Day(time.Time{})},
		{document.Text("a;b,\"c\"\nd"), document.Int(9_007_199_254_740_993), {}, {}},
	}
	for _, r := range rows {
		if err := table.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := table.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCSV(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table, err := document.NewCSV(&out, ';', []string{"Имя", "Число", "Когда", "День"})
	fill(t, table, err)
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(out.Bytes(), []byte("\ufeff"))))
	r.Comma = ';'
	got, err := r.ReadAll()
	if err != nil || !bytes.HasPrefix(out.Bytes(), []byte("\ufeff")) {
		t.Fatal(err, out.String())
	}
	want := [][]string{
		{"Имя", "Число", "Когда", "День"},
		{"Кофейня «Ель»", "-7", "2026-03-10 23:59:58", "2026-03-10"},
		{"'=1+2", "", "", ""},
		{"a;b,\"c\"\nd", "9007199254740993", "", ""},
	}
	compare(t, got, want)
}

func compare(t *testing.T, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d rows: %q", len(got), got)
	}
	for i := range want {
		for j := range want[i] {
			if have := append(got[i], "", "", "", "")[j]; have != want[i][j] {
				t.Errorf("row %d, column %d: %q, want %q", i, j, have, want[i][j])
			}
		}
	}
}

// TestXLSXIsReadBack: words stay words, dates are dates of the wall's clock.
func TestXLSXIsReadBack(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	table, err := document.NewXLSX(&out, "Парк: всё/сегодня [очень длинное название]", []string{"Имя", "Число", "Когда", "День"})
	fill(t, table, err)
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	sheet := f.GetSheetName(0)
	if want := "Парк  всё сегодня  очень длинно"; sheet != want {
		t.Errorf("the sheet is called %q", sheet)
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, rows, [][]string{
		{"Имя", "Число", "Когда", "День"},
		{"Кофейня «Ель»", "-7", "2026-03-10 23:59:58", "2026-03-10"},
		{"=1+2", "", "", ""},
		{"a;b,\"c\"\nd", "9007199254740993", "", ""},
	})
	if formula, err := f.GetCellFormula(sheet, "A3"); err != nil || formula != "" {
		t.Errorf("somebody's words became the formula %q (%v)", formula, err)
	}
	if kind, err := f.GetCellType(sheet, "C2"); err != nil || kind == excelize.CellTypeSharedString || kind == excelize.CellTypeInlineString {
		t.Errorf("the instant is of type %v (%v)", kind, err)
	}
}
