package client

import "time"

// Device is a device with where it stands and, when an agent reads it, how it
// is.
type Device struct {
	ID         string `json:"id"`
	Client     string `json:"client"`
	ClientName string `json:"clientName,omitempty"`
	Outlet     string `json:"outlet"`
	OutletName string `json:"outletName,omitempty"`
	City       string `json:"city,omitempty"`
	Zone       string `json:"zone,omitempty" doc:"Of the outlet, IANA."`
	Agent      string `json:"agent,omitempty" doc:"The agent that reads it."`
	DeviceForm
	RetiredAt time.Time    `json:"retiredAt,omitzero" doc:"Left out while in service."`
	CreatedAt time.Time    `json:"createdAt"`
	Version   int64        `json:"version"`
	Live      *DeviceState `json:"live,omitempty" doc:"Left out when no agent watches it."`
}

// DeviceForm is what people say about a device.
type DeviceForm struct {
	Kind        string    `json:"kind" example:"fiscal_printer"`
	Name        string    `json:"name" example:"Касса 2"`
	Model       string    `json:"model,omitempty" example:"АТОЛ 30Ф"`
	Serial      string    `json:"serial,omitempty"`
	Firmware    string    `json:"firmware,omitempty"`
	Endpoint    *Endpoint `json:"endpoint,omitempty" doc:"Left out: no agent can read it. Shown to the company's own people alone."`
	PollSeconds int       `json:"pollSeconds,omitempty" minimum:"0" maximum:"3600" doc:"How often it is read; 0 = as usual."`
	RegNumber   string    `json:"regNumber,omitempty" doc:"РНМ, 16 digits."`
	FNSerial    string    `json:"fnSerial,omitempty" doc:"Of the fiscal drive, 16 digits."`
	ProducedOn  string    `json:"producedOn,omitempty" example:"2025-03-03"`
	ActivatedOn string    `json:"activatedOn,omitempty" example:"2025-06-10"`
	PurchasedOn string    `json:"purchasedOn,omitempty" example:"2025-06-01"`
	TaxSystems  []string  `json:"taxSystems,omitempty" enum:"osn,usn_income,usn_income_outcome,envd,eshn,patent"`
	FFD         string    `json:"ffd,omitempty" example:"1.2"`
	Note        string    `json:"note,omitempty"`
}

// Endpoint is where a register is and how an agent talks to it.
type Endpoint struct {
	Protocol  string `json:"protocol" example:"atol"`
	Transport string `json:"transport" enum:"tcp,serial"`
	Address   string `json:"address" example:"192.0.2.10:5555"`
	Baud      int    `json:"baud,omitempty" doc:"Serial only; 0 = 115200."`
	Password  string `json:"password,omitempty" doc:"Written only: it is never shown. Left out on a change: the one it had, as long as the address stays."`
}

// NewDevice is a device to be added.
type NewDevice struct {
	Outlet string `json:"outlet"`
	Agent  string `json:"agent,omitempty"`
	DeviceForm
}

// DeviceChange writes what people say about a device anew.
type DeviceChange struct {
	Version int64 `json:"version" doc:"The one that was read; an older one is answered with 409."`
	DeviceForm
}

// DeviceState is how a watched device is.
type DeviceState struct {
	State    string    `json:"state" enum:"ok,ill,silent,noreply,unknown"`
	Severity string    `json:"severity,omitempty" enum:"minor,important,critical,blocking" doc:"Of the worst open alert."`
	Faults   []string  `json:"faults" doc:"Of open alerts."`
	Incident string    `json:"incident,omitempty"`
	Seen     time.Time `json:"seen,omitzero" doc:"Left out when never heard of."`
	NextStop *Stop     `json:"nextStop,omitempty"`
	Unsent   int64     `json:"unsent" doc:"Fiscal documents that the OFD has not confirmed."`
}

// DeviceDetail is one device with everything that is known of it now.
type DeviceDetail struct {
	Device
	Values      map[string]any `json:"values" doc:"What it last said, by signal key; times in RFC 3339."`
	ValuesAt    time.Time      `json:"valuesAt,omitzero" doc:"Event time of values."`
	Stops       []Stop         `json:"stops"`
	Alerts      []Alert        `json:"alerts" doc:"Open ones."`
	AgentAlert  *Alert         `json:"agentAlert,omitempty"`
	AgentSeen   time.Time      `json:"agentSeen,omitzero"`
	AgentSkewMs int64          `json:"agentSkewMs,omitempty" doc:"Server's clock minus the agent's."`
}

// DeviceFilter narrows a list of devices; empty fields do not.
type DeviceFilter struct {
	State    []string // ok, ill, silent, noreply, unknown
	Severity string   // at least
	Fault    string
	Client   string
	Outlet   string
	Kind     string
	Agent    string
	Query    string // words of name or model, part of a serial, РНМ or FN number
	Retired  bool   // also those out of service
	PageSize int    // of one request, 0 = 100
}

