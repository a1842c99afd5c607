package catalogue_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
)

const good = "kkt-clock-drift.toml"

func article(t testing.TB, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestBrokenArticlesAreRefused(t *testing.T) {
	t.Parallel()
	text := article(t, good)
	for name, c := range map[string]struct{ old, new, want string }{
		"no TOML":                  {`id = "kkt`, `id = kkt`, "toml"},
		"a field nobody knows":     {"notes.ru =", "remarks.ru =", "field_unknown"},
		"a fault nobody knows":     {`id = "kkt-clock-drift"`, `id = "kkt-clock-drifts"`, "id_unknown"},
		"a wrong family":           {`family = "kkt"`, `family = "fn"`, "family"},
		"a wrong kind":             {`kind = "fault"`, `kind = "howto"`, "kind"},
		"a fifth severity":         {`severity = "critical"`, `severity = "huge"`, "severity"},
		"no source":                {`documents = ["001"]`, `documents = []`, "no_source"},
		"a day that is none":       {`2026-11-20`, `2026-13-20`, "reviewed"},
		"a language missing":       {`title.de = "Uhr der Kasse`, `title.de = "" #`, "title.de: text_language"},
		"blanks around a text":     {`title.en = "We set the exact`, `title.en = " We set the exact`, "text_blanks"},
		"a branch to nowhere":      {`to = "later"`, `to = "never"`, "step[1].branch[2].to: leads_nowhere"},
		"a step nobody reaches":    {`to = "ahead"`, `to = "engineer"`, "unreachable step=ahead"},
		"a procedure nobody has":   {`procedure = "set_clock"`, `procedure = "set_clocks"`, "procedure_unknown"},
		"bytes by hand":            {`procedure = "set_clock"`, `procedure = "raw"`, "procedure_unknown"},
		"a risk made small":        {"procedure = \"set_clock\"\nrisk = \"change\"", "procedure = \"set_clock\"\nrisk = \"read\"", "risk_other"},
		"danger for a cashier":     {"procedure = \"close_shift\"\nrisk = \"change\"", "procedure = \"clear_agent\"\nrisk = \"dangerous\"", "danger_cashier"},
		"the same again on doubt":  {`on_unknown = "shift"`, `on_unknown = "close"`, "unknown_again"},
		"success of nothing":       {`success = 'state == "done" && ok'`, `success = 'state = 1'`, "machine.success: expression"},
		"success of another type":  {`success = 'state == "done" && ok'`, `success = 'error + 1'`, "machine.success: expression"},
		"proof of a wrong signal":  {`link == "ok" && clock_drift`, `link == "ok" && clock_drifts`, "proof"},
		"proof of a wrong type":    {`link == "ok" && clock_drift`, `link == 1 && clock_drift`, "proof"},
		"proof and word together":  {"[proof]", "[proof]\ntold = true", "proof_one"},
		"a sign too sure":          {`weight = 0.92`, `weight = 1.5`, "weight"},
		"a step id twice":          {`id = "later"`, `id = "ahead"`, "step_twice"},
		"an answer to an end":      {"[[step]]\nid = \"well\"", "[[step.branch]]\ntext.ru = \"а\"\ntext.de = \"a\"\ntext.en = \"a\"\nto = \"set\"\n[[step]]\nid = \"well\"", "step_branches"},
		"a stranger among readers": {`who = "engineer"`, `who = "passer-by"`, "passer-by"},
		"a code shown nowhere":     {`shown = "paper"`, `shown = "wall"`, "shown"},
		"a timeout of a day":       {`timeout = 120`, `timeout = 86400`, "timeout"},
		"a backup for a cashier":   {`kind = "do"`, "kind = \"do\"\nneeds_backup = true", "backup_cashier"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			broken := strings.Replace(text, c.old, c.new, 1)
			if broken == text {
				t.Fatalf("%q is not in %s any more", c.old, good)
			}
			_, err := catalogue.Parse([]byte(broken))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestAWayWithoutAnEndIsRefused(t *testing.T) {
	t.Parallel()
	text := article(t, good)
	at := strings.Index(text, "[[step]]")
	circle := `
[[step]]
id = "a"
who = "cashier"
kind = "do"
title = {ru = "а", de = "a", en = "a"}
do = {ru = "а", de = "a", en = "a"}
[[step.branch]]
text = {ru = "а", de = "a", en = "a"}
to = "b"
[[step]]
id = "b"
who = "cashier"
kind = "do"
title = {ru = "а", de = "a", en = "a"}
do = {ru = "а", de = "a", en = "a"}
[[step.branch]]
text = {ru = "а", de = "a", en = "a"}
to = "a"
`
	_, err := catalogue.Parse([]byte(text[:at] + circle))
	if err == nil || !strings.Contains(err.Error(), "endless") {
		t.Fatalf("got %v", err)
	}
}

func TestLoadNamesFileAndPlace(t *testing.T) {
	t.Parallel()
	text := []byte(article(t, good))
	_, err := catalogue.Load(fstest.MapFS{"other-name.toml": {Data: text}})
	if err == nil || !strings.Contains(err.Error(), "other-name.toml") {
		t.Errorf("a wrong file name: %v", err)
	}
	_, err = catalogue.Load(fstest.MapFS{good: {Data: []byte(strings.Replace(string(text), `related = ["kkt-shift-over-24h"`, `related = ["kkt-unheard-of"`, 1))}})
	if err == nil || !strings.Contains(err.Error(), "kkt-unheard-of") {
		t.Errorf("a relation to nothing: %v", err)
	}
	if _, err = catalogue.Parse(make([]byte, catalogue.MaxFile+1)); err == nil {
		t.Error("a file without bounds was read")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(article(f, good)))
	f.Add([]byte("id = \"x\"\n[[step]]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := catalogue.Parse(data)
		if err == nil && (a == nil || len(a.Steps) == 0 || a.Revision == "") {
			t.Fatal("an empty article was accepted")
		}
	})
}
