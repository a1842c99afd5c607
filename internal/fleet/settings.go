package fleet

import (
	"context"
	"slices"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxRules is how many rules of its own a company may have, maxWindows how
// many maintenance windows that are not over.
const (
	maxRules   = 50
	maxWindows = 500
)

// Limit is a rule's number as it holds for a company.
type Limit struct {
	LimitDef
	Value int64 `json:"value"`
}

// Limits lists every limit with the company's value.
func (s *Service) Limits(sc scope.Scope) ([]Limit, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Limits"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Limit, len(s.rules.limits))
	t := s.tenants[sc.Tenant()]
	for i, def := range s.rules.limits {
		out[i] = Limit{LimitDef: def, Value: def.Default}
		if t != nil {
			out[i].Value = t.limits[i]
		}
	}
	return out, nil
}

// need refuses a scope without the right; whole companies only when the scope
// is narrowed to a client is for the caller to say.
func need(sc scope.Scope, r scope.Right, op string) error {
	if !sc.Valid() || !sc.Can(r) {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return nil
}

// needEdit is need for settings of the whole company: a client's people never
// may.
func needEdit(sc scope.Scope, op string) error {
	if sc.Client() != "" {
		return problem.New(problem.Forbidden, "forbidden").In(op)
	}
	return need(sc, scope.EditRules, op)
}

// SetLimit changes a limit for the company and judges all its devices anew.
func (s *Service) SetLimit(ctx context.Context, sc scope.Scope, name string, value int64) error {
	if err := needEdit(sc, "fleet.SetLimit"); err != nil {
		return err
	}
	i, ok := s.rules.index[name]
	if !ok {
		return problem.New(problem.NotFound, "not_found").In("fleet.SetLimit")
	}
	if def := s.rules.limits[i]; value < def.Min || value > def.Max {
		return problem.New(problem.Invalid, "limit_range").With("min", def.Min).With("max", def.Max).Field("value", "limit_range")
	}
	s.work.Lock()
	defer s.work.Unlock()
	t := s.tenantOf(sc.Tenant())
	was := t.limits[i]
	limits := slices.Clone(t.limits)
	limits[i] = value
	return s.changeRules(ctx, sc, t, audit.Entry{
		Action: "fleet.limit.changed", Subject: "limit", SubjectID: name, Detail: map[string]int64{"from": was, "to": value},
	}, func(ctx context.Context, tx *db.Tx) error { return putLimit(ctx, tx, t.id, name, value) }, func() { t.limits = limits })
}

// changeRules makes a change of limits or rules durable and then judges every
// device of the company as of its last news.
func (s *Service) changeRules(ctx context.Context, sc scope.Scope, t *tenant, e audit.Entry, write func(context.Context, *db.Tx) error, install func()) error {
	st := s.newStage()
	st.extra = append(st.extra, write, func(ctx context.Context, tx *db.Tx) error { return audit.Write(ctx, tx, sc, e) })
	st.install = append(st.install, install)
	if err := st.apply(ctx); err != nil {
		return err
	}
	return s.rejudge(ctx, t)
}

// rejudge judges every device of a tenant as of its last news, in portions.
// If it fails midway the rest is judged when each device speaks next.
func (s *Service) rejudge(ctx context.Context, t *tenant) error {
	now := s.clock.Now().UnixMilli()
	s.mu.Lock()
	for _, d := range t.devices {
		d.next = 0
	}
	s.mu.Unlock()
	for rest := t.devices; len(rest) > 0; {
		n := min(len(rest), maxBatch)
		st := s.newStage()
		for _, d := range rest[:n] {
			if d.lastAt == 0 {
				continue
			}
			late := d.lastAt < now-lateAfter.Milliseconds()
			st.judge(st.draft(d), &keyMask{}, now, late, true)
		}
		if err := st.apply(ctx); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// Rules lists the built-in rules and the company's own.
func (s *Service) Rules(sc scope.Scope) (builtin, custom []RuleDef, err error) {
	if err := need(sc, scope.SeeFleet, "fleet.Rules"); err != nil {
		return nil, nil, err
	}
	for _, r := range s.rules.rules {
		builtin = append(builtin, r.def)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if t := s.tenants[sc.Tenant()]; t != nil {
		custom = slices.Clone(t.custom)
	}
	return builtin, custom, nil
}

// AddRule adds a rule of the company's own, or replaces the one of that id.
// What is wrong with it is said by code, field and position.
func (s *Service) AddRule(ctx context.Context, sc scope.Scope, def RuleDef) error {
	if err := needEdit(sc, "fleet.AddRule"); err != nil {
		return err
	}
	r, err := s.rules.compile(def)
	if err != nil {
		return err
	}
	s.work.Lock()
	defer s.work.Unlock()
	t := s.tenantOf(sc.Tenant())
	if err := s.checkRule(t, def); err != nil {
		return err
	}
	if err := s.dropRule(ctx, t, def.ID); err != nil {
		return err
	}
	s.mu.Lock()
	r.number = s.names.number(def.ID)
	s.mu.Unlock()
	rules, custom := withoutRule(t, def.ID)
	rules, custom = append(rules, r), append(custom, def)
	return s.changeRules(ctx, sc, t, audit.Entry{Action: "fleet.rule.set", Subject: "rule", SubjectID: def.ID, Detail: def},
		func(ctx context.Context, tx *db.Tx) error { return putRule(ctx, tx, t.id, def) },
		func() { t.rules, t.custom = rules, custom })
}

func (s *Service) checkRule(t *tenant, def RuleDef) error {
	bad := func(field, code string) error { return problem.New(problem.Invalid, code).Field(field, code) }
	switch {
	case !ruleName(def.ID):
		return bad("id", "rule_id")
	case !ruleName(def.Fault):
		return bad("fault", "rule_id")
	case def.Judge != JudgeAnswering && def.Judge != JudgeAlways:
		return bad("judge", "rule_judge")
	case len(def.Evidence) > 20:
		return bad("evidence", "rule_too_big")
	case len(t.custom) >= maxRules && !slices.ContainsFunc(t.custom, func(have RuleDef) bool { return have.ID == def.ID }):
		return bad("id", "rule_too_many")
	}
	for _, r := range t.rules {
		if r.def.ID == def.ID && !slices.ContainsFunc(t.custom, func(have RuleDef) bool { return have.ID == def.ID }) {
			return bad("id", "rule_taken") // a built-in one
		}
		if r.def.ID != def.ID && r.def.Fault == def.Fault || def.Fault == FaultAgentSilent {
			return bad("fault", "rule_taken")
		}
	}
	return nil
}

// ruleName says whether the text may name a rule or a fault.
func ruleName(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 60
}

// RemoveRule takes a rule of the company's own away and closes its alerts.
func (s *Service) RemoveRule(ctx context.Context, sc scope.Scope, id string) error {
	if err := needEdit(sc, "fleet.RemoveRule"); err != nil {
		return err
	}
	s.work.Lock()
	defer s.work.Unlock()
	t := s.tenantOf(sc.Tenant())
	if !slices.ContainsFunc(t.custom, func(have RuleDef) bool { return have.ID == id }) {
		return problem.New(problem.NotFound, "not_found").In("fleet.RemoveRule")
	}
	if err := s.dropRule(ctx, t, id); err != nil {
		return err
	}
	rules, custom := withoutRule(t, id)
	return s.changeRules(ctx, sc, t, audit.Entry{Action: "fleet.rule.removed", Subject: "rule", SubjectID: id},
		func(ctx context.Context, tx *db.Tx) error { return deleteRule(ctx, tx, t.id, id) },
		func() { t.rules, t.custom = rules, custom })
}

// dropRule closes the alerts of a rule that goes or changes, and forgets what
// it remembered.
func (s *Service) dropRule(ctx context.Context, t *tenant, id string) error {
	number, known := s.names.numbers[id]
	if !known {
		return nil
	}
	st := s.newStage()
	now := s.clock.Now().UnixMilli()
	for _, d := range t.devices {
		for _, a := range d.alerts() {
			if a.Rule == id {
				st.close(st.draft(d), a, now, ClosedRemoved)
			}
		}
		if slices.ContainsFunc(d.tracks(), func(tr track) bool { return tr.rule == number }) {
			st.draft(d).setTrack(track{rule: number})
		}
	}
	return st.apply(ctx)
}

func withoutRule(t *tenant, id string) ([]*rule, []RuleDef) {
	rules := slices.DeleteFunc(slices.Clone(t.rules), func(r *rule) bool { return r.def.ID == id })
	custom := slices.DeleteFunc(slices.Clone(t.custom), func(d RuleDef) bool { return d.ID == id })
	return rules, custom
}

// AddWindow plans a maintenance window and returns its id. Alerts that are
// already raised stay raised.
func (s *Service) AddWindow(ctx context.Context, sc scope.Scope, w Window) (string, error) {
	added, err := s.PlanWindows(ctx, sc, "", w)
	if err != nil {
		return "", err
	}
	return added[0], nil
}

// PlanWindows plans windows in the place of another, "" for none: all of it or
// nothing. It returns their ids.
func (s *Service) PlanWindows(ctx context.Context, sc scope.Scope, replaces string, windows ...Window) (added []string, err error) {
	const op = "fleet.PlanWindows"
	if err := needEdit(sc, op); err != nil {
		return nil, err
	}
	s.work.Lock()
	defer s.work.Unlock()
	t, now := s.tenantOf(sc.Tenant()), s.clock.Now()
	left := slices.DeleteFunc(slices.Clone(t.windows), func(w Window) bool { return w.ID == replaces })
	if replaces != "" && len(left) == len(t.windows) {
		return nil, problem.New(problem.NotFound, "not_found").In(op)
	}
	if len(left)+len(windows) > maxWindows {
		return nil, problem.New(problem.Invalid, "window_too_many").In(op)
	}
	windows = slices.Clone(windows)
	for i := range windows {
		w := &windows[i]
		if err := w.check(now); err != nil {
			return nil, err
		}
		w.ID, w.Tenant, w.CreatedBy, w.CreatedAt = ids.New(), t.id, sc.Actor().Name, now
		added = append(added, w.ID)
	}
	st := s.newStage()
	st.extra = append(st.extra, func(ctx context.Context, tx *db.Tx) error { return writeWindows(ctx, tx, sc, windows, replaces) })
	st.install = append(st.install, func() { t.windows = append(left, windows...) })
	return added, st.apply(ctx)
}

func writeWindows(ctx context.Context, tx *db.Tx, sc scope.Scope, windows []Window, gone string) error {
	for _, w := range windows {
		if err := insertWindow(ctx, tx, w); err != nil {
			return err
		}
		if err := audit.Write(ctx, tx, sc, audit.Entry{Action: "fleet.window.planned", Subject: "window", SubjectID: w.ID, Detail: w}); err != nil {
			return err
		}
	}
	if gone == "" {
		return nil
	}
	if err := deleteWindow(ctx, tx, sc.Tenant(), gone); err != nil {
		return err
	}
	return audit.Write(ctx, tx, sc, audit.Entry{Action: "fleet.window.removed", Subject: "window", SubjectID: gone})
}

// RemoveWindow ends a window for good. What it suppressed and is still true is
// raised within a second.
func (s *Service) RemoveWindow(ctx context.Context, sc scope.Scope, id string) error {
	if id == "" {
		return problem.New(problem.NotFound, "not_found").In("fleet.RemoveWindow")
	}
	_, err := s.PlanWindows(ctx, sc, id)
	return err
}

// Windows lists the company's windows; a client sees those that touch it.
func (s *Service) Windows(sc scope.Scope) ([]Window, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Windows"); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []Window
	if t := s.tenants[sc.Tenant()]; t != nil {
		for _, w := range t.windows {
			if sc.Client() == "" || w.Scope == WindowAll || w.Scope == WindowClient && w.Target == sc.Client() {
				out = append(out, w)
			}
		}
	}
	return out, nil
}
