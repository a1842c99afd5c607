package wire

import (
	"encoding/json"
	"strconv"
)

// AppendAck appends a whole message of type "ack", the same bytes that
// encoding/json writes.
func AppendAck(b []byte, a Ack) []byte {
	b = append(b, `{"t":"ack","ack":{"id":`...)
	b = strconv.AppendInt(b, a.ID, 10)
	b = append(b, `,"now":`...)
	b = strconv.AppendInt(b, a.Now, 10)
	for i, r := range a.Refused {
		if i == 0 {
			b = append(b, `,"refused":[`...)
		} else {
			b = append(b, ',')
		}
		b = append(b, `{"n":`...)
		b = strconv.AppendInt(b, r.Seq, 10)
		b = append(b, `,"code":`...)
		b = appendText(b, r.Code)
		b = append(b, '}')
	}
	if len(a.Refused) > 0 {
		b = append(b, ']')
	}
	return append(b, "}}"...)
}

// appendText quotes a text; codes are plain letters and take the short way.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && c != '_' && (c < '0' || c > '9') {
			q, _ := json.Marshal(s) // a string always marshals
			return append(b, q...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
