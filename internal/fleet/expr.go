package fleet

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
)

// Limits of one expression. A company writes its own rules; none may be so
// big that judging a report becomes slow.
const (
	maxExprBytes = 2000
	maxExprNodes = 120
)

// exprKind is the type of a part of an expression, known when it is compiled.
type exprKind uint8

const (
	kindNumber exprKind = iota + 1
	kindBool
	kindText
	kindList
)

// part is a compiled node: its type and how to compute it. items is set for
// a list only.
type part struct {
	kind  exprKind
	eval  eval
	items []value
	konst bool
}

// compiler turns the syntax tree of expr-lang into closures. The language is
// expr-lang's, its evaluation is our own: expr's machine knows no "not known"
// and would box every value, and a report is judged in a few microseconds.
type compiler struct {
	limits map[string]int // name of a limit → its place in env.limits
	reads  keyMask
	timed  bool
}

// exprError is an expression that cannot be used, with the place.
func exprError(loc file.Location, code string) *problem.Error {
	return problem.New(problem.Invalid, code).With("position", loc.From+1)
}

// compile reads an expression that must give the wanted kind.
func (c *compiler) compile(src string, want exprKind) (eval, error) {
	if len(src) > maxExprBytes {
		return nil, problem.New(problem.Invalid, "rule_too_big").With("position", 1)
	}
	cfg := conf.CreateNew()
	cfg.MaxNodes = maxExprNodes
	tree, err := parser.ParseWithConfig(src, cfg)
	if err != nil {
		return nil, syntaxError(err)
	}
	p, err := c.node(tree.Node)
	if err != nil {
		return nil, err
	}
	if p.kind != want {
		return nil, exprError(tree.Node.Location(), "rule_wrong_kind")
	}
	return p.eval, nil
}

func syntaxError(err error) *problem.Error {
	var at *file.Error
	if !errors.As(err, &at) {
		return problem.New(problem.Invalid, "rule_syntax").With("position", 1).Because(err)
	}
	code := "rule_syntax"
	if strings.Contains(at.Message, "maximum allowed nodes") {
		code = "rule_too_big"
	}
	return exprError(at.Location, code).Because(err)
}

func (c *compiler) node(n ast.Node) (part, error) {
	switch n := n.(type) {
	case *ast.IntegerNode:
		return constant(kindNumber, number(int64(n.Value))), nil
	case *ast.BoolNode:
		return constant(kindBool, boolean(n.Value)), nil
	case *ast.StringNode:
		return constant(kindText, value{known: true, text: n.Value}), nil
	case *ast.IdentifierNode, *ast.MemberNode:
		return c.name(n)
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ArrayNode:
		return c.list(n)
	case *ast.CallNode:
		callee, ok := n.Callee.(*ast.IdentifierNode)
		if !ok {
			return part{}, exprError(n.Location(), "rule_not_allowed")
		}
		return c.call(n, callee.Value, n.Arguments)
	case *ast.BuiltinNode:
		return c.call(n, n.Name, n.Arguments)
	default:
		return part{}, exprError(n.Location(), "rule_not_allowed")
	}
}

func constant(k exprKind, v value) part {
	return part{kind: k, konst: true, items: []value{v}, eval: func(*env) value { return v }}
}

// dotted is the name that a chain of members spells: ofd.first_unsent_at.
func dotted(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return n.Value, true
	case *ast.MemberNode:
		left, ok := dotted(n.Node)
		prop, isText := n.Property.(*ast.StringNode)
		if !ok || !isText || n.Optional || n.Method {
			return "", false
		}
		return left + "." + prop.Value, true
	default:
		return "", false
	}
}

func (c *compiler) name(n ast.Node) (part, error) {
	name, ok := dotted(n)
	if !ok {
		return part{}, exprError(n.Location(), "rule_not_allowed")
	}
	if name == "late" {
		return part{kind: kindBool, eval: func(e *env) value { return boolean(e.late) }}, nil
	}
	if limit, ok := strings.CutPrefix(name, "limit."); ok {
		i, ok := c.limits[limit]
		if !ok {
			return part{}, exprError(n.Location(), "rule_unknown_name").With("name", name)
		}
		return part{kind: kindNumber, eval: func(e *env) value { return number(e.limits[i]) }}, nil
	}
	d, ok := signal.Lookup(name)
	if !ok {
		return part{}, exprError(n.Location(), "rule_unknown_name").With("name", name)
	}
	c.reads.add(d.ID)
	return c.key(d), nil
}

func (c *compiler) key(d signal.Def) part {
	kind := kindNumber
	switch d.Kind {
	case signal.Bool:
		kind = kindBool
	case signal.Text:
		kind = kindText
	}
	return part{kind: kind, eval: func(e *env) value {
		v := e.set.Get(d)
		return value{known: v.Known(), num: v.Int(), text: v.Text()}
	}}
}
