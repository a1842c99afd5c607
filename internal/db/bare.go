package db

import (
	"strconv"
	"strings"
)

// bare writes "$1, $2, $3" as "?, ?, ?" for SQLite, which looks a numbered
// placeholder up in a list of names: a statement of a thousand of them would
// cost a million comparisons. A statement whose placeholders are not counted
// up one by one, or repeat, is left as it is.
func bare(query string) string {
	if strings.IndexByte(query, '$') < 0 {
		return query
	}
	var b strings.Builder
	b.Grow(len(query))
	want := 1
	for i := 0; i < len(query); i++ {
		switch c := query[i]; c {
		case '\'':
			end := strings.IndexByte(query[i+1:], '\'')
			if end < 0 {
				return query
			}
			b.WriteString(query[i : i+end+2])
			i += end + 1
		case '$':
			j := i + 1
			for j < len(query) && query[j] >= '0' && query[j] <= '9' {
				j++
			}
			n, err := strconv.Atoi(query[i+1 : j])
			if err != nil || n != want {
				return query
			}
			want++
			b.WriteByte('?')
			i = j - 1
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
