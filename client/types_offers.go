package client

import "time"

// Offers is what an agent found by itself, and how its searches stand.
type Offers struct {
	Running    bool      `json:"running" doc:"A search is wanted that the agent has not told of yet."`
	AskedAt    time.Time `json:"askedAt,omitzero"`
	AskedBy    string    `json:"askedBy,omitempty"`
	SearchedAt time.Time `json:"searchedAt,omitzero"`
	More       bool      `json:"more,omitempty" doc:"The last search found more than it may tell of."`
	Off        bool      `json:"off,omitempty" doc:"The agent's own file forbids it to search."`
	Items      []Offer   `json:"items"`
}

// Offer is a register that an agent came upon and nobody has told it of.
type Offer struct {
	ID       string    `json:"id"`
	Agent    string    `json:"agent"`
	Endpoint Endpoint  `json:"endpoint"`
	Model    string    `json:"model,omitempty"`
	Serial   string    `json:"serial,omitempty"`
	Firmware string    `json:"firmware,omitempty"`
	Maker    string    `json:"maker,omitempty" doc:"As the USB numbers say."`
	USB      string    `json:"usb,omitempty" example:"2912:0005 ATOL USB" doc:"Its USB numbers, and what it calls itself."`
	Held     bool      `json:"held,omitempty" doc:"Another program has the port, so nobody asked who it is."`
	FoundAt  time.Time `json:"foundAt"`
	HiddenAt time.Time `json:"hiddenAt,omitzero"`
	HiddenBy string    `json:"hiddenBy,omitempty"`
}

// ApproveOffer makes a device of a found register.
type ApproveOffer struct {
	Name string `json:"name,omitempty" doc:"What the shop calls it. Empty: its model and the end of its serial."`
}

// HideOffer hides a found register or shows it again.
type HideOffer struct {
	Hidden bool `json:"hidden"`
}
