package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/tillwright/tillwright/internal/kkt/fptr"
	"github.com/tillwright/tillwright/internal/powercut"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/web/ui"
)

// cutPlan is the form of how corrections are to be made.
type cutPlan struct {
	powercut.Plan
	wrong *problem.Error
}

func (p *cutPlan) field(v ui.View, name string) string { return wrongField(v, p.wrong, name) }

func (w *Web) journalPrepare(ctx context.Context, rq *request) (answer, error) {
	p := powercut.Plan{
		FFD: fptr.FFD(rq.FormValue("ffd")), Taxation: fptr.Taxation(rq.FormValue("taxation")),
		Operator: fptr.Operator{Name: rq.FormValue("operator"), VATIN: rq.FormValue("operator_inn")}, Number: rq.FormValue("number"),
		Total: rq.FormValue("total") != "", Ground: rq.FormValue("ground"), Unchecked: rq.FormValue("unchecked") != "",
	}
	if rq.FormValue("basis") == "1" {
		p.Basis = fptr.ByOrder
	}
	_, err := w.PowerCut.Prepare(ctx, rq.sc, rq.PathValue("id"), 0, p)
	if wrong := problem.Of(err); err != nil && wrong.Kind == problem.Invalid {
		x, err := w.readJournal(ctx, rq)
		if err != nil {
			return answer{}, err
		}
		x.plan, x.status = cutPlan{p, wrong}, wrong.Status()
		return w.journalShow(ctx, rq, x)
	}
	return w.pressed(ctx, rq, err)
}

// correctionView is one correction on a page of its own.
type correctionView struct {
	*journalView
	draft *powercut.DraftView
	of    []powercut.Settlement
	form  copyFields
	wrong *problem.Error
}

// copyFields are what a person copies from a receipt.
type copyFields struct{ document, sign, at, sum string }

func (x *correctionView) field(v ui.View, name string) string { return wrongField(v, x.wrong, name) }

func (w *Web) readCorrection(ctx context.Context, rq *request) (*correctionView, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return nil, err
	}
	c := &correctionView{journalView: x, draft: x.View.Draft(rq.PathValue("draft"))}
	if c.draft == nil {
		return nil, problem.New(problem.NotFound, "not_found").In("web.powercut")
	}
	for _, s := range x.Settlements {
		if s.Draft == c.draft.ID {
			c.of = append(c.of, s)
		}
	}
	c.form = copyFields{sum: plainSum(c.draft.Correction.Total), at: rq.Now.In(x.zone).Format(cutMinute)}
	return c, nil
}

func (w *Web) correctionPage(ctx context.Context, rq *request) (answer, error) {
	c, err := w.readCorrection(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	return w.correctionShow(ctx, rq, c)
}

func (w *Web) correctionShow(ctx context.Context, rq *request, c *correctionView) (answer, error) {
	if rq.live {
		return answer{body: correctionPart(rq.View, c)}, nil
	}
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.correction"))
	return answer{body: correctionPageFrame(f, c), status: c.status}, err
}

func (w *Web) correctionCopy(ctx context.Context, rq *request) (answer, error) {
	c, err := w.readCorrection(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	c.form = copyFields{rq.FormValue("document"), rq.FormValue("sign"), rq.FormValue("at"), rq.FormValue("sum")}
	r := powercut.CopyRequest{Sign: c.form.sign, At: cutTime(c.form.at, c.zone)}
	r.Document, _ = strconv.ParseInt(strings.TrimSpace(c.form.document), 10, 64) // nonsense is 0, which the area refuses
	r.Sum, _ = powercut.Decimal(c.form.sum, 2)                                   // likewise
	_, err = w.PowerCut.Copy(ctx, rq.sc, c.ID, c.draft.ID, versionOf(rq), r)
	if p := problem.Of(err); err != nil && (p.Kind == problem.Invalid || p.Kind == problem.Conflict) {
		c.wrong, c.status = p, p.Status()
		return w.correctionShow(ctx, rq, c)
	}
	return w.pressed(ctx, rq, err)
}

func (w *Web) correctionAgain(ctx context.Context, rq *request) (answer, error) {
	_, err := w.PowerCut.Again(ctx, rq.sc, rq.PathValue("id"), rq.PathValue("draft"), versionOf(rq))
	return w.pressed(ctx, rq, err)
}

func (w *Web) journalPrint(ctx context.Context, rq *request) (answer, error) {
	x, err := w.readJournal(ctx, rq)
	if err != nil {
		return answer{}, err
	}
	f, err := w.journalFrame(ctx, rq, rq.T("powercut.print.title"))
	return answer{body: journalPrintPage(f, x)}, err
}

// requisites are what a correction says, tag by tag, for whoever makes it by
// hand.
func requisites(v ui.View, c *fptr.Correction, drafted string) []ui.KV {
	basis := v.T("powercut.basis.0")
	if c.Basis == fptr.ByOrder {
		basis = v.T("powercut.basis.1")
	}
	list := []ui.KV{
		ui.Line(tagged(v, "powercut.tag.operation", 1054), operationText(v, c.Operation)),
		ui.Line(tagged(v, "powercut.tag.basis", 1173), basis),
		ui.Line(tagged(v, "powercut.tag.date", 1178), c.Date.Format("02.01.2006")),
	}
	if c.Number != "" {
		list = append(list, ui.Line(tagged(v, "powercut.tag.number", 1179), c.Number))
	}
	list = append(list,
		ui.Line(tagged(v, "powercut.tag.taxation", 1055), v.T("powercut.taxation."+string(c.Taxation))),
		ui.Line(tagged(v, "powercut.tag.operator", 1021), joined(c.Operator.Name, c.Operator.VATIN)),
		ui.Line(tagged(v, "powercut.tag.total", 1020), money(v, c.Total)),
		ui.Line(v.T("powercut.tag.paid"), paidText(v, c.Payments)),
	)
	for _, t := range c.Taxes {
		list = append(list, ui.Line(v.T("powercut.tag.tax", "rate", vatText(v, t.VAT)), money(v, t.Sum)))
	}
	if drafted != "" {
		list = append(list, ui.Line(v.T("powercut.ground"), drafted))
	}
	return list
}

func tagged(v ui.View, key string, tag int) string { return v.T(key) + " (" + strconv.Itoa(tag) + ")" }

// saidLines is what the register said of a document.
func saidLines(v ui.View, x *journalView, s *powercut.Said) []ui.KV {
	list := []ui.KV{
		ui.LineOf(v.T("powercut.said.document"), ui.Mono(strconv.FormatInt(s.Document, 10))),
		ui.LineOf(v.T("powercut.said.sign"), ui.Mono(s.Sign)),
		ui.Line(v.T("powercut.said.at"), v.Instant(s.At, x.zone)),
	}
	if s.Operation != 0 {
		list = append(list, ui.Line(tagged(v, "powercut.tag.operation", 1054), operationText(v, s.Operation)))
	}
	if s.Sum >= 0 {
		list = append(list, ui.Line(v.T("powercut.said.sum"), money(v, s.Sum)))
	} else {
		list = append(list, ui.KV{Key: v.T("powercut.said.sum")})
	}
	if s.Drive != "" {
		list = append(list, ui.LineOf(v.T("powercut.said.drive"), ui.Mono(s.Drive)))
	}
	if s.Shift != 0 {
		list = append(list, ui.Line(v.T("powercut.said.shift"), strconv.FormatInt(s.Shift, 10)))
	}
	if s.By != "" {
		list = append(list, ui.Line(v.T("powercut.said.by"), s.By))
	}
	return list
}
