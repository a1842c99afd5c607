package bus_test

import (
	"strconv"
	"testing"

	"github.com/tillwright/tillwright/internal/bus"
)

func all(bus.Event) bool { return true }

func TestSubscribersGetWhatTheyWant(t *testing.T) {
	t.Parallel()
	b := bus.New()
	cases := b.Subscribe(func(e bus.Event) bool { return e.Topic == "case" && e.Tenant == "a" })
	defer cases.Close()
	b.Publish(bus.Event{Tenant: "a", Topic: "alert", ID: "1"}, bus.Event{Tenant: "b", Topic: "case", ID: "2"}, bus.Event{Tenant: "a", Topic: "case", ID: "3"})
	if e := <-cases.C; e.ID != "3" || len(cases.C) != 0 {
		t.Fatalf("got %+v and %d more", e, len(cases.C))
	}
}

func TestASlowSubscriberIsToldThatItMissedSomethingAndNeverBlocks(t *testing.T) {
	t.Parallel()
	b := bus.New()
	s := b.Subscribe(all)
	for i := range 5000 {
		b.Publish(bus.Event{Tenant: "a", Topic: "device", ID: strconv.Itoa(i)})
	}
	var last bus.Event
	n := 0
	for len(s.C) > 0 {
		last = <-s.C
		n++
	}
	if last.Topic != bus.Lost || n >= 5000 {
		t.Fatalf("last of %d events is %+v", n, last)
	}
	b.Publish(bus.Event{Tenant: "a", Topic: "device", ID: "after"})
	if e := <-s.C; e.ID != "after" {
		t.Fatalf("after catching up: %+v", e)
	}
	s.Close()
	b.Publish(bus.Event{Topic: "device"})
	if len(s.C) != 0 {
		t.Fatal("a closed subscription still listens")
	}
}
