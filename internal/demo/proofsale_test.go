package demo_test

import (
	"errors"
	"slices"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/sim"
	simshtrih "github.com/tillwright/tillwright/internal/sim/shtrih"
)

// sell makes a sale at the register as the till program does and gives the
// code of the refusal, 0 when it went through. It tidies nothing up.
func (w *world) sell(shop int) int {
	w.t.Helper()
	station, ok := w.Bench.Station(shop).(*sim.Server)
	if !ok {
		return w.sellByTask(shop)
	}
	if r, ok := station.Machine.(*simshtrih.Register); ok {
		return sellByShtrih(r)
	}
	item := append(append([]byte{0xE6, 0x02}, make([]byte, 64)...), 0, 0, 0, 0, 0x99, 0x00, 0, 0, 0, 0x10, 0x00)
	for _, c := range [][]byte{{0x48}, {0x56, 1, 0, 0, 0, 0x30}, {0x92, 0x02, 0x01}, item, {0x4A, 0, 1, 0, 0, 0, 0, 0}, {0x48}} {
		reply, failed := station.Register.Execute(append([]byte{0, 0}, c...))
		if failed {
			return int(reply[1])
		}
	}
	return 0
}

func sellByShtrih(r *simshtrih.Register) int {
	operator := []byte{1, 0, 0, 0}
	for _, c := range [][]byte{
		slices.Concat([]byte{0x8D}, operator, []byte{0}),
		slices.Concat([]byte{0x80}, operator, []byte{0xE8, 3, 0, 0, 0, 0x10, 0x27, 0, 0, 0, 1, 0, 0, 0, 0}, make([]byte, 40)),
		slices.Concat([]byte{0x85}, operator, []byte{0x10, 0x27, 0, 0, 0}, make([]byte, 21)),
	} {
		if reply := r.Execute(c); len(reply) < 2 || reply[1] != 0 {
			return int(slices.Concat(reply, []byte{0xFF, 0xFF})[1])
		}
	}
	return 0
}

// sellByTask posts a task to the service of driver 10.
func (w *world) sellByTask(shop int) int {
	w.t.Helper()
	const sale = `{"type":"sell","taxationType":"osn","operator":{"name":"Иванов"},"items":[{"type":"position","name":"Чай","price":100,"quantity":1,"amount":100,"tax":{"type":"vat22"}}],
		"payments":[{"type":"cash","sum":100}],"total":100}`
	d, err := fptr.Protocol{}.Open(w.t.Context(), *w.Device(shop).Endpoint)
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = d.Do(w.t.Context(), kkt.Procedure{Name: kkt.ProcRaw, Raw: []byte(sale)})
	var refused *kkt.RefusalError
	if cerr := d.Close(); cerr != nil || err != nil && !errors.As(err, &refused) {
		w.t.Fatal(err, cerr)
	}
	if refused != nil {
		return refused.Code
	}
	return 0
}

func (w *world) mustSell(shop int) {
	w.t.Helper()
	if code := w.sell(shop); code != 0 {
		w.t.Errorf("the register does not sell: %d", code)
	}
}

// register is a shop's register of ATOL.
func (w *world) register(shop int) *sim.Register { return w.Bench.Server(shop).Register }
