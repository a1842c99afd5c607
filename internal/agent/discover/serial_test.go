package discover

import (
	"slices"
	"testing"
)

func TestOnePortHasOneKey(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"COM12", "com12", `\\.\COM12`} {
		if got := serialKey(name); got != "serial com12" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if serialKey("COM1") == serialKey("COM12") {
		t.Error("two ports have one key")
	}
}

func TestPortsKnownByNameAloneAreAdded(t *testing.T) {
	t.Parallel()
	known := []Port{{Name: "COM3", Vendor: "2912", Text: "ATOL"}}
	got := withPlain(known, []string{"com3", "COM7", "COM7"})
	if want := []Port{known[0], {Name: "COM7"}}; !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}
