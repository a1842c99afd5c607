package fptr_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// noise stands between the network and the service and spoils what it is told
// to, as often as it is told to.
type noise struct {
	mu     sync.Mutex
	next   http.Handler
	spoil  func(w http.ResponseWriter, r *http.Request, next http.Handler) bool // true: it has answered
	posted []string                                                             // UUIDs of every posting that came in
}

func (n *noise) wrap(next http.Handler) http.Handler {
	n.next = next
	return n
}

func (n *noise) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.mu.Lock()
	if r.Method == http.MethodPost {
		body, _ := io.ReadAll(r.Body)
		var in struct{ UUID string }
		_ = json.Unmarshal(body, &in)
		n.posted = append(n.posted, in.UUID)
		r.Body = io.NopCloser(strings.NewReader(string(body)))
	}
	spoil := n.spoil
	n.mu.Unlock()
	if spoil == nil || !spoil(w, r, n.next) {
		n.next.ServeHTTP(w, r)
	}
}

func (n *noise) set(spoil func(http.ResponseWriter, *http.Request, http.Handler) bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.spoil = spoil
}

// times spoils the first n requests of a method.
func times(n int, method string, do func(http.ResponseWriter, *http.Request, http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var mu sync.Mutex
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		mu.Lock()
		defer mu.Unlock()
		if r.Method != method || n == 0 {
			return false
		}
		n--
		do(w, r, next)
		return true
	}
}

// cut hangs up without an answer.
func cut(w http.ResponseWriter) {
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

// cutAfter lets the service have the request and then hangs up.
func cutAfter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	cut(w)
}

func cutBefore(w http.ResponseWriter, _ *http.Request, _ http.Handler) { cut(w) }

func failing(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	http.Error(w, "internal", http.StatusInternalServerError)
}

func failingAfter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	failing(w, r, next)
}

// doubled sends the answer's body twice.
func doubled(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	w.WriteHeader(rec.Code)
	_, _ = io.WriteString(w, rec.Body.String()+rec.Body.String())
}

// halved breaks the answer off in the middle.
func halved(w http.ResponseWriter, r *http.Request, next http.Handler) {
	rec := httptest.NewRecorder()
	next.ServeHTTP(rec, r)
	w.WriteHeader(rec.Code)
	_, _ = io.WriteString(w, rec.Body.String()[:rec.Body.Len()/2])
}

type spoiler = func(http.ResponseWriter, *http.Request, http.Handler) bool

// spoiling makes a fresh spoiler for every subtest.
func spoiling(n int, method string, do func(http.ResponseWriter, *http.Request, http.Handler)) func() spoiler {
	return func() spoiler { return times(n, method, do) }
}

// both spoils with the first that applies.
func both(list ...func() spoiler) func() spoiler {
	return func() spoiler {
		var made []spoiler
		for _, f := range list {
			made = append(made, f())
		}
		return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			for _, f := range made {
				if f(w, r, next) {
					return true
				}
			}
			return false
		}
	}
}
