package faults_test

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/match"
)

func shipped(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// lines reads a testdata table without its comments.
func lines(t testing.TB, file string, columns int) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, "\t")
		if len(f) != columns {
			t.Fatalf("%s: %q has %d columns, not %d", file, line, len(f), columns)
		}
		out = append(out, f)
	}
	return out
}

// manyEntries are the shipped articles and 5,000 of a company's own: the
// shipped phrases with words of their own, so that the index really grows.
func manyEntries(t testing.TB) []match.Entry {
	t.Helper()
	var entries []match.Entry
	for _, a := range shipped(t).Articles() {
		e := match.Entry{ID: a.ID, Passages: append(append(append([]string{}, a.Symptoms.RU...), a.Symptoms.DE...), a.Symptoms.EN...)}
		for _, c := range a.Codes {
			e.Codes = append(e.Codes, match.Code{Value: c.Value, Shared: c.Shared})
		}
		entries = append(entries, e)
	}
	own := len(entries)
	for i := range 5000 {
		e := entries[i%own]
		e.ID = "own-" + strconv.Itoa(i)
		e.Codes = nil
		from := i % len(e.Passages)
		e.Passages = append([]string{"участок" + strconv.Itoa(i%97) + " прибор" + string(rune('а'+i%32)) + string(rune('а'+i/32%32))}, e.Passages[from:min(from+4, len(e.Passages))]...)
		entries = append(entries, e)
	}
	return entries
}
