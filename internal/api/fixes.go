package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults"
)

type fixesIn struct {
	Case   string `query:"case"`
	Device string `query:"device"`
}

type fixAnswer = answer[client.Fix]

// fixStepped is a guided fix's call that moves it.
func fixStepped(id, path, summary string) operation {
	return operation{id: id, method: http.MethodPost, path: "/fixes/{id}/" + path, tag: "faults", conflicts: true, summary: summary}
}

func (a *API) mountFixes() {
	handle(a, operation{
		id: "listFixes", method: http.MethodGet, path: "/fixes", tag: "faults",
		summary: "Guided fixes of a case or a device, the newest first", about: "At most 100, without their steps and logs.",
	}, func(ctx context.Context, w who, in *fixesIn) (*answer[client.List[client.Fix]], error) {
		list, err := a.Faults.List(ctx, w.sc, in.Case, in.Device)
		return said(listed(list, "", func(s faults.Session) client.Fix { return a.fixBrief(w, s) }), err)
	})
	handle(a, operation{
		id: "startFix", method: http.MethodPost, path: "/fixes", tag: "faults", status: 201,
		summary: "Begin a guided fix",
	}, func(ctx context.Context, w who, in *bare[client.NewFix]) (*fixAnswer, error) {
		return a.fixed(ctx, w)(a.Faults.Start(ctx, w.sc, faults.StartRequest{Fault: in.Body.Fault, Device: in.Body.Device, Case: in.Body.Case}))
	})
	handle(a, operation{
		id: "getFix", method: http.MethodGet, path: "/fixes/{id}", tag: "faults",
		summary: "A guided fix as it stands", about: "Looks first whether what it waits for has come.",
	}, func(ctx context.Context, w who, in *ByID) (*fixAnswer, error) {
		return a.fixed(ctx, w)(a.Faults.Advance(ctx, w.sc, faults.Ref{ID: in.ID}))
	})
	handle(a, fixStepped("answerFix", "answer", "Answer the current step"),
		func(ctx context.Context, w who, in *with[client.FixAnswer]) (*fixAnswer, error) {
			return a.fixed(ctx, w)(a.Faults.Answer(ctx, w.sc, faults.Ref{ID: in.ID}, in.Body.Version, in.Body.Branch))
		})
	handle(a, fixStepped("runFix", "run", "Have the machine do the current step"),
		func(ctx context.Context, w who, in *with[client.FixRun]) (*fixAnswer, error) {
			return a.fixed(ctx, w)(a.Faults.Run(ctx, w.sc, faults.Ref{ID: in.ID}, faults.RunRequest{
				Step: in.Body.Step, Version: in.Body.Version, Consent: in.Body.Consent,
			}))
		})
	handle(a, operation{
		id: "dryRunFix", method: http.MethodGet, path: "/fixes/{id}/dry-run", tag: "faults", conflicts: true,
		summary: "The bytes that the current machine step would send; nothing is sent",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.DryRun], error) {
		bytes, err := a.Faults.DryRun(ctx, w.sc, faults.Ref{ID: in.ID})
		return said(client.DryRun{Commands: each(bytes, hexText)}, err)
	})
	a.mountFixTurns()
}

// mountFixTurns are the calls that need nothing but the version that was seen.
func (a *API) mountFixTurns() {
	for _, t := range []struct {
		op operation
		do func(context.Context, who, faults.Ref, int64) (faults.View, error)
	}{
		{fixStepped("backFix", "back", "Return to the step before"), func(ctx context.Context, w who, r faults.Ref, v int64) (faults.View, error) {
			return a.Faults.Back(ctx, w.sc, r, v)
		}},
		{fixStepped("byHandFix", "by-hand", "Leave a machine step on the way without the machine"), func(ctx context.Context, w who, r faults.Ref, v int64) (faults.View, error) {
			return a.Faults.DoByHand(ctx, w.sc, r, v)
		}},
		{fixStepped("handOverFix", "hand-over", "End the walk with a person going on; everything goes into the case"), func(ctx context.Context, w who, r faults.Ref, v int64) (faults.View, error) {
			return a.Faults.HandOver(ctx, w.sc, r, v)
		}},
		{fixStepped("resumeFix", "resume", "Go on where a fix was handed over"), func(ctx context.Context, w who, r faults.Ref, v int64) (faults.View, error) {
			return a.Faults.Resume(ctx, w.sc, r, v)
		}},
		{fixStepped("giveUpFix", "give-up", "End the walk without a result and without a case"), func(ctx context.Context, w who, r faults.Ref, v int64) (faults.View, error) {
			return a.Faults.GiveUp(ctx, w.sc, r, v)
		}},
	} {
		handle(a, t.op, func(ctx context.Context, w who, in *with[client.FixVersion]) (*fixAnswer, error) {
			return a.fixed(ctx, w)(t.do(ctx, w, faults.Ref{ID: in.ID}, in.Body.Version))
		})
	}
}

// fixed is the fix as it stands after a call.
func (a *API) fixed(ctx context.Context, w who) func(faults.View, error) (*fixAnswer, error) {
	return func(v faults.View, err error) (*fixAnswer, error) {
		if err != nil {
			return nil, err
		}
		return said(a.fixOf(ctx, w, v), nil)
	}
}

func (a *API) fixBrief(w who, s faults.Session) client.Fix {
	return client.Fix{
		ID: s.ID, Fault: s.Fault, Title: a.title(w, s.Fault), Client: s.Client, Device: s.Device, Case: s.Case, State: string(s.State),
		Command: s.Command, Reason: s.Reason, StartedBy: actorOf(s.StartedBy), CreatedAt: s.CreatedAt, ChangedAt: s.ChangedAt, EndedAt: s.EndedAt,
		Version: s.Version, Log: []client.FixEvent{},
	}
}

func (a *API) fixOf(ctx context.Context, w who, v faults.View) client.Fix {
	out := a.fixBrief(w, v.Session)
	out.Blocked, out.BlockedReason, out.NeedsConsent, out.Overdue = v.Blocked, v.BlockedReason, v.NeedsConsent, v.Overdue
	out.CanBack, out.CanRun, out.CanByHand, out.CanHandOver = v.CanBack, v.CanRun, v.CanByHand, v.CanHandOver
	if v.Step != nil {
		step := fixStep(w.voice.Lang(), v.Step)
		out.Step = &step
	}
	out.Log = each(v.Log, func(e faults.Event) client.FixEvent {
		return client.FixEvent{
			Seq: e.Seq, At: e.At, Kind: string(e.Kind), Step: e.Step, Actor: actorOf(e.Actor), Branch: e.Detail.Branch, To: e.Detail.To,
			Consent: e.Detail.Consent, Procedure: e.Detail.Procedure, Command: e.Detail.Command, Outcome: e.Detail.Outcome,
			Success: e.Detail.Success, Code: e.Detail.Code, Exchanges: a.exchangesOf(ctx, w, v.Session.Device, e.Detail.Exchanges),
		}
	})
	return out
}
