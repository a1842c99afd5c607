package catalogue

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"

	"github.com/tillwright/tillwright/internal/signal"
)

// Truth is yes, no, or that it cannot be told.
type Truth int8

// The three answers. Unknown is not no: a reading that lacks a value neither
// proves nor disproves anything.
const (
	Unknown Truth = iota
	No
	Yes
)

// maxSource bounds one expression, in bytes.
const maxSource = 500

// Expr is one compiled expression over signals or over an outcome.
type Expr struct {
	program *vm.Program
	names   []string // the values it asks for
}

// signalName is a signal's key as expressions write it: fn.valid_till is
// fn_valid_till.
func signalName(key string) string { return strings.ReplaceAll(key, ".", "_") }

// signalDefs lists every signal under its name in expressions.
func signalDefs() map[string]signal.Def {
	defs := make(map[string]signal.Def)
	for id := range uint16(512) {
		if d, ok := signal.ByID(id); ok {
			defs[signalName(d.Key)] = d
		}
	}
	return defs
}

// sample is a value of the kind, for the type check.
func sample(k signal.Kind) any {
	switch k {
	case signal.Bool:
		return false
	case signal.Text:
		return ""
	default:
		return int64(0)
	}
}

// CompileSignals compiles an expression over signals. Beside the signals it
// may use now (Unix seconds) and abs(n).
func CompileSignals(src string) (*Expr, error) {
	env := map[string]any{"now": int64(0)}
	for name, d := range signalDefs() {
		env[name] = sample(d.Kind)
	}
	return compile(src, env)
}

// CompileOutcome compiles an expression over how a machine step ended.
func CompileOutcome(src string) (*Expr, error) { return compile(src, outcomeEnv(Outcome{})) }

func compile(src string, env map[string]any) (*Expr, error) {
	if len(src) > maxSource {
		return nil, fmt.Errorf("%d bytes, at most %d", len(src), maxSource)
	}
	program, err := expr.Compile(src, expr.Env(env), expr.AsBool(), expr.DisableAllBuiltins(), expr.EnableBuiltin("abs"))
	if err != nil {
		return nil, err
	}
	seen := &names{known: env}
	node := program.Node()
	ast.Walk(&node, seen)
	return &Expr{program: program, names: seen.list}, nil
}

// names collects the values that an expression asks for.
type names struct {
	known map[string]any
	list  []string
}

// Visit notes a name of the environment.
func (n *names) Visit(node *ast.Node) {
	id, ok := (*node).(*ast.IdentifierNode)
	if !ok || slices.Contains(n.list, id.Value) {
		return
	}
	if _, known := n.known[id.Value]; known {
		n.list = append(n.list, id.Value)
	}
}

// Judge asks the expression of a reading taken at now. When the reading lacks
// any value that the expression names, the answer is Unknown.
func (e *Expr) Judge(set *signal.Set, now time.Time) Truth {
	env := map[string]any{"now": now.Unix()}
	for _, name := range e.names {
		if name == "now" {
			continue
		}
		def, ok := signalByName(name)
		if !ok {
			return Unknown
		}
		v := set.Get(def)
		if !v.Known() {
			return Unknown
		}
		env[name] = v.Any()
	}
	return e.run(env)
}

func (e *Expr) run(env map[string]any) Truth {
	out, err := expr.Run(e.program, env)
	if err != nil {
		return Unknown
	}
	if yes, ok := out.(bool); ok && yes {
		return Yes
	}
	return No
}

// signalByName finds a signal by its name in expressions without building
// the whole table.
func signalByName(name string) (signal.Def, bool) {
	if d, ok := signal.Lookup(name); ok {
		return d, true
	}
	for i := range name {
		if name[i] != '_' {
			continue
		}
		if d, ok := signal.Lookup(name[:i] + "." + name[i+1:]); ok {
			return d, true
		}
	}
	return signal.Def{}, false
}

// OtherError stands for an error of a register that no ATOL register has a code
// for: it is an error, and equal to none that an article names.
const OtherError = -1

// Outcome is how a machine step ended, as success expressions see it.
type Outcome struct {
	State   string         // done, failed, unknown, expired
	Failure string         // stable code of why it failed, "" when it did not
	OK      bool           // every reply could be read and says yes
	Error   int            // the first error in the replies as an ATOL register numbers it, OtherError when it does not, 0 = none
	Replies int            // exchanges with a reply
	Fields  map[string]any // what the last reply says
}

func outcomeEnv(o Outcome) map[string]any {
	if o.Fields == nil {
		o.Fields = map[string]any{}
	}
	return map[string]any{
		"state": o.State, "failure": o.Failure, "ok": o.OK, "error": o.Error, "replies": o.Replies, "fields": o.Fields,
	}
}

// Succeeded asks the step's success expression of an outcome.
func (m *MachineStep) Succeeded(o Outcome) Truth { return m.success.run(outcomeEnv(o)) }

// Shown asks the reading after the step what the step promised that it shows;
// Yes when it promised nothing.
func (m *MachineStep) Shown(set *signal.Set, now time.Time) Truth {
	if m.shows == nil {
		return Yes
	}
	return m.shows.Judge(set, now)
}

// Judge asks the proof of a reading: Yes when one of its expressions holds,
// No when each that could be asked says no, Unknown when none could be asked.
func (p *Proof) Judge(set *signal.Set, now time.Time) Truth {
	answer := Unknown
	for _, e := range p.exprs {
		switch e.Judge(set, now) {
		case Yes:
			return Yes
		case No:
			answer = No
		}
	}
	return answer
}

// Holds says whether the device's state speaks for the fault.
func (s *Sign) Holds(set *signal.Set, now time.Time) bool { return s.expr.Judge(set, now) == Yes }
