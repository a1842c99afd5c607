package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

// Severity is how badly a fault keeps a shop from working. The definitions and
// the standard promises are those of Приложение 1 to the support tariffs.
type Severity string

// The four severities, worst first.
const (
	// Blocking: the software cannot be used or settlement is impeded, and
	// there is no way around it.
	Blocking Severity = "blocking"
	// Critical: a necessary operation cannot be done, but there is a way
	// around it.
	Critical Severity = "critical"
	// Important: work is harder, its result is right.
	Important Severity = "important"
	// Minor: nothing is lost and nothing is much harder.
	Minor Severity = "minor"
)

// Severities lists them, worst first.
func Severities() []Severity { return []Severity{Blocking, Critical, Important, Minor} }

// Valid says whether s is one of the four.
func (s Severity) Valid() bool { return slices.Contains(Severities(), s) }

// Terms is how a shop is served: under a contract or call by call.
type Terms string

// The two kinds of terms.
const (
	Contract Terms = "contract"
	OneOff   Terms = "one_off"
)

// Service is a kind of work that keeps hours of its own.
type Service string

// The services of the standard terms. Promises are measured in the hours of
// Consultation; Visit is planned visits, which one-off terms do not have.
const (
	Intake       Service = "intake"
	Consultation Service = "consultation"
	Update       Service = "update"
	Visit        Service = "visit"
)

// Standard is what is promised under one kind of terms unless a contract says
// otherwise: hours by service, without holidays, and marks by severity.
type Standard struct {
	Hours map[Service]Spec   `json:"hours"`
	Marks map[Severity]Marks `json:"marks"`
}

//go:embed data/promises.json
var promisesJSON []byte

// StandardTerms are the hours and promises to begin with, a fresh copy at each
// call. The error is that of an unknown kind of terms.
func StandardTerms(t Terms) (Standard, error) {
	var all struct {
		Contract Standard `json:"contract"`
		OneOff   Standard `json:"one_off"`
	}
	if err := json.Unmarshal(promisesJSON, &all); err != nil {
		return Standard{}, fmt.Errorf("calendar: standard terms: %w", err)
	}
	switch t {
	case Contract:
		return all.Contract, nil
	case OneOff:
		return all.OneOff, nil
	}
	return Standard{}, fmt.Errorf("calendar: unknown terms %q", t)
}
