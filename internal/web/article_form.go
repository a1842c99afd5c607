package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/kkt"
)

// fillArticle puts the form's fields into an article. Texts are those of one
// language; the others stay. A field that was not sent stays too.
func fillArticle(a *catalogue.Article, t typed, l i18n.Lang) {
	text := func(name string, into *catalogue.Text) {
		if t.Has(name) {
			into.Set(l, clean(t.Get(name)))
		}
	}
	if t.Has("family") {
		a.Family, a.Kind = t.Get("family"), catalogue.Kind(t.Get("kind"))
	}
	if t.Has("severity") {
		a.Severity = catalogue.Severity(t.Get("severity"))
	}
	text("title", &a.Title)
	text("gist", &a.Gist)
	text("notes", &a.Notes)
	if t.Has("symptoms") {
		a.Symptoms.Set(l, linesIn(t.Get("symptoms")))
	}
	if t.Has("codes") {
		a.Codes = codesIn(t.Get("codes"), a.Codes)
	}
	for i := range a.Causes {
		text(fmt.Sprintf("cause-%d-name", i), &a.Causes[i].Name)
		text(fmt.Sprintf("cause-%d-tell", i), &a.Causes[i].Tell)
	}
	for i := range a.Steps {
		fillStep(a, &a.Steps[i], t, l, i)
	}
	if len(a.Proof.Any) == 0 {
		a.Proof.Told = true
	}
}

func fillStep(a *catalogue.Article, s *catalogue.Step, t typed, l i18n.Lang, i int) {
	name := func(field string) string { return fmt.Sprintf("step-%d-%s", i, field) }
	if !t.Has(name("kind")) {
		return
	}
	s.Who, s.NeedsBackup = catalogue.Who(t.Get(name("who"))), t.Get(name("backup")) == "1"
	s.Minutes, _ = strconv.Atoi(strings.TrimSpace(t.Get(name("minutes")))) // no number is "not said"
	for field, into := range map[string]*catalogue.Text{"title": &s.Title, "do": &s.Do, "why": &s.Why, "see": &s.See, "warning": &s.Warning} {
		if t.Has(name(field)) {
			into.Set(l, clean(t.Get(name(field))))
		}
	}
	for j := range s.Branches {
		b := &s.Branches[j]
		b.Text.Set(l, clean(t.Get(name(fmt.Sprintf("branch-%d-text", j)))))
		b.To = t.Get(name(fmt.Sprintf("branch-%d-to", j)))
	}
	if m := s.Machine; m != nil {
		m.Procedure = t.Get(name("procedure"))
		m.OnSuccess, m.OnFailure = t.Get(name("success")), t.Get(name("failure"))
		m.OnUnknown, m.ByHand = t.Get(name("unknown")), t.Get(name("by_hand"))
		m.Risk = kkt.RiskOf(m.Procedure)
	}
	turn(a, s, catalogue.StepKind(t.Get(name("kind"))))
}

// turn makes a step one of another kind, with the exits that such a step has.
func turn(a *catalogue.Article, s *catalogue.Step, kind catalogue.StepKind) {
	s.Kind = kind
	switch {
	case kind == catalogue.Machine && s.Machine == nil:
		end := a.Steps[len(a.Steps)-1].ID
		s.Branches = nil
		s.Machine = &catalogue.MachineStep{
			Procedure: kkt.ProcFNStatus, Risk: kkt.RiskOf(kkt.ProcFNStatus), Success: `state == "done" && ok`, OnSuccess: end, OnFailure: end, OnUnknown: end,
		}
	case kind.Ends():
		s.Branches, s.Machine = nil, nil
	case kind != catalogue.Machine:
		s.Machine = nil
		least := 1
		if kind != catalogue.Do {
			least = 2
		}
		for len(s.Branches) < least {
			s.Branches = append(s.Branches, catalogue.Branch{})
		}
	}
}

