package fptr

import (
	"encoding/base64"

	"github.com/tillwright/tillwright/internal/ffd"
)

// The codes about marking that the bench answers with.
const (
	codeMarkTimeout = 421 // the marking system did not answer
)

// imcForm is a marking code in a position, of FFD 1.2.
type imcForm struct {
	Code   string `json:"imc"`
	Type   string `json:"imcType"`
	Status string `json:"itemEstimatedStatus"`
	Mode   int    `json:"imcModeProcessing"`
}

// markForm is a marking code in a position, of the formats before.
type markForm struct {
	Mark string `json:"mark"`
	Type string `json:"type"`
}

// code is the code of a position as it was scanned. The driver takes one that is
// no base64 as plain text.
func (it itemForm) code() string {
	text := ""
	switch {
	case it.IMC != nil:
		text = it.IMC.Code
	case it.MarkingCode != nil:
		text = it.MarkingCode.Mark
	}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil {
		return string(plain)
	}
	return text
}

// markForms looks at the form of what a task says of marking codes.
func (r *Register) markForms(items []itemForm) int {
	for _, it := range items {
		switch {
		case it.IMC == nil:
		case r.format() != "1.2":
			return codeFFDOperation
		case it.IMC.Code == "" || place(imcStatuses, it.IMC.Status) == 0 || it.IMC.Mode != 0:
			return codeParse
		}
	}
	return 0
}

// imcStatuses are the planned statuses (2003) by their numbers.
var imcStatuses = []string{"", "itemPieceSold", "itemDryForSale", "itemPieceReturn", "itemDryReturn"}

// checkMarks asks the drive and the marking system about each code, as the
// driver's script does before it opens a receipt: good is false when one is
// found wanting, and then no receipt is made.
func (r *Register) checkMarks(f receiptForm) (found []object, good bool, code int) {
	good = true
	seen := map[string]bool{} // in this receipt
	for _, it := range f.Items {
		if it.IMC == nil || !f.ValidateMarkingCodes {
			continue
		}
		if !r.canSend() { // the way to the marking system is the one to the operator
			return nil, false, codeMarkTimeout
		}
		mark := it.code()
		back := place(imcStatuses, it.IMC.Status) > 2
		genuine := ffd.MarkFault(mark) == "" && !ffd.MarkBare(mark)
		allowed := genuine && !seen[mark] && (back || !r.sold[mark])
		seen[mark] = true
		good = good && genuine && allowed
		result := object{"imcCheckFlag": true, "imcCheckResult": genuine, "imcStatusInfo": true, "imcEstimatedStatusCorrect": allowed, "ecrStandAloneFlag": false}
		found = append(found, object{
			"driverError": coded(0), "sentImcRequest": true, "onlineValidation": object{"itemInfoCheckResult": result},
			"offlineValidation": object{"fmCheck": true, "fmCheckResult": genuine, "fmCheckErrorReason": "checked"},
		})
	}
	return found, good, 0
}

// takeMarks keeps which codes have left the shop, and which came back.
func (r *Register) takeMarks(f receiptForm) {
	for _, it := range f.Items {
		if it.IMC == nil {
			continue
		}
		if r.sold == nil {
			r.sold = map[string]bool{}
		}
		r.sold[it.code()] = place(imcStatuses, it.IMC.Status) <= 2
	}
}
