package main

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// exchange says something on a line and takes an answer of so many bytes.
func exchange(t *testing.T, line io.ReadWriter, say string, answer int) string {
	t.Helper()
	if _, err := line.Write([]byte(say)); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, answer)
	if _, err := io.ReadFull(line, got); err != nil {
		t.Fatalf("% X, %v", got, err)
	}
	return string(got)
}

func TestRegistersOfShtrih(t *testing.T) {
	t.Parallel()
	args := []string{
		"kkt", "--protocol", "shtrih", "--listen", "127.0.0.1:0", "--count", "2", "--seed", "5", "--zone", "Europe/Moscow", "--quirk", "filler", "--quirk", "print-result",
		"--clock", "2026-03-10T12:00:00+03:00", "--fault", "kkt-3801-3802-receipt-open-closed", "--control", "127.0.0.1:0", "--life", "--sick", "1",
	}
	name := filepath.Join(t.TempDir(), "ttyKKT")
	if runtime.GOOS == "linux" {
		args = append(args, "--serial-pty", name)
	}
	lines := start(t, args...)
	if len(lines) != 3 {
		t.Fatalf("%v", lines)
	}
	for _, l := range lines[:2] {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(l, "register="))
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
		if got := exchange(t, conn, "\x05", 2); got != "\xFF\x15" {
			t.Errorf("% X", got)
		}
		got := exchange(t, conn, "\x02\x05\x10\x1E\x00\x00\x00\x0B", 2+2+17+1)
		if got[:6] != "\x06\xFF\x02\x11\x10\x00" || got[9] != 0x08 { // mode 8: the receipt is open
			t.Errorf("% X", got)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if runtime.GOOS == "linux" {
		line, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = line.Close() }()
		if got := exchange(t, line, "\x8F\x00\x00\x0F\x1D", 7); got != "\x8F\x02\x00\x01\x00\x99\x5A" {
			t.Errorf("% X", got)
		}
	}
	resp, err := http.Get(strings.TrimPrefix(lines[2], "control=") + "/registers")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var states []struct {
		Protocol, Serial string
		Faults           []string
		Clock            time.Time
	}
	if err := json.NewDecoder(resp.Body).Decode(&states); err != nil || len(states) != 2 {
		t.Fatalf("%+v, %v", states, err)
	}
	for _, s := range states {
		if s.Protocol != "shtrih" || len(s.Serial) != 16 || len(s.Faults) != 1 || s.Clock.Format(time.DateOnly) != "2026-03-10" {
			t.Errorf("%+v", s)
		}
	}
}

func TestFlagsThatDoNotFitShtrih(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"evotor":  {"--protocol", "shtrih", "--evotor"},
		"limp":    {"--protocol", "shtrih", "--quirk", "limp"},
		"plague":  {"--protocol", "shtrih", "--fault", "plague"},
		"--quirk": {"--protocol", "atol", "--quirk", "filler"},
	} {
		var out strings.Builder
		if code := runContext(t.Context(), append([]string{"kkt"}, args...), &out, &out); code != 1 || !strings.Contains(out.String(), says) {
			t.Errorf("%v: %d: %s", args, code, out.String())
		}
	}
}
