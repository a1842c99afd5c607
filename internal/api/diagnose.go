package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults"
	"github.com/tillwright/tillwright/internal/faults/help"
	"github.com/tillwright/tillwright/internal/faults/match"
	"github.com/tillwright/tillwright/internal/problem"
)

func (a *API) mountDiagnose() {
	handle(a, operation{
		id: "diagnose", method: http.MethodPost, path: "/diagnose", tag: "faults", public: true, perMinute: 120, burst: 1000, formsPerMinute: 30, maxBody: 64 << 10,
		summary: "What is wrong: words, codes, a photograph, or a device's own state",
		about: "Matches come best first; confident is false when nothing fits well enough to be stood by. A photograph of a screen or a receipt comes as " +
			"multipart/form-data; text is then what was read off it. Without Tesseract on the server it is answered with 503, ocr_unavailable.",
		body: photoBody(), multipart: a.diagnosePhoto,
	}, func(ctx context.Context, w who, in *bare[client.Question]) (*answer[client.Diagnosis], error) {
		if err := a.mayAsk(ctx, w, in.Body); err != nil {
			return nil, err
		}
		d, err := a.Faults.Diagnose(ctx, w.sc, faults.Question{Text: in.Body.Text, Lang: in.Body.Lang, Device: in.Body.Device})
		if err == nil && !d.Confident {
			a.missed(ctx, w, in.Body)
		}
		return said(diagnosisOf(d), err)
	})
}

// mayAsk lets anybody ask, and about a device whoever may see it.
func (a *API) mayAsk(ctx context.Context, w who, q client.Question) error {
	if q.Device == "" {
		return nil
	}
	if !w.sc.Valid() {
		return problem.New(problem.Unauthenticated, "unauthenticated").In("api.diagnose")
	}
	_, err := a.Registry.Device(ctx, w.sc, q.Device)
	return err
}

// missed keeps for the editors what found nothing: a stranger's question for
// the first company of the server. A question that cannot be kept is answered
// all the same.
func (a *API) missed(ctx context.Context, w who, q client.Question) {
	sc := w.sc
	if !sc.Valid() {
		c, err := a.Help.Company(ctx, "")
		if err != nil { // no company, or it keeps no public page
			return
		}
		sc = c.Scope()
	}
	if err := a.Help.Miss(ctx, sc, help.Search{Text: q.Text, Lang: q.Lang, Source: help.FromAPI}); err != nil {
		a.Log.Error("api: what was not found is not kept", "error", err)
	}
}

func findingOf(f faults.Finding) client.Finding {
	return client.Finding{
		FaultID: f.FaultID, Score: f.Score, Title: f.Title,
		Evidence: each(f.Evidence, func(e match.Evidence) string { return e.String() }),
	}
}
