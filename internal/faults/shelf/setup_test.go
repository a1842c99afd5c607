package shelf_test

import (
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/faults/shelf"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

const (
	drift = "kkt-clock-drift"
	label = "own-label-printer"
)

var (
	manager    = scope.Person("t1", "p-man", "Марина", "", scope.Manager)
	engineer   = scope.Person("t1", "p-eng", "Ирина", "", scope.Engineer)
	dispatcher = scope.Person("t1", "p-dis", "Олег", "", scope.Dispatcher)
	owner      = scope.Person("t1", "p-own", "Заря", "c1", scope.Owner, scope.Manager)
	foreign    = scope.Person("t2", "p-for", "Max", "", scope.Admin)
)

func shipped(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newShelf(t testing.TB, d *db.DB) *shelf.Service {
	t.Helper()
	return shelf.New(d, shipped(t), faults.NewMatcher)
}

func newClock() *clock.Manual { return clock.NewManual(time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)) }

// shippedText is a shipped article's text with one thing changed.
func shippedText(t testing.TB, id, old, new string) string {
	t.Helper()
	text, ok := catalogue.ShippedText(id)
	if !ok || !strings.Contains(text, old) {
		t.Fatalf("%s has no %q", id, old)
	}
	return strings.Replace(text, old, new, 1)
}

// own is a whole article of a company's own.
func own(id, title string) string {
	return `id = "` + id + `"
family = "peripheral"
kind = "fault"
severity = "minor"

title.ru = "` + title + `"
gist.ru = "Принтер этикеток не печатает."
symptoms.ru = ["этикеточник заклинило", "этикеточник молчит", "` + title + `"]

[proof]
told = true

[[cause]]
name.ru = "Кончилась лента"
tell.ru = "Горит красная лампа."

[[step]]
id = "tape"
who = "cashier"
kind = "do"
title.ru = "Замените ленту"
do.ru = "Откройте крышку."
[[step.branch]]
text.ru = "Печатает"
to = "well"

[[step]]
id = "well"
who = "cashier"
kind = "mended"
title.ru = "Готово"
do.ru = "Можно работать."
`
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if problem.CodeOf(err) != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// publish drafts and publishes a text.
func publish(t *testing.T, s *shelf.Service, sc scope.Scope, fault, text string) shelf.Article {
	t.Helper()
	var version int64
	if a, err := s.Get(t.Context(), sc, fault); err == nil {
		version = a.Version
	}
	a, err := s.SaveDraft(t.Context(), sc, fault, version, text)
	if err != nil {
		t.Fatal(err)
	}
	if a, err = s.Publish(t.Context(), sc, fault, a.Version, "ru", ""); err != nil {
		t.Fatal(err)
	}
	return a
}
