package fleet

import "github.com/expr-lang/expr/ast"

// pollEvery is how often, in seconds, a rule is looked at that uses age() and
// so could flip at any instant; older() and within() know theirs exactly.
const pollEvery = 60

// signature is one function that rules may call.
type signature struct {
	takes []exprKind // 0 = any but a list
	gives exprKind   // 0 = the kind of the first argument
	timed bool
	make  func(args []eval) eval
}

var spans = map[string]int64{"minutes": 60, "hours": 3600, "days": 86400}

// functions are all without effects and each costs the same whatever its
// arguments are.
func functions(name string) (signature, bool) {
	num, any2 := kindNumber, exprKind(0)
	switch name {
	case "older": // older(t, span): t lies at least span in the past
		return signature{takes: []exprKind{num, num}, gives: kindBool, timed: true, make: older}, true
	case "within": // within(t, span): t has passed or is at most span ahead
		return signature{takes: []exprKind{num, num}, gives: kindBool, timed: true, make: within}, true
	case "age": // age(t): seconds since t
		return signature{takes: []exprKind{num}, gives: num, timed: true, make: age}, true
	case "known": // known(key): the device has said it
		return signature{takes: []exprKind{any2}, gives: kindBool, make: func(a []eval) eval {
			return func(e *env) value { return boolean(a[0](e).known) }
		}}, true
	case "value": // value(key, instead): the key, or instead when it is not known
		return signature{takes: []exprKind{any2, any2}, make: func(a []eval) eval {
			return func(e *env) value {
				if v := a[0](e); v.known {
					return v
				}
				return a[1](e)
			}
		}}, true
	case "bit": // bit(number, mask): any bit of mask is set
		return signature{takes: []exprKind{num, num}, gives: kindBool, make: func(a []eval) eval {
			return both(a[0], a[1], func(x, m value) value { return boolean(x.num&m.num != 0) })
		}}, true
	case "abs":
		return signature{takes: []exprKind{num}, gives: num, make: func(a []eval) eval {
			return func(e *env) value { v := a[0](e); v.num = max(v.num, -v.num); return v }
		}}, true
	case "minutes", "hours", "days":
		each := spans[name]
		return signature{takes: []exprKind{num}, gives: num, make: func(a []eval) eval {
			return func(e *env) value { v := a[0](e); v.num *= each; return v }
		}}, true
	default:
		return signature{}, false
	}
}

func older(a []eval) eval {
	return func(e *env) value {
		t, span := a[0](e), a[1](e)
		if !t.known || !span.known {
			return unknown
		}
		e.flipsAt(t.num + span.num)
		return boolean(e.now >= (t.num+span.num)*1000)
	}
}

func within(a []eval) eval {
	return func(e *env) value {
		t, span := a[0](e), a[1](e)
		if !t.known || !span.known {
			return unknown
		}
		e.flipsAt(t.num - span.num)
		return boolean(e.now >= (t.num-span.num)*1000)
	}
}

func age(a []eval) eval {
	return func(e *env) value {
		t := a[0](e)
		if !t.known {
			return unknown
		}
		e.flipsAt(e.now/1000 + pollEvery)
		return number(e.now/1000 - t.num)
	}
}

func (c *compiler) call(n ast.Node, name string, nodes []ast.Node) (part, error) {
	f, ok := functions(name)
	if !ok {
		return part{}, exprError(n.Location(), "rule_unknown_name").With("name", name)
	}
	if len(nodes) != len(f.takes) {
		return part{}, exprError(n.Location(), "rule_wrong_kind")
	}
	args := make([]eval, len(nodes))
	var first exprKind
	for i, arg := range nodes {
		p, err := c.node(arg)
		if err != nil {
			return part{}, err
		}
		if i == 0 {
			first = p.kind
		}
		wrong := p.kind == kindList || f.takes[i] != 0 && p.kind != f.takes[i] || f.gives == 0 && p.kind != first
		if wrong {
			return part{}, exprError(arg.Location(), "rule_wrong_kind")
		}
		args[i] = p.eval
	}
	c.timed = c.timed || f.timed
	gives := f.gives
	if gives == 0 {
		gives = first
	}
	return part{kind: gives, eval: f.make(args)}, nil
}
