package wire

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// ErrShape is what Decode says of a message that is good JSON but has no type,
// a type this program does not know, or not the field of its type.
var ErrShape = errors.New("wire: the message does not carry what its type says")

// Decode reads one message of any type. Bundles of reports, which are nearly
// all of the traffic, take a path of their own that is some ten times faster;
// both paths accept the same messages and give the same values.
func Decode(data []byte) (Message, error) {
	if r, ok := DecodeReports(data); ok {
		return Message{Type: TypeReports, Reports: &r}, nil
	}
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		return Message{}, fmt.Errorf("wire: %w", err)
	}
	if !m.whole() {
		return Message{Type: m.Type}, ErrShape
	}
	return m, nil
}

// whole says whether the field of the message's type is there.
func (m *Message) whole() bool {
	switch m.Type {
	case TypeChallenge:
		return m.Challenge != nil
	case TypeHello:
		return m.Hello != nil
	case TypeWelcome:
		return m.Welcome != nil
	case TypeReports:
		return m.Reports != nil
	case TypeAck:
		return m.Ack != nil
	case TypeCommand:
		return m.Command != nil
	case TypeTaken:
		return m.Taken != nil
	case TypeResult:
		return m.Result != nil
	case TypeResultAck:
		return m.ResultAck != nil
	case TypeConfig:
		return m.Config != nil
	case TypeFound:
		return m.Found != nil
	case TypeSold:
		return m.Sold != nil
	case TypeSoldAck:
		return m.SoldAck != nil
	case TypeProblem:
		return m.Problem != nil
	default:
		return false
	}
}

// DecodeReports reads a whole message of type "reports" when it is written in
// the usual way: known fields once each, whole numbers, texts without escapes.
// ok is false for everything else, bad or merely unusual, and the caller then
// asks encoding/json. Nothing of the result points into data.
func DecodeReports(data []byte) (r Reports, ok bool) {
	d := decoder{scanner: scanner{b: data}}
	var typed, carried bool
	ok = d.object(func(key []byte) bool {
		switch {
		case string(key) == "t" && !typed:
			typed = true
			t, ok := d.plain()
			return ok && string(t) == TypeReports
		case string(key) == "reports" && !carried:
			carried = true
			return d.bundle(&r)
		default:
			return false
		}
	})
	return r, ok && typed && carried && d.end()
}

// decoder holds what is shared between the reports of one bundle.
type decoder struct {
	scanner
	device string        // of the report before: most agents look after one or two registers
	items  []signal.Item // room that every report's values are gathered in
}

func (d *decoder) bundle(r *Reports) bool {
	var seen uint8
	return d.object(func(key []byte) bool {
		switch string(key) {
		case "id":
			return once(&seen, 1) && d.number(&r.ID)
		case "now":
			return once(&seen, 2) && d.number(&r.Now)
		case "reports":
			return once(&seen, 4) && d.array(func() bool {
				if r.Reports == nil {
					r.Reports = make([]Report, 0, guessReports(len(d.b)-d.i))
				}
				r.Reports = append(r.Reports, Report{})
				return d.report(&r.Reports[len(r.Reports)-1])
			})
		default:
			return false
		}
	})
}

// guessReports is how many reports the rest of a message may hold, so that the
// slice seldom grows; a message of lies cannot make it large.
func guessReports(rest int) int { return min(rest/160+1, MaxReports) }

func (d *decoder) report(r *Report) bool {
	var seen uint8
	return d.object(func(key []byte) bool {
		switch string(key) {
		case "n":
			return once(&seen, 1) && d.number(&r.Seq)
		case "at":
			return once(&seen, 2) && d.number(&r.At)
		case "dev":
			return once(&seen, 4) && d.deviceID(&r.Device)
		case "full":
			return once(&seen, 8) && d.truth(&r.Full)
		case "v":
			return once(&seen, 16) && d.values(r)
		default:
			return false
		}
	})
}

func (d *decoder) deviceID(into *string) bool {
	b, ok := d.plain()
	if !ok {
		return false
	}
	if string(b) != d.device {
		d.device = string(b)
	}
	*into = d.device
	return true
}

func (d *decoder) values(r *Report) bool {
	d.items = d.items[:0]
	var seen [4]uint64
	count := 0
	ok := d.object(func(key []byte) bool {
		def, known := signal.Lookup(string(key))
		if count++; count > signal.MaxItems || !known {
			return false
		}
		word, bit := def.ID/64, uint64(1)<<(def.ID%64)
		if int(word) >= len(seen) || seen[word]&bit != 0 {
			return false
		}
		seen[word] |= bit
		v, ok := d.value(def.Kind)
		d.items = append(d.items, signal.Item{ID: def.ID, Value: v})
		return ok
	})
	r.Values = slices.Clone(d.items)
	return ok
}

func (d *decoder) value(kind signal.Kind) (signal.Value, bool) {
	if d.null() {
		return signal.Value{}, true
	}
	switch kind {
	case signal.Text:
		b, ok := d.plain()
		return signal.TextOf(intern(b)), ok && len(b) <= signal.MaxText
	case signal.Bool:
		var t bool
		ok := d.truth(&t)
		return signal.BoolOf(t), ok
	case signal.Time:
		var n int64
		ok := d.number(&n)
		v := signal.TimeOf(time.Unix(n, 0))
		return v, ok && v.Known()
	default:
		var n int64
		ok := d.number(&n)
		return signal.IntOf(n), ok
	}
}

// intern spares the commonest texts their copy.
func intern(b []byte) string {
	switch string(b) {
	case "ok":
		return "ok"
	case "open":
		return "open"
	case "closed":
		return "closed"
	case "expired":
		return "expired"
	case "lost":
		return "lost"
	case "ethernet":
		return "ethernet"
	case "1.05":
		return "1.05"
	case "1.2":
		return "1.2"
	default:
		return string(b)
	}
}

// once marks a field as seen; a field that comes twice is left to
// encoding/json, which has its own rule for it.
func once(seen *uint8, bit uint8) bool {
	if *seen&bit != 0 {
		return false
	}
	*seen |= bit
	return true
}
