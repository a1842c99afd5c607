package web

import (
	"cmp"
	"context"
	"errors"
	"strings"

	"github.com/a-h/templ"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// offer is a procedure that the reader may have done to a register.
type offer struct {
	name string
	risk kkt.Risk
}

// procedures in the order in which they are offered, the harmless first.
func procedures() []string {
	return []string{
		kkt.ProcFNStatus, kkt.ProcLastDocument,
		kkt.ProcCancel, kkt.ProcLeaveMode, kkt.ProcContinue, kkt.ProcCloseShift, kkt.ProcSetClock, kkt.ProcOFDTest, kkt.ProcOFDChannel,
		kkt.ProcInfoPrint, kkt.ProcReboot, kkt.ProcClearAgent,
	}
}

// offersFor is what the reader may do to a register, as its protocol knows
// it. Nothing is asked of the register.
func (w *Web) offersFor(sc scope.Scope, d *registry.Device) []offer {
	if d.Endpoint == nil || d.Agent == "" || d.Retired() || !sc.Can(scope.RunCommands) {
		return nil
	}
	protocol, ok := w.Protocols[d.Endpoint.Protocol]
	if !ok {
		return nil
	}
	var out []offer
	for _, name := range procedures() {
		risk := kkt.RiskOf(name)
		if risk == kkt.RiskDangerous && !sc.Can(scope.RunDangerous) {
			continue
		}
		if _, err := protocol.Plan(kkt.Procedure{Name: name}); err == nil {
			out = append(out, offer{name: name, risk: risk})
		}
	}
	return out
}

// ofRisk is the offers of one risk.
func ofRisk(list []offer, r kkt.Risk) (out []offer) {
	for _, o := range list {
		if o.risk == r {
			out = append(out, o)
		}
	}
	return out
}

func (w *Web) loadCommands(ctx context.Context, rq *request, v *deviceView) (err error) {
	v.offers = w.offersFor(rq.sc, &v.d)
	if len(v.offers) > 0 && rq.sc.Can(scope.RunDangerous) {
		v.raw = &rawView{device: v.d.ID, json: speaksJSON(&v.d), names: w.namesFor(rq.View, &v.d)}
		if rq.FormValue("procedure") == kkt.ProcRaw {
			v.raw.typed = rq.FormValue("bytes")
		}
	}
	if v.commands, err = w.commandsOf(ctx, rq, v.d); err != nil {
		return err
	}
	if rq.FormValue("procedure") == "" || len(v.offers) == 0 {
		return nil
	}
	v.plan, err = w.planOf(ctx, rq, v.d, "")
	return err
}

// procedureName is what a person calls a procedure.
func procedureName(v ui.View, name string) string { return v.Or("device.procedure."+name, name) }

// planView is a dry run: what would be sent, and what is needed to send it.
type planView struct {
	d       registry.Device
	name    string
	risk    kkt.Risk
	bytes   string // of a command by hand, as typed
	steps   []ui.BytesProps
	unknown bool   // a command by hand that the protocol's description does not have
	word    string // to be typed before something dangerous
	who     string
	how     string
	reason  string
	problem *problem.Error
}

// planName is what is about to be done; a command by hand is called as the
// register's language has it.
func planName(v ui.View, p planView) string {
	if p.name == kkt.ProcRaw {
		return v.T(byLanguage(rawView{json: speaksJSON(&p.d)}, "device.raw"))
	}
	return procedureName(v, p.name)
}

// confirmWord is the end of the register's serial number: whoever types it
// has looked which register it is.
func confirmWord(d *registry.Device) string {
	const digits = 4
	s := cmp.Or(d.Serial, d.Name)
	r := []rune(s)
	return strings.TrimSpace(string(r[max(len(r)-digits, 0):]))
}

func (w *Web) commandPlan(ctx context.Context, rq *request) (answer, error) {
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	plan, err := w.planOf(ctx, rq, d, "")
	return answer{body: plan}, err
}

// planOf shows what a procedure would send. What the reader typed wrong comes
// back to her beside her own text; code is a problem found when it was asked.
func (w *Web) planOf(ctx context.Context, rq *request, d registry.Device, code string) (templ.Component, error) {
	v := planView{
		d: d, name: rq.FormValue("procedure"), bytes: rq.FormValue("bytes"), who: rq.FormValue("who"), how: rq.FormValue("how"), reason: rq.FormValue("reason"),
	}
	if code != "" {
		v.problem = problem.New(problem.Invalid, code)
	}
	p, err := v.procedure(&d)
	v.risk = kkt.RiskAt(w.protocol(&d), p)
	if err != nil {
		v.problem = problem.Of(err)
		return planPart(rq.View, v), nil
	}
	if (v.risk == kkt.RiskDangerous || v.name == kkt.ProcRaw) && !rq.sc.Can(scope.RunDangerous) {
		return nil, problem.New(problem.Forbidden, "forbidden").In("web.planOf")
	}
	if v.risk == kkt.RiskDangerous {
		v.word = confirmWord(&d)
	}
	plan, err := w.Fleet.DryRun(ctx, rq.sc, d.ID, p)
	if errors.Is(err, kkt.ErrUnsupported) {
		v.problem = problem.New(problem.Invalid, "command_unsupported")
		return planPart(rq.View, v), nil
	}
	if err != nil {
		return nil, err
	}
	for _, command := range plan {
		v.steps = append(v.steps, w.planned(rq.View, &d, command))
		v.unknown = v.unknown || v.name == kkt.ProcRaw && unknownCommand(w.protocol(&d), command)
	}
	return planPart(rq.View, v), nil
}

func (v *planView) procedure(d *registry.Device) (kkt.Procedure, error) {
	p := kkt.Procedure{Name: v.name}
	if v.name != kkt.ProcRaw {
		return p, nil
	}
	var err error
	p.Raw, err = rawCommand(d, v.bytes)
	return p, err
}

// planned is one command of a dry run with its name.
func (w *Web) planned(v ui.View, d *registry.Device, command []byte) ui.BytesProps {
	return ui.BytesProps{Title: w.commandName(v, d, command), Lines: []ui.ByteLine{{Out: true, Bytes: command, Note: v.T("device.not_yet")}}, Plan: true}
}

// commandName is a command's name for people.
func (w *Web) commandName(v ui.View, d *registry.Device, command []byte) string {
	protocol := w.protocol(d)
	if protocol == nil {
		return ""
	}
	name := protocol.Explain(command, nil).Command
	if strings.HasPrefix(name, "read_register_") {
		return v.Or("kkt.command."+name, v.T("kkt.command.read_register"))
	}
	return v.Or("kkt.command."+name, "")
}

func (w *Web) protocol(d *registry.Device) kkt.Protocol {
	if d.Endpoint == nil {
		return nil
	}
	return w.Protocols[d.Endpoint.Protocol]
}

// commandAsk sends what was shown in the dry run.
func (w *Web) commandAsk(ctx context.Context, rq *request) (answer, error) {
	d, err := w.Registry.Device(ctx, rq.sc, rq.PathValue("id"))
	if err != nil {
		return answer{}, err
	}
	v := planView{name: rq.FormValue("procedure"), bytes: rq.FormValue("bytes")}
	p, err := v.procedure(&d)
	if err != nil {
		return w.planAgain(ctx, rq, d, problem.CodeOf(err))
	}
	risk := kkt.RiskAt(w.protocol(&d), p)
	if risk == kkt.RiskDangerous && !strings.EqualFold(strings.TrimSpace(rq.FormValue("confirm")), confirmWord(&d)) {
		return w.planAgain(ctx, rq, d, "confirm_word")
	}
	ask := fleet.AskCommand{Device: d.ID, Procedure: p, Reason: strings.TrimSpace(rq.FormValue("reason")), Case: rq.FormValue("case")}
	if risk != kkt.RiskRead {
		ask.Consent = &fleet.Consent{Who: strings.TrimSpace(rq.FormValue("who")), How: strings.TrimSpace(rq.FormValue("how"))}
	}
	_, err = w.Fleet.Ask(ctx, rq.sc, ask)
	if problem.CodeOf(err) == "command_needs_consent" {
		return w.planAgain(ctx, rq, d, "command_needs_consent")
	}
	if err != nil {
		return answer{}, err
	}
	if !rq.live {
		return goTo("/devices/" + d.ID + "#commands")
	}
	done, err := w.commandsOf(ctx, rq, d)
	return answer{body: planDone(rq.View, done)}, err
}

func (w *Web) planAgain(ctx context.Context, rq *request, d registry.Device, code string) (answer, error) {
	plan, err := w.planOf(ctx, rq, d, code)
	if err != nil || rq.live {
		return answer{body: plan, status: problem.New(problem.Invalid, code).Status()}, err
	}
	f, err := rq.frame(ctx, ui.SectionFleet, d.Name)
	return answer{body: planFrame(f, d, plan), status: problem.New(problem.Invalid, code).Status()}, err
}

func (w *Web) commandCancel(ctx context.Context, rq *request) (answer, error) {
	if err := w.Fleet.Cancel(ctx, rq.sc, rq.PathValue("command")); err != nil {
		return answer{}, err
	}
	if rq.live {
		part, err := w.deviceCommands(ctx, rq)
		return answer{body: part}, err
	}
	return goTo("/devices/" + rq.PathValue("id") + "#commands")
}
