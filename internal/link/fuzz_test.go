package link_test

import (
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/wire"
)

// FuzzMessages sends any text to a live hub between two good bundles: whatever
// it is, the second bundle is answered, and nothing of it reaches the handler
// but what was well formed.
func FuzzMessages(f *testing.F) {
	for _, s := range []string{
		`{"t":"reports","reports":{"id":1,"now":0,"reports":[{"n":1,"at":0}]}}`, `{"t":"result","result":{"id":"x"}}`, `{"t":"taken","taken":{}}`,
		`{"t":"problem","problem":{"code":"x"}}`, `{"t":"command","command":{}}`, `[]`, "null", `{"t":"reports","reports":{"reports":[{"n":1,"v":{"link":1}}]}}`,
	} {
		f.Add(s)
	}
	big := link.Rate{PerSecond: 1e9, Burst: 1e9}
	b := setup(f, func(o *link.Options) { o.Limits = link.Limits{Reports: big, Bytes: big, Faults: 1 << 30} })
	a := b.enrol(f)
	var conn *websocket.Conn // lives over many inputs
	f.Cleanup(func() {
		if conn != nil {
			_ = conn.CloseNow()
		}
	})
	id := int64(1 << 40)
	f.Fuzz(func(t *testing.T, text string) {
		w := &wsock{Conn: conn, t: t}
		if conn == nil {
			w = b.open(t)
			b.greet(w, a)
			conn = w.Conn
		}
		if err := w.Write(t.Context(), websocket.MessageText, []byte(text)); err != nil {
			t.Fatal(err)
		}
		id++
		m := bundle(id, id, 1, time.Now())
		w.put(m)
		for {
			got, err := w.next()
			if err != nil { // only what is not UTF-8 ends a connection
				_ = conn.CloseNow()
				conn = nil
				return
			}
			if got.Type == wire.TypeAck && got.Ack.ID == id {
				return
			}
			if got.Type == wire.TypeProblem && got.Problem.Bundle == id {
				t.Fatalf("a good bundle was refused: %+v", got.Problem)
			}
		}
	})
}
