package systemtest_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// soon bounds every wait. Nothing is asserted about how long things take.
const soon = 40 * time.Second

// process is one of the real programs, running.
type process struct {
	t     *testing.T
	name  string
	cmd   *exec.Cmd
	said  *log // what it wrote for people, both ways
	facts map[string][]string
	ended chan struct{}
	code  int
}

// start runs a program in the background. When it fails the test, what it said
// is shown; a panic in it fails the test in any case.
func start(t *testing.T, name string, args ...string) *process {
	t.Helper()
	p := &process{t: t, name: name, said: &log{}, facts: map[string][]string{}, ended: make(chan struct{})}
	p.cmd = exec.Command(program(t, name), args...)
	p.cmd.Env = environment(t.TempDir())
	p.cmd.Stderr = p.said
	p.cmd.SysProcAttr = mortal()
	return p
}

// background lets the process run.
func (p *process) background() *process {
	p.t.Helper()
	p.cmd.Stdout = p.said
	p.begin(func() {})
	return p
}

// ready lets the process run and waits for the line that says "ready". The
// lines before it of the form key=value are its facts.
func (p *process) ready() *process {
	p.t.Helper()
	r, w := io.Pipe()
	p.cmd.Stdout = w
	p.begin(func() { _ = w.Close() })
	up := make(chan bool, 1)
	go func() {
		up <- p.gather(r)
		_, _ = io.Copy(p.said, r)
	}()
	select {
	case ok := <-up:
		if !ok {
			p.t.Fatalf("%s ended before it was ready:\n%s", p.name, p.said)
		}
	case <-time.After(soon):
		p.t.Fatalf("%s is not ready:\n%s", p.name, p.said)
	}
	return p
}

func (p *process) gather(r io.Reader) bool {
	for s := bufio.NewScanner(r); s.Scan(); {
		if s.Text() == "ready" {
			return true
		}
		if key, value, ok := strings.Cut(s.Text(), "="); ok {
			p.facts[key] = append(p.facts[key], value)
		}
	}
	return false
}

// fact is the first value that the process printed for a key.
func (p *process) fact(key string) string {
	p.t.Helper()
	if len(p.facts[key]) == 0 {
		p.t.Fatalf("%s did not print %s=, only %v", p.name, key, p.facts)
	}
	return p.facts[key][0]
}

func (p *process) begin(after func()) {
	p.t.Helper()
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		err := p.cmd.Wait()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			p.code = exit.ExitCode()
		}
		after()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		p.kill()
		if strings.Contains(p.said.String(), "panic: ") || strings.Contains(p.said.String(), "goroutine 1 [") {
			p.t.Errorf("%s panicked", p.name)
		}
		if p.t.Failed() {
			p.t.Logf("%s %v said:\n%s", p.name, p.cmd.Args[1:], p.said.last(4000))
		}
	})
}

// kill ends the process as a power cut would: it is told nothing.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.ended
}

// stop asks the process to end and returns its exit code.
func (p *process) stop() int {
	p.t.Helper()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(soon):
		p.t.Fatalf("%s does not stop:\n%s", p.name, p.said)
	}
	return p.code
}

// alive says whether the process runs.
func (p *process) alive() bool {
	select {
	case <-p.ended:
		return false
	default:
		return true
	}
}

// run calls a program and gives its exit code and what it wrote.
func run(t *testing.T, name string, args ...string) (code int, out, errs string) {
	t.Helper()
	path := program(t, name) // may take a while the first time
	ctx, cancel := context.WithTimeout(t.Context(), 2*soon)
	defer cancel()
	var o, e bytes.Buffer
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = environment(t.TempDir()), &o, &e
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// must is run for a call that has to succeed; it gives what was printed.
func must(t *testing.T, name string, args ...string) string {
	t.Helper()
	code, out, errs := run(t, name, args...)
	if code != 0 {
		t.Fatalf("%s %v: code %d\n%s%s", name, args, code, out, errs)
	}
	return out
}

// until looks again and again whether a condition holds.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.NewTimer(soon)
	defer limit.Stop()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-tick.C:
		case <-limit.C:
			t.Fatalf("not within %v: %s", soon, what)
		}
	}
}

// log keeps what a process writes.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *log) has(text string) bool { return strings.Contains(l.String(), text) }

func (l *log) last(n int) string {
	s := l.String()
	return s[max(0, len(s)-n):]
}
