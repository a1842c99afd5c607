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
		id: "diagnose", method: http.MethodPost, path: "/diagnose", tag: "faults", public: true, perMinute: 60, maxBody: 64 << 10,
		summary: "What is wrong: words, codes, or a device's own state",
		about:   "Matches come best first; confident is false when nothing fits well enough to be stood by.",
	}, func(ctx context.Context, w who, in *bare[client.Question]) (*answer[client.Diagnosis], error) {
		if in.Body.Device != "" && !w.sc.Valid() {
			return nil, problem.New(problem.Unauthenticated, "unauthenticated").In("api.diagnose")
		}
		if in.Body.Device != "" {
			if _, err := a.Registry.Device(ctx, w.sc, in.Body.Device); err != nil {
				return nil, err
			}
		}
		d, err := a.Faults.Diagnose(ctx, w.sc, faults.Question{Text: in.Body.Text, Lang: in.Body.Lang, Device: in.Body.Device})
		if err == nil && !d.Confident {
			a.missed(ctx, w, in.Body)
		}
		return said(diagnosisOf(d), err)
	})
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
