package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/scope"
)

type limitIn struct {
	Name string `path:"name" maxLength:"100"`
	Body struct {
		Value int64 `json:"value"`
	}
}

func (a *API) mountRules() {
	handle(a, operation{
		id: "listRules", method: http.MethodGet, path: "/rules", tag: "rules", right: scope.SeeFleet,
		summary: "By which rules a device counts as ill",
	}, func(_ context.Context, w who, _ *struct{}) (*answer[client.Rules], error) {
		builtin, custom, err := a.Fleet.Rules(w.sc)
		return said(client.Rules{Builtin: each(builtin, ruleOf), Custom: each(custom, ruleOf)}, err)
	})
	handle(a, operation{
		id: "setRule", method: http.MethodPut, path: "/rules/{id}", tag: "rules", right: scope.EditRules,
		summary: "Add or replace a rule of the company's own", about: "All devices are judged anew.",
	}, func(ctx context.Context, w who, in *with[client.RuleForm]) (*answer[client.Rule], error) {
		def, err := ruleDef(in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		return said(ruleOf(def), a.Fleet.AddRule(ctx, w.sc, def))
	})
	handle(a, operation{
		id: "removeRule", method: http.MethodDelete, path: "/rules/{id}", tag: "rules", right: scope.EditRules, status: 204,
		summary: "Take a rule of the company's own away; its alerts close",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		return done(a.Fleet.RemoveRule(ctx, w.sc, in.ID))
	})
	handle(a, operation{
		id: "listLimits", method: http.MethodGet, path: "/limits", tag: "rules", right: scope.SeeFleet,
		summary: "The numbers that rules use, as they hold for the company", about: "There is one page.",
	}, func(_ context.Context, w who, _ *struct{}) (*answer[client.List[client.Limit]], error) {
		list, err := a.Fleet.Limits(w.sc)
		return said(listed(list, "", limitOf), err)
	})
	handle(a, operation{
		id: "setLimit", method: http.MethodPut, path: "/limits/{name}", tag: "rules", right: scope.EditRules, status: 204,
		summary: "Change a limit; all devices are judged anew",
	}, func(ctx context.Context, w who, in *limitIn) (*empty, error) {
		return done(a.Fleet.SetLimit(ctx, w.sc, in.Name, in.Body.Value))
	})
}

func limitOf(l fleet.Limit) client.Limit {
	return client.Limit{Name: l.Name, Unit: l.Unit, Value: l.Value, Default: l.Default, Min: l.Min, Max: l.Max}
}

func ruleOf(d fleet.RuleDef) client.Rule {
	return client.Rule{ID: d.ID, RuleForm: client.RuleForm{
		Fault: d.Fault, Group: d.Group, Judge: d.Judge, For: d.For, Clear: d.Clear, Evidence: d.Evidence,
		Levels: each(d.Levels, func(l fleet.LevelDef) client.Level {
			return client.Level{Severity: l.Severity.String(), When: l.When}
		}),
	}}
}

func ruleDef(id string, f client.RuleForm) (fleet.RuleDef, error) {
	d := fleet.RuleDef{ID: id, Fault: f.Fault, Group: f.Group, Judge: f.Judge, For: f.For, Clear: f.Clear, Evidence: f.Evidence}
	for _, l := range f.Levels {
		s, _ := fleet.ParseSeverity(l.Severity) // the schema knows the four
		d.Levels = append(d.Levels, fleet.LevelDef{Severity: s, When: l.When})
	}
	return d, nil
}
