package registry

import (
	"net"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
)

// The longest texts, in characters: what stands in a line, and a note.
const (
	maxLine = 200
	maxNote = 4000
)

// findings gathers the fields at fault, so that a form shows all at once.
type findings struct{ fields []problem.Field }

func (f *findings) add(name, code string) {
	f.fields = append(f.fields, problem.Field{Name: name, Code: code})
}

func (f *findings) when(bad bool, name, code string) {
	if bad {
		f.add(name, code)
	}
}

func (f *findings) err(op string) error {
	if len(f.fields) == 0 {
		return nil
	}
	p := problem.New(problem.Invalid, "invalid").In(op)
	p.Fields = f.fields
	return p
}

// line checks a text that may be empty.
func (f *findings) line(name, value string) { f.upTo(name, value, maxLine) }

// must checks a text that may not be empty.
func (f *findings) must(name, value string) {
	f.when(value == "", name, "required")
	f.upTo(name, value, maxLine)
}

func (f *findings) upTo(name, value string, limit int) {
	if utf8.RuneCountInString(value) > limit {
		f.fields = append(f.fields, problem.Field{Name: name, Code: "too_long", Args: map[string]any{"max": limit}})
	}
}

func (f *findings) zone(name, value string) {
	if value == "" {
		f.add(name, "required")
		return
	}
	_, err := time.LoadLocation(value)
	f.when(err != nil || value == "Local", name, "zone_unknown")
}

// checkClient tidies a client's numbers and checks them by the rules of its
// country.
func checkClient(c *Client, op string) error {
	for _, s := range []*string{&c.Name, &c.Note} {
		*s = strings.TrimSpace(*s)
	}
	c.Number, c.INN, c.KPP, c.UStID = strings.TrimSpace(c.Number), tidyNumber(c.INN), tidyNumber(c.KPP), tidyNumber(c.UStID)
	var f findings
	f.must("name", c.Name)
	f.upTo("number", c.Number, 32)
	f.upTo("note", c.Note, maxNote)
	f.when(!has(ClientKinds(), c.Kind), "kind", "client_kind_unknown")
	f.when(c.Terms != "" && !has(ClientTerms(), c.Terms), "terms", "client_terms_unknown")
	if !has(Countries(), c.Country) {
		f.add("country", "country_unknown")
		return f.err(op)
	}
	f.taxNumbers(c)
	return f.err(op)
}

// taxNumbers checks what is filled in; which of them a client gave is not
// always known at once. A number of another country is a mistake.
func (f *findings) taxNumbers(c *Client) {
	f.when(c.KPP != "" && (c.Country != RU || c.Kind == Sole), "kpp", "kpp_not_here")
	f.when(c.UStID != "" && c.Country != DE, "ust_id", "ust_id_not_here")
	switch c.Country {
	case RU:
		f.when(c.INN != "" && !ValidINN(c.INN), "inn", "inn_invalid")
		f.when(ValidINN(c.INN) && (len(c.INN) == 12) != (c.Kind == Sole), "inn", "inn_length")
		f.when(c.KPP != "" && !ValidKPP(c.KPP), "kpp", "kpp_invalid")
	case KZ:
		f.when(c.INN != "" && !ValidBIN(c.INN), "inn", "bin_invalid")
	case DE:
		f.when(c.INN != "", "inn", "inn_not_here")
		f.when(c.UStID != "" && !ValidUStID(c.UStID), "ust_id", "ust_id_invalid")
	}
}

func checkOutlet(o *Outlet, op string) error {
	for _, s := range []*string{&o.Name, &o.Address, &o.City, &o.Note} {
		*s = strings.TrimSpace(*s)
	}
	var f findings
	f.must("name", o.Name)
	f.line("address", o.Address)
	f.line("city", o.City)
	f.upTo("note", o.Note, maxNote)
	f.zone("zone", o.Zone)
	if p := o.Point; p != nil {
		f.when(!(p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180), "point", "point_invalid") // NaN is in no range
	}
	return f.err(op)
}

