package catalogue

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
)

// Limits of an article: what a person can take in.
const (
	maxSteps    = 40
	maxBranches = 5
	minSymptoms = 3 // phrases per language: fewer cannot be found by words
)

// OwnPrefix begins the id of every article that is a company's own, so that
// no later release can ship one of the same name.
const OwnPrefix = "own-"

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// Procedures are those that a step may name. Bytes by hand are not among
// them: what an article does must have a name, a risk and a meaning.
func Procedures() []string {
	return []string{
		kkt.ProcFNStatus, kkt.ProcLastDocument, kkt.ProcCancel, kkt.ProcLeaveMode, kkt.ProcSetClock, kkt.ProcReboot,
		kkt.ProcOFDTest, kkt.ProcOFDChannel, kkt.ProcCloseShift, kkt.ProcInfoPrint, kkt.ProcClearAgent, kkt.ProcContinue,
	}
}

// Severities lists the severities, the worst first.
func Severities() []Severity { return []Severity{Blocking, Critical, Important, Minor} }

// ShownIn lists where a code may be shown.
func ShownIn() []string { return []string{"screen", "paper", "driver", "command"} }

// Families lists the families of the known faults, by name.
func Families() []string {
	var out []string
	for _, k := range KnownFaults() {
		out = append(out, k.Family)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check is the whole schema; it compiles the expressions on the way. own says
// that a company wrote the article, not the catalogue's makers.
func (a *Article) check(c *critic, own bool) {
	a.checkHead(c, own)
	a.checkTexts(c, own)
	a.checkCodes(c)
	a.checkExpressions(c)
	if len(a.Steps) == 0 || len(a.Steps) > maxSteps {
		c.bad("step", "step_count", "count", len(a.Steps), "most", maxSteps)
		return
	}
	for i := range a.Steps {
		a.checkStep(&a.Steps[i], fmt.Sprintf("step[%d]", i), c)
	}
	a.checkGraph(c)
}

func (a *Article) checkHead(c *critic, own bool) {
	known := KnownFaults()
	i := slices.IndexFunc(known, func(k Known) bool { return k.ID == a.ID })
	switch {
	case i >= 0:
		checkAs(c, a, known[i])
	case own && IsOwnID(a.ID):
		if !slices.Contains(Families(), a.Family) {
			c.bad("family", "family_unknown", "family", a.Family, "known", strings.Join(Families(), ", "))
		}
		if a.Kind != Fault && a.Kind != HowTo {
			c.bad("kind", "kind_unknown", "kind", a.Kind)
		}
	case own:
		c.bad("id", "id_own", "id", a.ID, "prefix", OwnPrefix)
		return
	default:
		c.bad("id", "id_unknown", "id", a.ID)
		return
	}
	if !slices.Contains(Severities(), a.Severity) {
		c.bad("severity", "severity_unknown", "severity", a.Severity)
	}
	if len(a.Documents) == 0 && !own {
		c.bad("documents", "no_source")
	}
	if _, err := time.Parse(time.DateOnly, a.Reviewed); err != nil && (!own || a.Reviewed != "") {
		c.bad("reviewed", "reviewed_day", "day", a.Reviewed)
	}
}

func checkAs(c *critic, a *Article, k Known) {
	if k.Family != a.Family {
		c.bad("family", "family_other", "family", a.Family, "known", k.Family)
	}
	if k.Kind != a.Kind {
		c.bad("kind", "kind_other", "kind", a.Kind, "known", k.Kind)
	}
}

func (a *Article) checkTexts(c *critic, own bool) {
	checkText(c, "title", a.Title, true)
	checkText(c, "gist", a.Gist, true)
	checkText(c, "notes", a.Notes, false)
	a.checkSymptoms(c, own)
	for i, cause := range a.Causes {
		checkText(c, fmt.Sprintf("cause[%d].name", i), cause.Name, true)
		checkText(c, fmt.Sprintf("cause[%d].tell", i), cause.Tell, true)
	}
	if a.Kind == Fault && len(a.Causes) == 0 {
		c.bad("cause", "no_cause")
	}
	for i, l := range a.Links {
		checkText(c, fmt.Sprintf("link[%d].title", i), l.Title, true)
		if !strings.HasPrefix(l.URL, "https://") && !strings.HasPrefix(l.URL, "http://") {
			c.bad(fmt.Sprintf("link[%d].url", i), "link_url", "url", l.URL)
		}
	}
}

// checkSymptoms wants enough phrases in each language; of a company in one.
func (a *Article) checkSymptoms(c *critic, own bool) {
	most := 0
	for _, l := range i18n.Langs() {
		n := len(a.Symptoms.In(l))
		most = max(most, n)
		if n < minSymptoms && !own {
			c.bad("symptoms."+string(l), "symptoms_few", "count", n, "least", minSymptoms)
		}
	}
	if own && most < minSymptoms {
		c.bad("symptoms", "symptoms_few", "count", most, "least", minSymptoms)
	}
}

// checkText wants all languages or, when the text may be left out, none.
func checkText(c *critic, place string, t Text, need bool) {
	if !need && t.Empty() {
		return
	}
	for _, l := range i18n.Langs() {
		switch s := t.In(l); {
		case s == "" && t.Empty() && l == i18n.RU:
			c.bad(place, "text_empty")
			return
		case s == "":
			c.bad(place+"."+string(l), "text_language", "lang", string(l))
		case strings.TrimSpace(s) != s:
			c.bad(place+"."+string(l), "text_blanks", "lang", string(l))
		}
	}
}

func (a *Article) checkCodes(c *critic) {
	for i, code := range a.Codes {
		place := fmt.Sprintf("code[%d]", i)
		if code.Value == "" {
			c.bad(place+".value", "code_empty")
		}
		if !slices.Contains(ShownIn(), code.Shown) {
			c.bad(place+".shown", "code_shown", "shown", code.Shown, "known", strings.Join(ShownIn(), ", "))
		}
	}
}

func (a *Article) checkExpressions(c *critic) {
	for i := range a.State {
		s := &a.State[i]
		var err error
		if s.expr, err = CompileSignals(s.When); err != nil {
			c.bad(fmt.Sprintf("state[%d].when", i), "expression", "detail", err.Error())
		}
		if s.Weight <= 0 || s.Weight > 1 {
			c.bad(fmt.Sprintf("state[%d].weight", i), "weight", "weight", s.Weight)
		}
	}
	for i, src := range a.Proof.Any {
		e, err := CompileSignals(src)
		if err != nil {
			c.bad(fmt.Sprintf("proof.any[%d]", i), "expression", "detail", err.Error())
			continue
		}
		a.Proof.exprs = append(a.Proof.exprs, e)
	}
	if (len(a.Proof.Any) == 0) != a.Proof.Told {
		c.bad("proof", "proof_one")
	}
}
