package sim_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/atol"
	"github.com/tillwright/tillwright/internal/sim"
)

// BenchmarkReading is one opening, one reading and one closing over local TCP:
// how long an agent holds the port, and what it costs.
func BenchmarkReading(b *testing.B) {
	server := &sim.Server{Register: sim.NewRegister(sim.Options{Seed: 1})}
	if err := server.Start("127.0.0.1:0"); err != nil {
		b.Fatal(err)
	}
	defer server.Stop()
	for b.Loop() {
		if err := readOnce(b.Context(), server.Addr()); err != nil {
			b.Fatal(err)
		}
	}
}

func readOnce(ctx context.Context, address string) error {
	d, err := (atol.Protocol{}).Open(ctx, kkt.Endpoint{Address: address})
	if err != nil {
		return err
	}
	_, err = d.Read(ctx, time.Now)
	return errors.Join(err, d.Close())
}
