package web

import (
	"slices"
	"time"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// ofdSilent is the fault of a register whose documents do not get through.
const ofdSilent = "ofd-no-exchange"

// ofdFaults are the faults of a register that works and whose documents do
// not get through: nobody has to touch the register itself.
func ofdFaults() []string {
	return []string{ofdSilent, "ofd-channel-error-dto", "net-no-internet-on-terminal", "fn-235-unsent-documents"}
}

// standing tells how devices stand as a page shows it: what the fleet says,
// with planned work and the way to the OFD told apart.
type standing struct {
	fleet   *fleet.Service
	sc      scope.Scope
	now     time.Time
	windows []fleet.Window // those that cover now
}

// standing asks memory alone.
func (w *Web) standing(rq *request) (standing, error) {
	s := standing{fleet: w.Fleet, sc: rq.sc, now: rq.Now}
	all, err := w.Fleet.Windows(rq.sc)
	for i := range all {
		if all[i].Covers(rq.Now) {
			s.windows = append(s.windows, all[i])
		}
	}
	return s, err
}

// covered says whether planned work covers the device now.
func (s *standing) covered(l *fleet.Line) bool {
	return slices.ContainsFunc(s.windows, func(w fleet.Window) bool { return windowHas(&w, l) })
}

func windowHas(w *fleet.Window, l *fleet.Line) bool {
	switch w.Scope {
	case fleet.WindowClient:
		return w.Target == l.Client
	case fleet.WindowOutlet:
		return w.Target == l.Outlet
	case fleet.WindowDevice:
		return w.Target == l.Device
	default:
		return true
	}
}

// of is the mark of a device. What is ill although it was told before the
// planned work stays ill; what the work itself brought about does not count.
func (s *standing) of(l *fleet.Line) (ui.State, ui.Severity) {
	state, sev := markOf(l)
	if !s.covered(l) {
		return state, sev
	}
	if state == ui.StateOK || state == ui.StateUnknown || s.suppressed(l) {
		return ui.StateMaintenance, ""
	}
	return state, sev
}

// suppressed says whether every open alert of the device waits for the end of
// planned work.
func (s *standing) suppressed(l *fleet.Line) bool {
	d, err := s.fleet.Device(s.sc, l.Device)
	if err != nil {
		return false
	}
	if d.AgentAlert != nil && d.AgentAlert.Suppressed == "" {
		return false
	}
	return !slices.ContainsFunc(d.Alerts, func(a fleet.Alert) bool { return a.Suppressed == "" })
}

// markOf is the mark without planned work.
func markOf(l *fleet.Line) (ui.State, ui.Severity) {
	switch l.State {
	case fleet.StateOK:
		return ui.StateOK, ""
	case fleet.StateSilent:
		return ui.StateSilent, ""
	case fleet.StateNoReply:
		return ui.StateNoAnswer, ""
	case fleet.StateIll:
		if onlyOFD(l) {
			return ui.StateNoOFD, ""
		}
		return ui.StateIll, severityOf(l.Severity)
	default:
		return ui.StateUnknown, ""
	}
}

// onlyOFD says whether a register has no other trouble than its way to the
// OFD, and that not for so long that it is about to stop.
func onlyOFD(l *fleet.Line) bool {
	return len(l.Faults) > 0 && l.Severity <= fleet.Important &&
		!slices.ContainsFunc(l.Faults, func(f string) bool { return !slices.Contains(ofdFaults(), f) })
}

// severityOf is the fleet's severity as the marks know it.
func severityOf(s fleet.Severity) ui.Severity { return ui.Severity(s.String()) }

// counts are how many devices stand how.
type counts map[ui.State]int

// count counts the marks. It looks closely only at ill devices, and while
// planned work goes on at the others too.
func (s *standing) count(o fleet.Overview) (counts, error) {
	n := counts{
		ui.StateOK: o.States[fleet.StateOK], ui.StateSilent: o.States[fleet.StateSilent],
		ui.StateNoAnswer: o.States[fleet.StateNoReply], ui.StateUnknown: o.States[fleet.StateUnknown],
		ui.StateIll: o.States[fleet.StateIll],
	}
	states := []string{fleet.StateIll}
	if len(s.windows) > 0 {
		states = []string{fleet.StateIll, fleet.StateNoReply, fleet.StateSilent, fleet.StateUnknown, fleet.StateOK}
	}
	err := s.each(fleet.DeviceFilter{States: states}, func(l *fleet.Line) bool {
		plain, _ := markOf(l)
		if plain == ui.StateNoOFD {
			n[ui.StateIll]--
			n[ui.StateNoOFD]++
		}
		if real, _ := s.of(l); real != plain {
			n[plain]--
			n[real]++
		}
		return true
	})
	return n, err
}

// each walks the devices of a filter in id order until f has seen enough.
func (s *standing) each(f fleet.DeviceFilter, take func(*fleet.Line) bool) error {
	const page = 500
	f.Limit = page
	for {
		lines, err := s.fleet.ListDevices(s.sc, f)
		if err != nil {
			return err
		}
		for i := range lines {
			if !take(&lines[i]) {
				return nil
			}
		}
		if len(lines) < page {
			return nil
		}
		f.After = lines[page-1].Device
	}
}
