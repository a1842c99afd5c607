package api

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/tillwright/tillwright/internal/i18n"
)

func TestTheKeptDescriptionIsUpToDate(t *testing.T) {
	t.Parallel()
	got, err := Spec(SpecBuild)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, kept) {
		t.Error("docs/openapi.json is old: run make generate")
	}
	again, err := Spec(SpecBuild)
	if err != nil || !bytes.Equal(got, again) {
		t.Errorf("the description differs from call to call: %v", err)
	}
}

var inBraces = regexp.MustCompile(`\{([a-z]+)\}`)

// TestPathsAreReadWhole finds a part of a path that no field takes: the
// library passes such a mistake over, and every such call would be "not
// found".
func TestPathsAreReadWhole(t *testing.T) {
	t.Parallel()
	data, err := Spec(SpecBuild)
	if err != nil {
		t.Fatal(err)
	}
	type param struct{ Name, In string }
	var spec struct {
		Paths map[string]map[string]struct {
			Parameters  []param
			RequestBody *struct{ Content map[string]any }
		}
	}
	if err := json.Unmarshal(data, &spec); err != nil {
		t.Fatal(err)
	}
	for path, methods := range spec.Paths {
		for method, op := range methods {
			for _, m := range inBraces.FindAllStringSubmatch(path, -1) {
				if !slices.Contains(op.Parameters, param{m[1], "path"}) {
					t.Errorf("%s %s: nothing takes %s", method, path, m[0])
				}
			}

			if path == Prefix+"/devices" && method == "get" && !slices.Contains(op.Parameters, param{"after", "query"}) {
				t.Errorf("%s cannot be read on", path)
			}
			if op.RequestBody != nil && op.RequestBody.Content["application/json"] == nil && op.RequestBody.Content["multipart/form-data"] == nil {
				t.Errorf("%s %s takes neither JSON nor a file", method, path)
			}
		}
	}
}

// TestEveryCodeOfTheDoorHasItsSentence covers the codes that are chosen by the
// library's words and so are not seen by the test of the texts.
func TestEveryCodeOfTheDoorHasItsSentence(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	codes := []string{"invalid", "malformed", "too_large", "internal", "media_type", "method_refused", "time_past", "person_unknown"}
	for _, w := range wrongs {
		codes = append(codes, w.code)
	}
	for _, c := range codes {
		if !texts.Has("problem." + c) {
			t.Errorf("%q has no sentence", c)
		}
	}
}
