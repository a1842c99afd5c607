package client

import (
	"context"
	"net/http"
)

// WarrantyClaim asks whether a device, or a part of it, is still covered.
type WarrantyClaim struct {
	Device     string   `json:"device" maxLength:"40" example:"evotor" doc:"A kind that has a rule: evotor, kassenserver."`
	ClaimDate  string   `json:"claimDate" maxLength:"40" example:"2026-02-16"`
	Produced   string   `json:"produced,omitempty" maxLength:"40" example:"2025-03-03"`
	Activated  string   `json:"activated,omitempty" maxLength:"40" example:"2025-06-10" doc:"The first activation."`
	Purchased  string   `json:"purchased,omitempty" maxLength:"40"`
	Parts      []string `json:"parts,omitempty" example:"[\"mainboard\"]" doc:"Never covered: print_mechanism, print_head, cutter, fn, battery. Any other name is an ordinary part."`
	Conditions []string `json:"conditions,omitempty" example:"[\"seal_broken\"]"`
}

// WarrantyAnswer is what a claim comes to, and why.
type WarrantyAnswer struct {
	Verdict  string   `json:"verdict" enum:"covered,not_covered,part_not_covered"`
	Reason   string   `json:"reason" example:"in_term" doc:"The weightiest of reasons."`
	Reasons  []string `json:"reasons" doc:"All that hold, the weightiest first."`
	LastDay  string   `json:"lastDay,omitempty" example:"2026-06-10" doc:"The last day inside the term; left out when the days it is counted from are not known."`
	Missing  []string `json:"missing,omitempty" doc:"Days that the rule asks for and that were not told: with them the term may prove shorter."`
	Excluded []string `json:"excluded,omitempty" doc:"Those of the parts that are never covered."`
}

// CheckWarranty decides a claim. Nothing is stored.
func (a *API) CheckWarranty(ctx context.Context, c WarrantyClaim) (WarrantyAnswer, error) {
	return send[WarrantyAnswer](ctx, a, http.MethodPost, "/warranty/check", c)
}
