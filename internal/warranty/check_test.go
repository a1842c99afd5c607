package warranty_test

import (
	"slices"
	"testing"

	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/warranty"
)

func evotor(claim string) warranty.Claim {
	return warranty.Claim{Device: "evotor", ClaimDate: claim, Produced: "2025-03-03", Activated: "2025-06-10"}
}

func server(claim, bought string) warranty.Claim {
	return warranty.Claim{Device: "kassenserver", ClaimDate: claim, Purchased: bought}
}

func with(c warranty.Claim, change func(*warranty.Claim)) warranty.Claim {
	change(&c)
	return c
}

func found(c warranty.Claim, conditions ...string) warranty.Claim {
	c.Conditions = conditions
	return c
}

func parts(c warranty.Claim, names ...string) warranty.Claim {
	c.Parts = names
	return c
}

func TestCheck(t *testing.T) {
	t.Parallel()
	in, out, part := warranty.Covered, warranty.NotCovered, warranty.PartNotCovered
	for _, c := range []struct {
		name    string
		claim   warranty.Claim
		verdict warranty.Verdict
		reasons []warranty.Reason
		last    string
	}{
		{"in its term", evotor("2026-02-16"), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"the last day counts", evotor("2026-06-10"), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"the day after does not", evotor("2026-06-11"), out, []warranty.Reason{"term_over_from_activation"}, "2026-06-10"},
		{"production ends it first", with(evotor("2027-02-01"), func(c *warranty.Claim) { c.Produced, c.Activated = "2025-01-31", "2026-06-10" }), out, []warranty.Reason{"term_over_from_production"}, "2027-01-31"},
		{"both are over, the first leads", with(evotor("2030-01-01"), func(c *warranty.Claim) { c.Activated = "2026-06-10" }), out, []warranty.Reason{"term_over_from_production", "term_over_from_activation"}, "2027-03-03"},
		{"both end on one day", with(evotor("2027-03-04"), func(c *warranty.Claim) { c.Activated = "2026-03-03" }), out, []warranty.Reason{"term_over_from_activation", "term_over_from_production"}, "2027-03-03"},
		{"never activated", with(evotor("2027-03-03"), func(c *warranty.Claim) { c.Activated = "" }), in, []warranty.Reason{"in_term"}, "2027-03-03"},
		{"production not known", with(evotor("2026-06-10"), func(c *warranty.Claim) { c.Produced = "" }), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"activated on 29 February", with(evotor("2025-02-28"), func(c *warranty.Claim) { c.Produced, c.Activated = "2024-01-01", "2024-02-29" }), in, []warranty.Reason{"in_term"}, "2025-02-28"},
		{"an ordinary part", parts(evotor("2026-02-16"), "mainboard"), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"print mechanism", parts(evotor("2026-02-16"), "print_mechanism"), part, []warranty.Reason{"part_print_mechanism"}, "2026-06-10"},
		{"a part of it", parts(evotor("2026-02-16"), "Cutter"), part, []warranty.Reason{"part_print_mechanism"}, "2026-06-10"},
		{"all three", parts(evotor("2026-02-16"), "battery", "fn", "mainboard", "print_mechanism", "fn"), part, []warranty.Reason{"part_print_mechanism", "part_fn", "part_battery"}, "2026-06-10"},
		{"a ground wins over a part", found(parts(evotor("2026-02-16"), "fn"), "liquid"), out, []warranty.Reason{"liquid_or_foreign_bodies", "part_fn"}, "2026-06-10"},
		{"a term wins over a ground", found(evotor("2026-07-01"), "altered"), out, []warranty.Reason{"term_over_from_activation", "altered"}, "2026-06-10"},
		{"several grounds", found(evotor("2026-02-16"), "bought_abroad", "foreign_bodies", "liquid", "seal_broken"), out, []warranty.Reason{"opened_or_seal_broken", "liquid_or_foreign_bodies", "not_bought_in_rf_or_not_certified"}, "2026-06-10"},
		{"what refuses nothing", found(evotor("2026-02-16"), "poor_consumables_used_not_cause", "self_activated", "opened_by_authorised_centre"), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"the centre opened it", found(evotor("2026-02-16"), "opened", "seal_broken", "opened_by_authorised_centre"), in, []warranty.Reason{"in_term"}, "2026-06-10"},
		{"the centre did not alter it", found(evotor("2026-02-16"), "altered", "opened_by_authorised_centre"), out, []warranty.Reason{"altered"}, "2026-06-10"},
		{"a ground needs no days", warranty.Claim{Device: "evotor", ClaimDate: "2026-02-16", Conditions: []string{"serial_missing"}}, out, []warranty.Reason{"serial_unreadable"}, ""},
		{"server, last day", server("2026-03-31", "2024-03-31"), in, []warranty.Reason{"in_term"}, "2026-03-31"},
		{"server, a day late", server("2026-04-01", "2024-03-31"), out, []warranty.Reason{"term_over"}, "2026-03-31"},
		{"server, no spare parts in its term", server("2020-06-01", "2019-12-31"), out, []warranty.Reason{"no_spare_parts"}, "2021-12-31"},
		{"server, no spare parts leads", server("2026-06-01", "2019-12-31"), out, []warranty.Reason{"no_spare_parts", "term_over"}, "2021-12-31"},
		{"server of the first year with parts", server("2021-12-31", "2020-01-01"), in, []warranty.Reason{"in_term"}, "2022-01-01"},
		{"a server is bought in Germany", found(server("2025-01-01", "2024-03-31"), "bought_abroad", "missing_parts_after_purchase"), in, []warranty.Reason{"in_term"}, "2026-03-31"},
		{"a wet server", found(server("2025-01-01", "2024-03-31"), "liquid"), out, []warranty.Reason{"liquid_or_foreign_bodies"}, "2026-03-31"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, err := warranty.Check(c.claim)
			if err != nil {
				t.Fatal(err)
			}
			if a.Verdict != c.verdict || !slices.Equal(a.Reasons, c.reasons) || a.Reason != c.reasons[0] || a.LastDay != c.last {
				t.Errorf("got %s %v until %q, want %s %v until %q", a.Verdict, a.Reasons, a.LastDay, c.verdict, c.reasons, c.last)
			}
		})
	}
}

