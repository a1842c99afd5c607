package calendar

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Off is the word for a day on which nothing is open.
const Off = "off"

// Windows are the opening windows of one day, each "09:00-18:00". A window
// that ends at or before its beginning runs past midnight ("22:00-06:00") and
// belongs whole to the day it begins on. No window at all, or the single word
// "off", is a closed day.
//
// In JSON a day is a list of windows or one string.
type Windows []string

// UnmarshalJSON reads a list of strings or one string. An element that is no
// string is kept as its JSON text, so that the check of the windows can name
// its place.
func (w *Windows) UnmarshalJSON(data []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(data, &list); err != nil {
		list = []json.RawMessage{data}
	}
	*w = make(Windows, 0, len(list))
	for _, raw := range list {
		*w = append(*w, textOf(raw))
	}
	return nil
}

// MarshalJSON writes a closed day as "off" and any other as a list.
func (w Windows) MarshalJSON() ([]byte, error) {
	if w.off() {
		return json.Marshal(Off)
	}
	return json.Marshal([]string(w))
}

func (w Windows) off() bool { return len(w) == 0 || (len(w) == 1 && w[0] == Off) }

func textOf(raw json.RawMessage) string {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil || string(raw) == "null" {
		return string(raw)
	}
	return s
}

// window is one opening window in seconds since its day's midnight; open lies
// in [0, 86400), close in (open, open+86400].
type window struct{ open, close int64 }

func (w window) String() string {
	return clockText(w.open) + "-" + clockText(w.close)
}

func clockText(sec int64) string {
	if sec > secondsPerDay {
		sec -= secondsPerDay
	}
	return fmt.Sprintf("%02d:%02d", sec/3600, sec%3600/60)
}

// parseWindow reads "HH:MM-HH:MM"; the hour may have one digit and the hyphen
// may be a dash, as people write it. It answers a stable code, empty if read.
func parseWindow(s string) (window, string) {
	from, to, ok := strings.Cut(strings.ReplaceAll(s, "–", "-"), "-")
	if !ok {
		return window{}, codeWindowForm
	}
	opens, ok1 := parseClock(strings.TrimSpace(from))
	closes, ok2 := parseClock(strings.TrimSpace(to))
	switch {
	case !ok1 || !ok2 || opens == secondsPerDay:
		return window{}, codeWindowForm
	case opens == closes:
		return window{}, codeWindowEmpty
	case closes < opens:
		closes += secondsPerDay
	}
	return window{opens, closes}, ""
}

// parseClock reads "9:00", "09:00" or "24:00" as seconds since midnight.
func parseClock(s string) (int64, bool) {
	h, m, ok := strings.Cut(s, ":")
	hours, okH := digits(h, 1, 2)
	minutes, okM := digits(m, 2, 2)
	total := hours*3600 + minutes*60
	return total, ok && okH && okM && minutes < 60 && total <= secondsPerDay
}

func digits(s string, shortest, longest int) (n int64, ok bool) {
	if len(s) < shortest || len(s) > longest {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, true
}

// union sorts windows and joins those that touch or overlap, so that no minute
// is counted twice.
func union(ws []window) []window {
	slices.SortFunc(ws, func(a, b window) int { return cmp.Compare(a.open, b.open) })
	out := ws[:0]
	for _, w := range ws {
		if n := len(out); n > 0 && w.open <= out[n-1].close {
			out[n-1].close = max(out[n-1].close, w.close)
			continue
		}
		out = append(out, w)
	}
	return out
}

func length(ws []window) (sec int64) {
	for _, w := range ws {
		sec += w.close - w.open
	}
	return sec
}
