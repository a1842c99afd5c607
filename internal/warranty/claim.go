package warranty

import (
	"slices"
	"strings"

	"github.com/tillwright/tillwright/internal/calendar"
	"github.com/tillwright/tillwright/internal/problem"
)

// Claim is a question as people and programs write it. Days are written
// 2026-03-10; one that is not known is "".
type Claim struct {
	Device     string
	ClaimDate  string
	Produced   string
	Activated  string
	Purchased  string
	Parts      []string
	Conditions []string
}

// Limits of a claim's lists: more is no claim.
const maxNamed = 50

// read is a claim that was checked.
type read struct {
	rule       Rule
	day        calendar.Date
	starts     map[Start]calendar.Date
	parts      []string
	conditions []Condition
}

// readClaim names every field at fault, not the first alone.
func readClaim(c Claim) (read, error) {
	r := read{starts: map[Start]calendar.Date{}}
	bad := problem.New(problem.Invalid, "invalid").In("warranty.Check")
	var known bool
	if r.rule, known = RuleOf(strings.ToLower(strings.TrimSpace(c.Device))); !known {
		bad.Fields = append(bad.Fields, problem.Field{
			Name: "device", Code: "warranty_device_unknown", Args: map[string]any{"device": c.Device, "known": strings.Join(Devices(), ", ")},
		})
	}
	days := readDays(c, bad)
	r.day = days["claimDate"]
	for _, s := range []Start{FromProduction, FromActivation, FromPurchase} {
		if d, ok := days[string(s)]; ok {
			r.starts[s] = d
		}
	}
	if len(bad.Fields) == 0 {
		checkOrder(r, bad)
	}
	r.parts, r.conditions = readParts(c.Parts, bad), readConditions(c.Conditions, bad)
	if len(bad.Fields) > 0 {
		return read{}, bad
	}
	return r, nil
}

func readDays(c Claim, bad *problem.Error) map[string]calendar.Date {
	days := map[string]calendar.Date{}
	for _, f := range []struct{ name, text string }{
		{"claimDate", c.ClaimDate}, {"produced", c.Produced}, {"activated", c.Activated}, {"purchased", c.Purchased},
	} {
		text := strings.TrimSpace(f.text)
		d, err := calendar.ParseDate(text)
		switch {
		case err == nil:
			days[f.name] = d
		case text != "":
			bad.Fields = append(bad.Fields, problem.Field{Name: f.name, Code: "date_invalid"})
		case f.name == "claimDate":
			bad.Fields = append(bad.Fields, problem.Field{Name: f.name, Code: "required"})
		}
	}
	return days
}

// checkOrder refuses days that cannot be: nothing is activated or bought
// before it was made, and nothing of the device's life lies after the claim.
func checkOrder(r read, bad *problem.Error) {
	produced, made := r.starts[FromProduction]
	for _, s := range []Start{FromProduction, FromActivation, FromPurchase} {
		d, ok := r.starts[s]
		switch {
		case !ok:
		case d > r.day:
			bad.Fields = append(bad.Fields, problem.Field{Name: string(s), Code: "warranty_after_claim"})
		case made && d < produced:
			bad.Fields = append(bad.Fields, problem.Field{Name: string(s), Code: "warranty_before_production"})
		}
	}
}

func readParts(names []string, bad *problem.Error) []string {
	var out []string
	for _, n := range limited(names, "parts", bad) {
		if n = strings.ToLower(strings.TrimSpace(n)); n == "" {
			bad.Fields = append(bad.Fields, problem.Field{Name: "parts", Code: "required"})
			break
		}
		out = append(out, n)
	}
	return out
}

func readConditions(names []string, bad *problem.Error) []Condition {
	var out []Condition
	for _, n := range limited(names, "conditions", bad) {
		c := Condition(strings.ToLower(strings.TrimSpace(n)))
		if !slices.Contains(Conditions(), c) {
			bad.Fields = append(bad.Fields, problem.Field{
				Name: "conditions", Code: "warranty_condition_unknown", Args: map[string]any{"condition": n, "known": knownConditions()},
			})
			continue
		}
		out = append(out, c)
	}
	return out
}

func limited(names []string, field string, bad *problem.Error) []string {
	if len(names) > maxNamed {
		bad.Fields = append(bad.Fields, problem.Field{Name: field, Code: "warranty_too_many", Args: map[string]any{"max": maxNamed}})
		return nil
	}
	return names
}

func knownConditions() string {
	var out []string
	for _, c := range Conditions() {
		out = append(out, string(c))
	}
	return strings.Join(out, ", ")
}
