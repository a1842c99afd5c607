package powercut

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/problem"
)

// Column is one column of a table of settlements.
type Column string

// The columns. Lines with the same ColReceipt are one settlement; a line
// without one is a settlement of its own.
const (
	ColReceipt   Column = "receipt"
	ColDate      Column = "date"
	ColTime      Column = "time"
	ColOperation Column = "operation"
	ColName      Column = "name"
	ColQuantity  Column = "quantity"
	ColPrice     Column = "price"
	ColVAT       Column = "vat"
	ColCash      Column = "cash"
	ColCard      Column = "card"
	ColMark      Column = "mark" // the marking code
)

// Columns are all of them, in the order of the form to fill in.
func Columns() []Column {
	return []Column{ColReceipt, ColDate, ColTime, ColOperation, ColName, ColQuantity, ColPrice, ColVAT, ColCash, ColCard, ColMark}
}

// Words are what people write in tables, in lower case: the heads of columns,
// the kinds of settlement, and "without VAT". All languages may be in it.
type Words struct {
	Columns    map[string]Column
	Operations map[string]fptr.Operation
	NoVAT      map[string]bool
}

// BadLine is why a line of a table cannot be taken; its sentence is
// "problem.<Code>".
type BadLine struct {
	Line   int // from 1, the head being the first
	Column Column
	Code   string
	Args   map[string]any
}

// sheet is a table being read.
type sheet struct {
	words Words
	zone  *time.Location
	at    map[Column]int
	bad   []BadLine
}

// group is a settlement being put together out of lines.
type group struct {
	form  Form
	lines []int // of each item
}

// ReadSheet reads settlements from the rows of a table whose first is the
// head. Either every line is good and none is bad, or nothing is to be taken.
// Each settlement is checked against its journal.
func ReadSheet(rows [][]string, words Words, j *Journal, zone *time.Location, now time.Time) ([]Form, []BadLine) {
	s := &sheet{words: words, zone: zone, at: map[Column]int{}}
	if len(rows) == 0 {
		s.add(1, "", "powercut_nothing", nil)
	}
	if len(rows) == 0 || !s.head(rows[0]) {
		return nil, s.bad
	}
	var groups []*group
	byReceipt := map[string]*group{}
	for i, row := range rows[1:] {
		if blank(row) {
			continue
		}
		g := byReceipt[s.cell(row, ColReceipt)]
		if g == nil {
			g = &group{}
			groups = append(groups, g)
		}
		if receipt := s.cell(row, ColReceipt); receipt != "" {
			byReceipt[receipt] = g
		}
		s.line(g, row, i+2)
	}
	if len(groups) == 0 && len(s.bad) == 0 {
		s.add(1, "", "powercut_nothing", nil)
	}
	return s.checked(groups, j, now), s.bad
}

// checked ends the groups; with bad lines there are none.
func (s *sheet) checked(groups []*group, j *Journal, now time.Time) []Form {
	spoilt := map[int]bool{} // a line that could not be read need not be judged too
	for _, b := range s.bad {
		spoilt[b.Line] = true
	}
	var forms []Form
	for _, g := range groups {
		g.form.Tidy()
		skip := false
		for _, line := range g.lines {
			skip = skip || spoilt[line]
		}
		for _, f := range g.form.Check(j, s.zone, now) {
			if !skip {
				s.add(g.lineOf(f.Name), columnOf(f.Name), f.Code, f.Args)
			}
		}
		forms = append(forms, g.form)
	}
	if len(s.bad) > 0 {
		return nil
	}
	return forms
}

// lineOf is the line that a field at fault stands in.
func (g *group) lineOf(field string) int {
	var n int
	if _, err := fmt.Sscanf(field, "items[%d]", &n); err == nil && n < len(g.lines) {
		return g.lines[n]
	}
	return g.lines[0]
}

func columnOf(field string) Column {
	_, last, found := strings.Cut(field, "].")
	if !found {
		last = field
	}
	switch last {
	case "name", "quantity", "price", "vat", "mark":
		return Column(last)
	case "at":
		return ColDate
	case "operation":
		return ColOperation
	default:
		return ""
	}
}

func (s *sheet) add(line int, c Column, code string, args map[string]any) {
	s.bad = append(s.bad, BadLine{Line: line, Column: c, Code: code, Args: args})
}

// head finds the columns by what stands above them.
func (s *sheet) head(row []string) bool {
	for i, title := range row {
		if c, known := s.words.Columns[plain(title)]; known {
			s.at[c] = i
		}
	}
	for _, c := range []Column{ColDate, ColName, ColPrice, ColVAT} {
		if _, there := s.at[c]; !there {
			s.add(1, c, "powercut_column", nil)
		}
	}
	return len(s.bad) == 0
}

func (s *sheet) cell(row []string, c Column) string {
	if i, there := s.at[c]; there && i < len(row) {
		return strings.TrimSpace(row[i])
	}
	return ""
}

