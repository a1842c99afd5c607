package fptr

import (
	"cmp"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/sim/paper"
)

// holder is what the registration says, in letters that a document can bear.
func (r *Register) holder() paper.Holder {
	g := r.enrolled
	organization, device, ofd := teller(g.Organization), teller(g.Device), teller(g.OFD)
	return paper.Holder{
		Serial: r.serial, Drive: r.drive.Serial, INN: organization("vatin", 12), Number: device("registrationNumber", 20), Name: organization("name", 256),
		Address: organization("address", 256), Place: device("paymentsAddress", 256), OFDINN: ofd("vatin", 12), OFDName: ofd("name", 256), Firmware: firmware,
		Taxes: r.taxes(), FFD: paper.Version(r.format()),
	}
}

// teller gives the texts of a part of the registration.
func teller(part map[string]any) func(key string, most int) string {
	return func(key string, most int) string {
		s, _ := part[key].(string)
		return paper.Text(s, most)
	}
}

// format is the one that the register is registered with, 1.05, 1.1 or 1.2.
func (r *Register) format() string {
	if s, _ := r.enrolled.Device["ffdVersion"].(string); paper.Version(s) != 0 {
		return s
	}
	return r.opt.FFD
}

// taxes are the registered tax systems as bits.
func (r *Register) taxes() (bits uint8) {
	for _, word := range words(r.enrolled.Organization["taxationTypes"]) {
		bits |= taxation(word)
	}
	return max(bits, 1)
}

// words are a list of the registration, drawn or as a task brought it.
func words(list any) (out []string) {
	if drawn, ok := list.([]string); ok {
		return drawn
	}
	brought, _ := list.([]any)
	for _, v := range brought {
		if word, ok := v.(string); ok {
			out = append(out, word)
		}
	}
	return out
}

// formWords are the driver's for the forms of documents.
var formWords = map[uint8]string{
	paper.Registration: "registration", paper.Changed: "changeRegistrationParameters", paper.OpenShift: "openShift", paper.Receipt: "receipt",
	paper.Correction: "receiptCorrection", paper.CloseShift: "closeShift", paper.CloseDrive: "closeArchive", paper.Settlement: "ofdExchangeStatus",
}

// told fills a receipt's document from its task, whose sums were checked.
func (f receiptForm) told(ffd string) paper.Document {
	p := paper.Document{
		Taxation: taxation(f.TaxationType), Place: paper.Text(f.PaymentsPlace, 256), Address: paper.Text(f.PaymentsAddress, 256),
	}
	if f.Operator != nil {
		p.Cashier, p.INN = paper.Text(f.Operator.Name, 64), paper.Text(f.Operator.VATIN, 12)
	}
	if f.ClientInfo != nil {
		p.Contact = paper.Text(f.ClientInfo.EmailOrPhone, 64)
	}
	if f.CorrectionType != "" {
		day, _ := time.Parse(baseDate, f.CorrectionBaseDate) // checked before
		p.Ground = paper.Ground{Ordered: f.CorrectionType == "instruction", Day: day, Order: paper.Text(f.CorrectionBaseNumber, 32)}
	}
	for _, it := range f.Items {
		switch it.Type {
		case "additionalAttribute":
			p.WrongSign = paper.Text(it.Value, 16)
		case "position":
			p.Items = append(p.Items, it.told(ffd))
		}
	}
	for _, t := range f.Taxes {
		sum, _ := kopecks(t.Sum)
		p.Rates = append(p.Rates, paper.Rate{VAT: vat(t.Type), Sum: sum})
	}
	return p
}

// told is an item of a task.
func (it itemForm) told(ffd string) paper.Item {
	price, _ := kopecks(it.Price)
	amount, _ := kopecks(it.Amount)
	i := paper.Item{
		Name: paper.Text(it.Name, 128), Price: price, Quantity: thousandths(it.Quantity), Sum: amount, VAT: vat(it.Tax.Type),
		Method: place(methods, it.PaymentMethod), Object: place(objects, it.PaymentObject),
	}
	if ffd == "1.2" {
		i.Unit, i.Mark = unit(it.MeasurementUnit), it.code()
	}
	return i
}

// split divides the total by how it was paid. What cash there is more than the
// total is change.
func (f receiptForm) split(p *paper.Document, total int64) {
	var sums [5]int64 // by the means of payment, and all were checked before
	for _, pay := range f.Payments {
		sum, _ := kopecks(pay.Sum)
		sums[pay.means()] += sum
	}
	p.Prepaid, p.Credit, p.Other = sums[2], sums[3], sums[4]
	p.Cash = total - p.Prepaid - p.Credit - p.Other - sums[1]
}

// reported fills the counters of a report in.
func (r *Register) reported(cashier *operator) paper.Document {
	p := r.drive.Tell(paper.Document{Receipts: r.shift.Receipts, Documents: r.shift.Documents + 1})
	if cashier != nil {
		p.Cashier, p.INN = paper.Text(cashier.Name, 64), paper.Text(cashier.VATIN, 12)
	}
	return p
}

// The driver's words, each at the number that the format has for it.
var (
	rates   = []string{"", "vat20", "vat10", "vat120", "vat110", "vat0", "none", "vat5", "vat7", "vat105", "vat107", "vat22", "vat122"}
	methods = []string{"", "fullPrepayment", "prepayment", "advance", "fullPayment", "partialPayment", "credit", "creditPayment"}
	objects = []string{
		"", "commodity", "excise", "job", "service", "gamblingBet", "gamblingPrize", "lottery", "lotteryPrize", "intellectualActivity", "payment",
		"agentCommission", "pay", "another", "proprietaryLaw", "nonOperatingIncome", "otherContributions", "merchantTax", "resortFee", "deposit",
		"consumption", "soleProprietorCPIContributions", "cpiContributions", "soleProprietorCMIContributions", "cmiContributions", "csiContributions",
		"casinoPayment", "fundsIssuance", "", "", "exciseWithoutMarking", "exciseWithMarking", "commodityWithoutMarking", "commodityWithMarking",
	}
	taxations = []string{"osn", "usnIncome", "usnIncomeOutcome", "envd", "esn", "patent"}
	units     = map[string]uint8{
		"piece": 0, "gram": 10, "kilogram": 11, "ton": 12, "centimeter": 20, "decimeter": 21, "meter": 22, "squareCentimeter": 30, "squareDecimeter": 31,
		"squareMeter": 32, "milliliter": 40, "liter": 41, "cubicMeter": 42, "kilowattHour": 50, "gkal": 51, "day": 70, "hour": 71, "minute": 72, "second": 73,
		"kilobyte": 80, "megabyte": 81, "gigabyte": 82, "terabyte": 83, "otherUnits": 255,
	}
)

// place is a word's number in a list, 0 for one that is not in it.
func place(list []string, word string) uint8 {
	for i, w := range list {
		if w == word {
			return uint8(i)
		}
	}
	return 0
}

func vat(word string) uint8 { return place(rates, word) }

func unit(word string) uint8 { return units[strings.TrimSpace(cmp.Or(word, "piece"))] }

// taxation is a tax system's bit, 0 for a word that is none.
func taxation(word string) uint8 {
	for i, w := range taxations {
		if w == word {
			return 1 << i
		}
	}
	return 0
}
