package app

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/tillwright/tillwright/internal/problem"
)

func (a *App) mountHealth(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", a.readyz)
	own := prometheus.NewRegistry()
	own.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), meter{a})
	mux.Handle("GET /metrics", a.near(promhttp.HandlerFor(own, promhttp.HandlerOpts{MaxRequestsInFlight: 4})))
}

// near lets only those through who may read the metrics: how many shops there
// are, and when the server is in need, is nothing for strangers.
func (a *App) near(next http.Handler) http.Handler {
	from := a.cfg.metricsFrom()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		addr, err := netip.ParseAddr(a.guard.Remote(r))
		if err != nil || !slices.ContainsFunc(from, func(p netip.Prefix) bool { return p.Contains(addr) }) {
			a.refuse(w, r, problem.New(problem.NotFound, "not_found").In("app.metrics"))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readyz says whether the state has been read, and whether the data disk and
// the database take changes.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	select {
	case <-a.ready:
	default:
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	if reason := a.unready(r.Context()); reason != "" {
		http.Error(w, reason, http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("ready\n"))
}

// meter reads the rooms' own counters when somebody asks for the metrics.
type meter struct{ app *App }

var (
	reportsTotal  = desc("reports_total", "Reports of agents judged and made durable.")
	commitsTotal  = desc("commits_total", "Batches of reports committed.")
	failedTotal   = desc("commits_failed_total", "Batches that were not committed and not answered.")
	devicesGauge  = desc("devices", "Devices that are watched.")
	agentsGauge   = desc("agents", "Agents known to the fleet.")
	waitingGauge  = desc("reports_waiting", "Bundles of reports that wait for the next commit.")
	socketsGauge  = desc("agent_sockets", "Agents connected by WebSocket.")
	pollingGauge  = desc("agent_polling", "Agents that come by HTTPS exchange.")
	refusedTotal  = desc("agent_refused_total", "What agents were refused, by code.", "code")
	bytesTotal    = desc("agent_bytes_total", "Bytes of agents' messages.", "direction")
	jobsGauge     = desc("jobs", "Jobs by state.", "state")
	buildGauge    = desc("build_info", "The running program.", "build")
	enrolledTotal = desc("agents_enrolled_total", "Agents enrolled since the start.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("tillwright_"+name, help, labels, nil)
}

// Describe leaves the descriptions to Collect: what is refused is not known
// beforehand.
func (meter) Describe(chan<- *prometheus.Desc) {}

// Collect reads every counter once.
func (m meter) Collect(out chan<- prometheus.Metric) {
	counter := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(v), labels...)
	}
	gauge := func(d *prometheus.Desc, v int64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	f, l := m.app.Fleet.Stats(), m.app.Hub.Stats()
	counter(reportsTotal, f.Reports)
	counter(commitsTotal, f.Commits)
	counter(failedTotal, f.Failed)
	gauge(devicesGauge, f.Devices)
	gauge(agentsGauge, f.Agents)
	gauge(waitingGauge, f.Waiting)
	gauge(socketsGauge, l.Sockets)
	gauge(pollingGauge, l.Polling)
	counter(enrolledTotal, l.Enrolled)
	counter(bytesTotal, l.BytesIn, "in")
	counter(bytesTotal, l.BytesOut, "out")
	for code, n := range l.Refused {
		counter(refusedTotal, n, code)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if states, err := m.app.Jobs.Count(ctx); err == nil {
		for state, n := range states {
			gauge(jobsGauge, int64(n), state)
		}
	}
	gauge(buildGauge, 1, strconv.Quote(m.app.cfg.Build))
}
