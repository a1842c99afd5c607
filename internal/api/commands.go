package api

import (
	"context"
	"encoding/hex"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// maxWait bounds how long a call waits for something to end.
const maxWait = 30 * time.Second

type commandIn struct {
	ByID
	Key  string `header:"Idempotency-Key" maxLength:"100" doc:"A second call with the same key asks for nothing and gives the first one's command."`
	Body client.NewCommand
}

type waitIn struct {
	ByID
	Wait int `query:"wait" minimum:"0" maximum:"30" doc:"Seconds to wait for its end."`
}

func (a *API) mountCommands() {
	handle(a, operation{
		id: "askCommand", method: http.MethodPost, path: "/devices/{id}/commands", tag: "commands", right: scope.RunCommands, status: 202,
		summary: "Have something done to a register, at most once",
		about: "What changes a register needs consent; what is dangerous also the right `run_dangerous`. " +
			"It is sent when the agent is connected and expires when it was not begun in time.",
	}, func(ctx context.Context, w who, in *commandIn) (*answer[client.Command], error) {
		return said(a.ask(ctx, w, in))
	})
	handle(a, operation{
		id: "dryRun", method: http.MethodPost, path: "/devices/{id}/commands/dry-run", tag: "commands", right: scope.RunCommands,
		summary: "The bytes that a procedure would send; nothing is sent",
	}, func(ctx context.Context, w who, in *with[client.NewDryRun]) (*answer[client.DryRun], error) {
		p, err := procedureOf(in.Body.Procedure, in.Body.Raw)
		if err != nil {
			return nil, err
		}
		bytes, err := a.Fleet.DryRun(ctx, w.sc, in.ID, p)
		return said(client.DryRun{Commands: each(bytes, hexText)}, err)
	})
	handle(a, operation{
		id: "listCommands", method: http.MethodGet, path: "/devices/{id}/commands", tag: "commands", right: scope.SeeFleet,
		summary: "A device's commands, the newest first",
	}, func(ctx context.Context, w who, in *pageOf) (*answer[client.List[client.Command]], error) {
		return said(a.commands(ctx, w, in))
	})
	handle(a, operation{
		id: "getCommand", method: http.MethodGet, path: "/commands/{id}", tag: "commands", right: scope.SeeFleet,
		summary: "One command with its exchanges, decoded",
	}, func(ctx context.Context, w who, in *waitIn) (*answer[client.Command], error) {
		return said(a.command(ctx, w, in))
	})
	handle(a, operation{
		id: "cancelCommand", method: http.MethodDelete, path: "/commands/{id}", tag: "commands", right: scope.RunCommands, conflicts: true, status: 204,
		summary: "Take a command back that was not sent yet",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		if _, err := a.Fleet.Command(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		return done(a.Fleet.Cancel(ctx, w.sc, in.ID))
	})
}

func (a *API) ask(ctx context.Context, w who, in *commandIn) (client.Command, error) {
	p, err := procedureOf(in.Body.Procedure, in.Body.Raw)
	if err != nil {
		return client.Command{}, err
	}
	ask := fleet.AskCommand{
		Device: in.ID, Procedure: p, Reason: in.Body.Reason, Case: in.Body.Case, Within: time.Duration(in.Body.WithinSeconds) * time.Second,
	}
	if c := in.Body.Consent; c != nil {
		ask.Consent = &fleet.Consent{Who: c.Who, How: c.How, At: c.At}
	}
	if in.Key != "" { // a key is its person's own: nobody else's command is given for it
		ask.Key = "api:" + w.id.Person.ID + ":" + in.ID + ":" + in.Key
	}
	if ask.Case != "" {
		if _, err := a.Desk.Get(ctx, w.sc, ask.Case); err != nil {
			return client.Command{}, err
		}
	}
	id, err := a.Fleet.Ask(ctx, w.sc, ask)
	if err != nil {
		return client.Command{}, err
	}
	c, err := a.Fleet.Command(ctx, w.sc, id)
	return commandOf(c), err
}

// procedureOf reads a procedure. Only the raw one has bytes.
func procedureOf(name, raw string) (kkt.Procedure, error) {
	p := kkt.Procedure{Name: name}
	wrong := problem.New(problem.Invalid, "invalid").In("api.procedure")
	if (name == kkt.ProcRaw) != (raw != "") {
		return p, wrong.Field("raw", "raw_bytes")
	}
	var err error
	if p.Raw, err = hexOf(raw); err != nil || len(p.Raw) > 1024 {
		return p, wrong.Field("raw", "not_hex")
	}
	return p, nil
}

func (a *API) commands(ctx context.Context, w who, in *pageOf) (client.List[client.Command], error) {
	var none client.List[client.Command]
	if _, err := a.Registry.Device(ctx, w.sc, in.ID); err != nil {
		return none, err
	}
	list, err := a.Fleet.Commands(ctx, w.sc, in.ID, in.After, in.Limit+1)
	if err != nil {
		return none, err
	}
	list, more := cut(list, in.Limit)
	return listed(list, nextIf(list, more, func(c fleet.Command) string { return c.ID }), commandOf), nil
}

// command is one command with what its bytes mean. The protocol is looked up
// for the program itself: a shop's people see what was said, not where.
func (a *API) command(ctx context.Context, w who, in *waitIn) (client.Command, error) {
	wait := min(time.Duration(in.Wait)*time.Second, maxWait)
	short, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	c, err := a.Fleet.AwaitCommand(short, w.sc, in.ID)
	if err != nil {
		return client.Command{}, err
	}
	out := commandOf(c)
	out.Exchanges = a.exchangesOf(ctx, w, c.Device, c.Exchanges)
	return out, nil
}

func commandOf(c fleet.Command) client.Command {
	out := client.Command{
		ID: c.ID, Client: c.Client, Device: c.Device, Agent: c.Agent, Procedure: c.Procedure.Name, Raw: hexText(c.Procedure.Raw), Risk: string(c.Risk),
		AskedBy: actorOf(c.AskedBy), Reason: c.Reason, Case: c.Case, Session: c.Session, State: c.State, Code: c.Code, AskedAt: c.AskedAt,
		Deadline: c.Deadline, SentAt: c.SentAt, TakenAt: c.TakenAt, EndedAt: c.EndedAt, Exchanges: []client.Exchange{},
	}
	if c.Consent != nil {
		out.Consent = &client.Consent{Who: c.Consent.Who, How: c.Consent.How, At: c.Consent.At}
	}
	return out
}

func actorOf(a scope.Actor) client.Actor {
	return client.Actor{Kind: string(a.Kind), ID: a.ID, Name: a.Name}
}

// exchangesOf is what was sent and came back, with what it means when the
// device's protocol is known.
func (a *API) exchangesOf(ctx context.Context, w who, device string, list []kkt.Exchange) []client.Exchange {
	protocol := a.protocolOf(ctx, w, device, len(list) > 0)
	return each(list, func(e kkt.Exchange) client.Exchange {
		out := client.Exchange{Sent: hexText(e.Sent), Got: hexText(e.Got), At: e.At, Ms: e.Millis, Failure: e.Failure}
		if protocol != nil && len(e.Got) > 0 {
			m := meaningOf(w.voice, protocol.Explain(e.Sent, e.Got))
			out.Meaning = &m
		}
		return out
	})
}

func (a *API) protocolOf(ctx context.Context, w who, device string, needed bool) kkt.Protocol {
	if !needed {
		return nil
	}
	d, err := a.Registry.Device(ctx, scope.System(w.sc.Tenant(), "api"), device)
	if err != nil || d.Endpoint == nil {
		return nil
	}
	return a.Protocols[d.Endpoint.Protocol]
}

func hexText(b []byte) string { return hex.EncodeToString(b) }
