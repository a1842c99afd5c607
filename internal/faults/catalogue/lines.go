package catalogue

import (
	"fmt"
	"regexp"
	"strings"
)

// lineIndex is on which line each table and key of a text stands.
type lineIndex map[string]int

var (
	tableHead = regexp.MustCompile(`^\[\[?\s*([A-Za-z0-9_.]+)\s*\]\]?`)
	keyHead   = regexp.MustCompile(`^([A-Za-z0-9_.]+)\s*=`)
)

// linesOf finds tables and keys by how they begin. It reads what people write
// by hand and what [Write] makes; a place that it does not find is told of
// without its line.
func linesOf(text string) lineIndex {
	x := lineIndex{}
	counts := map[string]int{}
	table, long := "", ""
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if long != "" {
			if strings.Contains(line, long) {
				long = ""
			}
			continue
		}
		if m := tableHead.FindStringSubmatch(line); m != nil {
			table = numbered(m[1], strings.HasPrefix(line, "[["), counts)
			x.note(table, i+1)
			continue
		}
		m := keyHead.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		x.note(strings.TrimPrefix(table+"."+m[1], "."), i+1)
		long = opened(line[len(m[0]):])
	}
	return x
}

// opened is the mark that ends a text of several lines which begins here, ""
// for none.
func opened(value string) string {
	for _, mark := range []string{`"""`, `'''`} {
		if strings.Count(value, mark) == 1 {
			return mark
		}
	}
	return ""
}

// numbered is a table's path with the numbers of the lists it lies in: the
// second [[step.branch]] of the third [[step]] is step[2].branch[1].
func numbered(name string, list bool, counts map[string]int) string {
	parts := strings.Split(name, ".")
	path := ""
	for i, p := range parts {
		path = strings.TrimPrefix(path+"."+p, ".")
		if last := i == len(parts)-1; last && list {
			counts[path]++
		}
		if n := counts[path]; n > 0 {
			path = fmt.Sprintf("%s[%d]", path, n-1)
		}
	}
	return path
}

func (x lineIndex) note(path string, line int) {
	if _, known := x[path]; !known {
		x[path] = line
	}
}

// of is the line of a place, or of the nearest thing around it.
func (x lineIndex) of(place string) int {
	for place != "" {
		if n, ok := x[place]; ok {
			return n
		}
		for _, l := range []string{".ru", ".de", ".en"} {
			if n, ok := x[place+l]; ok {
				return n
			}
		}
		cut := strings.LastIndexAny(place, ".[")
		if cut < 0 {
			return 0
		}
		place = place[:cut]
	}
	return 0
}
