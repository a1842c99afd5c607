package frame

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/sync/semaphore"
	"pgregory.net/rapid"
)

// serve runs an echo server and returns its ws address; ended gets what Read
// failed with.
func serve(t *testing.T, o Options) (url string, ended <-chan error) {
	t.Helper()
	ch := make(chan error, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := Upgrade(w, r, o)
		if err != nil {
			ch <- err
			return
		}
		go func() { ch <- echo(c) }()
	}))
	t.Cleanup(srv.Close)
	return "ws" + strings.TrimPrefix(srv.URL, "http"), ch
}

func echo(c *Conn) error {
	for {
		m, err := c.Read(context.Background(), 1<<20)
		if err != nil {
			var ce *CloseError
			errors.As(err, &ce)
			c.Finish(ce)
			return err
		}
		err = c.WriteText(m.Payload)
		m.Free()
		m.Done()
		if err != nil {
			c.Finish(nil)
			return err
		}
	}
}

func dial(t *testing.T, url string) *websocket.Conn {
	t.Helper()
	ws, res, err := websocket.Dial(t.Context(), url, &websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	if res.Body != nil {
		_ = res.Body.Close()
	}
	ws.SetReadLimit(-1)
	return ws
}

func TestAnotherImplementationIsUnderstood(t *testing.T) {
	t.Parallel()
	url, ended := serve(t, Options{Budget: semaphore.NewWeighted(1 << 20)})
	ws := dial(t, url)
	for _, size := range []int{0, 1, 125, 126, 127, 4095, 4096, 4097, 65535, 65536, 1 << 20} {
		want := []byte(strings.Repeat("Ф", size/2) + strings.Repeat("x", size%2))
		if err := ws.Write(t.Context(), websocket.MessageText, want); err != nil {
			t.Fatal(err)
		}
		if _, got, err := ws.Read(t.Context()); err != nil || !bytes.Equal(got, want) {
			t.Fatalf("%d bytes: %d came back, %v", size, len(got), err)
		}
	}
	if err := ws.Close(websocket.StatusNormalClosure, "done"); err != nil {
		t.Errorf("the close was not answered: %v", err)
	}
	var ce *CloseError
	if err := <-ended; !errors.As(err, &ce) || !ce.Peer || ce.Code != CloseNormal || ce.Reason != "done" {
		t.Errorf("ended with %v", err)
	}
}

func TestFragmentsAndPingsOfAnotherImplementation(t *testing.T) {
	t.Parallel()
	url, _ := serve(t, Options{})
	ws := dial(t, url)
	defer func() { _ = ws.CloseNow() }()
	w, err := ws.Writer(t.Context(), websocket.MessageText) // the writer sends a fragment whenever its buffer is full
	if err != nil {
		t.Fatal(err)
	}
	part := []byte(strings.Repeat("0123456789", 700))
	for range 5 {
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	_, got, err := ws.Read(t.Context())
	if err != nil || !bytes.Equal(got, bytes.Repeat(part, 5)) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	ctx := ws.CloseRead(t.Context())
	if err := ws.Ping(ctx); err != nil {
		t.Errorf("the ping was not answered: %v", err)
	}
}

func TestServerEndsWithItsCode(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		send func(ctx context.Context, ws *websocket.Conn) error
		want websocket.StatusCode
	}{
		"too large": {func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageText, make([]byte, 1<<20+1))
		}, websocket.StatusMessageTooBig},
		"binary": {func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageBinary, []byte("x"))
		}, websocket.StatusUnsupportedData},
		"not UTF-8": {func(ctx context.Context, ws *websocket.Conn) error {
			return ws.Write(ctx, websocket.MessageText, []byte{0xFF})
		}, websocket.StatusInvalidFramePayloadData},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := serve(t, Options{})
			ws := dial(t, url)
			_ = c.send(t.Context(), ws) // the answer tells
			if _, _, err := ws.Read(t.Context()); websocket.CloseStatus(err) != c.want {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestUpgradeRefusals(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"Connection": "keep-alive, Upgrade", "Upgrade": "WebSocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	}
	for name, c := range map[string]struct {
		key, value, method string
		want               int
	}{
		"good":        {"X-Other", "1", "GET", 101},
		"no upgrade":  {"Upgrade", "", "GET", 426},
		"version 8":   {"Sec-WebSocket-Version", "8", "GET", 426},
		"short key":   {"Sec-WebSocket-Key", "c2hvcnQ=", "GET", 400},
		"no key":      {"Sec-WebSocket-Key", "", "GET", 400},
		"post":        {"X-Other", "1", "POST", 400},
		"from a page": {"Origin", "https://evil.example", "GET", 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, _ := serve(t, Options{})
			req, err := http.NewRequestWithContext(t.Context(), c.method, "http"+strings.TrimPrefix(url, "ws"), nil)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range good {
				req.Header.Set(k, v)
			}
			req.Header.Set(c.key, c.value)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = res.Body.Close() }()
			if res.StatusCode != c.want {
				t.Errorf("%d, want %d", res.StatusCode, c.want)
			}
			if accept := res.Header.Get("Sec-WebSocket-Accept"); c.want == 101 && accept != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" { // RFC 6455, 1.3
				t.Errorf("accept %q", accept)
			}
		})
	}
}

