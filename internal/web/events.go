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
func (w *Web) events(rw http.ResponseWriter, r *http.Request) {
	id, _ := access.IdentityFrom(r.Context())
	topics := strings.Fields(r.URL.Query().Get("topics"))
	sub := w.Bus.Subscribe(func(e bus.Event) bool {
		return e.Tenant == id.Tenant && wanted(topics, e) || e.Topic == bus.Lost
	})
	defer sub.Close()
	rc := http.NewResponseController(rw)
	h := rw.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	if _, err := fmt.Fprint(rw, "retry: 2000\n\n"); err != nil || rc.Flush() != nil {
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
			_, err = fmt.Fprint(rw, "event: beat\ndata: {}\n\n")
		case e := <-sub.C:
			err = tell(rw, told(topics, e, id.Scope.Client() != ""))
		}
		if err != nil || rc.Flush() != nil {
			return
		}
	}
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

// told are the topics that a stream names for an event. After a loss every topic
// of the page is told, so that it reads all its parts again. A shop's people
// hear their page's own topics back: the ids of other clients' cases and
// registers are not theirs to know.
func told(topics []string, e bus.Event, shop bool) []string {
	switch {
	case e.Topic == bus.Lost:
		return topics
	case e.ID != "" && !shop:
		return []string{e.Topic + ":" + e.ID}
	}
	return slices.DeleteFunc(slices.Clone(topics), func(t string) bool { return !wanted([]string{t}, e) })
}

// tell writes one event for each topic.
func tell(rw http.ResponseWriter, topics []string) error {
	for _, t := range topics {
		data, err := json.Marshal(map[string]string{"topic": t})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(rw, "data: %s\n\n", data); err != nil {
			return err
		}
	}
	return nil
}
