package shtrih

import "github.com/tillwright/tillwright/internal/problem"

// Quirks are the names of what real devices have been seen to do differently,
// in a fixed order.
func Quirks() []string {
	return []string{"filler", "bare-errors", "print-result", "long-serial", "no-count", "strict-numbers", "smartpos"}
}

// Quirk switches one on by its name. It fails only on a name that Quirks does
// not list.
func (o *Options) Quirk(name string) error {
	switch name {
	case "filler":
		o.Fill = true
	case "bare-errors":
		o.BareFail = true
	case "print-result":
		o.LongLast = true
	case "long-serial":
		o.LongNo = true
	case "no-count":
		o.NoCount = true
	case "strict-numbers":
		o.Strict = true
	case "smartpos":
		o.SmartPOS = true
	default:
		return problem.New(problem.Invalid, "sim_unknown_quirk").With("quirk", name)
	}
	return nil
}
