// Package logs makes the program's structured log and keeps secrets out of it.
//
// A value whose key names a secret is replaced before it reaches any output,
// however deep it stands in a group. Keys are matched by their last word, so
// "admin_password" and "password" are both caught.
package logs

import (
	"io"
	"log/slog"
	"strings"
)

// Hidden stands where a secret would.
const Hidden = "…"

var secrets = []string{"password", "token", "secret", "cookie", "authorization", "code", "key", "nonce", "sig", "signature"}

// open names keys that end like a secret and are none.
var open = []string{"error_code", "result_code", "problem_code", "unique_key", "i18n_key", "status_code", "fault_code"}

// New is a logger that writes lines of JSON, or of text for a person at a
// terminal.
func New(w io.Writer, level slog.Level, asText bool) *slog.Logger {
	opts := &slog.HandlerOptions{Level: level, ReplaceAttr: Redact}
	if asText {
		return slog.New(slog.NewTextHandler(w, opts))
	}
	return slog.New(slog.NewJSONHandler(w, opts))
}

// Redact is the slog.HandlerOptions.ReplaceAttr that hides secrets.
func Redact(_ []string, a slog.Attr) slog.Attr {
	if secret(a.Key) && a.Value.Kind() != slog.KindGroup {
		return slog.String(a.Key, Hidden)
	}
	return a
}

func secret(key string) bool {
	key = strings.ToLower(key)
	for _, o := range open {
		if key == o {
			return false
		}
	}
	last := key[strings.LastIndexAny(key, "_.-")+1:]
	for _, s := range secrets {
		if last == s {
			return true
		}
	}
	return false
}
