// Package doctor is the agent's self-check: it looks at everything between
// the registers and the server, in that order, and says of each what it found.
// It disturbs nothing: while an agent runs, neither its connection nor its
// registers are touched.
package doctor

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/tillwright/tillwright/internal/agent/channel"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/identity"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

const (
	step     = 10 * time.Second // for one look at the network
	lowSpace = 256 << 20        // bytes: four spools of the usual size
	driftMax = 30 * time.Second // between the machine's clock and the server's
)

// State says how bad a finding is.
type State string

// The states. A check is skipped when an earlier one leaves it nothing to
// look at.
const (
	OK      State = "ok"
	Warn    State = "warn"
	Fail    State = "fail"
	Skipped State = "skip"
)

// Finding is what one check found. Its sentence is the text
// "agent.doctor.<Code>", what to do about it "agent.doctor.<Code>.todo".
type Finding struct {
	State State
	Code  string
	Args  map[string]any
	Err   error // for the log; no sentence
}

// Options say what to look at.
type Options struct {
	Data      string
	Server    string // instead of the enrolment's; "" = as enrolled
	Page      string // where the shop's page is to be; "" = nowhere
	Devices   []wire.Device
	Protocols map[string]kkt.Protocol
	Clock     clock.Clock
}

// Run makes every check in turn and hands each finding to say at once. It
// returns whether nothing failed.
func Run(ctx context.Context, o Options, say func(Finding)) (well bool) {
	well = true
	d := &doctor{Options: o, say: func(f Finding) {
		well = well && f.State != Fail
		say(f)
	}}
	d.checkFolder()
	d.checkIdentity()
	d.checkPage(ctx)
	d.checkNetwork(ctx)
	for _, dev := range o.Devices {
		d.checkDevice(ctx, dev)
	}
	if len(o.Devices) == 0 {
		d.tell(Warn, "device.none", nil)
	}
	return well
}

type doctor struct {
	Options
	say     func(Finding)
	running bool // an agent holds the folder
	id      *identity.Identity
}

// tell makes a finding; pairs are names and values for its sentence.
func (d *doctor) tell(s State, code string, err error, pairs ...any) {
	f := Finding{State: s, Code: code, Err: err, Args: map[string]any{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		f.Args[pairs[i].(string)] = pairs[i+1]
	}
	d.say(f)
}

func (d *doctor) checkFolder() {
	f, err := folder.Open(d.Data)
	switch {
	case errors.Is(err, folder.ErrHeld):
		d.running = true
		d.tell(OK, "folder.running", nil, "path", d.Data)
	case err != nil:
		d.tell(Fail, "folder.unusable", err, "path", d.Data)
		return
	default:
		defer func() { _ = f.Close() }()
		if err := f.Write("doctor.tmp", []byte("x")); err != nil {
			d.tell(Fail, "folder.unusable", err, "path", d.Data)
			return
		}
		_ = os.Remove(f.Path("doctor.tmp")) // a crumb at worst
		d.tell(OK, "folder.ok", nil, "path", d.Data)
	}
	free, err := folder.Free(d.Data)
	switch mb := free >> 20; {
	case err != nil:
		d.tell(Warn, "space.unknown", err)
	case free < lowSpace:
		d.tell(Warn, "space.low", nil, "mb", mb)
	default:
		d.tell(OK, "space.ok", nil, "mb", mb)
	}
}

func (d *doctor) checkIdentity() {
	path := func(name ...string) string { return join(d.Data, name...) }
	id, err := identity.Load(path)
	switch {
	case errors.Is(err, identity.ErrMissing):
		d.tell(Fail, "identity.missing", nil)
	case err != nil:
		d.tell(Fail, "identity.damaged", err)
	default:
		if d.Server != "" {
			id.Server = d.Server
		}
		d.id = &id
		d.tell(OK, "identity.ok", nil, "name", id.Name, "agent", id.Agent, "server", id.Server)
		d.checkKey(path)
	}
}

// checkKey says nothing of a key that is as private as it should be.
func (d *doctor) checkKey(path func(name ...string) string) {
	if private, err := identity.Private(path); err != nil || !private {
		d.tell(Warn, "identity.open", err, "path", path())
	}
}

// checkClock compares with the server's answer to any question, whose header
// carries its time to the second.
func (d *doctor) checkClock(ctx context.Context, client *http.Client) {
	ctx, done := context.WithTimeout(ctx, step)
	defer done()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, d.id.Server+"/healthz", nil)
	if err != nil {
		d.tell(Warn, "clock.unknown", err)
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		d.tell(Warn, "clock.unknown", err)
		return
	}
	_ = resp.Body.Close()
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		d.tell(Warn, "clock.unknown", err)
		return
	}
	off := d.Clock.Now().Sub(date).Round(time.Second)
	if off.Abs() > driftMax {
		d.tell(Warn, "clock.off", nil, "seconds", int64(off/time.Second))
		return
	}
	d.tell(OK, "clock.ok", nil)
}

func (d *doctor) checkNetwork(ctx context.Context) {
	if d.id == nil {
		d.tell(Skipped, "network.skip", nil)
		return
	}
	u, err := url.Parse(d.id.Server)
	if err != nil {
		d.tell(Fail, "identity.damaged", err)
		return
	}
	if proxy, err := http.ProxyFromEnvironment(&http.Request{URL: u}); err == nil && proxy != nil {
		d.tell(OK, "proxy.ok", nil, "proxy", proxy.Host) // it knows names and ports that we may not
	} else if !d.checkName(ctx, u) || !d.checkPort(ctx, u) || !d.checkTLS(ctx, u) {
		return
	}
	client := channel.Client(d.id.Pin)
	defer client.CloseIdleConnections()
	d.checkClock(ctx, client)
	d.checkSocket(ctx, client)
}

func (d *doctor) checkSocket(ctx context.Context, client *http.Client) {
	ctx, done := context.WithTimeout(ctx, step)
	defer done()
	if err := channel.Probe(ctx, d.id.Server, client); err != nil {
		d.tell(Warn, "socket.fail", err)
		return
	}
	d.tell(OK, "socket.ok", nil)
}
