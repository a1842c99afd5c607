package access_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/i18n"
)

func nfkc(s string) string { return norm.NFKC.String(s) }

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=64,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		again, err := access.ParsePHC(s)
		if err != nil {
			return
		}
		third, err := access.ParsePHC(again)
		if err != nil || third != again {
			t.Errorf("%q was read, %q is read as %q: %v", s, again, third, err)
		}
	})
}

var fieldCode = regexp.MustCompile(`\.add\("[a-z_]+",\s*"([a-z_]+)"\)|\.add\(name,\s*"([a-z_]+)"\)`)

// The codes that reach a form through findings.add are not seen by the check
// of package i18n.
func TestEveryFieldCodeHasItsSentence(t *testing.T) {
	t.Parallel()
	b, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fieldCode.FindAllStringSubmatch(string(text), -1) {
			seen++
			if code := strings.TrimSpace(m[1] + m[2]); !b.Has("problem." + code) {
				t.Errorf("%s: %q has no sentence", file, code)
			}
		}
	}
	if seen < 8 {
		t.Errorf("only %d codes found: has the code changed its form?", seen)
	}
}
