package catalogue

// Kind says whether an article mends something or answers how something is
// done.
type Kind string

// The kinds of article.
const (
	Fault Kind = "fault"
	HowTo Kind = "howto"
)

// Severity is how much of the shop's work a fault stops, by the four
// definitions of document 003.
type Severity string

// The severities, worst first.
const (
	Blocking  Severity = "blocking"  // no sale is possible and there is no way around
	Critical  Severity = "critical"  // a duty cannot be done, yet a way around keeps the shop selling
	Important Severity = "important" // work is harder, its result is right
	Minor     Severity = "minor"     // nothing that matters is lost
)

// Article is all that is known about one fault.
type Article struct {
	ID        string   `toml:"id"`       // stable, as in the list of known faults
	Family    string   `toml:"family"`   // kkt, fn, ofd, evotor, network, agent …
	Kind      Kind     `toml:"kind"`     // fault or howto
	Severity  Severity `toml:"severity"` // by document 003
	Documents []string `toml:"documents"`
	Reviewed  string   `toml:"reviewed"` // the day a person last read it against its sources, YYYY-MM-DD
	Title     Text     `toml:"title"`
	Gist      Text     `toml:"gist"` // what it is and what to expect, two or three sentences
	Symptoms  Phrases  `toml:"symptoms"`
	Codes     []Code   `toml:"code"`
	Causes    []Cause  `toml:"cause"`
	State     []Sign   `toml:"state"`
	Proof     Proof    `toml:"proof"`
	Related   []string `toml:"related"` // ids of other articles worth a look
	Links     []Link   `toml:"link"`
	Notes     Text     `toml:"notes"` // for engineers: where sources contradict each other, what is not sure
	Steps     []Step   `toml:"step"`
	Revision  string   `toml:"-"` // changes with every byte of the file
	index     graphIndex
}

// Code is one code that the fault shows itself by.
type Code struct {
	Value    string   `toml:"value"`    // as most people write it: "-3979", "235", "82 01 06 00"
	Aliases  []string `toml:"aliases"`  // other codes for the same: paper, driver, platform
	Shown    string   `toml:"shown"`    // screen, paper, driver or command
	Devices  []string `toml:"devices"`  // evotor, atol, shtrih; empty: any
	Firmware string   `toml:"firmware"` // for which firmware it holds, in words; empty: any
	Shared   bool     `toml:"shared"`   // other faults show it as well: alone it proves nothing
}

// Cause is one reason for the fault and how it is told from the others.
type Cause struct {
	Name Text `toml:"name"`
	Tell Text `toml:"tell"`
}

// Sign is a state of the device that speaks for the fault.
type Sign struct {
	When   string  `toml:"when"`   // an expression over signals
	Weight float64 `toml:"weight"` // 0…1: how surely it means this fault
	expr   *Expr
}

// Link is a place to read on.
type Link struct {
	URL   string `toml:"url"`
	Title Text   `toml:"title"`
}

// Proof is what shows that the device is well again.
type Proof struct {
	// Any lists expressions over signals; one of them true on a reading that
	// is newer than the last action is proof.
	Any []string `toml:"any"`
	// Told is set where no signal can show it; then a person's word ends the
	// fix, and the session says so.
	Told  bool `toml:"told"`
	exprs []*Expr
}