// checkContact also brings the telephone number to E.164, read as people of
// the client's country write it.
func checkContact(c *Contact, country Country, op string) error {
	for _, s := range []*string{&c.Name, &c.Phone, &c.Email, &c.Role} {
		*s = strings.TrimSpace(*s)
	}
	var f findings
	f.must("name", c.Name)
	f.line("role", c.Role)
	f.line("email", c.Email)
	f.when(c.Phone == "" && c.Email == "", "phone", "contact_needs_way")
	if c.Phone != "" {
		e164, ok := NormalPhone(c.Phone, country)
		f.when(!ok, "phone", "phone_invalid")
		if ok {
			c.Phone = e164
		}
	}
	if c.Email != "" {
		a, err := mail.ParseAddress(c.Email)
		f.when(err != nil || a.Address != c.Email, "email", "email_invalid")
	}
	return f.err(op)
}

// checkDevice tidies what was typed about a device and checks it.
func checkDevice(d *DeviceForm, op string) error {
	for _, s := range []*string{&d.Name, &d.Model, &d.Serial, &d.Firmware, &d.Note} {
		*s = strings.TrimSpace(*s)
	}
	d.RegNumber, d.FNSerial = tidyNumber(d.RegNumber), tidyNumber(d.FNSerial)
	var f findings
	f.when(!has(DeviceKinds(), d.Kind), "kind", "device_kind_unknown")
	f.must("name", d.Name)
	f.line("model", d.Model)
	f.upTo("serial", d.Serial, maxReading)
	f.upTo("firmware", d.Firmware, maxReading)
	f.upTo("note", d.Note, maxNote)
	f.when(d.RegNumber != "" && !sixteen(d.RegNumber), "reg_number", "reg_number_invalid")
	f.when(d.FNSerial != "" && !sixteen(d.FNSerial), "fn_serial", "fn_serial_invalid")
	f.when(d.FFD != "" && !has(FFDs(), d.FFD), "ffd", "ffd_unknown")
	for _, t := range d.TaxSystems {
		f.when(!has(TaxSystems(), t), "tax_systems", "tax_system_unknown")
	}
	f.dates(d)
	f.when(d.Poll != 0 && (d.Poll < time.Second || d.Poll > time.Hour), "poll", "poll_range")
	f.endpoint(d.Endpoint)
	return f.err(op)
}

func sixteen(s string) bool { return len(s) == 16 && allDigits.MatchString(s) }

func (f *findings) dates(d *DeviceForm) {
	for name, value := range map[string]string{"produced_on": d.ProducedOn, "activated_on": d.ActivatedOn, "purchased_on": d.PurchasedOn} {
		if _, err := time.Parse(time.DateOnly, value); value != "" && err != nil {
			f.add(name, "date_invalid")
		}
	}
	// Dates in this form sort as texts.
	f.when(d.ProducedOn != "" && d.ActivatedOn != "" && d.ActivatedOn < d.ProducedOn, "activated_on", "activated_before_produced")
}

func (f *findings) endpoint(e *kkt.Endpoint) {
	if e == nil {
		return
	}
	f.must("endpoint.protocol", e.Protocol)
	f.upTo("endpoint.password", e.Password, 64)
	f.must("endpoint.address", e.Address)
	switch e.Transport {
	case "tcp":
		host, port, err := net.SplitHostPort(e.Address)
		n, perr := strconv.Atoi(port)
		f.when(e.Address != "" && (err != nil || perr != nil || host == "" || n < 1 || n > 65535), "endpoint.address", "address_invalid")
	case "serial":
		f.when(e.Baud < 0 || e.Baud > 4_000_000, "endpoint.baud", "baud_invalid")
	default:
		f.add("endpoint.transport", "transport_unknown")
	}
}
