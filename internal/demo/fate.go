package demo

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/internal/sim"
)

// ills are what befalls the demo's registers, and how often: times a day for
// one register. With forty shops something falls ill about once a minute.
var ills = map[string]float64{
	sim.FaultReceiptOpen: 8, sim.FaultWrongMode: 5, sim.FaultFNLink: 5, sim.FaultNoExchange: 4, sim.FaultUnsent: 3, sim.FaultFNOver: 3,
	sim.FaultClock: 4, sim.FaultShiftOver: 3, sim.FaultChannel: 2, sim.FaultSilent: 2, sim.FaultUnplugged: 1,
}

// opening is what a visitor finds when she comes: enough to see what the pages
// are for.
var opening = []string{
	sim.FaultReceiptOpen, sim.FaultFNLink, sim.FaultUnsent, sim.FaultWrongMode, sim.FaultFNOver, sim.FaultClock, sim.FaultShiftOver, sim.FaultNoExchange,
}

// fate lets the registers live until ctx ends.
func (d *Demo) fate(ctx context.Context) {
	habits := sim.Habits{SalesPerHour: d.opt.Sales}
	if habits.SalesPerHour <= 0 {
		habits.SalesPerHour = 120
	}
	if !d.opt.Quiet {
		habits.FaultsPerDay, habits.HealAfter = ills, 20*time.Minute
		for i, fault := range opening {
			n := (i*5 + 2) % d.Bench.Len()
			if err := d.Bench.Station(n).Inject(fault); err != nil {
				d.opt.Log.Warn("demo: a register would not fall ill", "fault", fault, "error", err)
			}
		}
	}
	sim.NewLife(d.Bench, habits, d.opt.Seed).Run(ctx, time.Second)
}

// benchHandler is the bench's own page, and beside it the plugs of the agents:
// GET /agents lists them, POST /agents/N/off and /on pull and put them.
func (d *Demo) benchHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", d.Bench.Handler(d.App.Texts))
	mux.HandleFunc("GET /agents", func(w http.ResponseWriter, _ *http.Request) {
		type plug struct {
			N    int    `json:"n"`
			Shop string `json:"shop"`
			On   bool   `json:"on"`
		}
		out := make([]plug, len(d.agents))
		for i, a := range d.agents {
			out[i] = plug{N: i, Shop: a.name, On: a.on()}
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(out) // the visitor went away
	})
	mux.HandleFunc("POST /agents/{n}/{what}", func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(r.PathValue("n"))
		what := r.PathValue("what")
		if err != nil || n < 0 || n >= len(d.agents) || what != "on" && what != "off" {
			http.NotFound(w, r)
			return
		}
		d.SwitchAgent(n, what == "on")
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}
