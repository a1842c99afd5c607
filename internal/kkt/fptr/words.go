package fptr

import "slices"

// FFD is a version of the format of fiscal documents.
type FFD string

// The versions that registers speak.
const (
	FFD105 FFD = "1.05"
	FFD11  FFD = "1.1"
	FFD12  FFD = "1.2"
)

func (f FFD) known() bool { return f == FFD105 || f == FFD11 || f == FFD12 }

// Taxation is a tax system (СНО, tag 1055) in the driver's word.
type Taxation string

// The tax systems. ЕНВД ended with 2020 and is left for settlements before.
const (
	TaxationOSN              Taxation = "osn"
	TaxationUSNIncome        Taxation = "usnIncome"
	TaxationUSNIncomeOutcome Taxation = "usnIncomeOutcome"
	TaxationENVD             Taxation = "envd"
	TaxationESN              Taxation = "esn"
	TaxationPatent           Taxation = "patent"
)

func (t Taxation) known() bool {
	return slices.Contains([]Taxation{TaxationOSN, TaxationUSNIncome, TaxationUSNIncomeOutcome, TaxationENVD, TaxationESN, TaxationPatent}, t)
}

// VAT is a rate of tag 1199 by its number there.
type VAT int

// The rates. 5, 7 and their fractions are in force since 2025, 22 and 22/122
// since 2026 (order ЕД-7-20/1050@ of 08.12.2025).
const (
	VAT20     VAT = 1
	VAT10     VAT = 2
	VAT20_120 VAT = 3
	VAT10_110 VAT = 4
	VAT0      VAT = 5
	VATNone   VAT = 6
	VAT5      VAT = 7
	VAT7      VAT = 8
	VAT5_105  VAT = 9
	VAT7_107  VAT = 10
	VAT22     VAT = 11
	VAT22_122 VAT = 12
)

// Word is the driver's word for the rate; "" for a number that is no rate.
func (v VAT) Word() string {
	words := []string{"", "vat20", "vat10", "vat120", "vat110", "vat0", "none", "vat5", "vat7", "vat105", "vat107", "vat22", "vat122"}
	if v < 1 || int(v) >= len(words) {
		return ""
	}
	return words[v]
}

// since is the first year in which the rate exists; 0 when it is older than
// these documents.
func (v VAT) since() int {
	switch v {
	case VAT5, VAT7, VAT5_105, VAT7_107:
		return 2025
	case VAT22, VAT22_122:
		return 2026
	default:
		return 0
	}
}

// Method is a kind of settlement of one item (tag 1214).
type Method int

// Word is the driver's word for the kind; "" for a number that is none.
func (m Method) Word() string {
	words := []string{"", "fullPrepayment", "prepayment", "advance", "fullPayment", "partialPayment", "credit", "creditPayment"}
	if m < 1 || int(m) >= len(words) {
		return ""
	}
	return words[m]
}

// MethodFull is payment in full at the time of the handing over.
const MethodFull Method = 4

// Object is what was settled (tag 1212).
type Object int

// Word is the driver's word for the object; "" for a number that is none. Goods
// with a marking code (31, 33) are written as an item of 1 or 2 that has one.
func (o Object) Word() string {
	words := []string{
		"", "commodity", "excise", "job", "service", "gamblingBet", "gamblingPrize", "lottery", "lotteryPrize", "intellectualActivity", "payment",
		"agentCommission", "pay", "another", "proprietaryLaw", "nonOperatingIncome", "otherContributions", "merchantTax", "resortFee", "deposit",
		"consumption", "soleProprietorCPIContributions", "cpiContributions", "soleProprietorCMIContributions", "cmiContributions", "csiContributions",
		"casinoPayment", "fundsIssuance",
	}
	switch {
	case o == 30:
		return "exciseWithoutMarking"
	case o == 32:
		return "commodityWithoutMarking"
	case o < 1 || int(o) >= len(words):
		return ""
	default:
		return words[o]
	}
}

// ObjectCommodity is goods without excise and marking.
const ObjectCommodity Object = 1

// Unit is a measure of quantity (tag 2108).
type Unit int

// Word is the driver's word for the unit; "" for a number that is none.
func (u Unit) Word() string {
	return map[Unit]string{
		0: "piece", 10: "gram", 11: "kilogram", 12: "ton", 20: "centimeter", 21: "decimeter", 22: "meter", 30: "squareCentimeter", 31: "squareDecimeter",
		32: "squareMeter", 40: "milliliter", 41: "liter", 42: "cubicMeter", 50: "kilowattHour", 51: "gkal", 70: "day", 71: "hour", 72: "minute", 73: "second",
		80: "kilobyte", 81: "megabyte", 82: "gigabyte", 83: "terabyte", 255: "otherUnits",
	}[u]
}

// PaymentKind is how a part of the total was paid.
type PaymentKind string

// The kinds of payment (tags 1031, 1081, 1215, 1216, 1217).
const (
	PaidCash           PaymentKind = "cash"
	PaidElectronically PaymentKind = "electronically"
	PaidPrepaid        PaymentKind = "prepaid" // an advance is set off
	PaidCredit         PaymentKind = "credit"  // to be paid later
	PaidOther          PaymentKind = "other"   // a return service
)

func (k PaymentKind) known() bool {
	return slices.Contains([]PaymentKind{PaidCash, PaidElectronically, PaidPrepaid, PaidCredit, PaidOther}, k)
}
