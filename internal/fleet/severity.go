package fleet

import "fmt"

// Severity is how much an alert hurts; a higher one is worse. The four are
// those that the service promises are made for.
type Severity uint8

// The severities. Fine means that nothing is wrong.
const (
	Fine      Severity = iota
	Minor              // trade goes on, to be planned
	Important          // trade goes on, something is broken
	Critical           // trade is about to stop or partly stopped
	Blocking           // the register cannot sell
)

var severityNames = [...]string{"", "minor", "important", "critical", "blocking"}

// String is the stable name, "" for Fine.
func (s Severity) String() string {
	if int(s) < len(severityNames) {
		return severityNames[s]
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a stable name; ok is false for any other text.
func ParseSeverity(name string) (s Severity, ok bool) {
	for i, n := range severityNames[1:] {
		if n == name {
			return Severity(i + 1), true
		}
	}
	return Fine, false
}

// MarshalText makes JSON carry the name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the name; the empty text is Fine.
func (s *Severity) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*s = Fine
		return nil
	}
	v, ok := ParseSeverity(string(text))
	if !ok {
		return fmt.Errorf("fleet: %q is not a severity", text)
	}
	*s = v
	return nil
}