func blank(row []string) bool { return strings.TrimSpace(strings.Join(row, "")) == "" }

// plain is a word as people mean it: without case, blanks and dots at its end.
func plain(s string) string {
	return strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(s)), " "), ".: ")
}

// line takes one line into its settlement. The first line says when and what
// it was; a later one may leave that out.
func (s *sheet) line(g *group, row []string, no int) {
	first := len(g.lines) == 0
	g.lines = append(g.lines, no)
	if first {
		g.form.Operation = fptr.Income
	}
	if first || s.cell(row, ColDate) != "" {
		s.when(g, row, no)
	}
	if word := s.cell(row, ColOperation); word != "" {
		op, known := s.words.Operations[plain(word)]
		if !known {
			s.add(no, ColOperation, "powercut_kind", nil)
		}
		if !first && known && op != g.form.Operation && s.cell(row, ColReceipt) != "" {
			s.add(no, ColOperation, "powercut_two_kinds", nil)
		}
		g.form.Operation = op
	}
	it := Item{Name: s.cell(row, ColName), Quantity: 1000, Mark: ffd.TypedMark(s.cell(row, ColMark))}
	it.Price = s.number(row, ColPrice, 2, no)
	if s.cell(row, ColQuantity) != "" {
		it.Quantity = s.number(row, ColQuantity, 3, no)
	}
	it.VAT = s.vat(row, no)
	g.form.Items = append(g.form.Items, it)
	for c, kind := range map[Column]fptr.PaymentKind{ColCash: fptr.PaidCash, ColCard: fptr.PaidElectronically} {
		if s.cell(row, c) != "" {
			g.form.pay(kind, s.number(row, c, 2, no))
		}
	}
}

// pay adds to what was paid in one way.
func (f *Form) pay(kind fptr.PaymentKind, sum int64) {
	for i := range f.Payments {
		if f.Payments[i].Kind == kind {
			f.Payments[i].Sum += sum
			return
		}
	}
	f.Payments = append(f.Payments, fptr.Payment{Kind: kind, Sum: sum})
}

func (s *sheet) number(row []string, c Column, places, no int) int64 {
	n, err := Decimal(s.cell(row, c), places)
	if err != nil {
		s.add(no, c, problem.CodeOf(err), nil)
	}
	return n
}

// when reads date and time, in one cell or in two.
func (s *sheet) when(g *group, row []string, no int) {
	text := strings.TrimSpace(s.cell(row, ColDate) + " " + s.cell(row, ColTime))
	for _, layout := range []string{
		"2006-01-02 15:04:05", "2006-01-02 15:04", "02.01.2006 15:04:05", "02.01.2006 15:04", "2006-01-02T15:04", "02.01.06 15:04", "2006-01-02 00:00:00 15:04", "2006-01-02 00:00:00 15:04:05",
	} {
		if at, err := time.ParseInLocation(layout, text, s.zone); err == nil {
			g.form.At = at
			return
		}
	}
	s.add(no, ColDate, "powercut_when", nil)
}

func (s *sheet) vat(row []string, no int) fptr.VAT {
	word := plain(s.cell(row, ColVAT))
	if s.words.NoVAT[word] {
		return fptr.VATNone
	}
	v := RateOf(word)
	if v == 0 {
		s.add(no, ColVAT, "kkt_vat", nil)
	}
	return v
}

// RateOf is the rate that a person wrote as "22", "22 %" or "22/122"; 0 for what
// is none.
func RateOf(word string) fptr.VAT {
	word = strings.NewReplacer(" ", "", "%", "", "ндс", "").Replace(strings.ToLower(word))
	for _, rate := range ffd.VATs() {
		percent := strconv.FormatInt(rate.Percent, 10)
		switch {
		case fptr.VAT(rate.Code) == fptr.VATNone:
			continue
		case rate.Included && word == percent+"/"+strconv.FormatInt(100+rate.Percent, 10), !rate.Included && word == percent:
			return fptr.VAT(rate.Code)
		}
	}
	return 0
}

// Decimal reads a number with so many places as a whole number of its smallest
// part: "1 234,5" with two places is 123450. It takes comma or point, and
// blanks between thousands.
func Decimal(text string, places int) (int64, error) {
	wrong := problem.New(problem.Invalid, "powercut_number")
	text = strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSpace(text))
	whole, rest, _ := strings.Cut(text, ".")
	rest = strings.TrimRight(rest, "0")
	if whole == "" && rest == "" || len(whole) > 12 || len(rest) > places {
		return 0, wrong
	}
	n, err := strconv.ParseInt("0"+whole+rest+strings.Repeat("0", places-len(rest)), 10, 64)
	if err != nil || strings.ContainsAny(whole+rest, "+-_") {
		return 0, wrong
	}
	return n, nil
}
