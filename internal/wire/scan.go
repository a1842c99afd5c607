package wire

import "unicode/utf8"

// scanner walks over JSON that is written in the usual way. Every method says
// false when it meets anything else; the scanner is of no use after that.
type scanner struct {
	b []byte
	i int
}

func (s *scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\t', '\n', '\r':
			s.i++
		default:
			return
		}
	}
}

// take passes over c when it is the next byte that is not white space.
func (s *scanner) take(c byte) bool {
	s.space()
	if s.i < len(s.b) && s.b[s.i] == c {
		s.i++
		return true
	}
	return false
}

// end says whether nothing but white space is left.
func (s *scanner) end() bool {
	s.space()
	return s.i == len(s.b)
}

// object calls field for each key with the scanner at its value. The key is
// valid until the next call.
func (s *scanner) object(field func(key []byte) bool) bool {
	if !s.take('{') {
		return false
	}
	if s.take('}') {
		return true
	}
	for {
		key, ok := s.plain()
		if !ok || !s.take(':') || !field(key) {
			return false
		}
		if s.take('}') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// array calls element with the scanner at each one.
func (s *scanner) array(element func() bool) bool {
	if !s.take('[') {
		return false
	}
	if s.take(']') {
		return true
	}
	for {
		if !element() {
			return false
		}
		if s.take(']') {
			return true
		}
		if !s.take(',') {
			return false
		}
	}
}

// plain is a text without escapes, of good UTF-8; it points into the data.
func (s *scanner) plain() ([]byte, bool) {
	if !s.take('"') {
		return nil, false
	}
	start, ascii := s.i, true
	for ; s.i < len(s.b); s.i++ {
		switch c := s.b[s.i]; {
		case c == '"':
			text := s.b[start:s.i]
			s.i++
			return text, ascii || utf8.Valid(text)
		case c == '\\' || c < 0x20:
			return nil, false
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	return nil, false
}

// number is a whole number of at most 18 digits, so that it cannot overflow.
func (s *scanner) number(into *int64) bool {
	negative := s.take('-')
	if !negative {
		s.space()
	}
	start, n := s.i, int64(0)
	for ; s.i < len(s.b) && s.b[s.i]-'0' <= 9; s.i++ {
		n = n*10 + int64(s.b[s.i]-'0')
		if s.i-start >= 18 {
			return false
		}
	}
	digits := s.i - start
	if digits == 0 || digits > 1 && s.b[start] == '0' || s.goesOn() {
		return false
	}
	if negative {
		n = -n
	}
	*into = n
	return true
}

// goesOn says whether a number is not over after its whole digits.
func (s *scanner) goesOn() bool {
	if s.i == len(s.b) {
		return true
	}
	c := s.b[s.i]
	return c == '.' || c == 'e' || c == 'E'
}

func (s *scanner) truth(into *bool) bool {
	s.space()
	switch {
	case s.word("true"):
		*into = true
		return true
	case s.word("false"):
		*into = false
		return true
	default:
		return false
	}
}

func (s *scanner) null() bool {
	s.space()
	return s.word("null")
}

func (s *scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		return false
	}
	s.i += len(w)
	return true
}
