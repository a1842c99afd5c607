package logs_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/logs"
)

func TestSecretsNeverReachTheLog(t *testing.T) {
	t.Parallel()
	for _, asText := range []bool{true, false} {
		var out bytes.Buffer
		log := logs.New(&out, slog.LevelInfo, asText)
		log.With("session_token", "hunter1").WithGroup("login").Info("hello",
			"password", "hunter2", "email", "anna@example.org", slog.Group("deep", "Authorization", "hunter3"),
			"enrolment_code", "hunter4", "error_code", "login_failed")
		got := out.String()
		if strings.Contains(got, "hunter") {
			t.Errorf("a secret is in the log: %s", got)
		}
		for _, want := range []string{"anna@example.org", "login_failed", "hello"} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing: %s", want, got)
			}
		}
	}
}
