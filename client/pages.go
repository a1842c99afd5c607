package client

import (
	"context"
	"iter"
	"net/url"
	"strconv"
)

// query collects parameters; empty ones are left out.
type query url.Values

func (q query) text(name, value string) query {
	if value != "" {
		q[name] = []string{value}
	}
	return q
}

func (q query) flag(name string, value bool) query {
	if value {
		q[name] = []string{"true"}
	}
	return q
}

func (q query) number(name string, value int) query {
	if value != 0 {
		q[name] = []string{strconv.Itoa(value)}
	}
	return q
}

// list is several values of one parameter, separated by commas.
func (q query) list(name string, values []string) query {
	all := ""
	for i, v := range values {
		if i > 0 {
			all += ","
		}
		all += v
	}
	return q.text(name, all)
}

func (q query) on(path string) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + url.Values(q).Encode()
}

// defaultPage is how many rows one request asks for.
const defaultPage = 100

// all walks a list page by page. After an error it ends.
func all[T any](ctx context.Context, a *API, path string, q query, size int) iter.Seq2[T, error] {
	if size <= 0 {
		size = defaultPage
	}
	return func(yield func(T, error) bool) {
		params := query{}
		for k, v := range q {
			params[k] = v
		}
		params.number("limit", size)
		for {
			page, err := get[List[T]](ctx, a, params.on(path))
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			params.text("after", page.Next)
		}
	}
}

// one is a list that has a single page.
func one[T any](ctx context.Context, a *API, path string) ([]T, error) {
	l, err := get[List[T]](ctx, a, path)
	return l.Items, err
}

// Collect reads a whole list into memory.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) {
	var out []T
	for item, err := range list {
		if err != nil {
			return out, err
		}
		out = append(out, item)
	}
	return out, nil
}
