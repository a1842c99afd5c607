package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJSONIsShownAsItIs: registers that speak in JSON are read as text, all
// others byte by byte, also when a byte happens to be a bracket.
func TestJSONIsShownAsItIs(t *testing.T) {
	t.Parallel()
	task := []byte(`{"type":"closeShift","operator":{"name":"Иванова"}}`)
	if got := hexText(task); got != string(task) {
		t.Error(got)
	}
	if got := jsonLines(task); got != string(task) {
		t.Errorf("a short task is broken: %q", got)
	}
	long := []byte(`{"error":{"code":0,"description":"Ошибок нет"},"result":{"shiftNumber":325,"receiptsCount":3}}`)
	if got := strings.Split(jsonLines(long), "\n"); len(got) != 10 || got[2] != `    "code": 0,` {
		t.Errorf("%q", got)
	}
	for _, b := range [][]byte{{0x7B, 0x22}, {0x7B, 0x7D, 0xFF}, {0x91, 0x34, 0, 0}} {
		if got := hexText(b); !strings.Contains(got, " ") {
			t.Errorf("% X is shown as %q", b, got)
		}
	}
	if diff := cmp.Diff([]string{"91 34 00 00"}, hexGroups([]byte{0x91, 0x34, 0, 0})); diff != "" {
		t.Error(diff)
	}
}
