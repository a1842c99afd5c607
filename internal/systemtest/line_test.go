package systemtest_test

import (
	"net"
	"sync"
	"testing"
)

// line is a wire between two programs that the test can pull out or clamp. It
// is a TCP proxy.
type line struct {
	t    *testing.T
	addr string

	mu      sync.Mutex
	to      string
	open    map[net.Conn]bool
	cut     bool
	watch   func() bool   // asked before each answer passes: true clamps the line
	clamped chan struct{} // not nil while nothing passes; closed when it is let go
}

// newLine lays a wire to an address.
func newLine(t *testing.T, to string) *line {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &line{t: t, to: to, addr: l.Addr().String(), open: map[net.Conn]bool{}}
	t.Cleanup(func() {
		_ = l.Close()
		w.pull()
		w.release()
	})
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(near)
		}
	}()
	return w
}

func (w *line) carry(near net.Conn) {
	w.mu.Lock()
	to := w.to
	w.mu.Unlock()
	far, err := net.Dial("tcp", to)
	if err != nil || !w.keep(near, far) {
		_ = near.Close()
		if err == nil {
			_ = far.Close()
		}
		return
	}
	var both sync.WaitGroup
	both.Go(func() { w.pump(far, near, false) })
	both.Go(func() { w.pump(near, far, true) })
	both.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.open, near)
	delete(w.open, far)
}

func (w *line) keep(conns ...net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range conns {
		w.open[c] = true
	}
	return !w.cut
}

func (w *line) pump(to, from net.Conn, answers bool) {
	defer func() { _, _ = to.Close(), from.Close() }() // one end gone takes the other along
	room := make([]byte, 16<<10)
	for {
		n, err := from.Read(room)
		if n > 0 {
			w.wait(answers)
			if _, err := to.Write(room[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// wait holds a piece while the line is clamped.
func (w *line) wait(answer bool) {
	w.mu.Lock()
	watch := w.watch
	w.mu.Unlock()
	if answer && watch != nil && watch() {
		w.clamp()
	}
	w.mu.Lock()
	clamped := w.clamped
	w.mu.Unlock()
	if clamped != nil {
		<-clamped
	}
}

// lead lays the wire to another address, from the next connection on.
func (w *line) lead(to string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.to = to
}

// pull breaks what is connected; nothing connects until mend.
func (w *line) pull() {
	w.mu.Lock()
	w.cut = true
	w.mu.Unlock()
	w.drop()
}

// mend puts the plug back.
func (w *line) mend() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = false
}

// drop breaks what is connected now, in the middle of whatever it says.
func (w *line) drop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // what is on the way is lost
		}
		_ = c.Close()
	}
}

// clamp lets nothing pass, and tells nobody.
func (w *line) clamp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clamped == nil {
		w.clamped = make(chan struct{})
	}
}

// release lets everything pass that was held.
func (w *line) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.clamped != nil {
		close(w.clamped)
		w.clamped = nil
	}
}

// clampWhen clamps the line before the first answer at which cond holds.
func (w *line) clampWhen(cond func() bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watch = cond
}

// held says whether the line is clamped.
func (w *line) held() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clamped != nil
}
