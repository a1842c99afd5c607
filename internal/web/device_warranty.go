package web

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/warranty"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// warrantyView is whether a device is covered today, and what a claim that was
// asked about comes to.
type warrantyView struct {
	d       registry.Device
	day     string // of the claim, 2026-03-10
	asked   bool   // something was ticked or another day was given
	ticked  map[string]bool
	now     verdictView
	claim   *verdictView
	mayEdit bool
}

// verdictView is one answer, or why there is none.
type verdictView struct {
	warranty.Answer
	problem *problem.Error
}

// deviceWarranty answers the form of a claim: the part alone for htmx, the
// device's whole page for a browser without it.
func (w *Web) deviceWarranty(ctx context.Context, rq *request) (answer, error) {
	if !rq.live {
		return w.devicePage(ctx, rq)
	}
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	return show(warrantyClaim(rq.View, warrantyOf(rq, d)))
}

// warrantyOf decides by the device's passport; nil when no rule speaks of it.
func warrantyOf(rq *request, d registry.Device) *warrantyView {
	kind, ok := warranty.DeviceOf(string(d.Kind), d.Model)
	if !ok {
		return nil
	}
	today := rq.Now.In(rq.Zone).Format(time.DateOnly)
	v := &warrantyView{d: d, day: today, ticked: map[string]bool{}}
	claim := warranty.Claim{Device: kind, ClaimDate: today, Produced: d.ProducedOn, Activated: d.ActivatedOn, Purchased: d.PurchasedOn}
	v.now = decide(claim)
	if day := strings.TrimSpace(rq.FormValue("claim")); day != "" {
		v.day, v.asked, claim.ClaimDate = day, true, day
	}
	claim.Conditions, claim.Parts = rq.Form["condition"], rq.Form["part"]
	for _, name := range slices.Concat(claim.Conditions, claim.Parts) {
		v.ticked[name] = true
	}
	if v.asked {
		c := decide(claim)
		v.claim = &c
	}
	return v
}

func decide(c warranty.Claim) verdictView {
	a, err := warranty.Check(c)
	var p *problem.Error
	if errors.As(err, &p) {
		return verdictView{problem: p}
	}
	return verdictView{Answer: a}
}

// verdictTone is how good the news is.
func verdictTone(v warranty.Verdict) ui.Tone {
	switch v {
	case warranty.Covered:
		return ui.ToneDone
	case warranty.NotCovered:
		return ui.ToneProblem
	default:
		return ui.ToneCare
	}
}

// lastDay is the end of the term in words, "" when it is not known.
func lastDay(v ui.View, a warranty.Answer) string {
	t, err := time.Parse(time.DateOnly, a.LastDay)
	if err != nil {
		return ""
	}
	for _, r := range a.Reasons {
		if r == warranty.TermOver || r == warranty.OverFromActivation || r == warranty.OverFromProduction {
			return v.T("warranty.last_day_over", "day", v.Date(t, time.UTC))
		}
	}
	return v.T("warranty.last_day", "day", v.Date(t, time.UTC))
}

// startNames are days by their names, in one line.
func startNames(v ui.View, list []warranty.Start) string {
	var out []string
	for _, s := range list {
		out = append(out, v.T("warranty.start."+string(s)))
	}
	return strings.Join(out, ", ")
}

// neededDays are the days that a refusal asks for.
func neededDays(p *problem.Error) (out []warranty.Start) {
	for _, f := range p.Fields {
		out = append(out, warranty.Start(f.Name))
	}
	return out
}

// refusedClaim is what is wrong with a claim, each sentence once.
func refusedClaim(v ui.View, p *problem.Error) string {
	if p.Code != "invalid" {
		return v.Problem(p)
	}
	var out []string
	for _, f := range p.Fields {
		if s := v.Field(f.Code, f.Args); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

func verdictIcon(v warranty.Verdict) ui.Icon {
	if v == warranty.Covered {
		return ui.IconWell
	}
	return ui.IconAlert
}
