// Package ui is the design system of the pages: the frame, tables, marks of
// state, bars and gauges, forms and notices. Its components take a
// i18n.Voice and plain data; they know no store and no area. See DESIGN.md
// for what to use when, and the style guide for how it looks.
//
// The pages run under a strict content security policy (see CSP): no inline
// script and no style attribute. What must be placed by a number is drawn as
// SVG with geometry attributes.
package ui

import (
	"context"
	"io"
	"time"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/i18n"
)

// CSP is the policy that every page is sent with.
const CSP = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// HTMXConfig goes into the page's meta tag: nothing is evaluated, no style
// element is written, no page is kept in the browser's storage, and requests
// go to this server only.
const HTMXConfig = `{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"historyCacheSize":0,"refreshOnHistoryMiss":true,"selfRequestsOnly":true,"scrollBehavior":"instant"}`

// View is what every component needs to speak: the language, the instant
// that the page was made at and the zone that its reader lives in.
type View struct {
	i18n.Voice
	Now  time.Time
	Zone *time.Location // nil = UTC
}

// loc is the reader's zone, never nil.
func (v View) loc() *time.Location {
	if v.Zone == nil {
		return time.UTC
	}
	return v.Zone
}

// Text is a component of one plain text, for slots that take a component.
func Text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}

// initials are at most two letters for the round sign of a person.
func initials(name string) string {
	var out []rune
	start := true
	for _, r := range name {
		if start && r != ' ' && len(out) < 2 {
			out = append(out, r)
		}
		start = r == ' '
	}
	return string(out)
}
