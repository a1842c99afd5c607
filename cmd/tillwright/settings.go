package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/alecthomas/kong"
)

// settings reads the TOML file behind --config: its keys are the flags'
// names. A key that no flag has is an error, because a misspelt setting that
// is silently passed over costs somebody a night.
func settings(r io.Reader) (kong.Resolver, error) {
	var values map[string]any
	if _, err := toml.NewDecoder(r).Decode(&values); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return resolver(values), nil
}

type resolver map[string]any

// Validate refuses keys that the chosen command and its parents do not know.
func (r resolver) Validate(a *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(a, func(n kong.Visitable, next kong.Next) error {
		if f, ok := n.(*kong.Flag); ok {
			known[f.Name] = true
		}
		return next(nil)
	})
	for key := range r {
		if !known[strings.ReplaceAll(key, "_", "-")] {
			return fmt.Errorf("settings: there is no setting %q", key)
		}
	}
	return nil
}

// Resolve gives a flag its value from the file.
func (r resolver) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range []string{flag.Name, strings.ReplaceAll(flag.Name, "-", "_")} {
		if v, ok := r[name]; ok {
			return v, nil
		}
	}
	return nil, nil
}
