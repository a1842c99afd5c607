package api

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/tillwright/tillwright/internal/signal"
)

// valuesOf is a set as programs read it: numbers, texts, yes or no, and times
// in RFC 3339 as everywhere in the API.
func valuesOf(set signal.Set) map[string]any {
	out := make(map[string]any, set.Len())
	for _, it := range set.Items() {
		if def, ok := signal.ByID(it.ID); ok {
			out[def.Key] = readable(def, it.Value.Any())
		}
	}
	return out
}

// evidenceOf reads an object of signals as it is kept. What is not a signal
// stays as it is; what cannot be read is nothing.
func evidenceOf(raw json.RawMessage) map[string]any {
	out := map[string]any{}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&out) != nil || out == nil {
		return map[string]any{}
	}
	for k, v := range out {
		if def, ok := signal.Lookup(k); ok {
			out[k] = readable(def, v)
		}
	}
	return out
}

// changesOf is old and new by key, in the same form as values.
func changesOf(changes map[string][2]any) map[string][2]any {
	out := make(map[string][2]any, len(changes))
	for k, c := range changes {
		if def, ok := signal.Lookup(k); ok {
			c = [2]any{readable(def, c[0]), readable(def, c[1])}
		}
		out[k] = c
	}
	return out
}

// readable turns a kept time, which is Unix seconds, into an instant.
func readable(def signal.Def, v any) any {
	if def.Kind != signal.Time {
		return v
	}
	switch n := v.(type) {
	case int64:
		return time.Unix(n, 0).UTC()
	case float64:
		return time.Unix(int64(n), 0).UTC()
	case json.Number:
		if s, err := n.Int64(); err == nil {
			return time.Unix(s, 0).UTC()
		}
	}
	return v
}
