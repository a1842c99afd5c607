package ui

// State is how a device stands, as a mark shows it. Each has a shape and a
// word of its own; colour only repeats them.
type State string

// The states. Ill goes with a Severity; the three ways of not hearing from a
// register are told apart because different people mend them.
const (
	StateOK          State = "ok"
	StateIll         State = "ill"
	StateSilent      State = "silent"      // the agent does not report
	StateNoAnswer    State = "no_answer"   // the agent reports, the register does not answer
	StateNoOFD       State = "no_ofd"      // the register works, its documents do not reach the OFD
	StateMaintenance State = "maintenance" // planned work; nobody is woken
	StateUnknown     State = "unknown"     // never reported yet
)

// States lists the states in the order in which filters offer them.
func States() []State {
	return []State{StateIll, StateNoAnswer, StateSilent, StateNoOFD, StateMaintenance, StateUnknown, StateOK}
}

// Severity is how much a fault hurts the shop.
type Severity string

// The four severities of the service promise.
const (
	Blocking  Severity = "blocking"  // the shop cannot sell
	Critical  Severity = "critical"  // it will soon be unable to sell, or sells against the law
	Important Severity = "important" // it sells, something is broken
	Minor     Severity = "minor"     // a wish or a blemish
)

// Severities lists them, the worst first.
func Severities() []Severity { return []Severity{Blocking, Critical, Important, Minor} }

// StateText is the word of a state; an ill device is named by its severity.
func StateText(v View, s State, sev Severity) string {
	if s == StateIll && sev != "" {
		return SeverityText(v, sev)
	}
	return v.T("ui.state." + string(s))
}

// SeverityText is the word of a severity.
func SeverityText(v View, s Severity) string { return v.T("ui.severity." + string(s)) }

// tone is the name of the signal colour that a state is drawn in.
func tone(s State, sev Severity) string {
	switch s {
	case StateOK:
		return "ok"
	case StateIll:
		if sev == "" {
			return string(Important)
		}
		return string(sev)
	case StateNoOFD:
		return string(Important)
	case StateNoAnswer:
		return string(Critical)
	case StateSilent, StateUnknown:
		return "silent"
	default:
		return "work"
	}
}

// shape is the name of the drawing: the severity for an ill device.
func shape(s State, sev Severity) string {
	if s == StateIll {
		if sev == "" {
			return string(Important)
		}
		return string(sev)
	}
	return string(s)
}
