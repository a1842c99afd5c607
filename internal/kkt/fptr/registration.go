package fptr

import (
	"context"
	"encoding/json"
	"time"
)

// Registration is how the register is registered: what getRegistrationInfo
// tells and what registration, fnChange and changeRegistrationParameters take.
type Registration struct {
	Organization Organization `json:"organization"`
	Device       DeviceParams `json:"device"`
	OFD          OFDParams    `json:"ofd"`
}

// Organization is the register's user.
type Organization struct {
	Name          string   `json:"name"`  // 1048
	VATIN         string   `json:"vatin"` // 1018, ИНН
	Email         string   `json:"email,omitempty"`
	TaxationTypes []string `json:"taxationTypes"` // osn, usnIncome, usnIncomeOutcome, envd, esn, patent
	Agents        []string `json:"agents,omitempty"`
	Address       string   `json:"address,omitempty"` // 1009
}

// DeviceParams are the register's own parameters.
type DeviceParams struct {
	RegistrationNumber  string `json:"registrationNumber"` // РНМ
	FFDVersion          string `json:"ffdVersion"`         // 1.05, 1.1, 1.2
	OFDChannel          string `json:"ofdChannel,omitempty"`
	OfflineMode         bool   `json:"offlineMode"`
	Encryption          bool   `json:"encryption"`
	AutoMode            bool   `json:"autoMode"`
	MachineNumber       string `json:"machineNumber,omitempty"`
	MachineInstallation bool   `json:"machineInstallation"`
	Internet            bool   `json:"internet"`
	Service             bool   `json:"service"`
	Excise              bool   `json:"excise"`
	Gambling            bool   `json:"gambling"`
	Lottery             bool   `json:"lottery"`
	BSO                 bool   `json:"bso"`
	PaymentsAddress     string `json:"paymentsAddress,omitempty"` // 1187
	FNSURL              string `json:"fnsUrl,omitempty"`
	DefaultTaxationType string `json:"defaultTaxationType,omitempty"`
}

// OFDParams are the operator of fiscal data and the way to it.
type OFDParams struct {
	Name  string `json:"name"`
	VATIN string `json:"vatin"`
	Host  string `json:"host"`
	Port  int    `json:"port"`
	DNS   string `json:"dns,omitempty"`
}

func parseRegistration(raw json.RawMessage) (Registration, error) {
	type form struct {
		Organization *Organization
		Device       *DeviceParams
		OFD          *OFDParams
	}
	f, err := decode(raw, func(f *form) bool { return f.Device != nil })
	if err != nil {
		return Registration{}, err
	}
	g := Registration{Device: *f.Device}
	if f.Organization != nil {
		g.Organization = *f.Organization
	}
	if f.OFD != nil {
		g.OFD = *f.OFD
	}
	for _, s := range []*string{
		&g.Device.RegistrationNumber, &g.Device.MachineNumber, &g.Device.PaymentsAddress, &g.Organization.VATIN, &g.Organization.Name, &g.OFD.VATIN, &g.OFD.Host,
	} {
		*s = trimmed(*s)
	}
	return g, nil
}

// Registration reads how the register is registered.
func (d *Driver) Registration(ctx context.Context) (Registration, error) {
	return ask(ctx, d, plain(taskRegistration), parseRegistration)
}

// ExchangeStatus reads how the exchange with the OFD stands.
func (d *Driver) ExchangeStatus(ctx context.Context) (Exchange, error) {
	return ask(ctx, d, plain(taskExchange), func(raw json.RawMessage) (Exchange, error) { return parseExchange(raw, d.proto.Location) })
}

// FNInfo reads the drive: its phase, its life, its registrations.
func (d *Driver) FNInfo(ctx context.Context) (FNInfo, error) {
	return ask(ctx, d, plain(taskFNInfo), parseFNInfo)
}

// FNStatus reads the numbers of the drive's last document and receipt.
func (d *Driver) FNStatus(ctx context.Context) (FNStatus, error) {
	return ask(ctx, d, plain(taskFNStatus), parseFNStatus)
}

// Document reads one document of the drive by its number. One that the drive
// does not have is a refusal with code 123.
func (d *Driver) Document(ctx context.Context, number int64) (Document, error) {
	return ask(ctx, d, fnDocument(number), func(raw json.RawMessage) (Document, error) { return parseDocument(raw, d.proto.Location) })
}

// ask carries out a task that only reads and takes its result apart.
func ask[T any](ctx context.Context, d *Driver, task json.RawMessage, parse func(json.RawMessage) (T, error)) (T, error) {
	var none T
	e, err := d.run(ctx, d.proto.newID(), task)
	if err != nil {
		return none, err
	}
	v, err := parse(e.Result)
	if err != nil {
		return none, garbage(e.Raw, err.Error())
	}
	return v, nil
}

// ValidTill is the end of the drive's life as it names it; zero when it does
// not.
func (f FNInfo) ValidTill(zone *time.Location) time.Time {
	t, err := when(f.ValidityDate, zone)
	if err != nil {
		return time.Time{}
	}
	return t
}
