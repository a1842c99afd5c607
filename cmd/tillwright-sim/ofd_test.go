package main

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
)

// TestRegistersSendToTheOperator: two programs, as people start them.
func TestRegistersSendToTheOperator(t *testing.T) {
	t.Parallel()
	lines := start(t, "ofd", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "operator=") || !strings.HasPrefix(lines[1], "control=") {
		t.Fatalf("%v", lines)
	}
	at := strings.TrimPrefix(lines[1], "control=")
	registers := start(t, "kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--seed", "5", "--ofd", strings.TrimPrefix(lines[0], "operator="))
	d, err := atol.Protocol{}.Open(t.Context(), kkt.Endpoint{Address: strings.TrimPrefix(registers[0], "register=")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range [][]byte{{0x56, 1, 0, 0, 0, 0x30}, {0x9A, 0}} { // a shift is opened
		if _, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: c}); err != nil {
			t.Fatalf("% X: %v", c, err)
		}
	}
	var drives []struct {
		Drive     string
		Documents int
	}
	for deadline := time.Now().Add(20 * time.Second); len(drives) == 0; {
		if time.Now().After(deadline) {
			t.Fatal("the document never came")
		}
		read(t, at+"/drives", &drives)
	}
	if len(drives) != 1 || drives[0].Documents != 1 {
		t.Fatalf("%+v", drives)
	}
	var papers []struct {
		Name     string
		Findings []string
	}
	if read(t, at+"/drives/"+drives[0].Drive, &papers); len(papers) != 1 || papers[0].Name != "Shift opening report" || len(papers[0].Findings) != 0 {
		t.Errorf("%+v", papers)
	}
	for deadline := time.Now().Add(20 * time.Second); ; { // the answer is on its way back
		set, err := d.Read(t.Context(), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		if set.Get(signal.Unsent).Int() == 0 && set.Get(signal.OFDNetError).Int() == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("still unsent: %v", set.Items())
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func read(t *testing.T, url string, out any) {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v", url, resp.StatusCode, err)
	}
}

func TestBadOperators(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"plague": {"ofd", "--trouble", "plague"},
		"Moon":   {"ofd", "--zone", "Moon/Sea"},
		"nobody": {"kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--ofd", "nobody"},
		"a:0":    {"kkt", "--protocol", "atol", "--listen", "127.0.0.1:0", "--ofd", "a:0"},
		"a:b":    {"kkt", "--protocol", "fptr", "--listen", "127.0.0.1:0", "--ofd", "a:b"},
		"1.3":    {"kkt", "--protocol", "shtrih", "--listen", "127.0.0.1:0", "--ffd", "1.3"},
	} {
		var out strings.Builder
		if code := runContext(t.Context(), args, io.Discard, &out); code != 1 || !strings.Contains(out.String(), says) {
			t.Errorf("%v: %d, %s", args, code, out.String())
		}
	}
}
