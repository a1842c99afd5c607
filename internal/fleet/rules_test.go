package fleet_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/signal"
)

func TestExpressionsKnowThreeTruths(t *testing.T) {
	t.Parallel()
	set := signal.Of(items(values{
		signal.Unsent: 3, signal.FirstUnsentAt: start.Add(-time.Hour), signal.Shift: "open", signal.ReceiptOpen: false, signal.FNWarnings: 6, signal.ClockDrift: -400,
	})...)
	for src, want := range map[string]string{
		"ofd.unsent > 2": "yes",
		"ofd.unsent + 1 == 4 and shift == 'open'":        "yes",
		"not receipt.open":                               "yes",
		"fn.error == 210":                                "unknown",
		"not (fn.error == 210)":                          "unknown",
		"fn.error == 210 or ofd.unsent > 2":              "yes",
		"fn.error == 210 and ofd.unsent > 2":             "unknown",
		"fn.error == 210 and ofd.unsent > 3":             "no",
		"known(fn.error)":                                "no",
		"value(fn.error, 0) == 0":                        "yes",
		"value(fn.link, 'ok') == 'ok'":                   "yes",
		"fn.error in [210, 211]":                         "unknown",
		"shift in ['open', 'expired']":                   "yes",
		"bit(fn.warnings, 1)":                            "no",
		"bit(fn.warnings, 3)":                            "yes",
		"abs(clock.drift) > limit.clock_drift":           "yes",
		"older(ofd.first_unsent_at, minutes(60))":        "yes",
		"older(ofd.first_unsent_at, minutes(61))":        "no",
		"older(fn.valid_till, 0)":                        "unknown",
		"age(ofd.first_unsent_at) >= hours(1)":           "yes",
		"shift startsWith 'op' and shift contains 'pen'": "yes",
		"late": "no",
	} {
		known, answer, _, err := fleet.Eval(src, &set, start.UnixMilli())
		got := "no"
		switch {
		case err != nil:
			got = err.Error()
		case !known:
			got = "unknown"
		case answer:
			got = "yes"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", src, got, want)
		}
	}
}

// TestNothingFlipsBeforeItIsForetold: between now and the foretold instant
// the answer stays, and at a foretold flip of one condition it changes.
func TestNothingFlipsBeforeItIsForetold(t *testing.T) {
	t.Parallel()
	sources := []string{
		"older(ofd.first_unsent_at, hours(2))",
		"within(fn.valid_till, hours(3)) and not older(fn.valid_till, 0)",
		"older(ofd.first_unsent_at, 600) or within(fn.valid_till, 60)",
		"ofd.unsent > 0 and older(ofd.first_unsent_at, limit.ofd_silence)",
	}
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.SampledFrom(sources).Draw(t, "src")
		near := func(name string) time.Time {
			return start.Add(time.Duration(rapid.IntRange(-100_000, 100_000).Draw(t, name)) * time.Second)
		}
		set := signal.Of(items(values{signal.Unsent: 1, signal.FirstUnsentAt: near("first"), signal.FNValidTill: near("till")})...)
		now := start.UnixMilli() + rapid.Int64Range(-5000, 5000).Draw(t, "now")
		_, before, next, err := fleet.Eval(src, &set, now)
		if err != nil {
			t.Fatal(err)
		}
		later := now + rapid.Int64Range(1, 400_000_000).Draw(t, "later")
		later = min(later, next-1)
		if _, after, _, _ := fleet.Eval(src, &set, later); after != before {
			t.Fatalf("flipped at %d, foretold for %d", later, next)
		}
	})
}

