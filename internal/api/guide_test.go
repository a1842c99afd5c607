package api

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"
)

var callInText = regexp.MustCompile("`(GET|POST|PUT|DELETE) (/[^` ]*)`")

// TestTheGuideTellsOfCallsThatExist reads the guide: a call that was renamed
// must be renamed there too.
func TestTheGuideTellsOfCallsThatExist(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/guides/api.md")
	if err != nil {
		t.Fatal(err)
	}
	data, err := Spec(SpecBuild)
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths map[string]map[string]any
	}
	if err := json.Unmarshal(data, &spec); err != nil {
		t.Fatal(err)
	}
	told := callInText.FindAllStringSubmatch(string(guide), -1)
	if len(told) < 40 {
		t.Errorf("the guide tells of %d calls only", len(told))
	}
	for _, m := range told {
		if spec.Paths[Prefix+m[2]][strings.ToLower(m[1])] == nil {
			t.Errorf("the guide tells of %s %s, which is not there", m[1], m[2])
		}
	}
}
