package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/document"
	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/scope"
)

type (
	powerCutsIn struct {
		Device string `query:"device"`
		Case   string `query:"case"`
		Open   bool   `query:"open"`
	}
	settlementIn struct {
		ID         string `path:"id" maxLength:"100"`
		Settlement string `path:"settlement" maxLength:"100"`
		Body       client.PowerCutChange
	}
	settlementOut struct {
		ID         string `path:"id" maxLength:"100"`
		Settlement string `path:"settlement" maxLength:"100"`
		Version    int64  `query:"version" required:"true"`
	}
	tableIn struct {
		ID      string `path:"id" maxLength:"100"`
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true"`
		}]
	}
	draftIn struct {
		ID    string `path:"id" maxLength:"100"`
		Draft string `path:"draft" maxLength:"100"`
	}
	draftCopied struct {
		ID    string `path:"id" maxLength:"100"`
		Draft string `path:"draft" maxLength:"100"`
		Body  client.PowerCutCopy
	}
	powerCutAnswer = answer[client.PowerCut]
)

func powerCutCall(method, id, path, summary string, right scope.Right) operation {
	return operation{id: id, method: method, path: "/power-cuts" + path, tag: "corrections", right: right, conflicts: method != http.MethodGet, summary: summary}
}

func (a *API) mountPowerCut() {
	handle(a, powerCutCall(http.MethodGet, "listPowerCuts", "", "Journals of breakdowns, the newest first; at most 200", scope.KeepJournal),
		func(ctx context.Context, w who, in *powerCutsIn) (*answer[client.List[client.PowerCut]], error) {
			list, err := a.PowerCut.List(ctx, w.sc, powercut.Filter{Device: in.Device, Case: in.Case, Open: in.Open, Limit: 200})
			return said(listed(list, "", summaryOf), err)
		})
	begin := powerCutCall(http.MethodPost, "startPowerCut", "", "Begin the journal of a breakdown", scope.KeepJournal)
	begin.status = 201
	handle(a, begin, func(ctx context.Context, w who, in *bare[client.NewPowerCut]) (*powerCutAnswer, error) {
		return a.powerCut(w)(a.PowerCut.Start(ctx, w.sc, powercut.StartRequest{Device: in.Body.Device, Case: in.Body.Case, About: aboutOf(in.Body.PowerCutAbout)}))
	})
	handle(a, powerCutCall(http.MethodGet, "getPowerCut", "/{id}", "A journal with its settlements, its corrections and its balance", scope.KeepJournal),
		func(ctx context.Context, w who, in *ByID) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.View(ctx, w.sc, in.ID))
		})
	handle(a, powerCutCall(http.MethodPut, "editPowerCut", "/{id}", "Change what was said of the breakdown", scope.KeepJournal),
		func(ctx context.Context, w who, in *with[client.PowerCutEdit]) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Edit(ctx, w.sc, in.ID, in.Body.Version, aboutOf(in.Body.PowerCutAbout)))
		})
	a.mountSettlements()
	a.mountCorrections()
}

// mountSettlements is what is written down.
func (a *API) mountSettlements() {
	handle(a, powerCutCall(http.MethodPost, "enterPowerCut", "/{id}/settlements", "Write settlements down, all of them or none", scope.KeepJournal),
		func(ctx context.Context, w who, in *with[client.PowerCutForms]) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Enter(ctx, w.sc, in.ID, each(in.Body.Settlements, formOf)))
		})
	handle(a, powerCutCall(http.MethodPut, "changePowerCutSettlement", "/{id}/settlements/{settlement}", "Write a settlement anew; a correction of it that was not sent is dropped", scope.KeepJournal),
		func(ctx context.Context, w who, in *settlementIn) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Change(ctx, w.sc, in.ID, in.Settlement, in.Body.Version, formOf(in.Body.PowerCutForm)))
		})
	handle(a, powerCutCall(http.MethodDelete, "removePowerCutSettlement", "/{id}/settlements/{settlement}", "Take a settlement out of the journal", scope.KeepJournal),
		func(ctx context.Context, w who, in *settlementOut) (*empty, error) {
			_, err := a.PowerCut.Remove(ctx, w.sc, in.ID, in.Settlement, in.Version)
			return done(err)
		})
	table := powerCutCall(http.MethodPost, "uploadPowerCut", "/{id}/table", "Read settlements from a CSV file or a workbook, all of them or none", scope.KeepJournal)
	table.maxBody = document.MaxTable + 64<<10
	table.about = "The first row names the columns: receipt, date, time, operation, name, quantity, price, vat, cash, card, mark, or their titles in any of the languages. " +
		"Lines with the same receipt are one settlement. Bad lines are the fields at fault, `lines[7].price`, the head being line 1."
	handle(a, table, func(ctx context.Context, w who, in *tableIn) (*powerCutAnswer, error) {
		rows, err := document.ReadTable(in.RawBody.Data().File)
		if err != nil {
			return nil, err
		}
		return a.powerCut(w)(a.PowerCut.EnterTable(ctx, w.sc, in.ID, rows, powercut.WordsOf(a.Texts)))
	})
}

