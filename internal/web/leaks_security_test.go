package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/access/httpauth"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/web/static"
)

// TestALinkThatOpensIsNotLogged: who reads the log must not walk in by it.
func TestALinkThatOpensIsNotLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := static.Load()
	if err != nil {
		t.Fatal(err)
	}
	w := New(Deps{Guard: httpauth.New(nil, httpauth.Options{}), Texts: texts, Static: files, Clock: clock.System{}, Log: slog.New(slog.NewTextHandler(&log, nil))})
	boom := w.open(func(context.Context, *request) (answer, error) { return answer{}, errors.New("the database is away") })
	mux := http.NewServeMux()
	mux.Handle("GET /f/{token}", boom)
	mux.Handle("POST /help/sent/{once}/photo", boom)
	mux.Handle("GET /cases/{id}", boom)
	for _, r := range []*http.Request{
		httptest.NewRequest("GET", "/f/hunter2", nil), httptest.NewRequest("POST", "/help/sent/hunter2/photo", nil), httptest.NewRequest("GET", "/cases/k-17", nil),
	} {
		rw := httptest.NewRecorder()
		if mux.ServeHTTP(rw, r); rw.Code != 500 || strings.Contains(rw.Body.String(), "database") {
			t.Errorf("%s: %d %s", r.URL, rw.Code, rw.Body)
		}
	}
	if got := log.String(); strings.Contains(got, "hunter2") || !strings.Contains(got, "/f/{token}") || !strings.Contains(got, "/cases/k-17") {
		t.Errorf("%s", got)
	}
}

// TestAShopHearsItsOwnTopicsBack: the ids of other clients' things are not in
// its stream.
func TestAShopHearsItsOwnTopicsBack(t *testing.T) {
	t.Parallel()
	topics := []string{"case", "device:7", "alert"}
	for _, tc := range []struct {
		e             bus.Event
		company, shop []string
	}{
		{bus.Event{Topic: "case", ID: "42"}, []string{"case:42"}, []string{"case"}},
		{bus.Event{Topic: "device", ID: "7"}, []string{"device:7"}, []string{"device:7"}},
		{bus.Event{Topic: "device"}, []string{"device:7"}, []string{"device:7"}},
	} {
		if got := told(topics, tc.e, false); !slices.Equal(got, tc.company) {
			t.Errorf("%+v tells the company %v", tc.e, got)
		}
		if got := told(topics, tc.e, true); !slices.Equal(got, tc.shop) {
			t.Errorf("%+v tells a shop %v", tc.e, got)
		}
	}
}
