package document

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// What a column may be wide, in characters.
const (
	narrowest = 10
	widest    = 48
)

type xlsxTable struct {
	w             io.Writer
	file          *excelize.File
	out           *excelize.StreamWriter
	row           int
	instant, date int // styles
}

// NewXLSX begins a workbook with one sheet whose first row is the head: it
// stays in sight, and dates are dates. Nothing is written to w before Close.
// The rows beyond some megabytes wait in a temporary file.
func NewXLSX(w io.Writer, sheet string, head []string) (Table, error) {
	t := &xlsxTable{w: w, file: excelize.NewFile()}
	if err := t.begin(sheetName(sheet), head); err != nil {
		_ = t.file.Close() // the first error says more
		return nil, fmt.Errorf("document: %w", err)
	}
	return t, nil
}

func (t *xlsxTable) begin(sheet string, head []string) (err error) {
	if err := t.file.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	bold, err := t.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	if t.instant, err = t.format("yyyy-mm-dd hh:mm:ss"); err != nil {
		return err
	}
	if t.date, err = t.format("yyyy-mm-dd"); err != nil {
		return err
	}
	if t.out, err = t.file.NewStreamWriter(sheet); err != nil {
		return err
	}
	cells := make([]any, len(head))
	for i, h := range head {
		width := min(max(float64(utf8.RuneCountInString(h)+4), narrowest), widest)
		if err := t.out.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
		cells[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := t.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return t.write(cells)
}

func (t *xlsxTable) format(code string) (int, error) {
	return t.file.NewStyle(&excelize.Style{CustomNumFmt: &code})
}

func (t *xlsxTable) write(cells []any) error {
	t.row++
	at, err := excelize.CoordinatesToCellName(1, t.row)
	if err != nil {
		return err
	}
	return t.out.SetRow(at, cells)
}

// Row implements Table.
func (t *xlsxTable) Row(cells ...Cell) error {
	row := make([]any, len(cells))
	for i, c := range cells {
		row[i] = t.value(c)
	}
	if err := t.write(row); err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

func (t *xlsxTable) value(c Cell) any {
	switch c.kind {
	case empty:
		return nil
	case whole:
		if c.num > 1<<53 || c.num < -(1<<53) { // a sheet's numbers are floating: digits would be lost
			return c.plain()
		}
		return c.num
	case instant:
		return excelize.Cell{StyleID: t.instant, Value: serial(c.at)}
	case day:
		return excelize.Cell{StyleID: t.date, Value: math.Floor(serial(c.at))}
	default:
		return pictured(c.text)
	}
}

// pictured shows the control characters that no workbook can hold by their
// pictures, the separator of a marking code as "␝": otherwise they would be
// lost, and nobody could tell.
func pictured(s string) string {
	const pictures = '\u2400'
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			return pictures + r
		}
		return r
	}, s)
}

// serial is a time as sheets count it: days since 1899-12-30 by the clock on
// the wall, because sheets know no zones.
func serial(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return wall.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
}

// Close implements Table.
func (t *xlsxTable) Close() error {
	err := t.out.Flush()
	if err == nil {
		_, err = t.file.WriteTo(t.w)
	}
	if end := t.file.Close(); err == nil {
		err = end
	}
	if err != nil {
		return fmt.Errorf("document: %w", err)
	}
	return nil
}

// sheetName cuts a title to what a sheet may be called: 31 characters, none of
// them :\/?*[].
func sheetName(s string) string {
	out := make([]rune, 0, 31)
	for _, r := range s {
		switch r {
		case ':', '\\', '/', '?', '*', '[', ']', '\'':
			r = ' '
		}
		if out = append(out, r); len(out) == 31 {
			break
		}
	}
	if len(out) == 0 {
		return "1"
	}
	return string(out)
}
