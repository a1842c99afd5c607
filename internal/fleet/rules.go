package fleet

import (
	_ "embed"
	"fmt"
	"slices"

	"github.com/BurntSushi/toml"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/signal"
)

//go:embed rules.toml
var rulesFile string

// FaultAgentSilent is the fault of an agent that says nothing: the only
// alert that is not about a register. The other faults' names are in the rules.
const FaultAgentSilent = "agent-silent"

// How a rule treats a register that does not answer.
const (
	JudgeAnswering = ""       // only while link is ok: otherwise there is no data
	JudgeAlways    = "always" // the rule is about the link or the agent's own look
)

// The groups of rules that an incident can explain.
const (
	GroupOFD  = "ofd"  // the operator or the way to it
	GroupLink = "link" // the register does not answer
)

// RuleDef is a rule as data.
type RuleDef struct {
	ID       string     `toml:"id" json:"id"`
	Fault    string     `toml:"fault" json:"fault"`
	Group    string     `toml:"group" json:"group,omitempty"`
	Judge    string     `toml:"judge" json:"judge,omitempty"`
	For      string     `toml:"for" json:"for,omitempty"`     // seconds that a level must hold; "" = none
	Clear    string     `toml:"clear" json:"clear,omitempty"` // "" = no level holds
	Levels   []LevelDef `toml:"level" json:"levels"`
	Evidence []string   `toml:"evidence" json:"evidence,omitempty"` // keys kept with the alert
}

// LevelDef is when a rule has which severity. The worst that holds counts.
type LevelDef struct {
	Severity Severity `toml:"severity" json:"severity"`
	When     string   `toml:"when" json:"when"`
}

// LimitDef is a number that rules use and a company may change.
type LimitDef struct {
	Name    string `toml:"name" json:"name"`
	Unit    string `toml:"unit" json:"unit"`
	Default int64  `toml:"default" json:"default"`
	Min     int64  `toml:"min" json:"min"`
	Max     int64  `toml:"max" json:"max"`
}

// level is a compiled LevelDef.
type level struct {
	severity Severity
	when     eval
}

// rule is a compiled RuleDef.
type rule struct {
	def      RuleDef
	number   uint16  // see names
	levels   []level // worst first
	clear    eval
	hold     eval // nil = none
	reads    keyMask
	timed    bool
	always   bool
	evidence []signal.Def
}

// catalogue is the built-in rules and limits, compiled once.
type catalogue struct {
	limits   []LimitDef
	index    map[string]int
	defaults []int64
	rules    []*rule
}

func loadCatalogue() (*catalogue, error) {
	var data struct {
		Limit []LimitDef
		Rule  []RuleDef
	}
	if _, err := toml.Decode(rulesFile, &data); err != nil {
		return nil, fmt.Errorf("fleet: rules: %w", err)
	}
	c := &catalogue{limits: data.Limit, index: map[string]int{}}
	for i, l := range data.Limit {
		c.index[l.Name] = i
		c.defaults = append(c.defaults, l.Default)
	}
	for _, def := range data.Rule {
		r, err := c.compile(def)
		if err != nil {
			return nil, fmt.Errorf("fleet: rule %s: %w", def.ID, err)
		}
		c.rules = append(c.rules, r)
	}
	return c, nil
}

// compile checks a rule and makes it ready to judge. Its errors are problems
// that name the field and the position in it.
func (c *catalogue) compile(def RuleDef) (*rule, error) {
	comp := &compiler{limits: c.index}
	r := &rule{def: def, always: def.Judge == JudgeAlways}
	if err := compileLevels(comp, r); err != nil {
		return nil, err
	}
	var err error
	if def.For != "" {
		if r.hold, err = comp.compile(def.For, kindNumber); err != nil {
			return nil, inField(err, "for")
		}
	}
	if def.Clear != "" {
		if r.clear, err = comp.compile(def.Clear, kindBool); err != nil {
			return nil, inField(err, "clear")
		}
	}
	for _, key := range def.Evidence {
		d, ok := signal.Lookup(key)
		if !ok {
			return nil, problem.New(problem.Invalid, "rule_unknown_name").With("name", key).With("position", 1).Field("evidence", "rule_unknown_name")
		}
		r.evidence = append(r.evidence, d)
	}
	r.reads, r.timed = comp.reads, comp.timed
	if !r.always {
		r.reads.add(signal.Link.ID)
	}
	return r, nil
}

func compileLevels(comp *compiler, r *rule) error {
	if len(r.def.Levels) == 0 || len(r.def.Levels) > 4 {
		return problem.New(problem.Invalid, "rule_levels").Field("levels", "rule_levels")
	}
	for i, l := range r.def.Levels {
		when, err := comp.compile(l.When, kindBool)
		if err != nil {
			return inField(err, fmt.Sprintf("levels[%d].when", i))
		}
		if l.Severity == Fine || l.Severity > Blocking {
			return problem.New(problem.Invalid, "rule_levels").Field("levels", "rule_levels")
		}
		r.levels = append(r.levels, level{severity: l.Severity, when: when})
	}
	slices.SortStableFunc(r.levels, func(a, b level) int { return int(b.severity) - int(a.severity) })
	return nil
}

func inField(err error, field string) error {
	p := problem.Of(err)
	return p.Field(field, p.Code)
}

// holds is the worst level that surely holds; well is true when surely none
// does. Every level is looked at, because each may flip by itself.
func (r *rule) holds(e *env) (worst Severity, well bool) {
	well = true
	for _, l := range r.levels {
		v := l.when(e)
		if v.isTrue() && worst == Fine {
			worst = l.severity
		}
		well = well && v.isFalse()
	}
	return worst, well
}

// cleared says whether an ill device is surely well again.
func (r *rule) cleared(e *env, well bool) bool {
	if r.clear == nil {
		return well
	}
	return r.clear(e).isTrue()
}

// holdMillis is how long a level must hold before the rule speaks.
func (r *rule) holdMillis(e *env) int64 {
	if r.hold == nil {
		return 0
	}
	return max(0, r.hold(e).num) * 1000
}
