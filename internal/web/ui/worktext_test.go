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
	if got := hexGroups(task); len(got) != 2 || strings.Join(got, "") != string(task) {
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
