package web

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// signalName is what a person calls a value.
func signalName(v ui.View, key string) string { return v.Or("signal."+key, key) }

// signalText is a value in words, as a person at a register would say it.
func signalText(v ui.View, d signal.Def, val signal.Value) string {
	if !val.Known() {
		return v.T("ui.not_reported")
	}
	switch d.ID {
	case signal.ClockDrift.ID:
		return driftText(v, val.Int())
	case signal.Mode.ID:
		return numbered(v, "kkt.mode.", val.Int())
	case signal.FNPhase.ID:
		return v.T(fn.Phase(val.Int()).Key())
	case signal.FNWarnings.ID:
		return warningsText(v, val.Int())
	case signal.FNError.ID, signal.ErrorCode.ID, signal.OFDFNError.ID:
		return codeText(v, val.Int())
	case signal.OFDNetError.ID:
		return numbered(v, "kkt.ofd_net.", val.Int())
	case signal.OFDError.ID:
		return numbered(v, "kkt.ofd_answer.", val.Int())
	case signal.ReceiptType.ID:
		return numbered(v, "signal.value.receipt.type.", val.Int())
	}
	return plainText(v, d, val)
}

// plainText is a value that needs no words of its own.
func plainText(v ui.View, d signal.Def, val signal.Value) string {
	switch d.Kind {
	case signal.Bool:
		word := "no"
		if val.Bool() {
			word = "yes"
		}
		return v.Or("signal.value."+d.Key+"."+word, v.T("signal.value."+word))
	case signal.Time:
		return v.Moment(val.Time(), v.Now, zoneOf(v))
	case signal.Int:
		if named(d.ID) {
			return strconv.FormatInt(val.Int(), 10)
		}
		if d.Unit != "" {
			return v.Int(val.Int()) + "\u202f" + v.Or("signal.unit."+d.Unit, d.Unit)
		}
		return v.Int(val.Int())
	default:
		return v.Or("signal.value."+d.Key+"."+val.Text(), val.Text())
	}
}

// named are the numbers that are names and no quantities: they are read digit
// by digit, without a thousands mark.
func named(id uint16) bool {
	switch id {
	case signal.OFDPort.ID, signal.LastDocNo.ID, signal.FirstUnsentNo.ID, signal.ShiftNumber.ID:
		return true
	}
	return false
}

func zoneOf(v ui.View) *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}

// numbered is the name of a number, with the number beside it for who reads
// the maker's papers.
func numbered(v ui.View, prefix string, n int64) string {
	number := strconv.FormatInt(n, 10)
	name := v.Or(prefix+number, "")
	switch {
	case name == "":
		return number
	case n == 0:
		return name
	default:
		return name + " (" + number + ")"
	}
}

// codeText is a register's error code with its meaning.
func codeText(v ui.View, code int64) string {
	if code == 0 {
		return v.T("signal.none")
	}
	number := strconv.FormatInt(code, 10)
	if sentence := v.Or("kkt.error."+number, ""); sentence != "" {
		return number + " — " + sentence
	}
	return number
}

func warningsText(v ui.View, bits int64) string {
	keys := fn.Warnings(bits).Keys()
	if len(keys) == 0 {
		return v.T("signal.none")
	}
	words := make([]string, len(keys))
	for i, k := range keys {
		words[i] = v.T(k)
	}
	return strings.Join(words, "; ")
}

// driftText says how far a register's clock is off.
func driftText(v ui.View, sec int64) string {
	const fine = 5 // seconds: nobody sets a clock for less
	if sec >= -fine && sec <= fine {
		return v.T("signal.drift.exact")
	}
	span := v.Span(time.Duration(sec) * time.Second)
	if sec > 0 {
		return v.T("signal.drift.fast", "span", span)
	}
	return v.T("signal.drift.slow", "span", span)
}

// signalValue is the piece of a page that shows a value: numbers and serials
// letter by letter, times with their exact instant.
func signalValue(v ui.View, d signal.Def, val signal.Value) templ.Component {
	switch {
	case !val.Known():
		return nil
	case d.Kind == signal.Time:
		return ui.At(v, val.Time())
	case literal(d.ID) && val.Text() != "":
		return ui.Mono(val.Text())
	default:
		return ui.Text(signalText(v, d, val))
	}
}

// literal are the texts that are read letter by letter.
func literal(id uint16) bool {
	switch id {
	case signal.Serial.ID, signal.RegNumber.ID, signal.INN.ID, signal.FNSerial.ID, signal.OFDHost.ID, signal.LinkDetail.ID, signal.LastDocSign.ID, signal.Firmware.ID:
		return true
	}
	return false
}

// valueOf turns what JSON says of a value back into one; what does not fit its
// key's kind is not known.
func valueOf(d signal.Def, raw any) signal.Value {
	switch x := raw.(type) {
	case bool:
		if d.Kind == signal.Bool {
			return signal.BoolOf(x)
		}
	case string:
		if d.Kind == signal.Text {
			return signal.TextOf(x)
		}
	case float64:
		if math.IsNaN(x) || math.Abs(x) > 1<<53 {
			return signal.Value{}
		}
		switch d.Kind {
		case signal.Int:
			return signal.IntOf(int64(x))
		case signal.Time:
			return signal.TimeOf(time.Unix(int64(x), 0))
		}
	}
	return signal.Value{}
}

// evidence is what an alert saw, line by line, and the bytes when what came
// was not of the protocol.
func evidence(v ui.View, data json.RawMessage) (lines []ui.KV, garbage []byte) {
	items, err := signal.ParseItems(data)
	if err != nil {
		return nil, nil // an agent's alert has evidence of its own kind
	}
	all := signal.Of(items...)
	for _, it := range items {
		d, ok := signal.ByID(it.ID)
		if !ok || !telling(d, it.Value, &all) || d.ID == signal.FNError.ID && it.Value.Int() == 0 {
			continue
		}
		if d.ID == signal.LinkDetail.ID {
			if b, err := parseHex(it.Value.Text()); err == nil {
				garbage = b
				continue
			}
		}
		lines = append(lines, ui.LineOf(signalName(v, d.Key), signalValue(v, d, it.Value)))
	}
	return lines, garbage
}
