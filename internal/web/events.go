package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/access"
	"github.com/tillwright/tillwright/internal/bus"
)

// beat is how often a silent stream says that it lives; proxies cut what says
// nothing for a minute.
const beat = 20 * time.Second

// events is the stream of what changed, as topics alone ("case:ID"). A page
// fetches the part again that shows it, with its own rights, so the stream
// itself gives nothing away but ids of the person's own company.
//
// It begins where the page says that it was drawn, or where its last line
// broke. Where the bus cannot tell what happened since, the page is told to
// fetch all its parts again.
func (w *Web) events(rw http.ResponseWriter, r *http.Request) {
	id, _ := access.IdentityFrom(r.Context())
	s := &stream{rw: rw, topics: strings.Fields(r.URL.Query().Get("topics")), shop: id.Scope.Client() != ""}
	sub, missed, known := w.Bus.Follow(id.Tenant, since(r), func(e bus.Event) bool { return wanted(s.topics, e) })
	defer sub.Close()
	h := rw.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	if s.begin(sub.From, missed, known) != nil {
		return
	}
	tick := time.NewTicker(beat)
	defer tick.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case <-tick.C:
			// A session that was revoked meanwhile hears no more.
			if _, gone := w.Access.BySession(r.Context(), w.Guard.Cookie(r)); gone != nil && id.Session != "" {
				return
			}
			err = s.beat(w.Bus.Mark(id.Tenant), sub.C)
		case e := <-sub.C:
			err = s.tell(e)
		}
		if err != nil || s.flush() != nil {
			return
		}
	}
}

// since is where a page begins to listen: behind the last event that it has
// heard, or else where it was drawn.
func since(r *http.Request) bus.Mark {
	if heard := r.Header.Get("Last-Event-ID"); heard != "" {
		return bus.ParseMark(heard)
	}
	return bus.ParseMark(r.URL.Query().Get("since"))
}

// stream is one page's line. Each message's id is the mark behind it; with it
// the page begins again after its line has broken.
type stream struct {
	rw     http.ResponseWriter
	topics []string // that the page shows
	shop   bool     // read by a shop's people
	at     bus.Mark // told up to here
}

func (s *stream) flush() error { return http.NewResponseController(s.rw).Flush() }

// begin tells what was missed, or that it cannot be known.
func (s *stream) begin(from bus.Mark, missed []bus.Event, known bool) error {
	if _, err := fmt.Fprint(s.rw, "retry: 2000\n\n"); err != nil {
		return err
	}
	if !known {
		missed = []bus.Event{{Topic: bus.Lost, At: from}}
	}
	for _, e := range missed {
		if err := s.tell(e); err != nil {
			return err
		}
	}
	return s.flush()
}

// tell writes an event. Its id stands on the last of its messages: a line that
// breaks between them begins again before the event.
func (s *stream) tell(e bus.Event) error {
	s.at = e.At
	if e.Topic == bus.Lost {
		_, err := fmt.Fprintf(s.rw, "event: again\nid: %s\ndata: {}\n\n", e.At)
		return err
	}
	topics := told(s.topics, e, s.shop)
	for i, t := range topics {
		data, err := json.Marshal(map[string]string{"topic": t})
		if err != nil {
			return err
		}
		id := ""
		if i == len(topics)-1 {
			id = "id: " + e.At.String() + "\n"
		}
		if _, err := fmt.Fprintf(s.rw, "%sdata: %s\n\n", id, data); err != nil {
			return err
		}
	}
	return nil
}

// beat says that the line lives, and moves a page on that what happened did not
// concern. What waits was published before the mark or behind it; all of it is
// told first, so that the mark skips nothing.
func (s *stream) beat(mark bus.Mark, waiting <-chan bus.Event) error {
	for len(waiting) > 0 {
		if err := s.tell(<-waiting); err != nil {
			return err
		}
	}
	if !mark.Before(s.at) {
		s.at = mark
	}
	_, err := fmt.Fprintf(s.rw, "event: beat\nid: %s\ndata: {}\n\n", s.at)
	return err
}

// wanted says whether one of the topics covers the event: "case" covers every
// case, "case:42" that one. An event without an id is about many at once.
func wanted(topics []string, e bus.Event) bool {
	for _, t := range topics {
		name, id, one := strings.Cut(t, ":")
		if name == e.Topic && (!one || id == e.ID || e.ID == "") {
			return true
		}
	}
	return false
}

// told are the topics that a stream names for an event. A shop's people hear
// their page's own topics back: the ids of other clients' cases and registers
// are not theirs to know.
func told(topics []string, e bus.Event, shop bool) []string {
	if e.ID != "" && !shop {
		return []string{e.Topic + ":" + e.ID}
	}
	return slices.DeleteFunc(slices.Clone(topics), func(t string) bool { return !wanted([]string{t}, e) })
}
