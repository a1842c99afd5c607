package catalogue

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Flaw is one thing that is wrong with an article: where, and a stable code
// whose sentence is "problem.article_<code>".
type Flaw struct {
	Place string // path in the file: "step[2].branch[0].to"; "" = the whole
	Line  int    // of the text, from 1; 0 = not known
	Code  string
	Args  map[string]any
}

// Error is the form for logs and for the build.
func (f Flaw) Error() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", f.Line)
	}
	if f.Place != "" {
		b.WriteString(f.Place + ": ")
	}
	b.WriteString(f.Code)
	for _, k := range slices.Sorted(maps.Keys(f.Args)) {
		fmt.Fprintf(&b, " %s=%v", k, f.Args[k])
	}
	return b.String()
}

// Flaws is everything that is wrong with an article, by line.
type Flaws []Flaw

// Error joins them, one a line.
func (f Flaws) Error() string {
	out := make([]string, len(f))
	for i := range f {
		out[i] = f[i].Error()
	}
	return strings.Join(out, "\n")
}

// FlawsOf finds the flaws in err's chain, nil when there are none.
func FlawsOf(err error) Flaws {
	var f Flaws
	if errors.As(err, &f) {
		return f
	}
	return nil
}

// critic collects the flaws of one article.
type critic struct{ flaws Flaws }

// bad notes a flaw; pairs are names and values for its sentence.
func (c *critic) bad(place, code string, pairs ...any) {
	f := Flaw{Place: place, Code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		if f.Args == nil {
			f.Args = make(map[string]any)
		}
		f.Args[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	c.flaws = append(c.flaws, f)
}

// verdict is the flaws with their lines, nil when there are none.
func (c *critic) verdict(text string) error {
	if len(c.flaws) == 0 {
		return nil
	}
	lines := linesOf(text)
	for i := range c.flaws {
		c.flaws[i].Line = lines.of(c.flaws[i].Place)
	}
	slices.SortStableFunc(c.flaws, func(a, b Flaw) int { return cmp.Compare(a.Line, b.Line) })
	return c.flaws
}

// syntax is what the reader of TOML says, as a flaw.
func syntax(err error) Flaws {
	var p toml.ParseError
	if errors.As(err, &p) {
		return Flaws{{Line: p.Position.Line, Place: p.LastKey, Code: "toml", Args: map[string]any{"detail": p.Message}}}
	}
	return Flaws{{Code: "toml", Args: map[string]any{"detail": strings.TrimPrefix(err.Error(), "toml: ")}}}
}
