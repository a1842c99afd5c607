package warranty

// Verdict is what a claim comes to.
type Verdict string

// The verdicts.
const (
	Covered        Verdict = "covered"
	NotCovered     Verdict = "not_covered"
	PartNotCovered Verdict = "part_not_covered" // the device is covered, a part that is named is not
)

// Reason is why, as a stable code; its sentence is "warranty.reason.<code>".
type Reason string

// The reasons.
const (
	InTerm                 Reason = "in_term"
	OverFromActivation     Reason = "term_over_from_activation"
	OverFromProduction     Reason = "term_over_from_production"
	TermOver               Reason = "term_over"
	NoSpareParts           Reason = "no_spare_parts"
	OpenedOrSealBroken     Reason = "opened_or_seal_broken"
	Altered                Reason = "altered"
	LiquidOrForeignBodies  Reason = "liquid_or_foreign_bodies"
	SerialUnreadable       Reason = "serial_unreadable"
	MechanicalDamage       Reason = "mechanical_damage"
	PoorConsumables        Reason = "poor_consumables"
	NetworkMisuse          Reason = "network_misuse"
	IncompleteAfterBuying  Reason = "incomplete_or_damaged_after_purchase"
	NotBoughtInRFCertified Reason = "not_bought_in_rf_or_not_certified"
	PartPrintMechanism     Reason = "part_print_mechanism"
	PartFN                 Reason = "part_fn"
	PartBattery            Reason = "part_battery"
)

// Reasons lists all of them in the order of their weight.
func Reasons() []Reason {
	return []Reason{
		InTerm, NoSpareParts, OverFromActivation, OverFromProduction, TermOver, OpenedOrSealBroken, Altered, LiquidOrForeignBodies,
		SerialUnreadable, MechanicalDamage, PoorConsumables, NetworkMisuse, IncompleteAfterBuying, NotBoughtInRFCertified,
		PartPrintMechanism, PartFN, PartBattery,
	}
}

// Condition is something that was found at the device or is known of it.
type Condition string

// The conditions. The last three refuse nothing by themselves.
const (
	Opened           Condition = "opened"
	SealBroken       Condition = "seal_broken"
	WasAltered       Condition = "altered"
	Liquid           Condition = "liquid"
	ForeignBodies    Condition = "foreign_bodies"
	SerialUnread     Condition = "serial_unreadable"
	SerialMissing    Condition = "serial_missing"
	Damaged          Condition = "mechanical_damage"
	ConsumablesCause Condition = "poor_consumables_caused"
	Network          Condition = "network_misuse"
	MissingParts     Condition = "missing_parts_after_purchase"
	BoughtAbroad     Condition = "bought_abroad"

	// ConsumablesUsed: poor paper was used, but the fault has another cause.
	ConsumablesUsed Condition = "poor_consumables_used_not_cause"
	// SelfActivated: the shop set it up itself, which the maker allows.
	SelfActivated Condition = "self_activated"
	// CentreOpened: whoever opened it was an authorised service centre.
	CentreOpened Condition = "opened_by_authorised_centre"
)

// Conditions lists all of them in the order in which they are asked for.
func Conditions() []Condition {
	return []Condition{
		Opened, SealBroken, CentreOpened, WasAltered, Liquid, ForeignBodies, SerialUnread, SerialMissing, Damaged,
		ConsumablesCause, ConsumablesUsed, Network, MissingParts, BoughtAbroad, SelfActivated,
	}
}

// Parts lists the parts that are asked for by name. A claim may name any
// other part; those that a rule excludes are all here.
func Parts() []string {
	return []string{"mainboard", "display", "housing", "power_supply", "port", "print_mechanism", "print_head", "cutter", "fn", "battery"}
}
