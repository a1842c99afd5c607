package warranty

import "strings"

// DeviceOf is the kind of device that a rule knows for a kind and model of the
// registry; false when no rule speaks of it.
func DeviceOf(kind, model string) (string, bool) {
	name := strings.ToLower(model)
	switch {
	case kind == Kassenserver:
		return Kassenserver, true
	case kind == "smart_terminal" && (strings.Contains(name, "эвотор") || strings.Contains(name, "evotor")):
		return Evotor, true
	default:
		return "", false
	}
}
