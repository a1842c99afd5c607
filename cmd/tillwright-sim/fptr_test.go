package main

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/ids"
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

// TestACorrectionReachesTheOperator: two programs, and a correction that goes
// as form 31 in the format that was asked for.
func TestACorrectionReachesTheOperator(t *testing.T) {
	t.Parallel()
	lines := start(t, "ofd", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--zone", "Europe/Moscow")
	at := strings.TrimPrefix(lines[1], "control=")
	registers := start(t, "kkt", "--protocol", "fptr", "--listen", "127.0.0.1:0", "--seed", "6", "--zone", "Europe/Moscow", "--ffd", "1.1", "--life",
		"--control", "127.0.0.1:0", "--ofd", strings.TrimPrefix(lines[0], "operator="))
	d, err := fptr.Protocol{}.Dial(t.Context(), kkt.Endpoint{Transport: "tcp", Address: strings.TrimPrefix(registers[0], "register=")})
	if err != nil {
		t.Fatal(err)
	}
	made, err := d.Correct(t.Context(), ids.New(), fptr.Correction{
		FFD: fptr.FFD11, Operation: fptr.IncomeReturn, Basis: fptr.ByOrder, Number: "12-34", Date: time.Now().AddDate(0, 0, -1), Taxation: fptr.TaxationOSN,
		Operator: fptr.Operator{Name: "Иванова А. А."}, Total: 15_050, Payments: []fptr.Payment{{Kind: fptr.PaidCash, Sum: 15_050}},
		Items: []fptr.Item{{Name: "Кофе", Price: 15_050, Quantity: 1000, Amount: 15_050, VAT: fptr.VAT10, Method: fptr.MethodFull, Object: fptr.ObjectCommodity}},
	}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; { // the answer is on its way back
		e, err := d.ExchangeStatus(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if e.Unsent == 0 && e.Network == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%+v", e)
		}
	}
	var paper struct {
		Form     uint8
		Kind     uint8
		Sum      int64
		Findings []string
	}
	read(t, at+"/drives/"+made.FN+"/documents/"+strconv.FormatInt(made.Document, 10), &paper)
	if paper.Form != 31 || paper.Kind != 2 || paper.Sum != 15_050 || len(paper.Findings) != 0 {
		t.Errorf("%+v", paper)
	}
	resp, err := http.Get(strings.TrimPrefix(registers[1], "control=") + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") {
		t.Errorf("the page: %d, %v", resp.StatusCode, resp.Header)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}

func TestFlagsThatDoNotFitTheService(t *testing.T) {
	t.Parallel()
	var says strings.Builder
	if code := runContext(t.Context(), []string{"kkt", "--protocol", "fptr", "--evotor"}, &says, &says); code != 1 || !strings.Contains(says.String(), "evotor") {
		t.Errorf("%d: %s", code, says.String())
	}
}
