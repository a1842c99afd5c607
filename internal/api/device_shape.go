package api

import (
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/registry"
)

// deviceOf is a device with how it is, when an agent watches it. A shop's
// people do not see where a register is reached, and nobody sees its password.
func deviceOf(w who, d registry.Device, l *fleet.Line) client.Device {
	out := client.Device{
		ID: d.ID, Client: d.Client, ClientName: d.Place.ClientName, Outlet: d.Outlet, OutletName: d.Place.OutletName, City: d.Place.City,
		Zone: d.Place.Zone, Agent: d.Agent, RetiredAt: d.RetiredAt, CreatedAt: d.CreatedAt, Version: d.Version,
		DeviceForm: client.DeviceForm{
			Kind: string(d.Kind), Name: d.Name, Model: d.Model, Serial: d.Serial, Firmware: d.Firmware, PollSeconds: int(d.Poll / time.Second),
			RegNumber: d.RegNumber, FNSerial: d.FNSerial, ProducedOn: d.ProducedOn, ActivatedOn: d.ActivatedOn, PurchasedOn: d.PurchasedOn,
			TaxSystems: texts(d.TaxSystems), FFD: d.FFD, Note: d.Note,
		},
	}
	if e := d.Endpoint; e != nil && w.sc.Client() == "" {
		out.Endpoint = &client.Endpoint{Protocol: e.Protocol, Transport: e.Transport, Address: e.Address, Baud: e.Baud}
	}
	if l != nil {
		out.Live = stateOf(*l)
	}
	return out
}

func stateOf(l fleet.Line) *client.DeviceState {
	s := &client.DeviceState{
		State: l.State, Severity: l.Severity.String(), Faults: texts(l.Faults), Incident: l.Incident, Seen: l.Seen, Unsent: l.Unsent,
	}
	if l.Next != nil {
		next := stopOf(*l.Next)
		s.NextStop = &next
	}
	return s
}

func deviceForm(f client.DeviceForm) registry.DeviceForm {
	out := registry.DeviceForm{
		Kind: registry.DeviceKind(f.Kind), Name: f.Name, Model: f.Model, Serial: f.Serial, Firmware: f.Firmware,
		Poll: time.Duration(f.PollSeconds) * time.Second, RegNumber: f.RegNumber, FNSerial: f.FNSerial, ProducedOn: f.ProducedOn,
		ActivatedOn: f.ActivatedOn, PurchasedOn: f.PurchasedOn, FFD: f.FFD, Note: f.Note,
	}
	for _, t := range f.TaxSystems {
		out.TaxSystems = append(out.TaxSystems, registry.TaxSystem(t))
	}
	if e := f.Endpoint; e != nil {
		out.Endpoint = &kkt.Endpoint{Protocol: e.Protocol, Transport: e.Transport, Address: e.Address, Baud: e.Baud, Password: e.Password}
	}
	return out
}

func changeOf(c fleet.Change) client.Change {
	return client.Change{Seq: c.Seq, At: c.At, Received: c.Received, Late: c.Late, Changes: changesOf(c.Changes)}
}

func (a *API) happeningOf(w who, h fleet.Happening) client.Happening {
	out := client.Happening{At: h.At}
	switch {
	case h.Change != nil:
		c := changeOf(*h.Change)
		out.Change = &c
	case h.Opened != nil:
		al := a.alertOf(w, *h.Opened)
		out.Opened = &al
	case h.Closed != nil:
		al := a.alertOf(w, *h.Closed)
		out.Closed = &al
	case h.Command != nil:
		c := commandOf(*h.Command)
		out.Command = &c
	}
	return out
}
