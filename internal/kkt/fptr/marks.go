package fptr

import (
	"encoding/base64"
	"encoding/json"
	"slices"

	"github.com/tillwright/tillwright/internal/ffd"
)

// How a task carries goods under obligatory marking. Sources: the driver's own
// scripts (correction, items, marks, utils), of which modified copies are
// public, and the public schema fptr10.json-tasks of pbardov/node-atol-rpc.
//
// In FFD 1.2 a position has imcParams: imc is the whole code in base64 (the
// driver also takes plain text, which does not keep separators safe), imcType
// "auto" lets the driver find the kind of code, imcModeProcessing is 0 (the only
// value of 2102), itemEstimatedStatus is the planned status (2003): what was
// sold is gone, what was returned is back; "dry" means by measure and not by the
// piece, and then measure and quantity are told too. In FFD 1.1 a position has
// markingCode, out of which the driver makes 1162. In FFD 1.05 a correction has
// no positions and no place for a code.
type (
	imcForm struct {
		Type         string      `json:"imcType"`
		Code         string      `json:"imc"`
		Status       string      `json:"itemEstimatedStatus"`
		Mode         int         `json:"imcModeProcessing"`
		ItemQuantity json.Number `json:"itemQuantity,omitempty"`
		ItemUnits    string      `json:"itemUnits,omitempty"`
	}
	markForm struct {
		Type string `json:"type"`
		Mark string `json:"mark"`
	}
)

// The kinds of goods that may be marked, and what they are called when a code
// is told with them (tag 1212: 31 and 33).
const objectExcise Object = 2

func markedWord(o Object) string {
	if o == objectExcise {
		return "exciseWithMarking"
	}
	return "commodityWithMarking"
}

// mark puts the item's code into its position.
func (c Correction) mark(p *positionForm, it Item) {
	if it.Mark == "" {
		return
	}
	code := base64.StdEncoding.EncodeToString([]byte(it.Mark))
	if c.FFD != FFD12 {
		p.MarkingCode = &markForm{"other", code}
		return
	}
	p.PaymentObject = markedWord(it.Object)
	p.IMC = &imcForm{Type: "auto", Code: code, Status: "itemPieceSold"}
	back, measured := c.Operation == IncomeReturn, it.Unit != 0
	switch {
	case back && measured:
		p.IMC.Status = "itemDryReturn"
	case back:
		p.IMC.Status = "itemPieceReturn"
	case measured:
		p.IMC.Status = "itemDryForSale"
	}
	if measured {
		p.IMC.ItemQuantity, p.IMC.ItemUnits = thousandths(it.Quantity), it.Unit.Word()
	}
}

// Marked says whether an item has a marking code.
func (c Correction) Marked() bool {
	return slices.ContainsFunc(c.Items, func(it Item) bool { return it.Mark != "" })
}

// checkMark: a code belongs to one piece of goods that was sold to a buyer, or
// came back from one. Registers know codes in these two directions only
// (shtrih-m/fr_drv_ng_examples, issue 42).
func (c Correction) checkMark(f *findings, name string, it Item) {
	if it.Mark == "" {
		return
	}
	if fault := ffd.MarkFault(it.Mark); fault != "" {
		f.when(true, name+".mark", fault)
	}
	f.when(c.Operation != Income && c.Operation != IncomeReturn, name+".mark", "kkt_mark_operation")
	f.when(it.Object != ObjectCommodity && it.Object != objectExcise, name+".object", "kkt_mark_object")
	f.when((c.FFD != FFD12 || it.Unit == 0) && it.Quantity != 1000, name+".quantity", "kkt_mark_one")
}

// MarkCheck is what drive and marking system found about one code before the
// receipt was made (bits 0 to 3 of 2106).
type MarkCheck struct {
	Checked  bool   `json:"checked"`        // the drive could check the code's proof
	Genuine  bool   `json:"genuine"`        // and it is right
	Answered bool   `json:"answered"`       // the marking system answered
	Allowed  bool   `json:"allowed"`        // and the piece may be sold, or returned, by its books
	Code     int    `json:"code,omitempty"` // LIBFPTR code of a check that came to no end; 0 = none
	Text     string `json:"text,omitempty"` // the driver's own words for it
}

// Good says whether nothing speaks against the code. The driver makes no
// receipt otherwise.
func (m MarkCheck) Good() bool {
	return m.Checked && m.Genuine && m.Answered && m.Allowed && m.Code == 0
}

// anyBad says whether a code was found wanting.
func anyBad(list []MarkCheck) bool {
	return slices.ContainsFunc(list, func(m MarkCheck) bool { return !m.Good() })
}

// marksOf reads what the driver found about the codes, in the order of the
// marked positions; nil where it says nothing of codes. The driver's script
// answers with the list alone, or beside the document's numbers.
func marksOf(result json.RawMessage) []MarkCheck {
	var beside struct {
		Marks []json.RawMessage `json:"validateMarks"`
	}
	if json.Unmarshal(result, &beside) != nil || beside.Marks == nil {
		if json.Unmarshal(result, &beside.Marks) != nil {
			return nil
		}
	}
	var list []MarkCheck
	for _, raw := range beside.Marks {
		m, ok := markOf(raw)
		if !ok {
			return nil
		}
		list = append(list, m)
	}
	return list
}

func markOf(raw json.RawMessage) (MarkCheck, bool) {
	var in struct {
		Error *struct {
			Code int    `json:"code"`
			Text string `json:"description"`
		} `json:"driverError"`
		Offline json.RawMessage `json:"offlineValidation"`
		Online  *struct {
			Result *struct {
				Checked  bool `json:"imcCheckFlag"`
				Genuine  bool `json:"imcCheckResult"`
				Answered bool `json:"imcStatusInfo"`
				Allowed  bool `json:"imcEstimatedStatusCorrect"`
			} `json:"itemInfoCheckResult"`
		} `json:"onlineValidation"`
	}
	if json.Unmarshal(raw, &in) != nil || in.Error == nil && in.Offline == nil && in.Online == nil {
		return MarkCheck{}, false
	}
	var m MarkCheck
	if in.Online != nil && in.Online.Result != nil {
		r := in.Online.Result
		m = MarkCheck{Checked: r.Checked, Genuine: r.Genuine, Answered: r.Answered, Allowed: r.Allowed}
	}
	if in.Error != nil {
		m.Code, m.Text = in.Error.Code, in.Error.Text
	}
	return m, true
}
