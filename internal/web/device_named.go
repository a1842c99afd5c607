package web

import (
	"encoding/json"
	"net/url"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/kkt/shtrih"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// namedCommand is a command that can be picked by its name: as it would be typed, and
// what people call it.
type namedCommand struct{ typed, name string }

// rawView is the form of a command by hand.
type rawView struct {
	device string
	typed  string // what was typed before
	json   bool   // the register takes JSON
	names  []namedCommand
}

// readable are the commands that are offered by name, as a person would type
// them. All of them only read.
func readable(protocol string) []string {
	switch protocol {
	case atol.Name:
		return []string{
			"3F", "45", "A5", "4D", "91 11 00 00", "91 12 00 00", "91 13 00 00", "91 2B 00 00", "91 2C 00 00", "91 34 00 00", "91 36 00 00",
			"A4 10", "A4 20", "A4 30", "A4 31", "A4 32", "A4 33", "A4 35",
		}
	case shtrih.Name:
		return []string{"10", "11", "FC", "FF 01", "FF 03", "FF 39", "FF 40"}
	case fptr.Name:
		return []string{
			`{"type":"getDeviceInfo"}`, `{"type":"getDeviceStatus"}`, `{"type":"getShiftStatus"}`, `{"type":"getFnInfo"}`, `{"type":"getFnStatus"}`,
			`{"type":"ofdExchangeStatus"}`, `{"type":"getRegistrationInfo"}`,
		}
	default:
		return nil
	}
}

// namesFor are the commands by name for one register.
func (w *Web) namesFor(v ui.View, d *registry.Device) []namedCommand {
	if d.Endpoint == nil {
		return nil
	}
	var out []namedCommand
	for _, typed := range readable(d.Endpoint.Protocol) {
		if raw, err := rawCommand(d, typed); err == nil {
			out = append(out, namedCommand{typed: typed, name: w.commandName(v, d, raw)})
		}
	}
	return out
}

// speaksJSON says whether a register takes tasks as JSON instead of bytes.
func speaksJSON(d *registry.Device) bool {
	return d.Endpoint != nil && d.Endpoint.Protocol == fptr.Name
}

// rawCommand reads a command by hand in the register's own language: bytes for
// most, a task as JSON for the service of driver 10.
func rawCommand(d *registry.Device, typed string) ([]byte, error) {
	if !speaksJSON(d) {
		return parseHex(typed)
	}
	const most = 4 << 10 // bytes; the form's field takes as many
	task := []byte(strings.TrimSpace(typed))
	if len(task) > most || !json.Valid(task) || fptr.TypeOf(task) == "" {
		return nil, problem.New(problem.Invalid, "task_malformed").Field("bytes", "task_malformed")
	}
	return task, nil
}

// unknownCommand says whether the description of a protocol does not have a
// command: its effect cannot be told beforehand.
func unknownCommand(p kkt.Protocol, command []byte) bool {
	switch p.Explain(command, nil).Command {
	case "other", "task_other", "":
		return true
	default:
		return false
	}
}

// byLanguage is the key of a text that differs between bytes and JSON.
func byLanguage(p rawView, key string) string {
	if p.json {
		return key + ".json"
	}
	return key + ".hex"
}

func rawExample(p rawView) string {
	if p.json {
		return `{"type":"getShiftStatus"}`
	}
	return "91 34 00 00"
}

// rawPlan is the address of a dry run of a command by hand.
func rawPlan(device, part, typed string) string {
	return "/devices/" + device + part + "?" + url.Values{"procedure": {kkt.ProcRaw}, "bytes": {typed}}.Encode()
}
