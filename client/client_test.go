package client

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"
)

// served is an API of a server that answers as told, and that never really
// waits: what it would have waited is in the list.
func served(t *testing.T, h http.HandlerFunc) (*API, *[]time.Duration) {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	a, err := New(s.URL+"/", "secret", WithLang("de"), WithUserAgent("test"))
	if err != nil {
		t.Fatal(err)
	}
	var waited []time.Duration
	a.wait = func(ctx context.Context, d time.Duration) error {
		waited = append(waited, d)
		return ctx.Err()
	}
	return a, &waited
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for address, good := range map[string]bool{
		"https://service.example": true, "http://127.0.0.1:8080/": true, "https://service.example/till": true,
		"service.example": false, "ftp://service.example": false, "": false, "https://": false, "://": false,
	} {
		if _, err := New(address, ""); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestEveryCallSaysWhoAsks(t *testing.T) {
	t.Parallel()
	a, _ := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/me" || r.Header.Get("Authorization") != "Bearer secret" || r.Header.Get("Accept-Language") != "de" || r.UserAgent() != "test" {
			t.Errorf("%s %v", r.URL, r.Header)
		}
		answer(w, 200, Me{Name: "Анна"})
	})
	if me, err := a.Me(t.Context()); err != nil || me.Name != "Анна" {
		t.Errorf("%+v, %v", me, err)
	}
}

func TestListsAreReadToTheirEnd(t *testing.T) {
	t.Parallel()
	calls := 0
	a, _ := served(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if got := r.URL.Query(); got.Get("limit") != "2" || got.Get("state") != "ill,silent" {
			t.Errorf("asked with %v", got)
		}
		n, _ := strconv.Atoi(r.URL.Query().Get("after"))
		page := List[Device]{}
		for i := n; i < min(n+2, 5); i++ {
			page.Items = append(page.Items, Device{ID: strconv.Itoa(i)})
		}
		if n+2 < 5 {
			page.Next = strconv.Itoa(n + 2)
		}
		answer(w, 200, page)
	})
	f := DeviceFilter{State: []string{"ill", "silent"}, PageSize: 2}
	list, err := Collect(a.Devices(t.Context(), f))
	if err != nil || len(list) != 5 || calls != 3 || list[4].ID != "4" {
		t.Errorf("%d devices in %d calls: %v", len(list), calls, err)
	}
	calls = 0
	for range a.Devices(t.Context(), f) {
		break // whoever stops early asks for nothing more
	}
	if calls != 1 {
		t.Errorf("%d calls for one device", calls)
	}
}

func TestAListEndsWithItsError(t *testing.T) {
	t.Parallel()
	a, _ := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			answer(w, 200, List[Case]{Items: []Case{{ID: "1"}}, Next: "x"})
			return
		}
		answer(w, 403, map[string]any{"code": "forbidden"})
	})
	list, err := Collect(a.Cases(t.Context(), CaseFilter{}))
	if len(list) != 1 || Code(err) != "forbidden" {
		t.Errorf("%d cases, %v", len(list), err)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, body string
		status     int
		retry      string
		want       Error
	}{
		{"ours", `{"code":"invalid","detail":"so nicht","fields":[{"name":"inn","code":"inn_invalid"}]}`, 422, "", Error{Status: 422, Code: "invalid", Detail: "so nicht", Fields: []Field{{Name: "inn", Code: "inn_invalid"}}}},
		{"slow down", `{"code":"too_many"}`, 429, "7", Error{Status: 429, Code: "too_many", RetryAfter: 7 * time.Second}},
		{"a proxy's page", `<html>`, 502, "soon", Error{Status: 502, Code: "http_502"}},
		{"nothing", ``, 500, "-3", Error{Status: 500, Code: "http_500"}},
	} {
		a, _ := served(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", tc.retry)
			w.WriteHeader(tc.status)
			_, _ = w.Write([]byte(tc.body))
		})
		_, err := a.Me(t.Context())
		var got *Error
		if !errors.As(err, &got) || fmt.Sprint(*got) != fmt.Sprint(tc.want) {
			t.Errorf("%s: %v, want %v", tc.name, err, tc.want)
		}
	}
}

func TestAwaitComesLaterAndLater(t *testing.T) {
	t.Parallel()
	answers := []int{503, 502, 429, 200, 503, 200}
	a, waited := served(t, func(w http.ResponseWriter, _ *http.Request) {
		status := answers[0]
		answers = answers[1:]
		if status == 429 {
			w.Header().Set("Retry-After", "9")
		}
		c := Command{ID: "c", State: "sent"}
		if len(answers) == 0 {
			c.State, c.EndedAt = "done", time.Now()
		}
		answer(w, status, c)
	})
	c, err := a.AwaitCommand(t.Context(), "c")
	want := []time.Duration{firstPause, 2 * firstPause, 9 * time.Second, firstPause}
	if err != nil || c.State != "done" || fmt.Sprint(*waited) != fmt.Sprint(want) {
		t.Errorf("%s, %v, waited %v, want %v", c.State, err, *waited, want)
	}
}

func TestAwaitEndsWithWhatWaitingCannotMend(t *testing.T) {
	t.Parallel()
	a, waited := served(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, 404, map[string]any{"code": "not_found"}) })
	if _, err := a.AwaitCommand(t.Context(), "c"); Code(err) != "not_found" || len(*waited) != 0 {
		t.Errorf("%v after %v", err, *waited)
	}
	ctx, cancel := context.WithCancel(t.Context())
	a, _ = served(t, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		answer(w, 503, map[string]any{"code": "unavailable"})
	})
	if _, err := a.AwaitCommand(ctx, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestBackoffIsBounded(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for tries := range 100 {
		d := backoff(tries, errors.New("away"))
		if d < last || d > lastPause {
			t.Fatalf("try %d: %v after %v", tries, d, last)
		}
		last = d
	}
	if last != lastPause {
		t.Errorf("ends at %v", last)
	}
}

func TestIDsStayOnePartOfThePath(t *testing.T) {
	t.Parallel()
	a, _ := served(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.EscapedPath() != "/api/v1/cases/..%2Fpeople" {
			t.Errorf("asked for %s", r.URL.EscapedPath())
		}
		answer(w, 200, CaseDetail{})
	})
	if _, err := a.Case(t.Context(), "../people"); err != nil {
		t.Error(err)
	}
}
