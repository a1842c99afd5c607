package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/ffd"
	"github.com/tillwright/tillwright/internal/i18n"
)

func (a *API) mountFFD() {
	handle(a, operation{
		id: "decodeDocument", method: http.MethodPost, path: "/ffd/decode", tag: "registers", public: true, perMinute: 120, maxBody: 128 << 10,
		summary: "What a fiscal document says",
		about: "The fields (TLV) of a document with their names. A receipt or a correction receipt is also checked against the mandatory fields of its format. " +
			"What cannot be read is answered with 200, ok false and an error.",
	}, func(_ context.Context, w who, in *bare[client.FiscalBytes]) (*answer[client.FiscalDocument], error) {
		v := a.speak(w, in.Body.Lang)
		raw, err := hexOf(in.Body.Data)
		if err != nil || len(raw) == 0 {
			return said(client.FiscalDocument{Error: v.T("problem.not_hex"), Fields: []client.FiscalField{}, Findings: []client.FiscalFinding{}}, nil)
		}
		fields, err := ffd.Decode(raw)
		if err != nil {
			return said(client.FiscalDocument{Error: err.Error(), Fields: []client.FiscalField{}, Findings: []client.FiscalFinding{}}, nil)
		}
		return said(client.FiscalDocument{OK: true, Fields: fiscalFields(v, fields), Findings: fiscalFindings(v, fields)}, nil)
	})
}

func fiscalFields(v i18n.Voice, fields []ffd.Field) []client.FiscalField {
	out := make([]client.FiscalField, 0, len(fields))
	for i := range fields {
		f := &fields[i]
		one := client.FiscalField{Tag: int(f.Tag), Name: v.Or(ffd.Key(f.Tag), "")}
		d, known := ffd.Known(f.Tag)
		switch {
		case !known || d.Kind == ffd.Bytes:
			one.Value = hexText(f.Raw)
		case d.Kind == ffd.STLV:
			one.Fields = fiscalFields(v, f.Fields)
		case d.Kind == ffd.Text:
			one.Value = f.Trimmed()
		case d.Kind == ffd.Unix:
			one.Value = f.Time().Format(time.DateTime)
		case d.Kind == ffd.FVLN:
			one.Value = decimal(f.Num, int(f.Places))
		default:
			one.Value = strconv.FormatUint(f.Num, 10)
		}
		out = append(out, one)
	}
	return out
}

// decimal is a number of so many decimal places.
func decimal(n uint64, places int) string {
	s := strconv.FormatUint(n, 10)
	for len(s) <= places {
		s = "0" + s
	}
	if places == 0 {
		return s
	}
	return s[:len(s)-places] + "." + s[len(s)-places:]
}

// fiscalFindings checks every receipt among the fields by the format that it
// names.
func fiscalFindings(v i18n.Voice, fields []ffd.Field) []client.FiscalFinding {
	out := []client.FiscalFinding{}
	for i := range fields {
		switch doc := ffd.Document(fields[i].Tag); doc {
		case ffd.Receipt, ffd.StrictForm, ffd.ReceiptCorrection, ffd.FormCorrection:
			version := ffd.V105
			if f := ffd.Find(fields[i].Fields, 1209); f != nil {
				version = ffd.Version(f.Num)
			}
			for _, f := range ffd.Check(doc, version, fields[i].Fields) {
				pairs := []any{"tag", strconv.Itoa(int(f.Tag))}
				for k, s := range f.Args {
					pairs = append(pairs, k, s)
				}
				out = append(out, client.FiscalFinding{Code: f.Code, Tag: int(f.Tag), Item: f.Item, Text: v.T(f.Key(), pairs...)})
			}
		}
	}
	return out
}
