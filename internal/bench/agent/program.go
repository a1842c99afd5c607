package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// readyWithin is how long a program may take to start.
const readyWithin = time.Minute

// programs are the real ones, built without symbols as they are shipped.
type programs struct {
	dir   string // where they lie
	agent string // instead of the one that lies there
	keep  string // folder for what they say; "" = nobody reads it
}

func (p programs) build(ctx context.Context) error {
	args := []string{"build", "-trimpath", "-ldflags", "-s -w", "-o", p.dir + string(filepath.Separator)}
	for _, name := range []string{"tillwright", "tillwright-agent", "tillwright-sim"} {
		args = append(args, "github.com/tillwright/tillwright/cmd/"+name)
	}
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("building: %w\n%s", err, out)
	}
	return nil
}

func (p programs) path(name string) string {
	if name == "tillwright-agent" && p.agent != "" {
		return p.agent
	}
	return filepath.Join(p.dir, name)
}

// call runs a program to its end and gives what it printed.
func (p programs) call(ctx context.Context, name string, args ...string) (string, error) {
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, p.path(name), args...)
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", name, args[0], err, out, &said)
	}
	return string(out), nil
}

// start runs a program in the background. It is asked to stop when ctx ends.
func (p programs) start(ctx context.Context, name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.CommandContext(ctx, p.path(name), args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if p.keep == "" {
		return cmd, nil
	}
	said, err := os.Create(filepath.Join(p.keep, name+".log"))
	if err != nil {
		return nil, err
	}
	cmd.Stderr = said
	return cmd, nil
}

// ready starts a program and gives the facts that it prints before the line
// that says "ready", by their names.
func (p programs) ready(ctx context.Context, name string, args ...string) (cmd *exec.Cmd, facts map[string][]string, err error) {
	if cmd, err = p.start(ctx, name, args...); err != nil {
		return nil, nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, nil, err
	}
	late := time.AfterFunc(readyWithin, func() { _ = cmd.Process.Kill() })
	facts, err = gather(out)
	if !late.Stop() && err == nil {
		err = errors.New("it is not ready")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, errors.Join(err, cmd.Process.Kill(), cmd.Wait()))
	}
	return cmd, facts, nil
}

func gather(out io.Reader) (map[string][]string, error) {
	facts := map[string][]string{}
	for s := bufio.NewScanner(out); s.Scan(); {
		if s.Text() == "ready" {
			return facts, nil
		}
		if key, value, ok := strings.Cut(s.Text(), "="); ok {
			facts[key] = append(facts[key], value)
		}
	}
	return nil, errors.New("it ended before it was ready")
}
