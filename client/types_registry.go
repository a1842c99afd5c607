package client

import "time"

// Client is a legal entity that the company works for.
type Client struct {
	ID string `json:"id"`
	ClientForm
	Outlets   int       `json:"outlets,omitempty" doc:"In lists."`
	Devices   int       `json:"devices,omitempty" doc:"In lists, without retired ones."`
	CreatedAt time.Time `json:"createdAt"`
	Version   int64     `json:"version"`
}

// ClientForm is what people say about a client.
type ClientForm struct {
	Number  string `json:"number,omitempty" doc:"The account number; left out: given by the server, or kept."`
	Name    string `json:"name"`
	Kind    string `json:"kind" enum:"company,sole,public"`
	Country string `json:"country" enum:"RU,KZ,DE"`
	INN     string `json:"inn,omitempty" doc:"RU: ИНН; KZ: БИН or ИИН."`
	KPP     string `json:"kpp,omitempty" doc:"RU companies only."`
	UStID   string `json:"ustId,omitempty" doc:"DE only."`
	Terms   string `json:"terms,omitempty" enum:"contract,one_off" doc:"What its promises count by; left out: contract, or kept. Open cases keep theirs."`
	Note    string `json:"note,omitempty"`
}

// ClientChange writes a client anew.
type ClientChange struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	ClientForm
}

// Outlet is a place where a client sells.
type Outlet struct {
	ID         string `json:"id"`
	Client     string `json:"client"`
	ClientName string `json:"clientName,omitempty"`
	OutletForm
	Devices   int       `json:"devices,omitempty" doc:"In lists, without retired ones."`
	CreatedAt time.Time `json:"createdAt"`
	Version   int64     `json:"version"`
}

// OutletForm is what people say about an outlet.
type OutletForm struct {
	Name    string `json:"name"`
	Address string `json:"address,omitempty"`
	City    string `json:"city,omitempty"`
	Zone    string `json:"zone" example:"Europe/Moscow" doc:"IANA; promises are counted in it."`
	Point   *Point `json:"point,omitempty"`
	Note    string `json:"note,omitempty"`
}

// NewOutlet is an outlet to be added.
type NewOutlet struct {
	Client string `json:"client"`
	OutletForm
}

// OutletChange writes an outlet anew.
type OutletChange struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	OutletForm
}

// Point is a place on the map in degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

// Contact is somebody to be called at a client.
type Contact struct {
	ID     string `json:"id"`
	Client string `json:"client"`
	ContactForm
	CreatedAt time.Time `json:"createdAt"`
	Version   int64     `json:"version"`
}

// ContactForm is what people say about a contact. It needs a phone or an
// e-mail address.
type ContactForm struct {
	Outlet string `json:"outlet,omitempty" doc:"Left out: for the whole client."`
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty" doc:"As people of the country write it; kept as E.164."`
	Email  string `json:"email,omitempty"`
	Role   string `json:"role,omitempty" example:"старший кассир"`
}

// ContactChange writes a contact anew.
type ContactChange struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	ContactForm
}

// PassportEntry is something that was done to a device or found out about it.
type PassportEntry struct {
	ID     string            `json:"id"`
	Device string            `json:"device"`
	At     time.Time         `json:"at"`
	Kind   string            `json:"kind"`
	Text   string            `json:"text,omitempty"`
	Detail map[string]string `json:"detail,omitempty"`
	By     Actor             `json:"by"`
}

// NewPassportEntry is what a person did to a device.
type NewPassportEntry struct {
	Kind string    `json:"kind" enum:"service,maintenance,repair,seal,training,note,fn"`
	At   time.Time `json:"at,omitzero" doc:"Left out: now; never in the future."`
	Text string    `json:"text"`
}

// Hit is one thing that a search found.
type Hit struct {
	Kind   string   `json:"kind" enum:"client,outlet,device"`
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Detail []string `json:"detail"`
}

// AgentInfo is an agent as the server knows it.
type AgentInfo struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Outlet      string    `json:"outlet"`
	State       string    `json:"state" enum:"ok,silent,unknown"`
	Connected   bool      `json:"connected"`
	LastContact time.Time `json:"lastContact,omitzero"`
	Devices     int       `json:"devices"`
	Refused     int64     `json:"refused" doc:"Reports that were refused for good."`
	EnrolledAt  time.Time `json:"enrolledAt"`
	RevokedAt   time.Time `json:"revokedAt,omitzero"`
	Build       string    `json:"build,omitempty"`
	OS          string    `json:"os,omitempty"`
	Arch        string    `json:"arch,omitempty"`
	Host        string    `json:"host,omitempty"`
	RemoteAddr  string    `json:"remoteAddr,omitempty"`
	LastHelloAt time.Time `json:"lastHelloAt,omitzero"`
	ClockSkewMs int64     `json:"clockSkewMs" doc:"Agent's clock minus the server's, at the last hello."`
	Pending     int64     `json:"pending" doc:"Reports in its buffer at the last hello."`
	Lost        int64     `json:"lost" doc:"Reports it had to drop since enrolment."`
}

// AgentDetail is one agent with what was notable about it.
type AgentDetail struct {
	AgentInfo
	Notes []AgentNote `json:"notes"`
}

// AgentNote is something notable about an agent, gathered by the hour.
type AgentNote struct {
	Code    string    `json:"code"`
	Text    string    `json:"text" doc:"A sentence in the caller's language."`
	Detail  string    `json:"detail,omitempty"`
	Count   int64     `json:"count"`
	FirstAt time.Time `json:"firstAt"`
	LastAt  time.Time `json:"lastAt"`
}

// Enrolment is a one-time code by which an agent gets its identity.
type Enrolment struct {
	ID        string    `json:"id"`
	Outlet    string    `json:"outlet"`
	Name      string    `json:"name,omitempty"`
	CreatedBy string    `json:"createdBy"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

// NewEnrolment asks for a one-time code.
type NewEnrolment struct {
	Outlet       string `json:"outlet"`
	Name         string `json:"name,omitempty" doc:"Of the agent to be; left out: its host's."`
	ValidSeconds int64  `json:"validSeconds,omitempty" doc:"60 to 2592000; 0 = 24 hours."`
}

// EnrolmentCode is a new one-time code. It is shown once.
type EnrolmentCode struct {
	Enrolment
	Code      string `json:"code"`
	Enrolling string `json:"enrolment" doc:"What is typed on the shop's machine: tillwright-agent enrol <enrolment>."`
}
