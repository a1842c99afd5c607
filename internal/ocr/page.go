package ocr

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// page is what was read off a picture.
type page struct {
	lines []string
	sure  float64 // how sure the reader was of each letter and digit, summed, 0 to 100 each
	signs int     // letters and digits
}

// words reads Tesseract's table: one row a word, twelve columns parted by tabs,
// of which the fourth to sixth number its line, the eleventh says how sure the
// reader is (0 to 100, -1 for what is no word) and the twelfth is the word.
// Rows that are not like this are passed over.
func words(table []byte) page {
	var p page
	line := ""
	for row := range strings.Lines(string(table)) {
		cols := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		const columns = 12
		if len(cols) != columns {
			continue
		}
		sure, err := strconv.ParseFloat(cols[10], 64)
		word := clean(cols[11])
		if err != nil || !(sure >= leastSure && sure <= 100) || word == "" {
			continue
		}
		if at := cols[2] + "." + cols[3] + "." + cols[4]; at != line || len(p.lines) == 0 {
			p.lines, line = append(p.lines, word), at
		} else {
			p.lines[len(p.lines)-1] += " " + word
		}
		n := signs(word)
		p.signs += n
		p.sure += sure * float64(n)
	}
	return p
}

// clean leaves what can be written on a line.
func clean(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

func signs(s string) (n int) {
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// weight is how much was read well: what the reader was unsure of speaks
// against it.
func (p page) weight() float64 { return p.sure - float64(p.signs)*halfSure }

// text is the lines, cut at a letter when there is too much.
func (p page) text() string {
	s := strings.Join(p.lines, "\n")
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return s
}