// mountCorrections is what is made of it.
func (a *API) mountCorrections() {
	handle(a, powerCutCall(http.MethodPost, "preparePowerCut", "/{id}/prepare", "Make corrections of what has no document yet", scope.MakeCorrections),
		func(ctx context.Context, w who, in *with[client.PowerCutPlan]) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Prepare(ctx, w.sc, in.ID, in.Body.Version, planOf(in.Body)))
		})
	sending := powerCutCall(http.MethodPost, "sendPowerCut", "/{id}/send", "Have the register make the corrections, one after another", scope.MakeCorrections)
	sending.about = "Answered at once; read the journal to follow it. It stops at the first refusal and goes on when called again. " +
		"Each correction is made at most once: of one whose outcome is not known the register is asked first."
	handle(a, sending, func(ctx context.Context, w who, in *with[client.PowerCutSend]) (*powerCutAnswer, error) {
		return a.powerCut(w)(a.PowerCut.Send(ctx, w.sc, in.ID, in.Body.Version, in.Body.Consent))
	})
	handle(a, powerCutCall(http.MethodPost, "pausePowerCut", "/{id}/pause", "Stop after the document under way", scope.MakeCorrections),
		func(ctx context.Context, w who, in *ByID) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Pause(ctx, w.sc, in.ID))
		})
	handle(a, powerCutCall(http.MethodPost, "againPowerCut", "/{id}/drafts/{draft}/again", "Let a correction be sent again that the register's service knows nothing of", scope.MakeCorrections),
		func(ctx context.Context, w who, in *draftIn) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Again(ctx, w.sc, in.ID, in.Draft, 0))
		})
	handle(a, powerCutCall(http.MethodPost, "copyPowerCut", "/{id}/drafts/{draft}/copy", "Note a correction that was made by hand", scope.MakeCorrections),
		func(ctx context.Context, w who, in *draftCopied) (*powerCutAnswer, error) {
			b := in.Body
			return a.powerCut(w)(a.PowerCut.Copy(ctx, w.sc, in.ID, in.Draft, b.Version, powercut.CopyRequest{Document: b.Document, Sign: b.Sign, At: b.At, Sum: b.Sum}))
		})
	handle(a, powerCutCall(http.MethodPost, "closePowerCut", "/{id}/close", "End a journal; with a difference only with a reason", scope.MakeCorrections),
		func(ctx context.Context, w who, in *with[client.PowerCutClose]) (*powerCutAnswer, error) {
			return a.powerCut(w)(a.PowerCut.Close(ctx, w.sc, in.ID, in.Body.Version, in.Body.Verdict))
		})
}

// powerCut answers with a journal in the caller's language.
func (a *API) powerCut(w who) func(powercut.View, error) (*powerCutAnswer, error) {
	return func(v powercut.View, err error) (*powerCutAnswer, error) {
		if err != nil {
			return nil, err
		}
		return said(powerCutOf(w.voice, &v), nil)
	}
}

func planOf(p client.PowerCutPlan) powercut.Plan {
	out := powercut.Plan{
		FFD: fptr.FFD(p.FFD), Taxation: fptr.Taxation(p.Taxation), Operator: fptr.Operator{Name: p.Operator, VATIN: p.OperatorINN}, Number: p.Number,
		Total: p.OneTotal, Ground: p.Ground, Unchecked: p.MarksUnchecked,
	}
	if p.ByOrder {
		out.Basis = fptr.ByOrder
	}
	return out
}

func aboutOf(b client.PowerCutAbout) powercut.About {
	return powercut.About{Reason: powercut.Reason(b.Reason), Note: b.Note, From: b.From, To: b.To}
}

func formOf(f client.PowerCutForm) powercut.Form {
	return powercut.Form{
		At: f.At, Operation: fptr.Operation(f.Operation), Note: f.Note,
		Items: each(f.Items, func(it client.PowerCutItem) powercut.Item {
			return powercut.Item{Name: it.Name, Price: it.Price, Quantity: it.Quantity, VAT: fptr.VAT(it.VAT), Object: fptr.Object(it.Object), Unit: fptr.Unit(it.Unit), Mark: it.Mark}
		}),
		Payments: each(f.Payments, func(p client.PowerCutPayment) fptr.Payment {
			return fptr.Payment{Kind: fptr.PaymentKind(p.Kind), Sum: p.Sum}
		}),
	}
}
