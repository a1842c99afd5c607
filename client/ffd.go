package client

import (
	"context"
	"net/http"
)

// FiscalBytes is a fiscal document as bytes.
type FiscalBytes struct {
	Data string `json:"data" doc:"TLV in hex, with or without spaces." example:"FC 03 02 00 0F 27"`
	Lang string `json:"lang,omitempty" enum:"ru,de,en"`
}

// FiscalDocument is a fiscal document taken apart.
type FiscalDocument struct {
	OK       bool            `json:"ok"`
	Error    string          `json:"error,omitempty"`
	Fields   []FiscalField   `json:"fields"`
	Findings []FiscalFinding `json:"findings" doc:"What is wrong with the receipts among the fields, by the mandatory fields of their format."`
}

// FiscalField is one field of a document; Value or Fields is set.
type FiscalField struct {
	Tag    int           `json:"tag"`
	Name   string        `json:"name,omitempty" doc:"Left out for an unknown tag."`
	Value  string        `json:"value,omitempty" doc:"Sums are kopecks; times are the clock on the wall; bytes are hex."`
	Fields []FiscalField `json:"fields,omitempty"`
}

// FiscalFinding is one thing that is wrong with a receipt.
type FiscalFinding struct {
	Code string `json:"code" enum:"missing,not_allowed,value,sum_items,sum_payments,sum_vat,inn,one_bit,midnight,too_early,twice"`
	Tag  int    `json:"tag"`
	Item int    `json:"item,omitempty" doc:"Which item, from 1; left out for the whole receipt."`
	Text string `json:"text"`
}

// DecodeDocument takes a fiscal document apart.
func (a *API) DecodeDocument(ctx context.Context, in FiscalBytes) (FiscalDocument, error) {
	return send[FiscalDocument](ctx, a, http.MethodPost, "/ffd/decode", in)
}
