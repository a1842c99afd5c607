package shelf

import (
	"github.com/tillwright/tillwright/internal/faults/catalogue"
)

// Blank is the text of a new article of the company's own: whole in its form,
// so that only words are missing.
func Blank(id string) string {
	a := &catalogue.Article{
		ID: id, Family: "service", Kind: catalogue.Fault, Severity: catalogue.Important, Proof: catalogue.Proof{Told: true},
		Causes: []catalogue.Cause{{}},
		Steps: []catalogue.Step{
			{ID: "look", Who: catalogue.Cashier, Kind: catalogue.Do, Branches: []catalogue.Branch{{To: "well"}, {To: "engineer"}}},
			{ID: "engineer", Who: catalogue.Cashier, Kind: catalogue.HandOver},
			{ID: "well", Who: catalogue.Cashier, Kind: catalogue.Mended},
		},
	}
	return string(catalogue.Write(a))
}
