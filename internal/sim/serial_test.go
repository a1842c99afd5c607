//go:build linux

package sim_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/signal"
	"github.com/tillwright/tillwright/internal/sim"
)

// TestOverASerialLine is the same register behind a pseudo terminal, which the
// driver opens as the serial port it takes it for.
func TestOverASerialLine(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/ptmx"); err != nil {
		t.Skip("no pseudo terminals here: ", err)
	}
	name := filepath.Join(t.TempDir(), "ttyKKT")
	c := clock.NewManual(noon())
	server := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 2, Clock: c, Location: time.UTC})}
	if err := server.StartPTY(name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	proto := atol.Protocol{Location: time.UTC, Clock: c, Timing: brisk()}
	proto.Timing.Silence = 300 * time.Millisecond
	e := kkt.Endpoint{Transport: atol.TransportSerial, Address: name}
	d, err := proto.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proto.Open(t.Context(), e); !errors.Is(err, kkt.ErrBusy) {
		t.Errorf("a second client: %v", err)
	}
	set, err := d.Read(t.Context(), c.Now)
	if err != nil || set.Get(signal.Link).Text() != signal.LinkOK || set.Get(signal.ClockDrift).Int() != 0 {
		t.Errorf("%v: %v", set.Items(), err)
	}
	x, err := d.Do(t.Context(), kkt.Procedure{Name: kkt.ProcReboot})
	if err != nil || len(x) != 1 {
		t.Errorf("%v: %v", x, err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if err := server.Inject(sim.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	if _, err := proto.Open(t.Context(), e); !errors.Is(err, kkt.ErrMissing) {
		t.Errorf("pulled out: %v", err)
	}
	if err := server.Clear(sim.FaultUnplugged); err != nil {
		t.Fatal(err)
	}
	if d, err = proto.Open(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
}
