package signal

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
)

// Limits of what is taken from outside.
const (
	MaxText  = 1024 // bytes of one text
	MaxItems = 256  // values of one set
)

// ErrPacked is what DecodePacked says of bytes that no AppendPacked made.
var ErrPacked = errors.New("signal: packed values are damaged")

// AppendPacked appends the packed form: for each item the key's number and
// kind, then the number as a varint or the text with its length.
func (s *Set) AppendPacked(b []byte) []byte {
	for _, it := range s.items {
		b = binary.AppendUvarint(b, uint64(it.ID)<<3|uint64(it.Value.kind))
		if it.Value.kind == Text {
			b = binary.AppendUvarint(b, uint64(len(it.Value.text)))
			b = append(b, it.Value.text...)
			continue
		}
		b = binary.AppendVarint(b, it.Value.num)
	}
	return b
}

// DecodePacked reads the packed form into s, which keeps its room.
func (s *Set) DecodePacked(b []byte) error {
	s.Reset()
	last := -1
	for len(b) > 0 {
		head, n := binary.Uvarint(b)
		if n <= 0 || head>>3 > 0xFFFF || int(head>>3) <= last {
			return ErrPacked
		}
		last, b = int(head>>3), b[n:]
		it := Item{ID: uint16(last), Value: Value{kind: Kind(head & 7)}}
		var err error
		if b, err = decodeValue(b, &it.Value); err != nil {
			return err
		}
		s.items = append(s.items, it)
	}
	return nil
}

func decodeValue(b []byte, v *Value) ([]byte, error) {
	switch v.kind {
	case Text:
		size, n := binary.Uvarint(b)
		if n <= 0 || size > uint64(len(b)-n) {
			return nil, ErrPacked
		}
		v.text = string(b[n : n+int(size)])
		return b[n+int(size):], nil
	case Int, Bool, Time:
		num, n := binary.Varint(b)
		if n <= 0 {
			return nil, ErrPacked
		}
		v.num = num
		return b[n:], nil
	default:
		return nil, ErrPacked
	}
}

// AppendJSON appends an object of the items, null for a value that is not
// known: the form of deltas on the wire and in the change log.
func AppendJSON(b []byte, items []Item) []byte {
	b = append(b, '{')
	for i, it := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, byID[it.ID].Key...)
		b = append(b, '"', ':')
		b = appendValue(b, it.Value)
	}
	return append(b, '}')
}

func appendValue(b []byte, v Value) []byte {
	switch v.kind {
	case Int, Time:
		return strconv.AppendInt(b, v.num, 10)
	case Bool:
		return strconv.AppendBool(b, v.num != 0)
	case Text:
		q, _ := json.Marshal(v.text) // a string always marshals
		return append(b, q...)
	default:
		return append(b, "null"...)
	}
}

// MarshalJSON writes the set as one object.
func (s Set) MarshalJSON() ([]byte, error) { return AppendJSON(nil, s.items), nil }

// UnmarshalJSON reads one object; see ParseItems.
func (s *Set) UnmarshalJSON(data []byte) error {
	items, err := ParseItems(data)
	if err != nil {
		return err
	}
	*s = Of(items...)
	return nil
}

// ParseItems reads a JSON object of keys and values. A key that this program
// does not know is passed over: a newer agent may say more. A value of the
// wrong kind is an error that names the key.
func ParseItems(data []byte) ([]Item, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil, fmt.Errorf("signal: %w", err)
	}
	if len(raw) > MaxItems {
		return nil, fmt.Errorf("signal: %d values in one report, at most %d", len(raw), MaxItems)
	}
	items := make([]Item, 0, len(raw))
	for key, text := range raw {
		d, ok := defs[key]
		if !ok {
			continue
		}
		v, err := parseValue(d, text)
		if err != nil {
			return nil, err
		}
		items = append(items, Item{ID: d.ID, Value: v})
	}
	return items, nil
}

func parseValue(d Def, text []byte) (Value, error) {
	if bytes.Equal(text, []byte("null")) {
		return Value{}, nil
	}
	wrong := func(err error) error { return fmt.Errorf("signal: %s: not of its kind: %w", d.Key, err) }
	switch d.Kind {
	case Bool:
		b, err := strconv.ParseBool(string(text))
		if err != nil {
			return Value{}, wrong(err)
		}
		return BoolOf(b), nil
	case Text:
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			return Value{}, wrong(err)
		}
		if len(s) > MaxText {
			return Value{}, fmt.Errorf("signal: %s: %d bytes, at most %d", d.Key, len(s), MaxText)
		}
		return TextOf(s), nil
	default:
		n, err := strconv.ParseInt(string(text), 10, 64)
		if err != nil {
			return Value{}, wrong(err)
		}
		return Value{kind: d.Kind, num: n}, nil
	}
}
