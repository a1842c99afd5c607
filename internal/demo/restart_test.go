package demo_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/tillwright/tillwright/internal/demo"
)

// TestAShopKeepsItsRegister: a demo that is started again on its folder gives
// every shop the register and the agent that it had. More than ten shops show
// it: by name the tenth would come before the second.
func TestAShopKeepsItsRegister(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	once := func() (shops []string) {
		d, err := demo.Start(t.Context(), demo.Options{Listen: "127.0.0.1:0", Data: folder, Shops: 11, Seed: 1, Quiet: true, Heartbeat: time.Second, Log: logTo(t)})
		if err != nil {
			t.Fatal(err)
		}
		for i := range d.Shops() {
			shops = append(shops, d.Device(i).Name+" "+d.Device(i).Agent+" "+d.Outlet(i).Name)
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), 30*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Error(err)
		}
		return shops
	}
	first := once()
	if diff := cmp.Diff(first, once()); len(first) != 11 || diff != "" {
		t.Errorf("%d shops; at the second start:\n%s", len(first), diff)
	}
}
