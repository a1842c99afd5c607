package app

import (
	"context"
	"strings"

	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/registry"
	"github.com/tillwright/tillwright/internal/scope"
)

// addFound makes a device of a register that an agent came upon, at the
// agent's outlet and read by the agent.
func (a *App) addFound(ctx context.Context, sc scope.Scope, agent link.AgentInfo, o link.Offer, name string) (string, error) {
	e := o.Endpoint
	if strings.TrimSpace(name) == "" {
		name = o.Name()
	}
	form := registry.DeviceForm{Kind: registry.FiscalPrinter, Name: name, Model: o.Model, Serial: o.Serial, Firmware: o.Firmware, Endpoint: &e}
	if strings.HasPrefix(o.Model, "Эвотор") || o.Maker == "Эвотор" {
		form.Kind = registry.SmartTerminal
	}
	if form.Model == "" {
		form.Model = o.Maker // until the register says who it is
	}
	d, err := a.Registry.AddDevice(ctx, sc, agent.Outlet, agent.ID, form)
	return d.ID, err
}
