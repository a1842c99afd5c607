package api

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/tillwright/tillwright/client"
	"github.com/tillwright/tillwright/internal/fleet"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/scope"
)

type agentsIn struct {
	Paging
	Outlet  string `query:"outlet"`
	Revoked bool   `query:"revoked" doc:"Also those that have been shut out."`
}

type agentName struct {
	Name string `json:"name"`
}

func (a *API) mountAgents() {
	handle(a, operation{
		id: "listAgents", method: http.MethodGet, path: "/agents", tag: "agents", right: scope.SeeFleet,
		summary: "Agents by name", about: "A client's own people see none: one agent may serve more than their shop.",
	}, func(ctx context.Context, w who, in *agentsIn) (*answer[client.List[client.AgentInfo]], error) {
		return said(a.agents(ctx, w, in))
	})
	handle(a, operation{
		id: "getAgent", method: http.MethodGet, path: "/agents/{id}", tag: "agents", right: scope.SeeFleet,
		summary: "One agent with what was notable about it",
	}, func(ctx context.Context, w who, in *ByID) (*answer[client.AgentDetail], error) {
		return said(a.agent(ctx, w, in.ID))
	})
	handle(a, operation{
		id: "renameAgent", method: http.MethodPut, path: "/agents/{id}/name", tag: "agents", right: scope.ManageAgents,
		summary: "Give an agent another name",
	}, func(ctx context.Context, w who, in *with[agentName]) (*answer[client.AgentDetail], error) {
		if err := a.Agents.Rename(ctx, w.sc, in.ID, in.Body.Name); err != nil {
			return nil, err
		}
		return said(a.agent(ctx, w, in.ID))
	})
	handle(a, operation{
		id: "revokeAgent", method: http.MethodPost, path: "/agents/{id}/revoke", tag: "agents", right: scope.ManageAgents, status: 204,
		summary: "Shut an agent out for good", about: "Its connection is cut at once.",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		if err := a.Agents.Revoke(ctx, w.sc, in.ID); err != nil {
			return nil, err
		}
		return done(a.Fleet.RemoveAgent(ctx, w.sc.Tenant(), in.ID))
	})
}

func (a *API) agents(ctx context.Context, w who, in *agentsIn) (client.List[client.AgentInfo], error) {
	var none client.List[client.AgentInfo]
	after, err := unkey(in.After, 2)
	if err != nil {
		return none, err
	}
	list, err := a.Agents.ListAgents(ctx, w.sc, link.AgentFilter{
		Outlet: in.Outlet, Revoked: in.Revoked, AfterName: after[0], AfterID: after[1], Limit: in.Limit + 1,
	})
	if err != nil {
		return none, err
	}
	states, err := a.Fleet.AgentStates(w.sc)
	list, more := cut(list, in.Limit)
	next := nextIf(list, more, func(i link.AgentInfo) string { return key(i.Name, i.ID) })
	return listed(list, next, func(i link.AgentInfo) client.AgentInfo { return agentOf(i, states[i.ID]) }), err
}

func (a *API) agent(ctx context.Context, w who, id string) (client.AgentDetail, error) {
	d, err := a.Agents.AgentDetail(ctx, w.sc, id)
	if err != nil {
		return client.AgentDetail{}, err
	}
	states, err := a.Fleet.AgentStates(w.sc)
	return client.AgentDetail{AgentInfo: agentOf(d.AgentInfo, states[id]), Notes: each(d.Notes, func(n link.Note) client.AgentNote {
		return client.AgentNote{
			Code: n.Code, Text: w.voice.Or("problem."+n.Code, ""), Detail: n.Detail, Count: n.Count, FirstAt: n.First, LastAt: n.LastAt,
		}
	})}, err
}

// agentOf is an agent as the channel knows it, with how the fleet judges it.
func agentOf(i link.AgentInfo, s fleet.AgentState) client.AgentInfo {
	contact := i.LastContact
	if s.Seen.After(contact) {
		contact = s.Seen
	}
	return client.AgentInfo{
		ID: i.ID, Name: i.Name, Outlet: i.Outlet, State: cmp.Or(s.State, fleet.StateUnknown), Connected: i.Connected, LastContact: contact,
		Devices: s.Devices, Refused: s.Refused, EnrolledAt: i.EnrolledAt, RevokedAt: i.RevokedAt, Build: i.Build, OS: i.OS, Arch: i.Arch, Host: i.Host,
		RemoteAddr: i.RemoteAddr, LastHelloAt: i.LastHelloAt, ClockSkewMs: i.ClockSkew.Milliseconds(), Pending: i.Pending, Lost: i.Lost,
	}
}

func (a *API) mountEnrolments() {
	handle(a, operation{
		id: "listEnrolments", method: http.MethodGet, path: "/enrolments", tag: "agents", right: scope.ManageAgents,
		summary: "One-time codes that can still be used, the newest first", about: "Without the codes themselves. There is one page.",
	}, func(ctx context.Context, w who, _ *struct{}) (*answer[client.List[client.Enrolment]], error) {
		list, err := a.Agents.OpenCodes(ctx, w.sc)
		return said(listed(list, "", enrolmentOf), err)
	})
	handle(a, operation{
		id: "createEnrolment", method: http.MethodPost, path: "/enrolments", tag: "agents", right: scope.ManageAgents, status: 201,
		summary: "Make a one-time code for a new agent", about: "The code and the enrolment that is typed on the shop's machine are shown once.",
	}, func(ctx context.Context, w who, in *bare[client.NewEnrolment]) (*answer[client.EnrolmentCode], error) {
		c, err := a.Agents.CreateCode(ctx, w.sc, link.NewCode{
			Outlet: in.Body.Outlet, Name: in.Body.Name, Valid: time.Duration(in.Body.ValidSeconds) * time.Second,
		})
		if err != nil {
			return nil, err
		}
		return said(client.EnrolmentCode{Enrolment: enrolmentOf(c.Enrolment), Code: c.Code, Enrolling: a.Enrolment(w.request, c.Code)}, nil)
	})
	handle(a, operation{
		id: "withdrawEnrolment", method: http.MethodDelete, path: "/enrolments/{id}", tag: "agents", right: scope.ManageAgents, status: 204,
		summary: "Make an unused code worthless",
	}, func(ctx context.Context, w who, in *ByID) (*empty, error) {
		return done(a.Agents.WithdrawCode(ctx, w.sc, in.ID))
	})
}

func enrolmentOf(e link.Enrolment) client.Enrolment {
	return client.Enrolment{ID: e.ID, Outlet: e.Outlet, Name: e.Name, CreatedBy: e.CreatedByName, CreatedAt: e.CreatedAt, ExpiresAt: e.ExpiresAt}
}
