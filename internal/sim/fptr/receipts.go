package fptr

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tillwright/tillwright/internal/sim/paper"
)

// receiptForm is a receipt or a correction as a task brings it.
type receiptForm struct {
	TaxationType   string      `json:"taxationType"`
	Electronically bool        `json:"electronically"`
	ClientInfo     *clientForm `json:"clientInfo"`
	Operator       *operator   `json:"operator"`
	Items          []itemForm  `json:"items"`
	Payments       []payForm   `json:"payments"`
	Taxes          []taxForm   `json:"taxes"`
	Total          json.Number `json:"total"`

	AgentInfo *agentForm `json:"agentInfo"`

	PaymentsPlace   string `json:"paymentsPlace"`
	PaymentsAddress string `json:"paymentsAddress"`

	CorrectionType       string `json:"correctionType"`
	CorrectionBaseDate   string `json:"correctionBaseDate"`
	CorrectionBaseNumber string `json:"correctionBaseNumber"`

	ValidateMarkingCodes bool `json:"validateMarkingCodes"`
}

type agentForm struct {
	Agents []string `json:"agents"`
}

type clientForm struct {
	EmailOrPhone string `json:"emailOrPhone"`
}

type itemForm struct {
	Type            string      `json:"type"`
	Name            string      `json:"name"`
	Price           json.Number `json:"price"`
	Quantity        json.Number `json:"quantity"`
	Amount          json.Number `json:"amount"`
	Tax             *taxForm    `json:"tax"`
	MeasurementUnit string      `json:"measurementUnit"`
	PaymentMethod   string      `json:"paymentMethod"`
	PaymentObject   string      `json:"paymentObject"`
	Value           string      `json:"value"` // of an additional attribute
	IMC             *imcForm    `json:"imcParams"`
	MarkingCode     *markForm   `json:"markingCode"`
}

type payForm struct {
	Type string      `json:"type"`
	Sum  json.Number `json:"sum"`
}

type taxForm struct {
	Type string      `json:"type"`
	Sum  json.Number `json:"sum"`
}

func (r *Register) receipt(t task) (any, int) {
	var f receiptForm
	if json.Unmarshal(t.raw, &f) != nil {
		return nil, codeParse
	}
	if f.TaxationType == "" { // the registration's own, when a task names none
		f.TaxationType, _ = r.enrolled.Device["defaultTaxationType"].(string)
	}
	total, code := r.checked(t.Type, f)
	if code != 0 {
		return nil, code
	}
	if code := r.mayTrade(); code != 0 {
		return nil, code
	}
	if code := r.sellingRefused(); code != 0 {
		return nil, code
	}
	if !r.represents(f.AgentInfo) {
		return nil, codeFormat
	}
	found, good, code := r.checkMarks(f)
	if code != 0 {
		return nil, code
	}
	if !good {
		return object{"validateMarks": found}, 0
	}
	if !r.shift.Open {
		r.openShift(t.Operator) // a first receipt opens the shift by itself
	}
	d := f.told(r.format())
	d.Form, d.Kind, d.Sum = paper.Receipt, ways(t.Type), total
	if correction(t.Type) {
		d.Form = paper.Correction
	}
	f.split(&d, total)
	d = r.sign(d)
	r.takeCash(d)
	r.takeMarks(f)
	result := r.fiscalParams(d, false)
	if len(found) > 0 {
		result["validateMarks"] = found
	}
	return result, 0
}

// baseDate is how a task writes the day that is corrected.
const baseDate = "2006.01.02"

func correction(kind string) bool { return strings.HasSuffix(kind, "Correction") }

// ways is the direction of a receipt (1054) by its task.
func ways(kind string) uint8 {
	for i, name := range []string{"sell", "sellReturn", "buy", "buyReturn"} {
		if strings.TrimSuffix(kind, "Correction") == name {
			return uint8(i) + 1
		}
	}
	return 0
}

// sellingRefused is why a receipt is not taken for a reason that lies in the
// register.
func (r *Register) sellingRefused() int {
	if r.shift.Over(r.own()) {
		return codeShiftOver
	}
	for _, f := range []struct {
		id   string
		code int
	}{
		{FaultBlocked, codeModeBlocked},
		{FaultReceiptOpen, codeReceiptOpen},
		{FaultFormat, codeFormat},
		{FaultField, codeField},
		{FaultDriveTerms, codeFNParams},
		{FaultProtection, codeLicense},
		{FaultTaxLeft, codeTaxOver},
	} {
		if r.has(f.id) {
			return f.code
		}
	}
	return 0
}

