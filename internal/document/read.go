package document

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"github.com/tillwright/tillwright/internal/problem"
)

// What a table may be at most that is read.
const (
	MaxTable   = 4 << 20 // bytes of the file
	maxRows    = 20_000
	maxColumns = 50
)

// ReadTable reads the rows of a CSV file or of a workbook's first sheet, as
// texts; which of the two is told by the bytes. A CSV may be in UTF-8 or, as
// spreadsheets of Russian Windows write it, in CP1251, with commas, semicolons
// or tabs. Its errors are problems.
func ReadTable(r io.Reader) ([][]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxTable+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > MaxTable:
		return nil, problem.New(problem.TooLarge, "table_too_large").With("most", MaxTable>>20)
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return readXLSX(data)
	default:
		return readCSV(data)
	}
}

func readXLSX(data []byte) ([][]string, error) {
	// A workbook is a packed file: what it unpacks to is bounded too.
	file, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: 16 * MaxTable, UnzipXMLSizeLimit: 4 * MaxTable})
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	rows, err := file.Rows(file.GetSheetName(0))
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = rows.Close() }()
	var out [][]string
	for rows.Next() {
		row, err := rows.Columns()
		if err != nil {
			return nil, unreadable(err)
		}
		if out, err = added(out, row); err != nil {
			return nil, err
		}
	}
	if err := rows.Error(); err != nil {
		return nil, unreadable(err)
	}
	return out, nil
}

func readCSV(data []byte) ([][]string, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		var err error
		if data, err = charmap.Windows1251.NewDecoder().Bytes(data); err != nil {
			return nil, unreadable(err)
		}
	}
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, unreadable(errors.New("a byte 0"))
	}
	c := csv.NewReader(bytes.NewReader(data))
	c.Comma, c.FieldsPerRecord, c.LazyQuotes, c.TrimLeadingSpace = comma(data), -1, true, true
	var out [][]string
	for {
		row, err := c.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		line, _ := c.FieldPos(0)
		for len(out) < min(line-1, maxRows) { // the reader leaves blank lines out, and people count them
			out = append(out, nil)
		}
		if out, err = added(out, row); err != nil {
			return nil, err
		}
	}
}

// comma is what ends a column: the one of three that the first line has most
// of.
func comma(data []byte) rune {
	head, _, _ := strings.Cut(string(data), "\n")
	best := ','
	for _, c := range []rune{';', '\t'} {
		if strings.Count(head, string(c)) > strings.Count(head, string(best)) {
			best = c
		}
	}
	return best
}

// added appends a row; line numbers stay those of the file.
func added(rows [][]string, row []string) ([][]string, error) {
	if len(rows) >= maxRows || len(row) > maxColumns {
		return nil, problem.New(problem.TooLarge, "table_too_long").With("rows", maxRows).With("columns", maxColumns)
	}
	for i, s := range row {
		row[i] = strings.TrimSpace(strings.ToValidUTF8(strings.TrimPrefix(s, "'"), ""))
	}
	return append(rows, row), nil
}

func unreadable(err error) error {
	return problem.New(problem.Invalid, "table_unreadable").In("document.ReadTable").Because(err)
}
