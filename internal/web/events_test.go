package web_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/bus"
)

// listener is a page's line to the house.
type listener struct {
	t      *testing.T
	lines  *bufio.Scanner
	hangUp func()
}

// message is one of the stream's: its event ("" is the usual), id and topic.
type message struct{ event, id, data string }

func (s *street) listen(t *testing.T, who, since, lastEvent string) *listener {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/events?"+url.Values{"topics": {"probe probe:7 other:1"}, "since": {since}}.Encode(), nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+s.tokens[who])
	if lastEvent != "" {
		r.Header.Set("Last-Event-ID", lastEvent)
	}
	res, err := http.DefaultClient.Do(r)
	must(t, err)
	t.Cleanup(func() { _ = res.Body.Close() })
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	return &listener{t, bufio.NewScanner(res.Body), cancel}
}

// next is the next message with data.
func (l *listener) next() (m message) {
	l.t.Helper()
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "event":
			m.event = value
		case "id":
			m.id = value
		case "data":
			m.data = value
		case "":
			if m.data != "" {
				return m
			}
		}
	}
	l.t.Fatalf("the line ended: %v", l.lines.Err())
	return m
}

// hears reads until the data of the last one, and holds all of it against what
// is expected.
func (l *listener) hears(want ...string) (last message) {
	l.t.Helper()
	var got []string
	for len(got) < len(want) {
		last = l.next()
		got = append(got, last.event+last.data)
	}
	if !slices.Equal(got, want) {
		l.t.Fatalf("heard %q, want %q", got, want)
	}
	return last
}

func probe(id string) string { return `{"topic":"probe:` + id + `"}` }

var drawnAt = regexp.MustCompile(`data-since="([^"]+)"`)

// drawn is where a page says that it was drawn.
func (s *street) drawn(t *testing.T, who, path string) string {
	t.Helper()
	m := drawnAt.FindStringSubmatch(s.knock(t, who, http.MethodGet, path, nil).Body.String())
	if m == nil {
		t.Fatalf("%s does not say where it was drawn", path)
	}
	return m[1]
}

// TestAPageHearsWhatHappenedSinceItWasDrawn: between the drawing of a page and
// the opening of its line nothing is lost, nor while the line is broken; nothing
// comes twice, and nothing of another company ever.
func TestAPageHearsWhatHappenedSinceItWasDrawn(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	firms, err := s.Access.Tenants(t.Context())
	must(t, err)
	tell := func(ids ...string) {
		for _, id := range ids {
			s.Bus.Publish(
				bus.Event{Tenant: firms[1].ID, Topic: "probe", ID: "of another company"},
				bus.Event{Tenant: firms[0].ID, Topic: "probe", ID: id},
				bus.Event{Tenant: firms[0].ID, Topic: "unwanted", ID: id},
			)
		}
	}
	tell("before")
	since := s.drawn(t, "dispatcher", "/")
	tell("1", "2")
	l := s.listen(t, "dispatcher", since, "")
	l.hears(probe("1"), probe("2"))
	tell("3")
	heard := l.hears(probe("3"))
	l.hangUp()
	tell("4", "5")
	l = s.listen(t, "dispatcher", since, heard.id) // as a browser does by itself
	tell("6")
	l.hears(probe("4"), probe("5"), probe("6"))
	l = s.listen(t, "dispatcher", heard.id, "") // as live.js does
	l.hears(probe("4"), probe("5"), probe("6"))

	// The other company's page hears its own alone, from its own place.
	l = s.listen(t, "stranger", s.drawn(t, "stranger", "/"), "")
	s.Bus.Publish(bus.Event{Tenant: firms[0].ID, Topic: "probe", ID: "ours"}, bus.Event{Tenant: firms[1].ID, Topic: "probe", ID: "theirs"})
	l.hears(probe("theirs"))
}

// TestAPageThatCannotBeToldFetchesAllAgain: without a place, with one of another
// run or another company, and after too much has happened, the first message
// says so; then the line goes on as usual.
func TestAPageThatCannotBeToldFetchesAllAgain(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	old := s.drawn(t, "dispatcher", "/cases")
	for range 600 {
		s.Bus.Publish(bus.Event{Tenant: s.tenant.ID, Topic: "probe", ID: "many"})
	}
	for name, since := range map[string]string{
		"long ago": old, "no place": "", "nonsense": "x y\nz", "another run": bus.New().Mark(s.tenant.ID).String(), "another company": s.drawn(t, "stranger", "/"),
	} {
		l := s.listen(t, "dispatcher", since, "")
		if m := l.next(); m.event != "again" || m.id == "" {
			t.Errorf("%s: %+v", name, m)
		} else {
			s.Bus.Publish(bus.Event{Tenant: s.tenant.ID, Topic: "probe", ID: "9"})
			s.listen(t, "dispatcher", m.id, "").hears(probe("9"))
			l.hears(probe("9"))
		}
	}
}

// TestAShopsLineBreaksBetweenEvents: a shop hears its page's own topics back,
// several for one event; only the last carries the place behind it.
func TestAShopsLineBreaksBetweenEvents(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	l := s.listen(t, "owner", s.Bus.Mark(s.tenant.ID).String(), "")
	s.Bus.Publish(bus.Event{Tenant: s.tenant.ID, Topic: "probe", ID: "7"})
	if m := l.hears(`{"topic":"probe"}`); m.id != "" {
		t.Errorf("the first of two stands behind the event: %+v", m)
	}
	if m := l.hears(probe("7")); m.id == "" {
		t.Errorf("the last of two has no place: %+v", m)
	}
}

// TestCountsOfTheSectionsAreLive: what waits is counted again for an open page,
// in every place that shows it, and each place has an id of its own.
func TestCountsOfTheSectionsAreLive(t *testing.T) {
	t.Parallel()
	s := newStreet(t)
	ids := func(body string) (out []string) {
		for _, m := range regexp.MustCompile(`id="([^"]+)" data-live="(?:case|question)" data-live-url="/nav"`).FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		return out
	}
	answer := s.knock(t, "dispatcher", http.MethodGet, "/nav", nil, "HX-Request", "true").Body.String()
	for _, path := range []string{"/", "/faults/questions", "/me"} {
		page := s.knock(t, "engineer", http.MethodGet, path, nil).Body.String()
		if path == "/faults/questions" {
			page = s.knock(t, "manager", http.MethodGet, path, nil).Body.String()
		}
		shown := ids(page)
		if len(shown) < 4 || len(slices.Compact(slices.Sorted(slices.Values(shown)))) != len(shown) {
			t.Errorf("%s counts in %v", path, shown)
		}
		for _, id := range shown {
			if !slices.Contains(ids(answer), id) || strings.Count(page, `id="`+id+`"`) != 1 {
				t.Errorf("%s shows %s, and the answer has %v", path, id, ids(answer))
			}
		}
	}
	count := func() string {
		body := s.knock(t, "dispatcher", http.MethodGet, "/nav", nil, "HX-Request", "true").Body.String()
		return regexp.MustCompile(`id="count-bar-cases"[^>]*>(?:<span[^>]*>)?(\d*)`).FindStringSubmatch(body)[1]
	}
	before := count()
	s.knock(t, "dispatcher", http.MethodPost, "/cases", url.Values{"subject": {"Ещё одна"}, "outlet": {s.ids["outlet"]}, "severity": {"minor"}})
	if after := count(); after == before {
		t.Errorf("%q cases as before", after)
	}
}
