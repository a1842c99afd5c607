package catalogue

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/i18n"
)

// Write is the article as a file in the form that the shipped ones have. What
// it writes, [Parse] reads as the same article.
func Write(a *Article) []byte {
	w := &writer{}
	w.head(a)
	w.proof(&a.Proof)
	for _, s := range a.State {
		w.line("\n[[state]]")
		w.text("when", s.When)
		w.line("weight = " + strconv.FormatFloat(s.Weight, 'f', -1, 64))
	}
	for i := range a.Codes {
		w.code(&a.Codes[i])
	}
	for _, c := range a.Causes {
		w.line("\n[[cause]]")
		w.langs("name", c.Name)
		w.langs("tell", c.Tell)
	}
	for _, l := range a.Links {
		w.line("\n[[link]]")
		w.text("url", l.URL)
		w.langs("title", l.Title)
	}
	for i := range a.Steps {
		w.step(&a.Steps[i])
	}
	return []byte(w.b.String())
}

// writer puts TOML together line by line.
type writer struct{ b strings.Builder }

func (w *writer) line(s string) { w.b.WriteString(s + "\n") }

func (w *writer) text(key, s string) { w.line(key + " = " + quote(s)) }

func (w *writer) some(key, s string) {
	if s != "" {
		w.text(key, s)
	}
}

func (w *writer) langs(key string, t Text) {
	for _, l := range i18n.Langs() {
		w.some(key+"."+string(l), t.In(l))
	}
}

func (w *writer) list(key string, list []string) {
	if len(list) == 0 {
		return
	}
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	w.line(key + " = [" + strings.Join(quoted, ", ") + "]")
}

func (w *writer) head(a *Article) {
	w.text("id", a.ID)
	w.text("family", a.Family)
	w.text("kind", string(a.Kind))
	w.text("severity", string(a.Severity))
	w.list("documents", a.Documents)
	w.some("reviewed", a.Reviewed)
	w.list("related", a.Related)
	w.line("")
	w.langs("title", a.Title)
	w.langs("gist", a.Gist)
	w.langs("notes", a.Notes)
	for _, l := range i18n.Langs() {
		w.list("symptoms."+string(l), a.Symptoms.In(l))
	}
}

func (w *writer) proof(p *Proof) {
	w.line("\n[proof]")
	w.list("any", p.Any)
	if p.Told {
		w.line("told = true")
	}
}

func (w *writer) code(c *Code) {
	w.line("\n[[code]]")
	w.text("value", c.Value)
	w.list("aliases", c.Aliases)
	w.text("shown", c.Shown)
	w.list("devices", c.Devices)
	w.some("firmware", c.Firmware)
	if c.Shared {
		w.line("shared = true")
	}
}

func (w *writer) step(s *Step) {
	w.line("\n[[step]]")
	w.text("id", s.ID)
	w.text("who", string(s.Who))
	w.text("kind", string(s.Kind))
	if s.NeedsBackup {
		w.line("needs_backup = true")
	}
	if s.Minutes != 0 {
		w.line("minutes = " + strconv.Itoa(s.Minutes))
	}
	w.langs("title", s.Title)
	w.langs("do", s.Do)
	w.langs("why", s.Why)
	w.langs("see", s.See)
	w.langs("warning", s.Warning)
	for _, b := range s.Branches {
		w.line("[[step.branch]]")
		w.langs("text", b.Text)
		w.text("to", b.To)
	}
	if s.Machine != nil {
		w.machine(s.Machine)
	}
}

func (w *writer) machine(m *MachineStep) {
	w.line("[step.machine]")
	w.text("procedure", m.Procedure)
	w.text("risk", string(m.Risk))
	w.text("success", m.Success)
	w.text("on_success", m.OnSuccess)
	w.text("on_failure", m.OnFailure)
	w.text("on_unknown", m.OnUnknown)
	w.some("by_hand", m.ByHand)
	w.some("shows", m.Shows)
	if m.Timeout != 0 {
		w.line("timeout = " + strconv.Itoa(m.Timeout))
	}
}

// quote is a TOML string on one line: in single quotes where that needs no
// escapes, so that expressions stay readable.
func quote(s string) string {
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	if plain && strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'") {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
