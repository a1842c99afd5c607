package match

import (
	"regexp"
	"strconv"
	"strings"
)

// aByte is a byte as it is typed, drawn or photographed: with Cyrillic letters
// for the Latin ones that look the same, and letters for digits.
const aByte = `[0-9a-fавсеозбoil]{2}`

var (
	// byteRun is bytes written two digits each, or a few bytes together, with blanks, dots, dashes or
	// commas between them; what no article knows is dropped later.
	byteRun = regexp.MustCompile(`(?:^|[^0-9a-zа-я])((?:(?:` + aByte + `){1,4}(?:[ \t]*[.:,_-][ \t]*|[ \t]+)){1,24}(?:` + aByte + `){1,4})(?:[^0-9a-zа-я]|$)`)
	// byteWord is three bytes or more in one word.
	byteWord = regexp.MustCompile(`(?:^|[^0-9a-zа-я])((?:` + aByte + `){3,24})(?:[^0-9a-zа-я]|$)`)
	// betweenBytes is what stands between two bytes.
	betweenBytes = strings.NewReplacer(" ", "", "\t", "", ".", "", ":", "", ",", "", "_", "", "-", "")
	// hexLook are the letters that stand for hex digits by their look.
	hexLook = strings.NewReplacer("а", "a", "в", "b", "с", "c", "е", "e", "о", "0", "o", "0", "з", "3", "б", "6", "i", "1", "l", "1")
)

// How surely a run of bytes is an article's command.
const (
	trustCommand = 0.97 // all of it
	trustCalled  = 0.9  // its beginning with other arguments, or the tag that it writes
	trustBegun   = 0.8  // only its first bytes
)

// writeRequisite is the first byte of the command that writes a requisite by
// its tag: flags, blocks and number of the block follow, then the tag with its
// low byte first.
const writeRequisite = "e8"

// commands finds low-level commands and blanks them, so that none of their
// bytes is read as a number or a word.
func (m *Matcher) commands(text string) ([]found, string) {
	var out []found
	for _, form := range []*regexp.Regexp{byteRun, byteWord} {
		for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
			run := hexLook.Replace(betweenBytes.Replace(text[at[2]:at[3]]))
			f, ok := m.command(run)
			if !ok {
				continue
			}
			out = append(out, f)
			text = text[:at[2]] + strings.Repeat(" ", at[3]-at[2]) + text[at[3]:]
		}
	}
	return out, text
}

// command reads one run of hex digits.
func (m *Matcher) command(run string) (found, bool) {
	if m.bytes[run] {
		return found{value: run, shown: strings.ToUpper(spaced(run)), trust: trustCommand}, true
	}
	best, trust := "", 0.0
	for known := range m.bytes {
		v := calledAs(run, known)
		if v > trust || v == trust && v > 0 && known < best {
			best, trust = known, v
		}
	}
	if tag, ok := m.tagIn(run); ok {
		return found{value: tag, shown: tag, trust: trustCalled}, true
	}
	return found{value: best, shown: strings.ToUpper(spaced(best)), trust: trust}, trust > 0
}

// calledAs says how surely a run of hex digits is a known command: it may go
// on, stop short, or carry other arguments, but its first three bytes stay.
func calledAs(run, known string) float64 {
	same := 0
	for same+1 < min(len(run), len(known)) && run[same:same+2] == known[same:same+2] {
		same += 2
	}
	switch {
	case same == len(known):
		return trustCommand
	case same >= 6 && same == len(run):
		return trustBegun
	case same >= 8 && 2*same >= len(known):
		return trustCalled
	default:
		return 0
	}
}

// tagIn finds the tag that a command writes, if it is some article's code.
func (m *Matcher) tagIn(run string) (string, bool) {
	if !strings.HasPrefix(run, writeRequisite) || len(run) < 12 {
		return "", false
	}
	for at := 4; at+4 <= min(len(run), 16); at += 2 {
		tag, err := strconv.ParseUint(run[at+2:at+4]+run[at:at+2], 16, 16)
		if v := strconv.FormatUint(tag, 10); err == nil && tag >= 1000 && tag < 1400 && len(m.code[v]) > 0 {
			return v, true
		}
	}
	return "", false
}
