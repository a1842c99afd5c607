package client

import (
	"context"
	"iter"
	"net/http"
	"time"
)

// Devices walks the devices: by name, or, when a state, severity or fault is
// asked for, by id.
func (a *API) Devices(ctx context.Context, f DeviceFilter) iter.Seq2[Device, error] {
	q := query{}.list("state", f.State).text("severity", f.Severity).text("fault", f.Fault).text("client", f.Client).text("outlet", f.Outlet).
		text("kind", f.Kind).text("agent", f.Agent).text("q", f.Query).flag("retired", f.Retired)
	return all[Device](ctx, a, "/devices", q, f.PageSize)
}

// Device is one device with its live values.
func (a *API) Device(ctx context.Context, device string) (DeviceDetail, error) {
	return get[DeviceDetail](ctx, a, "/devices/"+id(device))
}

// AddDevice adds a device to an outlet.
func (a *API) AddDevice(ctx context.Context, d NewDevice) (Device, error) {
	return send[Device](ctx, a, http.MethodPost, "/devices", d)
}

// ChangeDevice writes what people say about a device anew; with an old version
// the code is "conflict".
func (a *API) ChangeDevice(ctx context.Context, device string, c DeviceChange) (Device, error) {
	return send[Device](ctx, a, http.MethodPut, "/devices/"+id(device), c)
}

// MoveDevice puts a device into another outlet.
func (a *API) MoveDevice(ctx context.Context, device string, m DeviceMove) (Device, error) {
	return send[Device](ctx, a, http.MethodPost, "/devices/"+id(device)+"/move", m)
}

// AssignAgent says which agent reads a device; "" is none.
func (a *API) AssignAgent(ctx context.Context, device, agent string) (Device, error) {
	return send[Device](ctx, a, http.MethodPut, "/devices/"+id(device)+"/agent", DeviceAgent{Agent: agent})
}

// RetireDevice takes a device out of service.
func (a *API) RetireDevice(ctx context.Context, device string, s DeviceStep) (Device, error) {
	return send[Device](ctx, a, http.MethodPost, "/devices/"+id(device)+"/retire", s)
}

// Changes walks what changed in a device's values, the newest first.
func (a *API) Changes(ctx context.Context, device string) iter.Seq2[Change, error] {
	return all[Change](ctx, a, "/devices/"+id(device)+"/changes", nil, 0)
}

// Timeline is a device's newest happenings, at most 200.
func (a *API) Timeline(ctx context.Context, device string) ([]Happening, error) {
	return one[Happening](ctx, a, query{}.number("limit", 200).on("/devices/"+id(device)+"/timeline"))
}

// AskCommand has something done to a register, at most once. With a key that
// was used before nothing is asked for and the first command is given: so a
// call whose answer got lost may be repeated.
func (a *API) AskCommand(ctx context.Context, device, key string, c NewCommand) (Command, error) {
	return send[Command](ctx, a, http.MethodPost, "/devices/"+id(device)+"/commands", c, "Idempotency-Key", key)
}

// DryRun is the bytes that a procedure would send, as hex. Nothing is sent.
func (a *API) DryRun(ctx context.Context, device string, p NewDryRun) ([]string, error) {
	out, err := send[DryRun](ctx, a, http.MethodPost, "/devices/"+id(device)+"/commands/dry-run", p)
	return out.Commands, err
}

// Commands walks a device's commands, the newest first, without exchanges.
func (a *API) Commands(ctx context.Context, device string) iter.Seq2[Command, error] {
	return all[Command](ctx, a, "/devices/"+id(device)+"/commands", nil, 0)
}

// Command is one command with its exchanges, decoded.
func (a *API) Command(ctx context.Context, command string) (Command, error) {
	return get[Command](ctx, a, "/commands/"+id(command))
}

// CancelCommand takes a command back that was not sent yet.
func (a *API) CancelCommand(ctx context.Context, command string) error {
	return a.call(ctx, http.MethodDelete, "/commands/"+id(command), nil, nil)
}

// longPoll is how many seconds one request waits for a command's end.
const longPoll = 20

// AwaitCommand waits until a command has ended. The server holds each request
// until then; when it is busy or away the next one comes later and later, up
// to half a minute. It fails with what ends ctx, or with a refusal that
// waiting cannot mend.
func (a *API) AwaitCommand(ctx context.Context, command string) (Command, error) {
	path := query{}.number("wait", longPoll).on("/commands/" + id(command))
	for tries := 0; ; {
		c, err := get[Command](ctx, a, path)
		switch {
		case ctx.Err() != nil:
			return c, ctx.Err()
		case err == nil && c.Ended():
			return c, nil
		case err != nil && !passing(err):
			return c, err
		case err == nil:
			tries = 0
			continue
		}
		if err := a.wait(ctx, backoff(tries, err)); err != nil {
			return c, err
		}
		tries++
	}
}

// waiter waits for a time, or until ctx ends.
type waiter func(ctx context.Context, d time.Duration) error

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
