package fptr

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"
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

	CorrectionType       string `json:"correctionType"`
	CorrectionBaseDate   string `json:"correctionBaseDate"`
	CorrectionBaseNumber string `json:"correctionBaseNumber"`
}

type clientForm struct {
	EmailOrPhone string `json:"emailOrPhone"`
}

type itemForm struct {
	Type     string      `json:"type"`
	Name     string      `json:"name"`
	Price    json.Number `json:"price"`
	Quantity json.Number `json:"quantity"`
	Amount   json.Number `json:"amount"`
	Tax      *taxForm    `json:"tax"`
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
	if !r.shift.open {
		r.openShift(r.own()) // a first receipt opens the shift by itself
	}
	kind := "receipt"
	if f.CorrectionType != "" {
		kind = "receiptCorrection"
	}
	d := r.sign(kind, true, total)
	d.way = ways(t.Type)
	r.drive.last.way, r.drive.documents[len(r.drive.documents)-1].way = d.way, d.way
	r.takeCash(t.Type, f)
	return r.fiscalParams(d, false), 0
}

// ways is the direction of a receipt (1054) by its task.
func ways(kind string) int {
	for i, name := range []string{"sell", "sellReturn", "buy", "buyReturn"} {
		if strings.TrimSuffix(kind, "Correction") == name {
			return i + 1
		}
	}
	return 0
}

// sellingRefused is why a receipt is not taken for a reason that lies in the
// register.
func (r *Register) sellingRefused() int {
	switch {
	case r.shiftOver():
		return codeShiftOver
	case r.has(FaultBlocked):
		return codeModeBlocked
	case r.has(FaultReceiptOpen):
		return codeReceiptOpen
	case r.has(FaultFormat):
		return codeFormat
	case r.has(FaultDriveTerms):
		return codeFNParams
	default:
		return 0
	}
}

func (r *Register) takeCash(kind string, f receiptForm) {
	for _, p := range f.Payments {
		sum, _ := kopecks(p.Sum) // checked before
		if p.Type != "cash" {
			continue
		}
		if slices.Contains([]string{"sell", "buyReturn", "sellCorrection", "buyReturnCorrection"}, kind) {
			r.cash += sum
		} else {
			r.cash -= sum
		}
	}
}

// checked reads a receipt as the driver's scripts do, and gives its total.
func (r *Register) checked(kind string, f receiptForm) (total int64, code int) {
	correction := kind == "sellCorrection" || kind == "buyCorrection" || kind == "sellReturnCorrection" || kind == "buyReturnCorrection"
	if f.TaxationType == "" || f.Operator == nil || f.Operator.Name == "" || f.Electronically && (f.ClientInfo == nil || f.ClientInfo.EmailOrPhone == "") {
		return 0, codeParse
	}
	if correction {
		if code := r.checkCorrection(kind, f); code != 0 {
			return 0, code
		}
	}
	sum, positions, ok := added(f.Items)
	if !ok || positions == 0 && (!correction || r.opt.FFD != "1.05") {
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
	_, err := time.Parse("2006.01.02", f.CorrectionBaseDate)
	switch {
	case err != nil, f.CorrectionType != "self" && f.CorrectionType != "instruction":
		return codeParse
	case f.CorrectionType == "instruction" && f.CorrectionBaseNumber == "":
		return codeParse
	case r.opt.FFD == "1.05" && (kind == "sellReturnCorrection" || kind == "buyReturnCorrection"):
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

func rate(word string) bool {
	return slices.Contains([]string{
		"none", "vat0", "vat5", "vat7", "vat10", "vat20", "vat22", "vat105", "vat107", "vat110", "vat120", "vat122",
	}, word)
}

// paid: only cash may be more than the total, and then there is change.
func paid(payments []payForm, total int64) int {
	var sum, cash int64
	for _, p := range payments {
		k, ok := kopecks(p.Sum)
		if !ok || k < 0 || !slices.Contains([]string{"cash", "electronically", "prepaid", "credit", "other"}, p.Type) {
			return codeParse
		}
		sum += k
		if p.Type == "cash" {
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

// kopecks reads a sum in rubles exactly.
func kopecks(n json.Number) (int64, bool) {
	const longest = 20
	if n == "" || len(n) > longest || strings.ContainsAny(n.String(), "eE/") {
		return 0, false
	}
	v, ok := new(big.Rat).SetString(n.String())
	if !ok {
		return 0, false
	}
	v.Mul(v, big.NewRat(100, 1))
	if !v.IsInt() || !v.Num().IsInt64() {
		return 0, false
	}
	return v.Num().Int64(), true
}
