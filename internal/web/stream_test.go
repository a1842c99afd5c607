package web

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/tillwright/tillwright/internal/bus"
)

// TestABeatSkipsNothing: a beat moves a page on over what did not concern it,
// and never over what waits or backwards.
func TestABeatSkipsNothing(t *testing.T) {
	t.Parallel()
	b, rw := bus.New(), httptest.NewRecorder()
	s := &stream{rw: rw, topics: []string{"case"}}
	sub, _, _ := b.Follow("a", b.Mark("a"), func(e bus.Event) bool { return e.Topic == "case" })
	defer sub.Close()
	beat := func(mark bus.Mark) string {
		rw.Body.Reset()
		if err := s.beat(mark, sub.C); err != nil {
			t.Fatal(err)
		}
		return rw.Body.String()
	}
	b.Publish(bus.Event{Tenant: "a", Topic: "case", ID: "1"}, bus.Event{Tenant: "a", Topic: "device", ID: "2"})
	mark := b.Mark("a")
	b.Publish(bus.Event{Tenant: "a", Topic: "case", ID: "3"})
	got := beat(mark) // taken, and then one more came
	one, three := strings.Index(got, `"case:1"`), strings.Index(got, `"case:3"`)
	last := "event: beat\nid: " + b.Mark("a").String() + "\n"
	if one < 0 || three < one || strings.Index(got, last) < three {
		t.Fatalf("a beat with events that wait:\n%s", got)
	}
	b.Publish(bus.Event{Tenant: "a", Topic: "device", ID: "4"})
	if got, want := beat(b.Mark("a")), "event: beat\nid: "+b.Mark("a").String()+"\ndata: {}\n\n"; got != want {
		t.Fatalf("a beat after what did not concern the page: %q, want %q", got, want)
	}
}
