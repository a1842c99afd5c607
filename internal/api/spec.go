package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

const description = `The service platform for the companies that look after cash registers.

Every call but the help page's and three others needs a bearer token and reaches the token's own company alone; what its person may not see is not found.
Times are RFC 3339. Lists answer {"items": […], "next": "…"}; next goes into the parameter after. Errors are application/problem+json with
a stable code and, for a wrong input, the fields at fault.`

// tags are the groups of calls, in the order they are told.
func tags() []*huma.Tag {
	return []*huma.Tag{
		{Name: "watch", Description: "How everything is now, and what will stop by law."},
		{Name: "devices", Description: "Registers and what stands around them: what they are and how they are."},
		{Name: "commands", Description: "What is done to a register, with consent, at most once."},
		{Name: "corrections", Description: "What was sold while a register could not be used, and the correction receipts made of it."},
		{Name: "rules", Description: "Rules, limits and maintenance windows."},
		{Name: "registry", Description: "Clients, outlets and contacts."},
		{Name: "agents", Description: "The programs at the shops that read the registers."},
		{Name: "cases", Description: "The desk: cases, their clocks and timelines."},
		{Name: "promises", Description: "When something is due, and why."},
		{Name: "faults", Description: "What is wrong, what helps, and guided fixes."},
		{Name: "help", Description: "The public help page, and what stands behind it."},
		{Name: "registers", Description: "What a register's bytes mean."},
		{Name: "people", Description: "People, tokens and the audit trail."},
	}
}

// SpecBuild stands for the build in the description that is kept in docs.
const SpecBuild = "v1"

// Spec is the OpenAPI description as indented JSON, the same at every call.
// It needs no running server.
func Spec(build string) ([]byte, error) {
	a := New(Deps{Build: build})
	a.describe(http.NewServeMux())
	data, err := json.MarshalIndent(a.huma.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("api: spec: %w", err)
	}
	return append(data, '\n'), nil
}