// represents says whether the registration knows the agent that a receipt is
// made as.
func (r *Register) represents(a *agentForm) bool {
	if a == nil {
		return true
	}
	for _, sign := range a.Agents {
		if !slices.Contains(words(r.enrolled.Organization["agents"]), sign) {
			return false
		}
	}
	return true
}

// takeCash puts a receipt's cash into the drawer, or takes it out.
func (r *Register) takeCash(d paper.Document) {
	if d.Kind == 1 || d.Kind == 4 {
		r.cash += d.Cash
	} else {
		r.cash -= d.Cash
	}
}

// checked reads a receipt as the driver's scripts do, and gives its total.
func (r *Register) checked(kind string, f receiptForm) (total int64, code int) {
	if taxation(f.TaxationType) == 0 || f.Operator != nil && f.Operator.Name == "" || f.Electronically && (f.ClientInfo == nil || f.ClientInfo.EmailOrPhone == "") {
		return 0, codeParse
	}
	if correction(kind) {
		if code := r.checkCorrection(kind, f); code != 0 {
			return 0, code
		}
	}
	if code := r.markForms(f.Items); code != 0 {
		return 0, code
	}
	sum, positions, ok := added(f.Items)
	if !ok || positions == 0 && (!correction(kind) || r.format() != "1.05") {
		return 0, codeParse
	}
	given, ok := kopecks(f.Total)
	if f.Total == "" {
		given, ok = sum, true
	}
	if !ok || positions > 0 && given > sum {
		return 0, codeParse
	}
	return given, paid(f.Payments, given)
}

func (r *Register) checkCorrection(kind string, f receiptForm) int {
	_, err := time.Parse(baseDate, f.CorrectionBaseDate)
	switch {
	case err != nil, f.CorrectionType != "self" && f.CorrectionType != "instruction":
		return codeParse
	case f.CorrectionType == "instruction" && f.CorrectionBaseNumber == "":
		return codeParse
	case r.format() == "1.05" && (kind == "sellReturnCorrection" || kind == "buyReturnCorrection"):
		return codeFFDOperation
	default:
		return 0
	}
}

func added(items []itemForm) (sum int64, positions int, ok bool) {
	for _, it := range items {
		if it.Type != "position" {
			continue
		}
		amount, good := kopecks(it.Amount)
		_, price := kopecks(it.Price)
		if !good || !price || it.Name == "" || it.Tax == nil || !rate(it.Tax.Type) {
			return 0, 0, false
		}
		sum += amount
		positions++
	}
	return sum, positions, true
}

func rate(word string) bool { return vat(word) != 0 }

// inCash is the first of the means of payment.
const inCash = 0

// means is how was paid: by a word, or by the driver's own number written as
// one. Less than nought is none.
func (p payForm) means() int {
	words := []string{"cash", "electronically", "prepaid", "credit", "other"}
	if i := slices.Index(words, p.Type); i >= 0 {
		return i
	}
	if n, err := strconv.Atoi(p.Type); err == nil && n >= inCash && n < len(words) {
		return n
	}
	return -1
}

// paid: only cash may be more than the total, and then there is change.
func paid(payments []payForm, total int64) int {
	var sum, cash int64
	for _, p := range payments {
		k, ok := kopecks(p.Sum)
		means := p.means()
		if !ok || k < 0 || means < 0 {
			return codeParse
		}
		sum += k
		if means == inCash {
			cash += k
		}
	}
	switch {
	case sum < total:
		return codeNotPaid
	case sum-total > cash:
		return codeParse
	default:
		return 0
	}
}

// thousandths reads a quantity; what is finer is dropped. Without one it is 1.
func thousandths(n json.Number) int64 {
	v, ok := decimal(n)
	if !ok {
		return 1000
	}
	v.Mul(v, big.NewRat(1000, 1))
	whole := new(big.Int).Quo(v.Num(), v.Denom())
	if !whole.IsInt64() {
		return 1000
	}
	return whole.Int64()
}

// kopecks reads a sum in rubles exactly.
func kopecks(n json.Number) (int64, bool) {
	v, ok := decimal(n)
	if !ok {
		return 0, false
	}
	v.Mul(v, big.NewRat(100, 1))
	if !v.IsInt() || !v.Num().IsInt64() {
		return 0, false
	}
	return v.Num().Int64(), true
}

// decimal reads a number as it is written.
func decimal(n json.Number) (*big.Rat, bool) {
	const longest = 20
	if n == "" || len(n) > longest || strings.ContainsAny(n.String(), "eE/") {
		return nil, false
	}
	return new(big.Rat).SetString(n.String())
}
