package access

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxText bounds names and addresses, in characters.
const maxText = 200

// findings gathers the fields at fault, so that a form shows all at once.
type findings struct{ fields []problem.Field }

func (f *findings) add(name, code string) {
	f.fields = append(f.fields, problem.Field{Name: name, Code: code})
}

func (f *findings) addMax(name string, limit int) {
	f.fields = append(f.fields, problem.Field{Name: name, Code: "too_long", Args: map[string]any{"max": limit}})
}

func (f *findings) err(op string) error {
	if len(f.fields) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, "invalid").In(op)
	p.Fields = f.fields
	return p
}

// text checks a text that must be there and not be longer than maxText.
func (f *findings) text(name, value string) {
	switch {
	case value == "":
		f.add(name, "required")
	case utf8.RuneCountInString(value) > maxText:
		f.addMax(name, maxText)
	}
}

// email checks the form of an address; whether it exists only a mail can say.
func (f *findings) email(name, value string) {
	f.text(name, value)
	if value == "" {
		return
	}
	a, err := mail.ParseAddress(value)
	if err != nil || a.Address != value || strings.ContainsAny(value, " \"") {
		f.add(name, "email_invalid")
	}
}

// lang checks that we speak the language.
func (f *findings) lang(name string, l i18n.Lang) {
	if !slices.Contains(i18n.Langs(), l) {
		f.add(name, "lang_unknown")
	}
}

// theme checks that the pages have the theme.
func (f *findings) theme(name string, t Theme) {
	if t != Auto && t != Light && t != Dark {
		f.add(name, "theme_unknown")
	}
}

// zone checks an IANA time zone name. "Local" would mean another zone on
// every machine.
func (f *findings) zone(name, value string) {
	if value == "" {
		f.add(name, "required")
		return
	}
	if _, err := time.LoadLocation(value); err != nil || value == "Local" {
		f.add(name, "zone_unknown")
	}
}

// roles checks that the roles exist and fit the side the person stands on: a
// shop's person must never hold a role of the company, nor the other way.
func (f *findings) roles(roles []scope.Role, client string) {
	if len(roles) == 0 {
		f.add("roles", "required")
	}
	for _, r := range roles {
		switch {
		case !slices.Contains(scope.Roles(), r):
			f.add("roles", "role_unknown")
		case shopRole(r) && client == "":
			f.add("roles", "role_needs_client")
		case !shopRole(r) && client != "":
			f.add("roles", "role_not_for_client")
		}
	}
}

func shopRole(r scope.Role) bool { return r == scope.Cashier || r == scope.Owner }

// tidyRoles brings roles into the order they are shown in, each once.
func tidyRoles(roles []scope.Role) []scope.Role {
	order := scope.Roles()
	out := slices.Clone(roles)
	slices.SortFunc(out, func(a, b scope.Role) int { return slices.Index(order, a) - slices.Index(order, b) })
	return slices.Compact(out)
}

// foldEmail is the form in which two spellings of one address are equal.
// Mail servers could tell "A@x" from "a@x"; none that people use does.
func foldEmail(email string) string {
	return strings.ToLower(norm.NFKC.String(strings.TrimSpace(email)))
}

// foldName is the form that lists are ordered and searched by.
func foldName(name string) string {
	return strings.ReplaceAll(strings.ToLower(norm.NFC.String(strings.TrimSpace(name))), "ё", "е")
}
