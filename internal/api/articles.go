package api

import (
	"context"
	"net/http"
	"strings"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/faults/catalogue"
	"github.com/tillwright/tillwright/internal/i18n"
	"github.com/tillwright/tillwright/internal/scope"
)

type faultsIn struct {
	Family string `query:"family" example:"fn"`
	Kind   string `query:"kind" enum:"fault,howto"`
	Lang   string `query:"lang" enum:"ru,de,en" doc:"Left out: the caller's."`
}

type faultIn struct {
	ByID
	Lang string `query:"lang" enum:"ru,de,en" doc:"Left out: the caller's."`
}

func (a *API) mountFaults() {
	handle(a, operation{
		id: "listFaults", method: http.MethodGet, path: "/faults", tag: "faults",
		summary: "The catalogue: every fault that is told of", about: "There is one page.",
	}, func(_ context.Context, w who, in *faultsIn) (*answer[client.List[client.FaultBrief]], error) {
		v := a.speak(w, in.Lang)
		out := client.List[client.FaultBrief]{Items: []client.FaultBrief{}}
		for _, art := range a.Faults.Articles(w.sc) {
			if (in.Family == "" || art.Family == in.Family) && (in.Kind == "" || string(art.Kind) == in.Kind) {
				out.Items = append(out.Items, briefOf(v.Lang(), art))
			}
		}
		return said(out, nil)
	})
	handle(a, operation{
		id: "getFault", method: http.MethodGet, path: "/faults/{id}", tag: "faults",
		summary: "One article: signs, causes and steps in one language",
	}, func(_ context.Context, w who, in *faultIn) (*answer[client.FaultArticle], error) {
		art, err := a.Faults.Article(w.sc, in.ID)
		if err != nil {
			return nil, err
		}
		return said(articleOf(w, a.speak(w, in.Lang).Lang(), art), nil)
	})
}

func briefOf(l i18n.Lang, a *catalogue.Article) client.FaultBrief {
	return client.FaultBrief{
		ID: a.ID, Family: a.Family, Kind: string(a.Kind), Severity: string(a.Severity), Title: tidy(a.Title, l), Gist: tidy(a.Gist, l),
		Codes: each(a.Codes, func(c catalogue.Code) string { return c.Value }),
	}
}

// articleOf leaves out what is not for the reader: a cashier who opens a
// register's service menu by half a recipe does harm.
func articleOf(w who, l i18n.Lang, a *catalogue.Article) client.FaultArticle {
	out := client.FaultArticle{
		FaultBrief: briefOf(l, a), Reviewed: a.Reviewed, Revision: a.Revision, Symptoms: texts(a.Symptoms.In(l)), Related: texts(a.Related),
		Causes: each(a.Causes, func(c catalogue.Cause) client.FaultCause {
			return client.FaultCause{Name: tidy(c.Name, l), Tell: tidy(c.Tell, l)}
		}),
		Steps: []client.FixStep{},
	}
	if w.sc.Can(scope.WorkCases) {
		out.Notes = tidy(a.Notes, l)
	}
	for i := range a.Steps {
		if a.Steps[i].Who == catalogue.Cashier || w.sc.Can(scope.WorkCases) {
			out.Steps = append(out.Steps, fixStep(l, &a.Steps[i]))
		}
	}
	return out
}

func tidy(t catalogue.Text, l i18n.Lang) string { return strings.TrimSpace(t.In(l)) }

func fixStep(l i18n.Lang, s *catalogue.Step) client.FixStep {
	out := client.FixStep{
		ID: s.ID, Who: string(s.Who), Kind: string(s.Kind), Title: tidy(s.Title, l), Do: tidy(s.Do, l), Why: tidy(s.Why, l), See: tidy(s.See, l),
		Warning: tidy(s.Warning, l), Minutes: s.Minutes, NeedsBackup: s.NeedsBackup,
	}
	for i, b := range s.Branches {
		out.Branches = append(out.Branches, client.FixBranch{Number: i, Text: tidy(b.Text, l), To: b.To})
	}
	if s.Machine != nil {
		out.Procedure, out.Risk = s.Machine.Procedure, string(s.Machine.Risk)
	}
	return out
}
