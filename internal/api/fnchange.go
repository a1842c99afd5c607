package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fnchange"
	"github.com/tillwright/tillwright/internal/scope"
)

type drivesIn struct {
	Device string `query:"device"`
	Open   bool   `query:"open"`
}

type driveAnswer = answer[client.DriveChange]

func driveMoved(id, path, summary string) operation {
	return operation{id: id, method: http.MethodPost, path: "/fn-changes/{id}/" + path, tag: "devices", right: scope.RunDangerous, conflicts: true, summary: summary}
}

func (a *API) mountFNChange() {
	handle(a, operation{
		id: "listFnChanges", method: http.MethodGet, path: "/fn-changes", tag: "devices", right: scope.SeeFleet,
		summary: "Replacements of fiscal drives, the newest first", about: "At most 200.",
	}, func(ctx context.Context, w who, in *drivesIn) (*answer[client.List[client.DriveChange]], error) {
		list, err := a.FNChange.List(ctx, w.sc, fnchange.Filter{Device: in.Device, Open: in.Open, Limit: 200})
		return said(listed(list, "", driveOf), err)
	})
	handle(a, operation{
		id: "startFnChange", method: http.MethodPost, path: "/fn-changes", tag: "devices", right: scope.RunDangerous, status: 201, conflicts: true,
		summary: "Begin the replacement of a drive",
		about:   "A device has one at a time. An open shift on a drive that signs no more is passed on to support at once.",
	}, func(ctx context.Context, w who, in *bare[client.NewDriveChange]) (*driveAnswer, error) {
		return a.drive(a.FNChange.Start(ctx, w.sc, fnchange.StartRequest{Device: in.Body.Device, Case: in.Body.Case, Reason: fnchange.Reason(in.Body.Reason)}))
	})
	handle(a, operation{
		id: "getFnChange", method: http.MethodGet, path: "/fn-changes/{id}", tag: "devices", right: scope.SeeFleet,
		summary: "A replacement as it stands", about: "Looks first whether what it waits for has come.",
	}, func(ctx context.Context, w who, in *ByID) (*driveAnswer, error) {
		return a.drive(a.FNChange.Advance(ctx, w.sc, in.ID))
	})
	handle(a, driveMoved("runFnChange", "run", "Have the machine do the current step"),
		func(ctx context.Context, w who, in *with[client.DriveRun]) (*driveAnswer, error) {
			return a.drive(a.FNChange.Run(ctx, w.sc, in.ID, fnchange.StepID(in.Body.Step), in.Body.Version, in.Body.Consent))
		})
	handle(a, driveMoved("sayFnChange", "say", "Say that the current step is done"),
		func(ctx context.Context, w who, in *with[client.DriveSaid]) (*driveAnswer, error) {
			return a.drive(a.FNChange.Say(ctx, w.sc, in.ID, fnchange.Said{Step: fnchange.StepID(in.Body.Step), Version: in.Body.Version, Note: in.Body.Note}))
		})
	handle(a, driveMoved("passOnFnChange", "support", "Pass it on to support, with everything done so far"),
		func(ctx context.Context, w who, in *ByID) (*driveAnswer, error) {
			return a.drive(a.FNChange.PassOn(ctx, w.sc, in.ID, "asked"))
		})
	handle(a, driveMoved("resumeFnChange", "resume", "Take it back from support"),
		func(ctx context.Context, w who, in *with[client.FixVersion]) (*driveAnswer, error) {
			return a.drive(a.FNChange.Resume(ctx, w.sc, in.ID, in.Body.Version))
		})
	handle(a, driveMoved("stopFnChange", "stop", "Give it up; possible until the old drive is closed or out"),
		func(ctx context.Context, w who, in *with[client.FixVersion]) (*driveAnswer, error) {
			return a.drive(a.FNChange.Stop(ctx, w.sc, in.ID, in.Body.Version))
		})
}

func (a *API) drive(v fnchange.View, err error) (*driveAnswer, error) {
	if err != nil {
		return nil, err
	}
	out := driveOf(v.Procedure)
	out.Hindrances, out.CanRun, out.WouldSend = texts(v.Hindrances), v.CanRun, each(v.Bytes, hexText)
	out.ReadAt, out.KeepUntil = v.Read, v.KeepUntil
	return said(out, nil)
}

func driveOf(p fnchange.Procedure) client.DriveChange {
	return client.DriveChange{
		ID: p.ID, Device: p.Device, Client: p.Client, Case: p.Case, Reason: string(p.Reason), State: string(p.State), OldDrive: p.OldDrive, NewDrive: p.NewDrive,
		Steps: each(p.Steps, driveStepOf), StartedBy: actorOf(p.StartedBy), CreatedAt: p.CreatedAt, EndedAt: p.EndedAt, Version: p.Version,
		Hindrances: []string{}, WouldSend: []string{},
	}
}

func driveStepOf(s fnchange.Step) client.DriveStep {
	out := client.DriveStep{
		Step: string(s.ID), State: string(s.State), Due: s.Due, At: s.At, By: s.By, Told: s.Told, Note: s.Note, Command: s.Command, Code: s.Code,
		Procedure: fnchange.ProcedureFor(s.ID), Provable: fnchange.Provable(s.ID),
	}
	if p := s.Proof; p != nil {
		out.Proof = &client.DriveProof{At: p.At, Drive: p.Drive, Phase: p.Phase, Unsent: p.Unsent, Document: p.Document, Made: p.Made, Sign: p.Sign}
	}
	return out
}
