package main

import (
	"context"
	"errors"
	"testing"

	"golang.org/x/sys/windows/svc"
)

// serve runs a handler as the manager would and gives what it said last.
func serve(t *testing.T, h *handler) (asked chan<- svc.ChangeRequest, state <-chan svc.Status, code <-chan uint32) {
	t.Helper()
	a, s, c := make(chan svc.ChangeRequest), make(chan svc.Status), make(chan uint32, 1)
	go func() {
		_, n := h.Execute(nil, a, s)
		c <- n
	}()
	for _, want := range []svc.State{svc.StartPending, svc.Running} {
		if got := <-s; got.State != want {
			t.Fatalf("state %v, want %v", got.State, want)
		}
	}
	return a, s, c
}

func TestTheManagerStopsTheAgent(t *testing.T) {
	t.Parallel()
	for _, cmd := range []svc.Cmd{svc.Stop, svc.Shutdown} {
		graceful := make(chan struct{})
		asked, state, code := serve(t, &handler{
			work: func(ctx context.Context) error { <-ctx.Done(); close(graceful); return nil },
			fell: func(err error) { t.Errorf("fell: %v", err) },
		})
		asked <- svc.ChangeRequest{Cmd: svc.Interrogate, CurrentStatus: svc.Status{State: svc.Running}}
		if s := <-state; s.State != svc.Running {
			t.Errorf("asked how it is: %v", s.State)
		}
		asked <- svc.ChangeRequest{Cmd: cmd}
		if s := <-state; s.State != svc.StopPending || s.WaitHint == 0 {
			t.Errorf("stopping: %+v", s)
		}
		if n := <-code; n != 0 {
			t.Errorf("code %d", n)
		}
		<-graceful
	}
}

func TestAnAgentThatFallsIsNotSaidToHaveStopped(t *testing.T) {
	t.Parallel()
	sick, why := errors.New("no disk"), make(chan error, 1)
	_, _, code := serve(t, &handler{
		work: func(context.Context) error { return sick },
		fell: func(err error) { why <- err },
	})
	if err := <-why; !errors.Is(err, sick) {
		t.Errorf("%v", err)
	}
	if n := <-code; n == 0 {
		t.Error("it fell and says that all is well")
	}
}
