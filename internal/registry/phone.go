package registry

import "strings"

// NormalPhone brings a telephone number, as people of the country write it,
// to E.164: "8 (999) 123-45-67" in Russia is "+79991234567". ok is false for
// what cannot be a number.
func NormalPhone(s string, c Country) (e164 string, ok bool) {
	digits, international, ok := phoneDigits(s)
	if !ok {
		return "", false
	}
	if !international {
		if digits, ok = dialled(digits, c); !ok {
			return "", false
		}
	}
	if len(digits) < 8 || len(digits) > 15 || digits[0] == '0' {
		return "", false
	}
	if digits[0] == '7' && len(digits) != 11 { // the Russian and Kazakh plan has no other length
		return "", false
	}
	return "+" + digits, true
}

// phoneDigits takes out what only helps to read. "(0)" after a country's
// code is for those who dial from inside.
func phoneDigits(s string) (digits string, international, ok bool) {
	s = strings.TrimSpace(s)
	s, international = strings.CutPrefix(s, "+")
	if international {
		s = strings.Replace(s, "(0)", "", 1)
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case !strings.ContainsRune(" ()-./\u00a0\u202f\u2010\u2011\u2013", r):
			return "", false, false
		}
	}
	return b.String(), international, b.Len() > 0
}

// dialled reads a number as it is dialled inside the country.
func dialled(d string, c Country) (digits string, ok bool) {
	if rest, found := strings.CutPrefix(d, "00"); found {
		return rest, rest != ""
	}
	switch c {
	case RU, KZ:
		return dialledSeven(d)
	case DE:
		if len(d) > 1 && d[0] == '0' {
			return "49" + d[1:], true
		}
	}
	return "", false
}

// dialledSeven is for Russia and Kazakhstan: 8 goes before a number of the
// country, 8 10 before a number of another.
func dialledSeven(d string) (digits string, ok bool) {
	switch {
	case len(d) == 10:
		return "7" + d, true
	case len(d) == 11 && (d[0] == '8' || d[0] == '7'):
		return "7" + d[1:], true
	case len(d) > 11 && strings.HasPrefix(d, "810"):
		return d[3:], true
	}
	return "", false
}
