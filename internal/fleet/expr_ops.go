package fleet

import (
	"strings"

	"github.com/expr-lang/expr/ast"
)

func (c *compiler) unary(n *ast.UnaryNode) (part, error) {
	p, err := c.node(n.Node)
	if err != nil {
		return part{}, err
	}
	arg := p.eval
	switch {
	case (n.Operator == "!" || n.Operator == "not") && p.kind == kindBool:
		return part{kind: kindBool, eval: func(e *env) value {
			v := arg(e)
			if v.known {
				v.num ^= 1
			}
			return v
		}}, nil
	case n.Operator == "-" && p.kind == kindNumber:
		if p.konst {
			return constant(kindNumber, number(-p.items[0].num)), nil
		}
		return part{kind: kindNumber, eval: func(e *env) value { v := arg(e); v.num = -v.num; return v }}, nil
	default:
		return part{}, exprError(n.Location(), "rule_wrong_kind")
	}
}

func (c *compiler) binary(n *ast.BinaryNode) (part, error) {
	l, err := c.node(n.Left)
	if err != nil {
		return part{}, err
	}
	r, err := c.node(n.Right)
	if err != nil {
		return part{}, err
	}
	if f := joiner(n.Operator, l, r); f != nil {
		return part{kind: kindBool, eval: f}, nil
	}
	if f := arithmetic(n.Operator, l, r); f != nil {
		return part{kind: kindNumber, eval: f}, nil
	}
	if f := comparison(n.Operator, l, r); f != nil {
		return part{kind: kindBool, eval: f}, nil
	}
	if n.Operator == "in" && r.kind == kindList && l.kind != kindList {
		return c.among(n, l, r)
	}
	return part{}, exprError(n.Location(), "rule_wrong_kind")
}

// joiner is "and" and "or" of three truths: no and anything is no, yes or
// anything is yes, whatever is not known. Both sides are always looked at,
// because each may know an instant at which it flips.
func joiner(op string, l, r part) eval {
	if l.kind != kindBool || r.kind != kindBool {
		return nil
	}
	a, b := l.eval, r.eval
	decide := func(winner int64) eval {
		return func(e *env) value {
			x, y := a(e), b(e)
			switch {
			case x.known && x.num == winner:
				return x
			case y.known && y.num == winner:
				return y
			case x.known && y.known:
				return x
			default:
				return unknown
			}
		}
	}
	switch op {
	case "&&", "and":
		return decide(0)
	case "||", "or":
		return decide(1)
	default:
		return nil
	}
}

func arithmetic(op string, l, r part) eval {
	if l.kind != kindNumber || r.kind != kindNumber {
		return nil
	}
	var f func(a, b int64) int64
	switch op {
	case "+":
		f = func(a, b int64) int64 { return a + b }
	case "-":
		f = func(a, b int64) int64 { return a - b }
	case "*":
		f = func(a, b int64) int64 { return a * b }
	default:
		return nil
	}
	return both(l.eval, r.eval, func(a, b value) value { return number(f(a.num, b.num)) })
}

// both gives "not known" when either side is not known.
func both(l, r eval, f func(a, b value) value) eval {
	return func(e *env) value {
		a, b := l(e), r(e)
		if !a.known || !b.known {
			return unknown
		}
		return f(a, b)
	}
}

func comparison(op string, l, r part) eval {
	if l.kind != r.kind || l.kind == kindList {
		return nil
	}
	same := func(a, b value) bool { return a.num == b.num && a.text == b.text }
	var f func(a, b value) bool
	switch op {
	case "==":
		f = same
	case "!=":
		f = func(a, b value) bool { return !same(a, b) }
	}
	if l.kind == kindNumber && f == nil {
		f = ordering(op)
	}
	if l.kind == kindText && op == "contains" {
		f = func(a, b value) bool { return strings.Contains(a.text, b.text) }
	}
	if l.kind == kindText && op == "startsWith" {
		f = func(a, b value) bool { return strings.HasPrefix(a.text, b.text) }
	}
	if f == nil {
		return nil
	}
	return both(l.eval, r.eval, func(a, b value) value { return boolean(f(a, b)) })
}

func ordering(op string) func(a, b value) bool {
	switch op {
	case "<":
		return func(a, b value) bool { return a.num < b.num }
	case "<=":
		return func(a, b value) bool { return a.num <= b.num }
	case ">":
		return func(a, b value) bool { return a.num > b.num }
	case ">=":
		return func(a, b value) bool { return a.num >= b.num }
	default:
		return nil
	}
}

func (c *compiler) list(n *ast.ArrayNode) (part, error) {
	var items []value
	var kind exprKind
	for _, item := range n.Nodes {
		p, err := c.node(item)
		if err != nil {
			return part{}, err
		}
		if !p.konst || kind != 0 && p.kind != kind {
			return part{}, exprError(item.Location(), "rule_wrong_kind")
		}
		kind = p.kind
		items = append(items, p.items[0])
	}
	if len(items) == 0 {
		return part{}, exprError(n.Location(), "rule_wrong_kind")
	}
	// The kind of the items stands in the list's eval: its first item.
	return part{kind: kindList, items: items, eval: func(*env) value { return value{known: true, num: int64(kind)} }}, nil
}

func (c *compiler) among(n *ast.BinaryNode, l, r part) (part, error) {
	if exprKind(r.eval(nil).num) != l.kind {
		return part{}, exprError(n.Location(), "rule_wrong_kind")
	}
	of, items := l.eval, r.items
	return part{kind: kindBool, eval: func(e *env) value {
		v := of(e)
		if !v.known {
			return unknown
		}
		for _, it := range items {
			if it == v {
				return yes
			}
		}
		return no
	}}, nil
}