// TestPatience runs on a pipe with a clock of its own: a quiet peer is pinged
// twice and then dropped; one that answers stays; one that stops in the middle
// of a message is dropped.
func TestPatience(t *testing.T) {
	t.Parallel()
	t.Run("silent", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			peer, pings, ended, start := quiet(t)
			err := <-ended
			var ce *CloseError
			if !errors.As(err, &ce) || ce.Code != ClosePolicy || time.Since(start) != 75*time.Second || pings() != 2 {
				t.Errorf("%v after %v and %d pings", err, time.Since(start), pings())
			}
			_ = peer.Close()
		})
	})
	t.Run("stuck", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			peer, _, ended, start := quiet(t)
			if _, err := peer.Write(clientFrame(OpText, true, make([]byte, 100))[:50]); err != nil {
				t.Fatal(err)
			}
			if err := <-ended; err == nil || time.Since(start) != 30*time.Second {
				t.Errorf("%v after %v", err, time.Since(start))
			}
			_ = peer.Close()
		})
	})
	t.Run("answering", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			peer, pings, ended, start := quiet(t)
			for range 20 {
				time.Sleep(40 * time.Second)
				if _, err := peer.Write(clientFrame(OpPong, true, nil)); err != nil {
					t.Fatal(err)
				}
			}
			_ = peer.Close()
			if err := <-ended; time.Since(start) != 800*time.Second || pings() != 20 {
				t.Errorf("%v after %v and %d pings", err, time.Since(start), pings())
			}
		})
	})
}

// quiet starts a reader on one end of a pipe and counts pings at the other.
func quiet(t *testing.T) (peer net.Conn, pings func() int, ended <-chan error, start time.Time) {
	t.Helper()
	ours, theirs := net.Pipe()
	ch, count := make(chan error, 1), make(chan int, 1)
	go func() {
		all, _ := io.ReadAll(theirs) // ends when either side closes
		count <- bytes.Count(all, []byte{0x89, 0})
	}()
	go func() {
		_, err := NewConn(ours, Options{}).Read(context.Background(), 1<<20)
		_ = ours.Close()
		ch <- err
	}()
	return theirs, func() int { return <-count }, ch, time.Now()
}

func TestAnyCutOfTheBytesGivesTheSameMessages(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var stream []byte
		var want []string
		for range rapid.IntRange(1, 6).Draw(t, "messages") {
			text := rapid.StringN(0, 300, 600).Draw(t, "text")
			want = append(want, text)
			stream = append(stream, fragments(t, []byte(text))...)
		}
		peer := &chopped{data: stream, next: func() int { return rapid.IntRange(1, 200).Draw(t, "cut") }}
		c := NewConn(peer, Options{})
		for i, w := range want {
			m, err := c.Read(context.Background(), 1<<20)
			if err != nil || string(m.Payload) != w {
				t.Fatalf("message %d: %q, %v; want %q", i, m.Payload, err, w)
			}
			m.Free()
		}
	})
}

// fragments cuts a text into frames with pings between them.
func fragments(t *rapid.T, text []byte) (out []byte) {
	op := OpText
	for {
		n := rapid.IntRange(0, len(text)).Draw(t, "fragment")
		last := rapid.Bool().Draw(t, "last")
		if last {
			n = len(text)
		}
		out = append(out, clientFrame(op, last, text[:n])...)
		if last {
			return out
		}
		if rapid.Bool().Draw(t, "ping") {
			out = append(out, clientFrame(OpPing, true, []byte("?"))...)
		}
		op, text = OpContinuation, text[n:]
	}
}

// chopped is a connection whose reads bring pieces of data.
type chopped struct {
	net.Conn
	data []byte
	next func() int
}

func (c *chopped) Read(b []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := copy(b, c.data[:min(len(c.data), c.next())])
	c.data = c.data[n:]
	return n, nil
}
func (*chopped) Write(b []byte) (int, error)      { return len(b), nil }
func (*chopped) SetReadDeadline(time.Time) error  { return nil }
func (*chopped) SetWriteDeadline(time.Time) error { return nil }
func (*chopped) Close() error                     { return nil }

// FuzzRead feeds any bytes: a server ends with an error, never with a panic or
// a message above the limit.
func FuzzRead(f *testing.F) {
	f.Add(clientFrame(OpText, true, []byte(`{"t":"hello"}`)))
	f.Add(append(clientFrame(OpText, false, []byte("a")), clientFrame(OpContinuation, true, []byte("b"))...))
	f.Add(clientFrame(OpClose, true, AppendClose(nil, 1000, "bye")))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := NewConn(&chopped{data: data, next: func() int { return 7 }}, Options{Budget: semaphore.NewWeighted(1 << 16)})
		for {
			m, err := c.Read(context.Background(), 1<<16)
			if err != nil {
				var ce *CloseError
				errors.As(err, &ce)
				c.Finish(ce)
				return
			}
			if len(m.Payload) > 1<<16 {
				t.Fatal("above the limit")
			}
			m.Free()
			m.Done()
		}
	})
}
