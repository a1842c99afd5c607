package link_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/i18n"
)

func TestEveryCodeHasItsSentence(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "codes.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") {
			return true
		}
		lit, _ := spec.Values[0].(*ast.BasicLit)
		code, _ := strconv.Unquote(lit.Value)
		if seen++; !texts.Has("problem." + code) {
			t.Errorf("%s has no sentence", code)
		}
		return true
	})
	if seen < 20 {
		t.Errorf("only %d codes were found", seen)
	}
}
