package catalogue

import (
	"fmt"
	"regexp"
	"slices"
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

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// procedures are those that a step may name. Bytes by hand are not among
// them: what an article does must have a name, a risk and a meaning.
func procedures() []string {
	return []string{
		kkt.ProcFNStatus, kkt.ProcLastDocument, kkt.ProcCancel, kkt.ProcLeaveMode, kkt.ProcSetClock, kkt.ProcReboot,
		kkt.ProcOFDTest, kkt.ProcOFDChannel, kkt.ProcCloseShift, kkt.ProcInfoPrint, kkt.ProcClearAgent, kkt.ProcContinue,
	}
}

// check is the whole schema; it compiles the expressions on the way.
func (a *Article) check() []error {
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	a.checkHead(bad)
	a.checkTexts(bad)
	a.checkCodes(bad)
	a.checkExpressions(bad)
	if len(a.Steps) == 0 || len(a.Steps) > maxSteps {
		bad("%d steps, 1 to %d are allowed", len(a.Steps), maxSteps)
		return errs
	}
	for i := range a.Steps {
		a.checkStep(&a.Steps[i], bad)
	}
	a.checkGraph(bad)
	return errs
}

func (a *Article) checkHead(bad func(string, ...any)) {
	known := KnownFaults()
	i := slices.IndexFunc(known, func(k Known) bool { return k.ID == a.ID })
	if i < 0 {
		bad("id %q is not a known fault", a.ID)
		return
	}
	if known[i].Family != a.Family {
		bad("family is %q, the list of faults says %q", a.Family, known[i].Family)
	}
	if known[i].Kind != a.Kind {
		bad("kind is %q, the list of faults says %q", a.Kind, known[i].Kind)
	}
	if !slices.Contains([]Severity{Blocking, Critical, Important, Minor}, a.Severity) {
		bad("severity %q is none of the four", a.Severity)
	}
	if len(a.Documents) == 0 {
		bad("documents: no source is named")
	}
	if _, err := time.Parse(time.DateOnly, a.Reviewed); err != nil {
		bad("reviewed: %v", err)
	}
}

func (a *Article) checkTexts(bad func(string, ...any)) {
	for _, t := range []struct {
		name string
		text Text
		need bool
	}{{"title", a.Title, true}, {"gist", a.Gist, true}, {"notes", a.Notes, false}} {
		checkText(bad, t.name, t.text, t.need)
	}
	for _, l := range i18n.Langs() {
		if n := len(a.Symptoms.In(l)); n < minSymptoms {
			bad("symptoms.%s: %d phrases, at least %d", l, n, minSymptoms)
		}
	}
	for i, c := range a.Causes {
		checkText(bad, fmt.Sprintf("cause[%d].name", i), c.Name, true)
		checkText(bad, fmt.Sprintf("cause[%d].tell", i), c.Tell, true)
	}
	if a.Kind == Fault && len(a.Causes) == 0 {
		bad("cause: a fault has at least one")
	}
	for i, l := range a.Links {
		checkText(bad, fmt.Sprintf("link[%d].title", i), l.Title, true)
	}
}

// checkText wants all languages or, when the text may be left out, none.
func checkText(bad func(string, ...any), name string, t Text, need bool) {
	if !need && t.Empty() {
		return
	}
	if !t.Complete() {
		bad("%s: a language is missing or has blanks around it", name)
	}
}

func (a *Article) checkCodes(bad func(string, ...any)) {
	for i, c := range a.Codes {
		if c.Value == "" {
			bad("code[%d]: no value", i)
		}
		if !slices.Contains([]string{"screen", "paper", "driver", "command"}, c.Shown) {
			bad("code[%d] %s: shown %q is none of screen, paper, driver, command", i, c.Value, c.Shown)
		}
	}
}

func (a *Article) checkExpressions(bad func(string, ...any)) {
	for i := range a.State {
		s := &a.State[i]
		var err error
		if s.expr, err = CompileSignals(s.When); err != nil {
			bad("state[%d]: %v", i, err)
		}
		if s.Weight <= 0 || s.Weight > 1 {
			bad("state[%d]: weight %v is not in 0…1", i, s.Weight)
		}
	}
	for i, src := range a.Proof.Any {
		e, err := CompileSignals(src)
		if err != nil {
			bad("proof[%d]: %v", i, err)
			continue
		}
		a.Proof.exprs = append(a.Proof.exprs, e)
	}
	if (len(a.Proof.Any) == 0) != a.Proof.Told {
		bad("proof: either expressions or told, not both and not neither")
	}
}