func TestEveryConditionAloneRefusesOrNot(t *testing.T) {
	t.Parallel()
	harmless := []warranty.Condition{warranty.ConsumablesUsed, warranty.SelfActivated, warranty.CentreOpened}
	for _, c := range warranty.Conditions() {
		a, err := warranty.Check(found(evotor("2026-02-16"), string(c)))
		if err != nil {
			t.Fatal(c, err)
		}
		if covered := a.Verdict == warranty.Covered; covered != slices.Contains(harmless, c) {
			t.Errorf("%s: %s %v", c, a.Verdict, a.Reasons)
		}
	}
}

func TestBadClaims(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		claim  warranty.Claim
		code   string
		fields []string
	}{
		{"unknown device", warranty.Claim{Device: "toaster", ClaimDate: "2026-01-01"}, "invalid", []string{"device warranty_device_unknown"}},
		{"nothing at all", warranty.Claim{}, "invalid", []string{"device warranty_device_unknown", "claimDate required"}},
		{"no such day", evotor("2026-02-30"), "invalid", []string{"claimDate date_invalid"}},
		{"another form", with(evotor("2026-02-16"), func(c *warranty.Claim) { c.Produced = "03.03.2025" }), "invalid", []string{"produced date_invalid"}},
		{"no days", warranty.Claim{Device: "evotor", ClaimDate: "2026-02-16"}, "warranty_dates_missing", []string{"activated required", "produced required"}},
		{"a purchase is no activation", warranty.Claim{Device: "evotor", ClaimDate: "2026-02-16", Purchased: "2026-01-01"}, "warranty_dates_missing", []string{"activated required", "produced required"}},
		{"a server without its purchase", warranty.Claim{Device: "kassenserver", ClaimDate: "2026-02-16", Activated: "2025-01-01"}, "warranty_dates_missing", []string{"purchased required"}},
		{"activated before it was made", with(evotor("2026-02-16"), func(c *warranty.Claim) { c.Activated = "2025-03-02" }), "invalid", []string{"activated warranty_before_production"}},
		{"claimed before it was made", evotor("2025-03-02"), "invalid", []string{"produced warranty_after_claim", "activated warranty_after_claim"}},
		{"unknown condition", found(evotor("2026-02-16"), "haunted"), "invalid", []string{"conditions warranty_condition_unknown"}},
		{"a part without a name", parts(evotor("2026-02-16"), " "), "invalid", []string{"parts required"}},
		{"too many", parts(evotor("2026-02-16"), make([]string, 51)...), "invalid", []string{"parts warranty_too_many"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := warranty.Check(c.claim)
			p := problem.Of(err)
			if p == nil || p.Code != c.code || p.Kind != problem.Invalid {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			var got []string
			for _, f := range p.Fields {
				got = append(got, f.Name+" "+f.Code)
			}
			if !slices.Equal(got, c.fields) {
				t.Errorf("fields %q, want %q", got, c.fields)
			}
		})
	}
}

func TestUnknownDeviceNamesTheKnown(t *testing.T) {
	t.Parallel()
	_, err := warranty.Check(warranty.Claim{Device: "toaster", ClaimDate: "2026-01-01"})
	if got := problem.Of(err).Fields[0].Args["known"]; got != "evotor, kassenserver" {
		t.Errorf("known devices %q", got)
	}
}

func TestDeviceOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ kind, model, want string }{
		{"smart_terminal", "Эвотор 7.3", "evotor"},
		{"smart_terminal", "Evotor 5i", "evotor"},
		{"kassenserver", "", "kassenserver"},
		{"smart_terminal", "MSPOS", ""},
		{"fiscal_printer", "АТОЛ 30Ф", ""},
	} {
		if got, ok := warranty.DeviceOf(c.kind, c.model); got != c.want || ok != (c.want != "") {
			t.Errorf("%s %s: %q %v", c.kind, c.model, got, ok)
		}
	}
}
