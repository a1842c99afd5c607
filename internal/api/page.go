package api

import (
	"encoding/base64"
	"strings"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/problem"
)

// Paging is how every list is read on.
//
// It and ByID have exported names because the library looks into no other
// embedded struct.
type Paging struct {
	After string `query:"after" doc:"The value of next of the page before."`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

// ByID is the path of one thing.
type ByID struct {
	ID string `path:"id" maxLength:"100"`
}

// with is the path of one thing and a body.
type with[T any] struct {
	ID   string `path:"id" maxLength:"100"`
	Body T
}

// bare is a body alone.
type bare[T any] struct {
	Body T
}

// listed makes a page: each row in its shape, and the key of the next one.
func listed[R, T any](rows []R, next string, shape func(R) T) client.List[T] {
	return client.List[T]{Items: each(rows, shape), Next: next}
}

// each is every row in its shape, never null.
func each[R, T any](rows []R, shape func(R) T) []T {
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		out = append(out, shape(r))
	}
	return out
}

// nextIf is the key of the last row when another page follows.
func nextIf[R any](rows []R, more bool, key func(R) string) string {
	if !more || len(rows) == 0 {
		return ""
	}
	return key(rows[len(rows)-1])
}

// text is a list of names of another type as texts, never null.
func texts[S ~string](list []S) []string {
	return each(list, func(s S) string { return string(s) })
}

// key packs what a list goes on after into one word that no caller takes
// apart.
func key(parts ...string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join(parts, "\x00")))
}

// unkey is the opposite; an empty key is the beginning.
func unkey(k string, n int) ([]string, error) {
	if k == "" {
		return make([]string, n), nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(k)
	parts := strings.Split(string(raw), "\x00")
	if err != nil || len(parts) != n {
		return nil, badKey()
	}
	return parts, nil
}

func badKey() error {
	return problem.New(problem.Invalid, "invalid").Field("after", "page_key").In("api.page")
}
