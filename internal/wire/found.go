package wire

import "github.com/tillwright/tillwright/internal/kkt"

// FoundSince is the first version in which an agent tells what it found.
const FoundSince = 2

// MaxOffers is how many registers one search tells of.
const MaxOffers = 64

// Found is what an agent's last search came upon, the whole of it. It is told
// after every welcome too, so it may come again.
type Found struct {
	Search int64   `json:"search"` // as Config.Search
	At     int64   `json:"at"`     // agent's clock at its end, Unix ms
	Now    int64   `json:"now"`    // agent's clock at sending, Unix ms: the server corrects At by the difference
	Offers []Offer `json:"offers"`
	More   bool    `json:"more,omitempty"` // there were more than MaxOffers
	Off    bool    `json:"off,omitempty"`  // the agent's own file forbids it to search
}

// Offer is one register that nobody has told the agent of.
type Offer struct {
	Endpoint kkt.Endpoint `json:"endpoint"` // never with a password
	Model    string       `json:"model,omitempty"`
	Serial   string       `json:"serial,omitempty"`
	Firmware string       `json:"firmware,omitempty"`
	Maker    string       `json:"maker,omitempty"` // as the USB numbers say
	USB      string       `json:"usb,omitempty"`   // "2912:0005 ATOL USB": its numbers, and what it calls itself
	Held     bool         `json:"held,omitempty"`  // another program has the port: it was not asked who it is
}
