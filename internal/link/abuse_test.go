package link_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/wire"
)

// TestOneAgentDoesNotTakeTheRoomOfAll: a stolen machine begins many exchanges
// and never ends their bodies. It is sent away, and the others go on.
func TestOneAgentDoesNotTakeTheRoomOfAll(t *testing.T) {
	t.Parallel()
	b := setup(t, func(o *link.Options) { o.LongPoll = 10 * time.Millisecond })
	thief, honest := b.enrol(t), b.enrol(t)
	const many, may = 20, 3
	away := make(chan string, many)
	var open []*io.PipeWriter
	for range many {
		r, w := io.Pipe()
		open = append(open, w)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://"+b.address+wire.PathExchange, r)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(wire.HeaderAgent, thief.id)
		req.Header.Set(wire.HeaderInstant, strconv.FormatInt(time.Now().UnixMilli(), 10))
		go func() {
			res, err := b.client.Do(req)
			if err != nil {
				away <- err.Error()
				return
			}
			defer func() { _ = res.Body.Close() }()
			var p wire.Problem
			_ = json.NewDecoder(res.Body).Decode(&p)
			away <- p.Code
		}()
	}
	for range many - may {
		if code := <-away; code != link.CodeTooManyBytes {
			t.Errorf("sent away with %s", code)
		}
	}
	if status, _, p := b.post(t, honest, time.Now()); status != http.StatusOK {
		t.Errorf("another agent: %d %s", status, p.Code)
	}
	for _, w := range open {
		_ = w.CloseWithError(io.ErrUnexpectedEOF)
	}
	for range may {
		<-away
	}
	if status, _, p := b.post(t, thief, time.Now()); status != http.StatusOK {
		t.Errorf("afterwards: %d %s", status, p.Code)
	}
}
