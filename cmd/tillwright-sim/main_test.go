package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
)

// start runs the program and gives what it printed before "ready".
func start(t *testing.T, args ...string) []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	code := make(chan int, 1)
	go func() {
		code <- runContext(ctx, args, w, io.Discard)
		_ = w.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if c := <-code; c != 0 {
			t.Errorf("ended with %d", c)
		}
	})
	var lines []string
	for s := bufio.NewScanner(r); s.Scan(); {
		if s.Text() == "ready" {
			return lines
		}
		lines = append(lines, s.Text())
	}
	t.Fatalf("never ready: %v", lines)
	return nil
}

func TestRegistersOfTheBench(t *testing.T) {
	t.Parallel()
	lines := start(t, "kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--count", "2", "--seed", "5", "--zone", "Europe/Moscow",
		"--clock", "2026-03-10T12:00:00+03:00", "--fault", "kkt-3801-3802-receipt-open-closed", "--control", "127.0.0.1:0", "--life", "--sick", "1")
	if len(lines) != 3 {
		t.Fatalf("%v", lines)
	}
	zone, err := time.LoadLocation("Europe/Moscow")
	if err != nil {
		t.Fatal(err)
	}
	began := time.Date(2026, 3, 10, 12, 0, 0, 0, zone)
	for _, line := range lines[:2] {
		d, err := atol.Protocol{Location: zone}.Open(t.Context(), kkt.Endpoint{Address: strings.TrimPrefix(line, "register=")})
		if err != nil {
			t.Fatal(err)
		}
		set, err := d.Read(t.Context(), func() time.Time { return began })
		if err != nil {
			t.Fatal(err)
		}
		if drift := set.Get(signal.ClockDrift).Int(); drift < 0 || drift > 60 {
			t.Errorf("the clock runs %d s beside the asked one", drift)
		}
		if !set.Get(signal.ReceiptOpen).Bool() {
			t.Errorf("no fault: %v", set.Items())
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	resp, err := http.Get(strings.TrimPrefix(lines[2], "control=") + "/state")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var state struct{ Faults []string }
	if err := json.NewDecoder(resp.Body).Decode(&state); err != nil || len(state.Faults) != 1 {
		t.Errorf("%+v, %v", state, err)
	}
}

func TestRegisterOnASerialLine(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("pseudo terminals are tested on Linux")
	}
	name := filepath.Join(t.TempDir(), "ttyKKT")
	start(t, "kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--serial-pty", name)
	d, err := atol.Protocol{}.Open(t.Context(), kkt.Endpoint{Transport: atol.TransportSerial, Address: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read(t.Context(), time.Now); err != nil {
		t.Error(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestBadCommandLines(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown protocol": {[]string{"kkt", "--protocol", "esperanto"}, 1, "esperanto"},
		"no protocol":      {[]string{"kkt"}, 2, "--protocol"},
		"unknown fault":    {[]string{"kkt", "--protocol", "atol", "--fault", "plague"}, 1, "plague"},
		"bad clock":        {[]string{"kkt", "--protocol", "atol", "--clock", "noon"}, 2, "clock"},
		"bad address":      {[]string{"kkt", "--protocol", "atol", "--listen", "nowhere"}, 1, "nowhere"},
		"bad zone":         {[]string{"kkt", "--protocol", "atol", "--zone", "Moon/Sea"}, 1, "Moon/Sea"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var says strings.Builder
			if code := runContext(t.Context(), tc.args, io.Discard, &says); code != tc.code || !strings.Contains(says.String(), tc.says) {
				t.Errorf("code %d: %s", code, says.String())
			}
		})
	}
}