// clean is a text without blanks around it and without the browser's ends of
// lines.
func clean(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

func linesIn(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// codesIn are codes as the form has them, one a line with its other spellings
// after commas. What else was known of a code stays with it.
func codesIn(text string, was []catalogue.Code) []catalogue.Code {
	var out []catalogue.Code
	for _, line := range linesIn(text) {
		var spellings []string
		for s := range strings.SplitSeq(line, ",") {
			if s = strings.TrimSpace(s); s != "" {
				spellings = append(spellings, s)
			}
		}
		if len(spellings) == 0 {
			continue
		}
		c := catalogue.Code{Value: spellings[0], Shown: "screen"}
		if i := slices.IndexFunc(was, func(old catalogue.Code) bool { return old.Value == c.Value }); i >= 0 {
			c = was[i]
		}
		c.Aliases = spellings[1:]
		out = append(out, c)
	}
	return out
}

// codeLines is the same the other way round.
func codeLines(list []catalogue.Code) string {
	var out []string
	for _, c := range list {
		out = append(out, codesOf(c))
	}
	return strings.Join(out, "\n")
}

// shapeArticle adds, removes or moves a part, as a button of the form says:
// "step.up.2". It gives the anchor of the part to show then. What it does not
// understand changes nothing.
func shapeArticle(a *catalogue.Article, op string) string {
	parts := strings.Split(op, ".")
	at := func(i, n int) int {
		if i >= len(parts) {
			return -1
		}
		k, err := strconv.Atoi(parts[i])
		if err != nil || k < 0 || k >= n {
			return -1
		}
		return k
	}
	if len(parts) < 2 {
		return ""
	}
	switch what := parts[0] + "." + parts[1]; {
	case what == "cause.add":
		a.Causes = append(a.Causes, catalogue.Cause{})
		return "#f-cause"
	case what == "cause.del" && at(2, len(a.Causes)) >= 0:
		a.Causes = slices.Delete(a.Causes, at(2, len(a.Causes)), at(2, len(a.Causes))+1)
		return "#f-cause"
	case what == "step.add":
		a.Steps = append(a.Steps, catalogue.Step{ID: freshID(a), Who: catalogue.Cashier, Kind: catalogue.Do, Branches: []catalogue.Branch{{}}})
		return stepAnchor(len(a.Steps) - 1)
	case parts[0] == "step" || parts[0] == "branch":
		if i := at(2, len(a.Steps)); i >= 0 {
			return shapeStep(a, what, i, at(3, len(a.Steps[i].Branches)))
		}
	}
	return ""
}

func shapeStep(a *catalogue.Article, what string, i, branch int) string {
	s := &a.Steps[i]
	switch {
	case what == "step.del" && len(a.Steps) > 1:
		a.Steps = slices.Delete(a.Steps, i, i+1)
		return stepAnchor(max(i-1, 0))
	case what == "step.up" && i > 0:
		a.Steps[i-1], a.Steps[i] = a.Steps[i], a.Steps[i-1]
		return stepAnchor(i - 1)
	case what == "step.down" && i+1 < len(a.Steps):
		a.Steps[i+1], a.Steps[i] = a.Steps[i], a.Steps[i+1]
		return stepAnchor(i + 1)
	case what == "branch.add":
		s.Branches = append(s.Branches, catalogue.Branch{})
	case what == "branch.del" && branch >= 0:
		s.Branches = slices.Delete(s.Branches, branch, branch+1)
	}
	return stepAnchor(i)
}

func stepAnchor(i int) string { return "#step-" + strconv.Itoa(i) }

// freshID is an id that no step of the article has.
func freshID(a *catalogue.Article) string {
	for n := len(a.Steps) + 1; ; n++ {
		id := "step-" + strconv.Itoa(n)
		if !slices.ContainsFunc(a.Steps, func(s catalogue.Step) bool { return s.ID == id }) {
			return id
		}
	}
}
