package fptr

import (
	"encoding/json"
	"fmt"
	"strings"
)

// The forms of a correction's task.
type (
	taxForm struct {
		Type string      `json:"type"`
		Sum  json.Number `json:"sum,omitempty"`
	}
	positionForm struct {
		Type            string      `json:"type"`
		Name            string      `json:"name"`
		Price           json.Number `json:"price"`
		Quantity        json.Number `json:"quantity"`
		Amount          json.Number `json:"amount"`
		MeasurementUnit string      `json:"measurementUnit,omitempty"`
		PaymentMethod   string      `json:"paymentMethod"`
		PaymentObject   string      `json:"paymentObject"`
		Tax             taxForm     `json:"tax"`
		IMC             *imcForm    `json:"imcParams,omitempty"`
		MarkingCode     *markForm   `json:"markingCode,omitempty"`
	}
	attributeForm struct {
		Type  string `json:"type"`
		Value string `json:"value"`
		Print bool   `json:"print"`
	}
	paymentForm struct {
		Type string      `json:"type"`
		Sum  json.Number `json:"sum"`
	}
	clientForm struct {
		EmailOrPhone string `json:"emailOrPhone"`
	}
	correctionForm struct {
		Type                 string        `json:"type"`
		Electronically       bool          `json:"electronically"`
		TaxationType         Taxation      `json:"taxationType"`
		Operator             Operator      `json:"operator"`
		ClientInfo           *clientForm   `json:"clientInfo,omitempty"`
		CorrectionType       string        `json:"correctionType"`
		CorrectionBaseDate   string        `json:"correctionBaseDate"`
		CorrectionBaseNumber string        `json:"correctionBaseNumber"`
		PaymentsPlace        string        `json:"paymentsPlace,omitempty"`
		PaymentsAddress      string        `json:"paymentsAddress,omitempty"`
		Items                []any         `json:"items,omitempty"`
		Payments             []paymentForm `json:"payments"`
		Taxes                []taxForm     `json:"taxes,omitempty"`
		Total                json.Number   `json:"total"`
		ValidateMarkingCodes bool          `json:"validateMarkingCodes,omitempty"`
	}
)

// Task is the correction as the service takes it. Only a correction that
// passed Check makes sense to the service.
func (c Correction) Task() json.RawMessage {
	f := correctionForm{
		Type: c.Operation.task(), Electronically: c.Electronically, TaxationType: c.Taxation, Operator: c.Operator,
		CorrectionType: "self", CorrectionBaseDate: c.Date.Format("2006.01.02"), CorrectionBaseNumber: c.Number,
		PaymentsPlace: c.Place, PaymentsAddress: c.Address, Items: c.items(), Total: rubles(c.Total),
		ValidateMarkingCodes: c.FFD == FFD12 && c.Marked() && !c.MarksUnchecked,
	}
	if c.Basis == ByOrder {
		f.CorrectionType = "instruction"
	}
	if c.Contact != "" {
		f.ClientInfo = &clientForm{c.Contact}
	}
	for _, p := range c.Payments {
		f.Payments = append(f.Payments, paymentForm{string(p.Kind), rubles(p.Sum)})
	}
	for _, t := range c.Taxes {
		f.Taxes = append(f.Taxes, taxForm{t.VAT.Word(), rubles(t.Sum)})
	}
	return encode(f)
}

func (c Correction) items() []any {
	var list []any
	if c.WrongSign != "" {
		list = append(list, attributeForm{"additionalAttribute", c.WrongSign, true})
	}
	for _, it := range c.Items {
		p := positionForm{
			Type: "position", Name: it.Name, Price: rubles(it.Price), Quantity: thousandths(it.Quantity), Amount: rubles(it.Amount),
			PaymentMethod: it.Method.Word(), PaymentObject: it.Object.Word(), Tax: taxForm{Type: it.VAT.Word()},
		}
		if c.FFD == FFD12 {
			p.MeasurementUnit = it.Unit.Word()
		}
		c.mark(&p, it)
		list = append(list, p)
	}
	return list
}

// rubles writes kopecks exactly, without a detour over binary fractions.
func rubles(kopecks int64) json.Number {
	return json.Number(fmt.Sprintf("%d.%02d", kopecks/100, kopecks%100))
}

func thousandths(n int64) json.Number {
	s := strings.TrimRight(fmt.Sprintf("%d.%03d", n/1000, n%1000), "0")
	return json.Number(strings.TrimSuffix(s, "."))
}
