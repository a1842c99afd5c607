package web

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// look reads the session as it stands now, after whatever it waited for.
func (r fixRoom) look(ctx context.Context, rq *request) (fixView, error) {
	v := fixView{room: r}
	var err error
	if v.View, err = r.web.Faults.Advance(ctx, r.sc, r.ref); err != nil {
		return v, err
	}
	if err := r.nameDevice(ctx, &v); err != nil {
		return v, err
	}
	if r.guest && v.register != nil { // nobody knows the guest's clock, but the shop's
		rq.Zone = zoneNamed(v.register.Place.Zone, rq.Zone)
	}
	if v.Step != nil && v.Step.Machine != nil && v.Session.Device != "" && !v.Session.State.Over() {
		if err := r.planStep(ctx, rq.View, &v); err != nil {
			return v, err
		}
	}
	if v.Article != nil {
		v.path = r.web.story(rq.View, v.register, faults.Summarise(&v.Session, v.Article, r.told(v.Log)))
	}
	v.last = lastOutcome(v)
	err = r.fromHelp(ctx, &v)
	return v, err
}

// fromHelp tells whose help page a stranger came from, and where she tells how
// to be reached once the walk was handed over: nobody gave her the link, so
// nobody knows whose it is.
func (r fixRoom) fromHelp(ctx context.Context, v *fixView) error {
	s := v.Session
	if !r.guest || s.Client != "" || s.StartedBy.Kind != scope.ByGuest {
		return nil
	}
	c, err := r.web.Help.CompanyOf(ctx, r.sc)
	if pr := problem.Of(err); pr != nil && pr.Kind == problem.NotFound {
		return nil
	}
	if err != nil || c.Path() == "" {
		return err
	}
	v.brand, v.home = c.Name, c.Path()
	if s.State == faults.HandedOver {
		v.leave = c.Path() + "/request?" + url.Values{"w": {r.ref.Token}}.Encode()
	}
	return nil
}

// told leaves out what does not concern a guest: that the link was made.
func (r fixRoom) told(log []faults.Event) []faults.Event {
	if !r.guest {
		return log
	}
	return slices.DeleteFunc(slices.Clone(log), func(e faults.Event) bool { return e.Kind == faults.Shared })
}

// nameDevice tells which register it is. The session vouches for who holds
// its link, so the name is read for the company.
func (r fixRoom) nameDevice(ctx context.Context, v *fixView) error {
	if v.Session.Device == "" {
		return nil
	}
	d, err := r.web.Registry.Device(ctx, scope.System(r.sc.Tenant(), "guided_fix"), v.Session.Device)
	if pr := problem.Of(err); pr != nil && pr.Kind == problem.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	v.register, v.device, v.place = &d, deviceName(d), placeOfDevice(d).shop()
	return nil
}

// planStep shows the bytes that the step would send; nothing is sent.
func (r fixRoom) planStep(ctx context.Context, voice ui.View, v *fixView) error {
	plan, err := r.web.Faults.DryRun(ctx, r.sc, r.ref)
	if pr := problem.Of(err); pr != nil && pr.Kind != problem.Internal {
		return nil // it cannot be run; the step says why
	}
	if err != nil {
		return err
	}
	v.plan.Title = procedureName(voice, v.Step.Machine.Procedure)
	if v.Session.State == faults.Active {
		v.plan.Plan, v.plan.Text = true, voice.T("fix.plan")
	}
	for _, b := range plan {
		v.plan.Lines = append(v.plan.Lines, ui.ByteLine{Out: true, Bytes: b})
	}
	return nil
}

// lastOutcome is how the machine step just before this one ended: it stays in
// sight until the next answer.
func lastOutcome(v fixView) *storyLine {
	if v.Session.State == faults.Running || len(v.path) == 0 {
		return nil
	}
	for i := len(v.Log) - 1; i >= 0; i-- {
		switch v.Log[i].Kind {
		case faults.RunEnded:
			return newestRun(v.path)
		case faults.ReadingNo, faults.Proved, faults.Shared, faults.Handed:
			continue
		default:
			return nil
		}
	}
	return nil
}

func newestRun(path []storyLine) *storyLine {
	for i := len(path) - 1; i >= 0; i-- {
		if len(path[i].bytes) > 0 {
			return &path[i]
		}
	}
	return nil
}

// url is an address of the session that names the version it was drawn at.
func (v fixView) url(move string) string {
	q := url.Values{"v": {strconv.FormatInt(v.Session.Version, 10)}}
	if v.Step != nil && move == "" {
		q.Set("step", v.Step.ID)
	}
	if move != "" {
		move = "/" + move
	}
	return v.room.base + move + "?" + q.Encode()
}

func (v fixView) title(voice ui.View) string {
	if v.Article != nil {
		return v.Article.Title.In(voice.Lang())
	}
	return voice.T("fix.title")
}

// stepProps is the current step for the card of the design system.
func (v fixView) stepProps(voice ui.View) ui.StepProps {
	s, l := v.Step, voice.Lang()
	p := ui.StepProps{
		ID: "fix-step", Action: v.url(""), No: len(v.Session.Path) + 1,
		Title: s.Title.In(l), Do: s.Do.In(l), Why: s.Why.In(l), See: s.See.In(l),
	}
	p.Alone = v.room.guest
	if v.CanBack {
		p.BackURL = v.url("back")
	}
	if v.Session.State == faults.Active && v.Blocked == "" {
		for i, b := range s.Branches {
			p.Answers = append(p.Answers, ui.Branch{Text: b.Text.In(l), Value: strconv.Itoa(i)})
		}
	}
	if s.Machine != nil && v.Session.Device != "" {
		p.Machine = v.machine(voice)
	}
	return p
}

func (v fixView) machine(voice ui.View) *ui.MachineStep {
	m := &ui.MachineStep{Register: joined(v.device, v.place), Bytes: v.plan, Running: v.Session.State == faults.Running, PollURL: v.room.base}
	if !v.CanRun || v.Blocked != "" {
		return m
	}
	m.Button = voice.T("fix.run")
	switch v.Step.Machine.Risk {
	case kkt.RiskChange:
		m.Risk = voice.T("fix.risk.change")
	case kkt.RiskDangerous:
		m.Risk = voice.T("fix.risk.dangerous")
	case kkt.RiskRead:
	}
	if w := v.Step.Warning.In(voice.Lang()); w != "" {
		m.Risk = w
	}
	if v.NeedsConsent {
		m.Consent = voice.T("fix.consent")
		if v.room.guest {
			m.Consent = voice.T("fix.consent.guest")
		}
	}
	return m
}

// waits says whether the page must look again by itself.
func (v fixView) waits() bool {
	return v.Session.State == faults.Checking || v.Session.State == faults.Proving
}

// provedAt is the instant of the reading that proves it; zero when none does.
func (v fixView) provedAt() time.Time {
	for i := len(v.Log) - 1; i >= 0; i-- {
		if v.Log[i].Kind == faults.Proved {
			return db.Time(v.Log[i].Detail.ReadingAt)
		}
	}
	return time.Time{}
}

// warning is the step's own, shown apart from the machine's risk.
func (v fixView) warning(voice ui.View) string {
	if v.Step == nil || v.Step.Machine != nil && v.CanRun {
		return ""
	}
	return strings.TrimSpace(v.Step.Warning.In(voice.Lang()))
}

// atHand says whether the way by hand may be offered.
func (v fixView) atHand() bool {
	return v.CanByHand && v.Step != nil && v.Step.Kind == catalogue.Machine && v.Session.State == faults.Active
}
