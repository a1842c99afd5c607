package web

import (
	"testing"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

func spoken(protocol string) *registry.Device {
	d := &registry.Device{}
	d.Endpoint = &kkt.Endpoint{Protocol: protocol}
	return d
}

// TestCommandsByName: what is offered by name has a name that tells it from the
// others, in the description of its register's protocol.
func TestCommandsByName(t *testing.T) {
	t.Parallel()
	w := &Web{Deps: Deps{Protocols: map[string]kkt.Protocol{atol.Name: atol.Protocol{}, shtrih.Name: &shtrih.Protocol{}, fptr.Name: fptr.Protocol{}}}}
	v := english(t)
	for name, p := range w.Protocols {
		list := w.namesFor(v, spoken(name))
		if len(list) != len(readable(name)) || len(list) < 5 {
			t.Errorf("%s: %d commands of %d", name, len(list), len(readable(name)))
		}
		seen := map[string]string{}
		for _, n := range list {
			raw, err := rawCommand(spoken(name), n.typed)
			if err != nil || n.name == "" || unknownCommand(p, raw) {
				t.Errorf("%s %s: %q, %v", name, n.typed, n.name, err)
			}
			if other, twice := seen[n.name]; twice {
				t.Errorf("%s: %s and %s are both called %q", name, other, n.typed, n.name)
			}
			seen[n.name] = n.typed
		}
	}
	if !unknownCommand(atol.Protocol{}, []byte{0xFA, 0xFB}) {
		t.Error("a command that no description has passes as known")
	}
}

// TestACommandIsReadInTheRegistersLanguage: bytes for most, a task as JSON for
// the service of driver 10; the one is no other's.
func TestACommandIsReadInTheRegistersLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ protocol, typed, code string }{
		{atol.Name, "91 34 00 00", ""},
		{atol.Name, `{"type":"getFnInfo"}`, "bytes_malformed"},
		{shtrih.Name, "FF 01", ""},
		{fptr.Name, ` {"type":"getFnInfo"} `, ""},
		{fptr.Name, "91 34 00 00", "task_malformed"},
		{fptr.Name, `{"typ":1}`, "task_malformed"},
		{fptr.Name, `{"type":"getFnInfo"`, "task_malformed"},
		{fptr.Name, "", "task_malformed"},
	} {
		raw, err := rawCommand(spoken(c.protocol), c.typed)
		if problem.CodeOf(err) != c.code || (len(raw) > 0) != (c.code == "") {
			t.Errorf("%s %q: %q, %v", c.protocol, c.typed, raw, err)
		}
	}
}

// TestADocumentIsReadInItsOrder: number, date, time and sign come together and
// first; dates are the reader's.
func TestADocumentIsReadInItsOrder(t *testing.T) {
	t.Parallel()
	v := ui.View{Voice: english(t).Voice}
	var keys []string
	for _, l := range meaningOf(v, map[string]any{"time": "12:44", "fiscalSign": "0184610009", "connected": true, "date": "2018-01-17", "documentNumber": int64(93)}) {
		keys = append(keys, l.Key)
	}
	want := []string{v.T("device.field.documentNumber"), v.T("device.field.date"), v.T("device.field.time"), v.T("device.field.fiscalSign"), v.T("device.field.connected")}
	if len(keys) != len(want) {
		t.Fatal(keys)
	}
	for i := range want {
		if keys[i] != want[i] {
			t.Errorf("line %d is %q, want %q", i, keys[i], want[i])
		}
	}
}
