// Package scope says on whose behalf something is done. No store can be
// called without a Scope, and a Scope cannot be made without a tenant: that
// is how one company's data stays out of another's pages.
//
// A tenant is a service company on this server. Its clients (shops) see a
// narrower view of the same tenant: a Scope with a client set reaches only
// that client's outlets, devices and cases.
package scope

import "slices"

// Role is what a person is in the company.
type Role string

// The roles, from the shop's side to the company's.
const (
	Cashier    Role = "cashier"    // works at a till of a client
	Owner      Role = "owner"      // owns a client's shops
	Dispatcher Role = "dispatcher" // takes requests, round the clock
	Engineer   Role = "engineer"   // mends, remotely or in the field
	Manager    Role = "manager"    // contracts, money, reports
	Admin      Role = "admin"      // people, agents, rules
)

// Roles lists every role, in the order they are shown.
func Roles() []Role { return []Role{Cashier, Owner, Dispatcher, Engineer, Manager, Admin} }

// Right is one thing that a role may do.
type Right string

// The rights that the code asks for.
const (
	SeeFleet     Right = "see_fleet"     // watch, devices, alerts
	SeeCases     Right = "see_cases"     // the desk's cases
	WorkCases    Right = "work_cases"    // change cases, talk to clients
	RunCommands  Right = "run_commands"  // send harmless commands to a register
	RunDangerous Right = "run_dangerous" // commands that change or reset a register
	EditRegistry Right = "edit_registry" // clients, outlets, devices
	EditRules    Right = "edit_rules"    // thresholds, maintenance windows
	ManagePeople Right = "manage_people" // people, sessions, tokens
	ManageAgents Right = "manage_agents" // enrolment, revocation
	SeeAudit     Right = "see_audit"
	SeeMoney     Right = "see_money"
	// AnswerReaders is answering questions under articles and reading what
	// was searched and not found.
	AnswerReaders Right = "answer_readers"
	// DraftArticles is writing drafts of the company's articles and seeing
	// their history; PublishArticles makes them hold.
	DraftArticles   Right = "draft_articles"
	PublishArticles Right = "publish_articles"
	// KeepJournal is writing down what was sold while a register could not be
	// used; MakeCorrections is making correction receipts out of it.
	KeepJournal     Right = "keep_journal"
	MakeCorrections Right = "make_corrections"
)

var rights = map[Role][]Right{
	Cashier:    {KeepJournal},
	Owner:      {SeeFleet, SeeCases, KeepJournal},
	Dispatcher: {SeeFleet, SeeCases, WorkCases, RunCommands, EditRegistry, KeepJournal},
	Engineer:   {SeeFleet, SeeCases, WorkCases, RunCommands, RunDangerous, EditRegistry, AnswerReaders, DraftArticles, KeepJournal, MakeCorrections},
	Manager:    {SeeFleet, SeeCases, WorkCases, EditRegistry, SeeAudit, SeeMoney, AnswerReaders, DraftArticles, PublishArticles, KeepJournal, MakeCorrections},
	Admin: {
		SeeFleet, SeeCases, WorkCases, RunCommands, RunDangerous, EditRegistry, EditRules,
		ManagePeople, ManageAgents, SeeAudit, SeeMoney, AnswerReaders, DraftArticles, PublishArticles, KeepJournal, MakeCorrections,
	},
}

// ActorKind says what kind of party acts.
type ActorKind string

// The kinds of actor that the audit trail knows.
const (
	ByPerson ActorKind = "person"
	ByAgent  ActorKind = "agent"
	BySystem ActorKind = "system" // a rule or a job of our own
	ByGuest  ActorKind = "guest"  // a shop's person without a login
)

// Actor is who does it.
type Actor struct {
	Kind ActorKind
	ID   string // person or agent id; the name of the job for the system
	Name string // as shown in timelines
}

// Scope is the tenant, the actor and what the actor may do. The zero Scope
// is no scope: every store refuses it.
type Scope struct {
	tenant string
	client string // "" = the whole tenant
	actor  Actor
	roles  []Role
}

// System is the scope of the program's own rules and jobs in a tenant. It
// may do everything there.
func System(tenant, job string) Scope {
	return Scope{tenant: tenant, actor: Actor{Kind: BySystem, ID: job, Name: job}, roles: []Role{Admin}}
}

// Agent is the scope of an agent's own messages: it has no person's rights.
func Agent(tenant, agent, name string) Scope {
	return Scope{tenant: tenant, actor: Actor{Kind: ByAgent, ID: agent, Name: name}}
}

// Person is the scope of a signed-in person. client is "" for the company's
// own people and names the client for a shop's owner or cashier.
func Person(tenant, person, name, client string, roles ...Role) Scope {
	return Scope{
		tenant: tenant, client: client, roles: slices.Clone(roles),
		actor: Actor{Kind: ByPerson, ID: person, Name: name},
	}
}

// Guest is the scope of somebody at a client's till who has no login.
func Guest(tenant, client, name string) Scope {
	return Scope{tenant: tenant, client: client, actor: Actor{Kind: ByGuest, Name: name}}
}

// Valid says whether the scope names a tenant.
func (s Scope) Valid() bool { return s.tenant != "" }

// Tenant is the company whose data this scope reaches.
func (s Scope) Tenant() string { return s.tenant }

// Client narrows the scope to one client; "" is the whole tenant.
func (s Scope) Client() string { return s.client }

// Actor is who acts.
func (s Scope) Actor() Actor { return s.actor }

// Roles are the person's roles; they are not to be changed.
func (s Scope) Roles() []Role { return s.roles }

// Has says whether the person has the role.
func (s Scope) Has(r Role) bool { return slices.Contains(s.roles, r) }

// Can says whether any of the roles carries the right. Shop's people never
// have a right that their role's list does not name, whatever else they are.
func (s Scope) Can(r Right) bool {
	for _, role := range s.roles {
		if slices.Contains(rights[role], r) {
			return true
		}
	}
	return false
}
