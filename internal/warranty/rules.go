package warranty

import "slices"

// Kinds of device that have a rule.
const (
	Evotor       = "evotor"
	Kassenserver = "kassenserver"
)

// Start is the day that a term is counted from.
type Start string

// The starts.
const (
	FromProduction Start = "produced"
	FromActivation Start = "activated"
	FromPurchase   Start = "purchased"
)

// Bound is one end of a term; the term ends with the earliest of them.
type Bound struct {
	From   Start
	Months int
	Over   Reason // why a claim after it is refused
}

// Ground refuses a claim when any of its conditions holds, unless one that
// explains it away holds too.
type Ground struct {
	Reason Reason
	Any    []Condition
	Unless []Condition
}

// Exclusion is parts that are never covered.
type Exclusion struct {
	Reason Reason
	Parts  []string
}

// Rule is what is promised for one kind of device.
type Rule struct {
	Device string
	Bounds []Bound
	// PartsSince is the first year of purchase for which spare parts are still
	// to be had; 0: for all.
	PartsSince int
	Grounds    []Ground
	Excluded   []Exclusion
}

// Rules lists the rule of every kind of device that has one. Evotor: the
// maker's terms as document 001 tells them; Kassenserver: document 004 and
// requirement A4. See DESIGN.md.
func Rules() []Rule {
	return []Rule{
		{
			Device:   Evotor,
			Bounds:   []Bound{{FromActivation, 12, OverFromActivation}, {FromProduction, 24, OverFromProduction}},
			Grounds:  append(commonGrounds(), Ground{Reason: IncompleteAfterBuying, Any: []Condition{MissingParts}}, Ground{Reason: NotBoughtInRFCertified, Any: []Condition{BoughtAbroad}}),
			Excluded: excluded(),
		},
		{
			Device: Kassenserver, PartsSince: 2020,
			Bounds:  []Bound{{FromPurchase, 24, TermOver}},
			Grounds: commonGrounds(), Excluded: excluded(),
		},
	}
}

// commonGrounds are those of requirement A4, which hold for either device. An
// authorised centre cannot open a device without breaking its seal.
func commonGrounds() []Ground {
	return []Ground{
		{Reason: OpenedOrSealBroken, Any: []Condition{Opened, SealBroken}, Unless: []Condition{CentreOpened}},
		{Reason: Altered, Any: []Condition{WasAltered}},
		{Reason: LiquidOrForeignBodies, Any: []Condition{Liquid, ForeignBodies}},
		{Reason: SerialUnreadable, Any: []Condition{SerialUnread, SerialMissing}},
		{Reason: MechanicalDamage, Any: []Condition{Damaged}},
		{Reason: PoorConsumables, Any: []Condition{ConsumablesCause}},
		{Reason: NetworkMisuse, Any: []Condition{Network}},
	}
}

// excluded are the parts that wear out: the print mechanism with its own
// parts, the fiscal drive and the battery.
func excluded() []Exclusion {
	return []Exclusion{
		{Reason: PartPrintMechanism, Parts: []string{"print_mechanism", "print_head", "cutter"}},
		{Reason: PartFN, Parts: []string{"fn"}},
		{Reason: PartBattery, Parts: []string{"battery"}},
	}
}

// Devices lists the kinds of device that have a rule.
func Devices() []string {
	var out []string
	for _, r := range Rules() {
		out = append(out, r.Device)
	}
	return out
}

// RuleOf finds the rule of a kind of device.
func RuleOf(device string) (Rule, bool) {
	all := Rules()
	i := slices.IndexFunc(all, func(r Rule) bool { return r.Device == device })
	if i < 0 {
		return Rule{}, false
	}
	return all[i], true
}

// holds says whether the ground refuses a claim with these conditions.
func (g Ground) holds(found []Condition) bool {
	in := func(c Condition) bool { return slices.Contains(found, c) }
	return slices.ContainsFunc(g.Any, in) && !slices.ContainsFunc(g.Unless, in)
}