func TestBadRulesAreRefusedWithCodeAndPlace(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		when, code string
		position   int
	}{
		{"ofd.unsent >", "rule_syntax", 12},
		{"ofd.unsend > 1", "rule_unknown_name", 0},
		{"limit.nothing > 1", "rule_unknown_name", 0},
		{"ofd.unsent", "rule_wrong_kind", 0},
		{"ofd.unsent > 'many'", "rule_wrong_kind", 12},
		{"shift > 'a'", "rule_wrong_kind", 7},
		{"env.x == 1", "rule_unknown_name", 0},
		{"all([1,2], # > 1)", "rule_unknown_name", 1},
		{"let x = 1; x == 1", "rule_not_allowed", 0},
		{"now() > 1", "rule_unknown_name", 1},
		{"shift matches '(a+)+$'", "rule_wrong_kind", 7},
		{"older(ofd.unsent)", "rule_wrong_kind", 1},
		{"true" + strings.Repeat(" and true", 100), "rule_too_big", 0},
		{strings.Repeat("(", 3000), "rule_too_big", 1},
	} {
		err := fleet.Compile(fleet.RuleDef{ID: "x", Fault: "x", Levels: []fleet.LevelDef{{Severity: fleet.Minor, When: tc.when}}})
		p := problem.Of(err)
		if err == nil || p.Code != tc.code || len(p.Fields) != 1 || p.Fields[0].Name != "levels[0].when" {
			t.Errorf("%.40s: %v, want %s", tc.when, err, tc.code)
			continue
		}
		if tc.position != 0 && p.Args["position"] != tc.position {
			t.Errorf("%.40s: position %v, want %d", tc.when, p.Args["position"], tc.position)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{"ofd.unsent > 1", "older(fn.valid_till, days(1)) or late", "[1,2", "a.b.c[0]", "-(-1) == 1"} {
		f.Add(s)
	}
	set := signal.Of(items(values{signal.Unsent: 3})...)
	f.Fuzz(func(_ *testing.T, src string) { _, _, _, _ = fleet.Eval(src, &set, 0) })
}

func FuzzDecodeLog(f *testing.F) {
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 'a', 2, 2, 1, 'd', 2, 0, 1, 2, 2, 2, 0, 0, 0})
	f.Fuzz(func(_ *testing.T, b []byte) { _ = fleet.DecodeLog(b) })
}

func TestACompanysRuleJudgesAtOnceAndGoesWithItsAlerts(t *testing.T) {
	each(t, 2, func(t *testing.T, w *world) {
		w.say("d00", values{signal.Battery: 9})
		w.say("d01", values{signal.Battery: 80})
		low := fleet.RuleDef{
			ID: "battery-low", Fault: "evotor-wont-turn-on", Clear: "battery > 20", Evidence: []string{"battery"},
			Levels: []fleet.LevelDef{{Severity: fleet.Minor, When: "battery < 10"}, {Severity: fleet.Critical, When: "battery < 3"}},
		}
		if err := w.AddRule(t.Context(), w.sc(), low); err != nil {
			t.Fatal(err)
		}
		w.wantTold("opened evotor-wont-turn-on@d00")
		w.crash()
		w.say("d00", values{signal.Battery: 2})
		w.wantTold("changed evotor-wont-turn-on@d00 critical")
		w.say("d00", values{signal.Battery: 15})
		w.wantTold()
		if err := w.RemoveRule(t.Context(), w.sc(), low.ID); err != nil {
			t.Fatal(err)
		}
		w.wantTold("closed evotor-wont-turn-on@d00")
		taken := low
		taken.Fault = "fn-210-interface"
		if err := w.AddRule(t.Context(), w.sc(), taken); problem.CodeOf(err) != "rule_taken" {
			t.Errorf("%v", err)
		}
		taken = low
		taken.ID = "kkt-clock-drift"
		if err := w.AddRule(t.Context(), w.sc(), taken); problem.CodeOf(err) != "rule_taken" {
			t.Errorf("%v", err)
		}
		engineer := scope.Person("t", "p", "Ivan", "", scope.Engineer)
		if err := w.AddRule(t.Context(), engineer, low); problem.CodeOf(err) != "forbidden" {
			t.Errorf("%v", err)
		}
	})
}

func TestALimitHoldsForItsCompanyAtOnce(t *testing.T) {
	each(t, 1, func(t *testing.T, w *world) {
		w.say("d00", values{signal.ClockDrift: 200})
		if err := w.SetLimit(t.Context(), w.sc(), "clock_drift", 150); err != nil {
			t.Fatal(err)
		}
		w.wantTold("opened kkt-clock-drift@d00")
		w.crash()
		list, err := w.Limits(w.sc())
		i := slices.IndexFunc(list, func(l fleet.Limit) bool { return l.Name == "clock_drift" })
		if err != nil || list[i].Value != 150 || list[i].Default != 300 {
			t.Errorf("%+v %v", list, err)
		}
		if other, _ := w.Limits(scope.System("other", "test")); other[i].Value != 300 {
			t.Errorf("another company's limit is %d", other[i].Value)
		}
		if err := w.SetLimit(t.Context(), w.sc(), "clock_drift", 1); problem.CodeOf(err) != "limit_range" {
			t.Errorf("%v", err)
		}
	})
}
