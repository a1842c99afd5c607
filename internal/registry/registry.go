// Package registry knows whom the company looks after and with what: clients
// and their legal data, outlets with address and time zone, contacts, devices
// and each device's passport.
//
// It says what a device is and where it stands. How the device is doing is
// the fleet's to know. Nothing here is deleted but contacts: a device is
// retired and keeps its passport.
package registry

import (
	"time"

	"github.com/tillwright/tillwright/internal/calendar"

	"github.com/tillwright/tillwright/internal/kkt"
)

// Client is a legal entity that the company works for.
type Client struct {
	ID        string
	Number    string // the account number that people say on the phone
	Name      string
	Kind      ClientKind
	Country   Country
	INN       string         // RU: ИНН; KZ: БИН or ИИН
	KPP       string         // RU companies only
	UStID     string         // DE: USt-IdNr.
	Terms     calendar.Terms // what its promises count by; "" = under a contract, or as before
	Note      string
	CreatedAt time.Time
	Version   int64
}

// ClientRow is a client as lists show it.
type ClientRow struct {
	Client
	Outlets int
	Devices int // without retired ones
}

// Outlet is a place where a client sells.
type Outlet struct {
	ID        string
	Client    string
	Name      string
	Address   string
	City      string
	Zone      string // IANA; promises are counted in it
	Point     *Point // nil when not known
	Note      string
	CreatedAt time.Time
	Version   int64

	ClientName string // read along; not written
}

// Point is a place on the map in degrees, kept to six decimals (11 cm).
type Point struct{ Lat, Lon float64 }

// OutletRow is an outlet as lists show it.
type OutletRow struct {
	Outlet
	Devices int // without retired ones
}

// Contact is somebody to be called at a client.
type Contact struct {
	ID        string
	Client    string
	Outlet    string // "" = for the whole client
	Name      string
	Phone     string // E.164
	Email     string
	Role      string // in their own words: "старший кассир"
	CreatedAt time.Time
	Version   int64
}

// Device is one thing at an outlet that is looked after.
type Device struct {
	ID     string
	Client string
	Outlet string
	Agent  string // the agent that reads it, "" for none
	DeviceForm
	RetiredAt time.Time // zero while in service
	CreatedAt time.Time
	Version   int64

	Place Place // read along; not written
}

// Retired says whether the device is out of service.
func (d Device) Retired() bool { return !d.RetiredAt.IsZero() }

// DeviceForm is what people can say about a device.
type DeviceForm struct {
	Kind     DeviceKind
	Name     string // what the shop calls it: "Касса 2"
	Model    string
	Serial   string
	Firmware string
	Endpoint *kkt.Endpoint // nil = no agent can read it; never shown to a shop's people
	Poll     time.Duration // 0 = as the fleet does by default

	RegNumber   string // РНМ, 16 digits
	FNSerial    string // of the fiscal drive (ФН), 16 digits
	ProducedOn  string // YYYY-MM-DD or "", also the two below
	ActivatedOn string
	PurchasedOn string
	TaxSystems  []TaxSystem
	FFD         string // version of the fiscal document format, "1.2"
	Note        string
}

// Place is where a device stands, in words.
type Place struct {
	ClientName string
	OutletName string
	City       string
	Zone       string
}

// PassportEntry is something that was done to a device or found out about it.
type PassportEntry struct {
	ID        string
	Device    string
	At        time.Time
	Kind      PassportKind
	Text      string            // a person's words
	Detail    map[string]string // what a machine noted: field, from, to
	ActorKind string
	ActorID   string
	ActorName string
}

// Totals is how much there is.
type Totals struct{ Clients, Outlets, Devices int }
