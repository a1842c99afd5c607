package ffd

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// GS is the group separator of GS1 Data Matrix codes. It belongs to the code:
// without it nobody can tell where the serial number ends.
const GS = "\x1d"

// Bounds of a marking code in bytes: the shortest in use is that of a fur's
// mark, the longest fits requisite 2000 (order ЕД-7-20/662@).
const (
	minMark = 16
	MaxMark = 256
)

// MarkFault is what is wrong with the form of a marking code (код маркировки)
// as a scanner read it: "" for nothing, otherwise a stable code. The form alone
// is judged, not whether the code is genuine: that the marking system knows.
//
//	mark_layout     letters of another alphabet: the scanner types as if by a keyboard that stands at Russian
//	mark_character  a character that no code has
//	mark_length     too short or too long
//	mark_barcode    digits alone: the ordinary barcode, not the square one
//
// The characters are those of GS1 General Specifications, figure 7.11-1 (82 of
// them), which the marking rules take over, and the separator.
func MarkFault(code string) string {
	switch {
	case strings.ContainsFunc(code, func(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) }):
		return "mark_layout"
	case strings.ContainsFunc(code, func(r rune) bool { return !markRune(r) }):
		return "mark_character"
	case len(code) > 0 && !plainLetter(code[0]) && code[0] != GS[0]:
		return "mark_character"
	case strings.Trim(code, "0123456789") == "" && ean(len(code)):
		return "mark_barcode"
	case len(code) < minMark || len(code) > MaxMark:
		return "mark_length"
	default:
		return ""
	}
}

// ean says whether a number of so many digits is the barcode of the goods as
// such: EAN-8, UPC-A, EAN-13, ITF-14.
func ean(digits int) bool { return digits == 8 || digits >= 12 && digits <= 14 }

func markRune(r rune) bool {
	return r < utf8.RuneSelf && plainLetter(byte(r)) || strings.ContainsRune(GS+"!\"%&'()*+,-./:;<=>?_", r)
}

func plainLetter(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

// TypedMark is a marking code out of a field or a cell into which people and
// scanners type. Blanks and line ends around it go, as does the name of the
// symbology that scanners may put before it ("]d2"). The separator, which no
// keyboard has, may be written as "␝", as it is shown, or stand as "↔", which is
// what a scanner that types Alt+29 leaves behind. Everything else stays as it
// is.
func TypedMark(text string) string {
	text = strings.Trim(text, " \t\r\n\u00a0")
	for _, head := range []string{"]d2", "]C1", "]Q3"} {
		text = strings.TrimPrefix(text, head)
	}
	return strings.NewReplacer("␝", GS, "↔", GS).Replace(text)
}

// ShownMark is a marking code as people can read and type it: with "␝" for the
// separator. TypedMark takes it back.
func ShownMark(code string) string { return strings.ReplaceAll(code, GS, "␝") }

// ShortMark is the beginning of a marking code, which tells the goods and the
// piece: what follows only proves that it is genuine.
func ShortMark(code string) string {
	const most = 25
	id := MarkID(code)
	if len(id) > most {
		return id[:most] + "…"
	}
	if id != code {
		return id + "…"
	}
	return id
}

// MarkID is the part of a marking code that names the piece: of a GS1 code the
// article (01) and the serial number (21), without what proves that it is
// genuine; of another the code itself.
func MarkID(code string) string {
	code = strings.TrimPrefix(code, GS)
	if !gs1(code) {
		return code
	}
	id, _, _ := strings.Cut(code, GS)
	return id
}

// gs1 says whether a code begins as those of GS1 do: 01 and fourteen digits,
// then 21.
func gs1(code string) bool {
	const head = 16
	return len(code) > head+2 && strings.HasPrefix(code, "01") && strings.Trim(code[2:head], "0123456789") == "" && code[head:head+2] == "21"
}

// MarkBare says whether a GS1 code has lost its separators: the marking system
// hardly knows it then. Scanners that act as a keyboard drop them unless they
// are set up otherwise.
func MarkBare(code string) bool {
	code = strings.TrimPrefix(code, GS)
	return gs1(code) && !strings.Contains(code, GS)
}

// MarkTag is the requisite inside 1163 that names the piece of a marking code
// (order ЕД-7-20/662@, table of 1163): 1305 for those with a serial number in
// the way of GS1, 1307 for furs, 1306 for short ones, as on tobacco.
func MarkTag(code string) uint16 {
	const fur = 20
	switch code = strings.TrimPrefix(code, GS); {
	case gs1(code):
		return 1305
	case len(code) == fur && code[2] == '-' && code[9] == '-':
		return 1307
	default:
		return 1306
	}
}
