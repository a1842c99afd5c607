package registry

import (
	"slices"

	"github.com/tillwright/tillwright/internal/calendar"
)

// Country is a country whose rules we know, as ISO 3166 alpha-2.
type Country string

// The countries.
const (
	RU Country = "RU"
	KZ Country = "KZ"
	DE Country = "DE"
)

// Countries lists them in the order they are offered.
func Countries() []Country { return []Country{RU, KZ, DE} }

// ClientKind is the legal form as far as numbers and papers depend on it.
type ClientKind string

// The kinds of client.
const (
	Company ClientKind = "company" // ООО, АО, ТОО, GmbH: a legal person
	Sole    ClientKind = "sole"    // ИП, Einzelunternehmen: one person's business
	Public  ClientKind = "public"  // school canteens, municipal offices
)

// ClientKinds lists them in the order they are offered.
func ClientKinds() []ClientKind { return []ClientKind{Company, Sole, Public} }

// ClientTerms lists the terms that a client may have, the usual ones first.
func ClientTerms() []calendar.Terms { return []calendar.Terms{calendar.Contract, calendar.OneOff} }

// DeviceKind is what a device is.
type DeviceKind string

// The kinds of device, from the register to what stands around it.
const (
	SmartTerminal  DeviceKind = "smart_terminal"
	FiscalPrinter  DeviceKind = "fiscal_printer"
	POSComputer    DeviceKind = "pos_computer"
	Kassenserver   DeviceKind = "kassenserver"
	TSE            DeviceKind = "tse"
	FiscalDrive    DeviceKind = "fn"
	ReceiptPrinter DeviceKind = "receipt_printer"
	Scanner        DeviceKind = "scanner"
	Scales         DeviceKind = "scales"
	CardTerminal   DeviceKind = "card_terminal"
	Router         DeviceKind = "router"
	UPS            DeviceKind = "ups"
	UTM            DeviceKind = "utm"
	IIKO           DeviceKind = "iiko"
	MarkingModule  DeviceKind = "marking_module"
	Mercury        DeviceKind = "mercury"
	OneC           DeviceKind = "onec"
)

// DeviceKinds lists them in the order they are offered.
func DeviceKinds() []DeviceKind {
	return []DeviceKind{
		SmartTerminal, FiscalPrinter, POSComputer, Kassenserver, TSE, FiscalDrive, ReceiptPrinter, Scanner, Scales,
		CardTerminal, Router, UPS, UTM, IIKO, MarkingModule, Mercury, OneC,
	}
}

// Models suggests the models of a kind that are met most. They are names of
// products, the same in every language; any other may be typed.
func Models(k DeviceKind) []string {
	switch k {
	case SmartTerminal:
		return []string{"Эвотор 5", "Эвотор 5i", "Эвотор 7.2", "Эвотор 7.3", "Эвотор 10"}
	case FiscalPrinter:
		return []string{"АТОЛ 27Ф", "АТОЛ 30Ф", "АТОЛ 50Ф", "АТОЛ FPrint-22ПТК", "ШТРИХ-М-01Ф", "ШТРИХ-ЛАЙТ-01Ф"}
	case IIKO:
		return []string{"iikoFront", "iikoBackOffice", "iikoServer", "iikoSousChief", "iikoChainServer", "iikoChainOperator", "iikoCallCenter"}
	default:
		return nil
	}
}

// TaxSystem is a Russian system of taxation (СНО), named as the bits of the
// fiscal document's tag 1062 are.
type TaxSystem string

// The tax systems.
const (
	OSN              TaxSystem = "osn"
	USNIncome        TaxSystem = "usn_income"
	USNIncomeOutcome TaxSystem = "usn_income_outcome"
	ENVD             TaxSystem = "envd" // ended in 2021, still found in old registers
	ESHN             TaxSystem = "eshn"
	Patent           TaxSystem = "patent"
)

// TaxSystems lists them in the order of the bits.
func TaxSystems() []TaxSystem {
	return []TaxSystem{OSN, USNIncome, USNIncomeOutcome, ENVD, ESHN, Patent}
}

// FFDs lists the versions of the fiscal document format.
func FFDs() []string { return []string{"1.0", "1.05", "1.1", "1.2"} }

// PassportKind is what an entry of a passport is about.
type PassportKind string

// The kinds of entry. The first group is written by people, the second by
// the program when a register tells something new; FNChange may be both.
const (
	Serviced    PassportKind = "service"
	Maintenance PassportKind = "maintenance"
	Repair      PassportKind = "repair"
	Seal        PassportKind = "seal" // a seal or hologram put on or found broken
	Training    PassportKind = "training"
	Remark      PassportKind = "note"
	FNChange    PassportKind = "fn"

	Identity       PassportKind = "identity" // the serial number is another one
	FirmwareChange PassportKind = "firmware"
	Registration   PassportKind = "registration" // РНМ
	Move           PassportKind = "move"
	Retirement     PassportKind = "retired"
	Revival        PassportKind = "revived"
)

// PeoplesKinds lists the kinds of entry that a person may write.
func PeoplesKinds() []PassportKind {
	return []PassportKind{Serviced, Maintenance, Repair, Seal, FNChange, Training, Remark}
}

// PassportKinds lists all kinds.
func PassportKinds() []PassportKind {
	return append(PeoplesKinds(), Identity, FirmwareChange, Registration, Move, Retirement, Revival)
}

func has[T comparable](list []T, v T) bool { return slices.Contains(list, v) }
