package client

import (
	"context"
	"io"
	"net/http"
	"strconv"
)

// PowerCuts are the journals of a device, "" = of all, the newest first.
func (a *API) PowerCuts(ctx context.Context, device string, open bool) ([]PowerCut, error) {
	return one[PowerCut](ctx, a, query{}.text("device", device).flag("open", open).on("/power-cuts"))
}

// StartPowerCut begins a journal.
func (a *API) StartPowerCut(ctx context.Context, n NewPowerCut) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts", n)
}

// PowerCut reads a journal with everything in it.
func (a *API) PowerCut(ctx context.Context, journal string) (PowerCut, error) {
	return get[PowerCut](ctx, a, "/power-cuts/"+id(journal))
}

// EditPowerCut changes what was said of the breakdown.
func (a *API) EditPowerCut(ctx context.Context, journal string, in PowerCutEdit) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPut, "/power-cuts/"+id(journal), in)
}

// EnterPowerCut writes settlements down, all or none.
func (a *API) EnterPowerCut(ctx context.Context, journal string, list ...PowerCutForm) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/settlements", PowerCutForms{Settlements: list})
}

// ChangePowerCutSettlement writes a settlement anew.
func (a *API) ChangePowerCutSettlement(ctx context.Context, journal, settlement string, in PowerCutChange) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPut, "/power-cuts/"+id(journal)+"/settlements/"+id(settlement), in)
}

// RemovePowerCutSettlement takes a settlement out.
func (a *API) RemovePowerCutSettlement(ctx context.Context, journal, settlement string, version int64) error {
	path := "/power-cuts/" + id(journal) + "/settlements/" + id(settlement) + "?version=" + strconv.FormatInt(version, 10)
	return a.call(ctx, http.MethodDelete, path, nil, nil)
}

// UploadPowerCut reads settlements from a CSV file or a workbook, all or none.
func (a *API) UploadPowerCut(ctx context.Context, journal, name string, table io.Reader) (PowerCut, error) {
	var out PowerCut
	err := a.upload(ctx, "/power-cuts/"+id(journal)+"/table", upload{field: "file", name: name, content: table}, &out)
	return out, err
}

// PreparePowerCut makes drafts of what is not registered yet.
func (a *API) PreparePowerCut(ctx context.Context, journal string, p PowerCutPlan) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/prepare", p)
}

// SendPowerCut begins to make the drafts at the register, or goes on.
func (a *API) SendPowerCut(ctx context.Context, journal string, in PowerCutSend) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/send", in)
}

// PausePowerCut stops the sending after the document under way.
func (a *API) PausePowerCut(ctx context.Context, journal string) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/pause", nil)
}

// AgainPowerCut lets a draft be sent again that the register's service does not
// know.
func (a *API) AgainPowerCut(ctx context.Context, journal, draft string) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/drafts/"+id(draft)+"/again", nil)
}

// CopyPowerCut notes a document that was made by hand.
func (a *API) CopyPowerCut(ctx context.Context, journal, draft string, in PowerCutCopy) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/drafts/"+id(draft)+"/copy", in)
}

// ClosePowerCut ends a journal.
func (a *API) ClosePowerCut(ctx context.Context, journal string, in PowerCutClose) (PowerCut, error) {
	return send[PowerCut](ctx, a, http.MethodPost, "/power-cuts/"+id(journal)+"/close", in)
}
