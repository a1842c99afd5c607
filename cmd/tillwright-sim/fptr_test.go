package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestRegistersBehindTheService(t *testing.T) {
	t.Parallel()
	lines := start(t, "kkt", "--protocol", "fptr", "--listen", "127.0.0.1:0", "--count", "2", "--seed", "5", "--zone", "Europe/Moscow",
		"--clock", "2026-03-10T12:00:00+03:00", "--fault", "kkt-shift-over-24h", "--control", "127.0.0.1:0")
	if len(lines) != 3 {
		t.Fatalf("%v", lines)
	}
	began := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	for _, line := range lines[:2] {
		d, err := fptr.Protocol{}.Open(t.Context(), kkt.Endpoint{Transport: "tcp", Address: strings.TrimPrefix(line, "register=")})
		if err != nil {
			t.Fatal(err)
		}
		set, err := d.Read(t.Context(), func() time.Time { return began })
		if err != nil || set.Get(signal.Shift).Text() != "expired" {
			t.Fatalf("%v, %v", set, err)
		}
		if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcCloseShift}); err != nil {
			t.Error(err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	at := strings.TrimPrefix(lines[2], "control=")
	var state struct {
		Faults []string
		FN     struct{ Serial string }
	}
	var was string
	for i, c := range []struct{ method, path, body string }{
		{http.MethodGet, "/state", ""},
		{http.MethodPost, "/registers/1/faults/no-paper", ""},
		{http.MethodPost, "/registers/1/drive", ""},
		{http.MethodPost, "/clock", `{"set":"2026-04-10T12:00:00+03:00"}`},
		{http.MethodDelete, "/registers/1/faults/no-paper", ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, at+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(resp.Body).Decode(&state)
		_ = resp.Body.Close()
		if i == 1 {
			was = state.FN.Serial
		}
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Errorf("%s %s: %d, %v", c.method, c.path, resp.StatusCode, err)
		}
	}
	if len(state.Faults) != 0 || state.FN.Serial == was {
		t.Errorf("%+v", state)
	}
}

func TestFlagsThatDoNotFitTheService(t *testing.T) {
	t.Parallel()
	var says strings.Builder
	if code := runContext(t.Context(), []string{"kkt", "--protocol", "fptr", "--evotor"}, &says, &says); code != 1 || !strings.Contains(says.String(), "evotor") {
		t.Errorf("%d: %s", code, says.String())
	}
}
