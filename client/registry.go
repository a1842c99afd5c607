package client

import (
	"context"
	"iter"
	"net/http"
)

// Search finds clients, outlets and devices by what people say.
func (a *API) Search(ctx context.Context, words string) ([]Hit, error) {
	return one[Hit](ctx, a, query{}.text("q", words).on("/search"))
}

// Clients walks the clients by name; words narrows them, "" does not.
func (a *API) Clients(ctx context.Context, words string) iter.Seq2[Client, error] {
	return all[Client](ctx, a, "/clients", query{}.text("q", words), 0)
}

// Client is one client.
func (a *API) Client(ctx context.Context, client string) (Client, error) {
	return get[Client](ctx, a, "/clients/"+id(client))
}

// AddClient adds a client.
func (a *API) AddClient(ctx context.Context, f ClientForm) (Client, error) {
	return send[Client](ctx, a, http.MethodPost, "/clients", f)
}

// ChangeClient writes a client anew.
func (a *API) ChangeClient(ctx context.Context, client string, c ClientChange) (Client, error) {
	return send[Client](ctx, a, http.MethodPut, "/clients/"+id(client), c)
}

// Outlets walks the outlets by name, of one client or, with "", of all.
func (a *API) Outlets(ctx context.Context, client string) iter.Seq2[Outlet, error] {
	return all[Outlet](ctx, a, "/outlets", query{}.text("client", client), 0)
}

// Outlet is one outlet.
func (a *API) Outlet(ctx context.Context, outlet string) (Outlet, error) {
	return get[Outlet](ctx, a, "/outlets/"+id(outlet))
}

// AddOutlet adds an outlet to a client.
func (a *API) AddOutlet(ctx context.Context, n NewOutlet) (Outlet, error) {
	return send[Outlet](ctx, a, http.MethodPost, "/outlets", n)
}

// ChangeOutlet writes an outlet anew.
func (a *API) ChangeOutlet(ctx context.Context, outlet string, c OutletChange) (Outlet, error) {
	return send[Outlet](ctx, a, http.MethodPut, "/outlets/"+id(outlet), c)
}

// Contacts are a client's contacts.
func (a *API) Contacts(ctx context.Context, client string) ([]Contact, error) {
	return one[Contact](ctx, a, "/clients/"+id(client)+"/contacts")
}

// AddContact adds somebody to be called.
func (a *API) AddContact(ctx context.Context, client string, f ContactForm) (Contact, error) {
	return send[Contact](ctx, a, http.MethodPost, "/clients/"+id(client)+"/contacts", f)
}

// Agents walks the agents by name.
func (a *API) Agents(ctx context.Context) iter.Seq2[AgentInfo, error] {
	return all[AgentInfo](ctx, a, "/agents", nil, 0)
}

// Agent is one agent with what was notable about it.
func (a *API) Agent(ctx context.Context, agent string) (AgentDetail, error) {
	return get[AgentDetail](ctx, a, "/agents/"+id(agent))
}

// RevokeAgent shuts an agent out for good.
func (a *API) RevokeAgent(ctx context.Context, agent string) error {
	return a.call(ctx, http.MethodPost, "/agents/"+id(agent)+"/revoke", nil, nil)
}

// CreateEnrolment makes a one-time code for a new agent. It is shown once.
func (a *API) CreateEnrolment(ctx context.Context, n NewEnrolment) (EnrolmentCode, error) {
	return send[EnrolmentCode](ctx, a, http.MethodPost, "/enrolments", n)
}

// Enrolments are the one-time codes that can still be used, without the codes.
func (a *API) Enrolments(ctx context.Context) ([]Enrolment, error) {
	return one[Enrolment](ctx, a, "/enrolments")
}

// WithdrawEnrolment makes an unused code worthless.
func (a *API) WithdrawEnrolment(ctx context.Context, enrolment string) error {
	return a.call(ctx, http.MethodDelete, "/enrolments/"+id(enrolment), nil, nil)
}

// People walks the people by name; words narrows them, "" does not.
func (a *API) People(ctx context.Context, words string) iter.Seq2[Person, error] {
	return all[Person](ctx, a, "/people", query{}.text("q", words), 0)
}

// AddPerson adds a person.
func (a *API) AddPerson(ctx context.Context, n NewPerson) (Person, error) {
	return send[Person](ctx, a, http.MethodPost, "/people", n)
}

// IssueToken makes an API token for a person. Its secret is shown once.
func (a *API) IssueToken(ctx context.Context, person string, n NewToken) (IssuedToken, error) {
	return send[IssuedToken](ctx, a, http.MethodPost, "/people/"+id(person)+"/tokens", n)
}

// RevokeToken ends an API token at once.
func (a *API) RevokeToken(ctx context.Context, token string) error {
	return a.call(ctx, http.MethodDelete, "/tokens/"+id(token), nil, nil)
}

// AuditTrail walks who did what to what, the newest first; subject and
// subjectID narrow it, "" does not.
func (a *API) AuditTrail(ctx context.Context, subject, subjectID string) iter.Seq2[AuditEntry, error] {
	return all[AuditEntry](ctx, a, "/audit", query{}.text("subject", subject).text("subjectId", subjectID), 0)
}
