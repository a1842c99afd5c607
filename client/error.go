package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a refusal of the server. Programs decide by Code, which is stable;
// Detail is a sentence for a person.
type Error struct {
	Status     int
	Code       string
	Detail     string
	Fields     []Field
	RetryAfter time.Duration // of too_many: when to come again
}

// Field names one field of the input that is wrong.
type Field struct {
	Name   string `json:"name"` // path in the body, or the parameter's name
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error is the form for logs.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "client: %d %s", e.Status, e.Code)
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s: %s]", f.Name, f.Code)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	return b.String()
}

// Code is the server's code in err's chain, "" when it is no refusal.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// refusal reads an answer that is no success. One that is not the server's own
// (a proxy's page) has the code "http_<status>".
func refusal(res *http.Response, data []byte) error {
	e := &Error{Status: res.StatusCode, Code: "http_" + strconv.Itoa(res.StatusCode)}
	var p struct {
		Code   string  `json:"code"`
		Detail string  `json:"detail"`
		Fields []Field `json:"fields"`
	}
	if json.Unmarshal(data, &p) == nil && p.Code != "" {
		e.Code, e.Detail, e.Fields = p.Code, p.Detail, p.Fields
	}
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && s > 0 {
		e.RetryAfter = time.Duration(s) * time.Second
	}
	return e
}
