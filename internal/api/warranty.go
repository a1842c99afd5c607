package api

import (
	"context"
	"net/http"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/warranty"
)

func (a *API) mountWarranty() {
	handle(a, operation{
		id: "checkWarranty", method: http.MethodPost, path: "/warranty/check", tag: "devices",
		summary: "Is it covered, and why",
		about:   "The last day of the term counts as inside. A ground for refusal wins over an excluded part; reasons has all that hold. Nothing is stored.",
	}, func(_ context.Context, _ who, in *bare[client.WarrantyClaim]) (*answer[client.WarrantyAnswer], error) {
		c := in.Body
		got, err := warranty.Check(warranty.Claim{
			Device: c.Device, ClaimDate: c.ClaimDate, Produced: c.Produced, Activated: c.Activated, Purchased: c.Purchased,
			Parts: c.Parts, Conditions: c.Conditions,
		})
		if err != nil {
			return nil, err
		}
		return said(client.WarrantyAnswer{
			Verdict: string(got.Verdict), Reason: string(got.Reason), Reasons: texts(got.Reasons), LastDay: got.LastDay,
			Missing: texts(got.Missing), Excluded: got.Excluded,
		}, nil)
	})
}
