package document

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

type csvTable struct {
	out *csv.Writer
	row []string
}

// NewCSV begins a CSV file in UTF-8 with a byte order mark, without which
// spreadsheets read Cyrillic as Latin. comma ends a column: spreadsheets of
// languages with a decimal comma want a semicolon.
func NewCSV(w io.Writer, comma rune, head []string) (Table, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma = comma
	if err := out.Write(head); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return &csvTable{out: out}, nil
}

// Row implements Table.
func (t *csvTable) Row(cells ...Cell) error {
	t.row = t.row[:0]
	for _, c := range cells {
		s := c.plain()
		if c.kind == text {
			s = harmless(s)
		}
		t.row = append(t.row, s)
	}
	if err := t.out.Write(t.row); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

// Close implements Table.
func (t *csvTable) Close() error {
	if t.out.Flush(); t.out.Error() != nil {
		return fmt.Errorf("document: %w", t.out.Error())
	}
	return nil
}

// harmless keeps a spreadsheet from taking somebody's words for a formula.
func harmless(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}