// Change is one change of a device's values.
type Change struct {
	Seq      int64             `json:"seq"`
	At       time.Time         `json:"at"`
	Received time.Time         `json:"received"`
	Late     bool              `json:"late,omitempty"`
	Changes  map[string][2]any `json:"changes" doc:"By signal key: old, new; null is not known."`
}

// Happening is one line of a device's timeline: exactly one of change, opened,
// closed and command is there.
type Happening struct {
	At      time.Time `json:"at"`
	Change  *Change   `json:"change,omitempty"`
	Opened  *Alert    `json:"opened,omitempty"`
	Closed  *Alert    `json:"closed,omitempty"`
	Command *Command  `json:"command,omitempty"`
}

// NewCommand is something to be done to a register, once.
type NewCommand struct {
	Procedure     string   `json:"procedure" enum:"raw,fn_status,last_document,cancel_receipt,leave_mode,set_clock,reboot,ofd_test,ofd_channel,close_shift,info_print,clear_agent,continue_print"`
	Raw           string   `json:"raw,omitempty" example:"91 34 00 00" doc:"Hex, without password and transport; with procedure raw only."`
	Consent       *Consent `json:"consent,omitempty" doc:"Needed for whatever is not mere reading."`
	Reason        string   `json:"reason,omitempty" maxLength:"1000"`
	Case          string   `json:"case,omitempty"`
	WithinSeconds int      `json:"withinSeconds,omitempty" minimum:"0" maximum:"86400" doc:"To be begun within; 0 = two minutes."`
}

// Consent says who at the shop agreed to what is done to their register.
type Consent struct {
	Who string    `json:"who" minLength:"1" maxLength:"200"`
	How string    `json:"how" minLength:"1" maxLength:"200" example:"phone"`
	At  time.Time `json:"at,omitzero" doc:"Left out: now."`
}

// Command is a command with everything that became of it.
type Command struct {
	ID        string     `json:"id"`
	Client    string     `json:"client"`
	Device    string     `json:"device"`
	Agent     string     `json:"agent"`
	Procedure string     `json:"procedure"`
	Raw       string     `json:"raw,omitempty"`
	Risk      string     `json:"risk" enum:"read,change,dangerous"`
	AskedBy   Actor      `json:"askedBy"`
	Consent   *Consent   `json:"consent,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Case      string     `json:"case,omitempty"`
	Session   string     `json:"session,omitempty" doc:"Of a guided fix."`
	State     string     `json:"state" enum:"asked,sent,taken,done,failed,unknown,expired,cancelled"`
	Code      string     `json:"code,omitempty" doc:"Stable code of a failure."`
	AskedAt   time.Time  `json:"askedAt"`
	Deadline  time.Time  `json:"deadline"`
	SentAt    time.Time  `json:"sentAt,omitzero"`
	TakenAt   time.Time  `json:"takenAt,omitzero"`
	EndedAt   time.Time  `json:"endedAt,omitzero" doc:"Left out while it is under way."`
	Exchanges []Exchange `json:"exchanges" doc:"What was sent and what came back; only in the single command."`
}

// Ended says whether nothing more is expected of the command.
func (c *Command) Ended() bool { return !c.EndedAt.IsZero() }

// Exchange is one command and its reply, without password and transport.
type Exchange struct {
	Sent    string    `json:"sent" doc:"Hex."`
	Got     string    `json:"got,omitempty" doc:"Hex; left out when nothing came back."`
	At      time.Time `json:"at"`
	Ms      int64     `json:"ms"`
	Failure string    `json:"failure,omitempty"`
	Meaning *Meaning  `json:"meaning,omitempty"`
}

// Meaning is a decoded exchange.
type Meaning struct {
	OK      bool           `json:"ok"`
	Command string         `json:"command,omitempty"`
	Fields  map[string]any `json:"fields,omitempty"`
	Meaning string         `json:"meaning,omitempty" doc:"A sentence in the caller's language."`
	Code    int            `json:"code,omitempty" doc:"The register's own error code."`
	Error   string         `json:"error,omitempty"`
}

// DryRun is the bytes that a procedure would send, in order, as hex.
type DryRun struct {
	Commands []string `json:"commands"`
}

// NewDryRun is a procedure whose bytes are asked for.
type NewDryRun struct {
	Procedure string `json:"procedure" enum:"raw,fn_status,last_document,cancel_receipt,leave_mode,set_clock,reboot,ofd_test,ofd_channel,close_shift,info_print,clear_agent,continue_print"`
	Raw       string `json:"raw,omitempty" example:"91 34 00 00"`
}

// DeviceMove puts a device into another outlet.
type DeviceMove struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Outlet  string `json:"outlet"`
}

// DeviceAgent says which agent reads a device.
type DeviceAgent struct {
	Agent string `json:"agent" doc:"Empty: none."`
}

// DeviceStep takes a device out of service or back.
type DeviceStep struct {
	Version int64  `json:"version" doc:"The one that was read; an older one is answered with 409."`
	Why     string `json:"why,omitempty" maxLength:"4000" doc:"A person's words."`
}
