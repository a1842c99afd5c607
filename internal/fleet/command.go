package fleet

import (
	"context"
	"time"

	"github.com/tillwright/tillwright/internal/audit"
	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/ids"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
	"github.com/tillwright/tillwright/internal/wire"
)

// The states of a command. It goes forward only:
//
//	asked → sent → taken → done | failed | unknown | expired
//	asked → cancelled | expired
//
// unknown alone may still become what really happened, when the agent's
// answer comes after all.
const (
	CommandAsked     = "asked"     // waits for its agent
	CommandSent      = "sent"      // handed to the agent's connection
	CommandTaken     = "taken"     // stands in the agent's journal on disk
	CommandDone      = "done"      // carried out
	CommandFailed    = "failed"    // surely not carried out as asked
	CommandUnknown   = "unknown"   // it may have happened: nobody sends it again
	CommandExpired   = "expired"   // not begun before its deadline
	CommandCancelled = "cancelled" // taken back before it was sent
)

const (
	// defaultDeadline is how long a command may wait to be begun.
	defaultDeadline = 2 * time.Minute
	maxDeadline     = 24 * time.Hour
	// answerWithin is how long after its deadline a command that was sent may
	// go without an answer before its outcome is called unknown.
	answerWithin = 5 * time.Minute
)

// Consent says who at the shop agreed to what is done to their register.
type Consent struct {
	Who string    `json:"who"`
	How string    `json:"how"` // "phone", "page", "contract" …
	At  time.Time `json:"at"`
}

// AskCommand is what a person or a guided fix wants done.
type AskCommand struct {
	Device    string
	Procedure kkt.Procedure
	Consent   *Consent      // needed for whatever is not mere reading
	Reason    string        // why, for the record
	Case      string        // "" = none
	Session   string        // of a guided fix, "" = none
	Within    time.Duration // to be begun within; 0 = two minutes, at most a day
	// Key makes asking repeatable: a second call with the same key asks for
	// nothing and gives the first one's id. "" = every call is a new command.
	Key string
}

// Command is a command with everything that became of it.
type Command struct {
	ID        string         `json:"id"`
	Tenant    string         `json:"-"`
	Client    string         `json:"client"`
	Device    string         `json:"device"`
	Agent     string         `json:"agent"`
	Procedure kkt.Procedure  `json:"procedure"`
	Risk      kkt.Risk       `json:"risk"`
	AskedBy   scope.Actor    `json:"askedBy"`
	Consent   *Consent       `json:"consent,omitempty"`
	Reason    string         `json:"reason,omitempty"`
	Case      string         `json:"case,omitempty"`
	Session   string         `json:"session,omitempty"`
	AskedAt   time.Time      `json:"askedAt"`
	Deadline  time.Time      `json:"deadline"`
	SentAt    time.Time      `json:"sentAt"`
	TakenAt   time.Time      `json:"takenAt"`
	EndedAt   time.Time      `json:"endedAt"` // zero while it is under way
	State     string         `json:"state"`
	Exchanges []kkt.Exchange `json:"exchanges,omitempty"`
	Code      string         `json:"code,omitempty"`
}

// Ended says whether nothing more is expected of the command.
func (c *Command) Ended() bool { return !c.EndedAt.IsZero() }

// openCommand is what the clockwork must know of a command under way.
type openCommand struct {
	tenant   string
	deadline time.Time
	look     time.Time // when to look at it next
}

// DryRun is the bytes that a procedure would send, in order. Nothing is sent.
func (s *Service) DryRun(ctx context.Context, sc scope.Scope, device string, p kkt.Procedure) ([][]byte, error) {
	if err := need(sc, scope.RunCommands, "fleet.DryRun"); err != nil {
		return nil, err
	}
	if _, err := s.placeFor(sc, device); err != nil {
		return nil, err
	}
	if s.planner == nil {
		return nil, problem.New(problem.Unavailable, "command_no_plan").In("fleet.DryRun")
	}
	return s.planner.Plan(ctx, sc.Tenant(), device, p)
}

// Ask keeps a command and sends it when its agent is connected; otherwise it
// waits until its deadline. What changes a register needs the shop's consent,
// what is dangerous also an engineer's right. It is carried out at most once.
func (s *Service) Ask(ctx context.Context, sc scope.Scope, ask AskCommand) (string, error) {
	c, err := s.newCommand(ctx, sc, ask)
	if err != nil {
		return "", err
	}
	asked := false
	err = s.db.Write(ctx, func(tx *db.Tx) error {
		if ask.Key != "" {
			if asked, err = commandExists(ctx, tx, c.ID); err != nil || asked {
				return err
			}
		}
		if err := insertCommand(ctx, tx, c); err != nil {
			return err
		}
		return audit.Write(ctx, tx, sc, audit.Entry{Action: "command.asked", Subject: "device", SubjectID: c.Device, Detail: c})
	})
	if err != nil {
		return "", err
	}
	if asked {
		return c.ID, nil
	}
	s.keep(c.ID, openCommand{tenant: c.Tenant, deadline: c.Deadline, look: c.Deadline})
	s.tellCommand(c.Tenant, c.ID)
	return c.ID, s.send(ctx, c)
}

// riskOf is the risk of what is asked for. A device that cannot be asked is
// found out about later; until then bytes given by hand are dangerous.
func (s *Service) riskOf(ctx context.Context, sc scope.Scope, ask AskCommand) kkt.Risk {
	if s.planner == nil || ask.Procedure.Name != kkt.ProcRaw {
		return kkt.RiskOf(ask.Procedure.Name)
	}
	risk, err := s.planner.Risk(ctx, sc.Tenant(), ask.Device, ask.Procedure)
	if err != nil {
		return kkt.RiskDangerous
	}
	return risk
}

func (s *Service) newCommand(ctx context.Context, sc scope.Scope, ask AskCommand) (*Command, error) {
	risk := s.riskOf(ctx, sc, ask)
	right := scope.RunCommands
	if risk == kkt.RiskDangerous || ask.Procedure.Name == kkt.ProcRaw { // bytes are for who knows the protocol, also those that read
		right = scope.RunDangerous
	}
	if err := need(sc, right, "fleet.Ask"); err != nil {
		return nil, err
	}
	if risk != kkt.RiskRead && (ask.Consent == nil || ask.Consent.Who == "" || ask.Consent.How == "") {
		return nil, problem.New(problem.Invalid, "command_needs_consent").Field("consent", "command_needs_consent")
	}
	if ask.Within < 0 || ask.Within > maxDeadline {
		return nil, problem.New(problem.Invalid, "command_deadline").Field("within", "command_deadline")
	}
	if ask.Within == 0 {
		ask.Within = defaultDeadline
	}
	p, err := s.placeFor(sc, ask.Device)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	id := ids.New()
	if ask.Key != "" {
		id = ids.Of("fleet.command", sc.Tenant(), ask.Key)
	}
	if ask.Consent != nil && ask.Consent.At.IsZero() {
		consent := *ask.Consent
		consent.At = now
		ask.Consent = &consent
	}
	return &Command{
		ID: id, Tenant: sc.Tenant(), Client: p.client, Device: ask.Device, Agent: p.agent.id, Procedure: ask.Procedure, Risk: risk,
		AskedBy: sc.Actor(), Consent: ask.Consent, Reason: ask.Reason, Case: ask.Case, Session: ask.Session,
		AskedAt: now, Deadline: now.Add(ask.Within), State: CommandAsked,
	}, nil
}

// placeFor is where a device stands that the scope may see.
func (s *Service) placeFor(sc scope.Scope, device string) (*place, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	d := s.devices[device]
	if d == nil || !sc.Valid() || d.place.tenant.id != sc.Tenant() || sc.Client() != "" && d.place.client != sc.Client() {
		return nil, problem.New(problem.NotFound, "not_found").In("fleet.device")
	}
	return d.place, nil
}

// send hands the command to its agent, if that is there. The state moves only
// from asked: an answer that was quicker is not undone.
func (s *Service) send(ctx context.Context, c *Command) error {
	if s.sender == nil || !s.sender.Send(c.Agent, c.wire()) {
		return nil
	}
	return s.MarkSent(ctx, c.Agent, c.ID)
}

func (c *Command) wire() wire.Command {
	return wire.Command{ID: c.ID, Device: c.Device, Procedure: c.Procedure, Deadline: c.Deadline.UnixMilli()}
}

// MarkSent notes that a command went out on its agent's connection.
func (s *Service) MarkSent(ctx context.Context, agent, id string) error {
	return s.db.Write(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE fleet_command SET state = $3, sent_at = $4 WHERE id = $1 AND agent = $2 AND state = 'asked'`,
			id, agent, CommandSent, db.Millis(tx.Now))
		return err
	})
}

// Pending is what a newly connected agent must be sent: commands that it has
// not confirmed and whose deadline has not passed, oldest first. An agent that
// has one already in its journal knows it by its id.
func (s *Service) Pending(ctx context.Context, agent string) ([]wire.Command, error) {
	var out []wire.Command
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+commandColumns+` FROM fleet_command
			WHERE agent = $1 AND ended_at = 0 AND deadline > $2 AND state IN ('asked', 'sent') ORDER BY asked_at, id`, agent, db.Millis(tx.Now))
		list, err := db.Rows(rows, err, scanCommand)
		for _, c := range list {
			out = append(out, c.wire())
		}
		return err
	})
	return out, err
}

// Taken notes that the command stands in the agent's journal. Saying it twice
// changes nothing.
func (s *Service) Taken(ctx context.Context, agent, id string) error {
	var tenantID string
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		if tenantID, err = commandTenant(ctx, tx, agent, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE fleet_command SET state = $3, taken_at = $4 WHERE id = $1 AND agent = $2 AND state IN ('asked', 'sent')`,
			id, agent, CommandTaken, db.Millis(tx.Now))
		return err
	})
	if err == nil {
		s.tellCommand(tenantID, id)
	}
	return err
}

// Result notes how a command ended. The first result counts; the agent
// repeats it until it is answered, so a second one changes nothing.
func (s *Service) Result(ctx context.Context, agent string, r wire.Result) error {
	switch r.State {
	case wire.ResultDone, wire.ResultFailed, wire.ResultUnknown, wire.ResultExpired:
	default:
		return problem.New(problem.Malformed, "command_result_state").In("fleet.Result")
	}
	var tenantID string
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var err error
		if tenantID, err = commandTenant(ctx, tx, agent, r.ID); err != nil {
			return err
		}
		ended, err := endCommand(ctx, tx, agent, r)
		if err != nil || !ended {
			return err
		}
		if err := s.tellEnd(ctx, tx, r.ID); err != nil {
			return err
		}
		return audit.Write(ctx, tx, scope.Agent(tenantID, agent, agent), audit.Entry{
			Action: "command.ended", Subject: "command", SubjectID: r.ID, Detail: r,
		})
	})
	if err != nil {
		return err
	}
	s.forget(r.ID)
	s.tellCommand(tenantID, r.ID)
	return nil
}

// Cancel takes a command back that was not sent yet.
func (s *Service) Cancel(ctx context.Context, sc scope.Scope, id string) error {
	if err := need(sc, scope.RunCommands, "fleet.Cancel"); err != nil {
		return err
	}
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		ok, err := db.Changed(tx.Exec(ctx, `UPDATE fleet_command SET state = $3, ended_at = $4
			WHERE id = $1 AND tenant = $2 AND state = 'asked' AND ($5 = '' OR client = $5)`, id, sc.Tenant(), CommandCancelled, db.Millis(tx.Now), sc.Client()))
		if err != nil {
			return err
		}
		if !ok {
			return problem.New(problem.Conflict, "command_under_way").In("fleet.Cancel")
		}
		if err := s.tellEnd(ctx, tx, id); err != nil {
			return err
		}
		return audit.Write(ctx, tx, sc, audit.Entry{Action: "command.cancelled", Subject: "command", SubjectID: id})
	})
	if err != nil {
		return err
	}
	s.forget(id)
	s.tellCommand(sc.Tenant(), id)
	return nil
}

// tellEnd hands an ended command to the hooks inside its transaction.
func (s *Service) tellEnd(ctx context.Context, tx *db.Tx, id string) error {
	rows, err := tx.Query(ctx, `SELECT `+commandColumns+` FROM fleet_command WHERE id = $1`, id)
	list, err := db.Rows(rows, err, scanCommand)
	if err != nil || len(list) == 0 {
		return err
	}
	return s.hooks.CommandEnded(ctx, tx, *list[0])
}

func (s *Service) forget(id string) {
	s.commandMu.Lock()
	defer s.commandMu.Unlock()
	delete(s.commands, id)
}

func (s *Service) tellCommand(tenantID, id string) {
	s.bus.Publish(bus.Event{Tenant: tenantID, Topic: "command", ID: id})
}

// expireCommands ends what was not begun in time, and what was sent and never
// answered.
func (s *Service) expireCommands(ctx context.Context, now time.Time) error {
	s.commandMu.Lock()
	due := map[string]openCommand{}
	for id, c := range s.commands {
		if !now.Before(c.look) {
			due[id] = c
		}
	}
	s.commandMu.Unlock()
	for id, c := range due {
		if err := s.expireCommand(ctx, id, c, now); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) expireCommand(ctx context.Context, id string, c openCommand, now time.Time) error {
	ended := false
	err := s.db.Write(ctx, func(tx *db.Tx) error {
		var here bool
		var err error
		ended, here, err = expireRow(ctx, tx, id, !now.Before(c.deadline.Add(answerWithin)))
		if err != nil || !here {
			return err
		}
		return s.tellEnd(ctx, tx, id)
	})
	if err != nil {
		return err
	}
	if !ended { // sent: looked at again when its answer is overdue
		c.look = c.deadline.Add(answerWithin)
		s.keep(id, c)
		return nil
	}
	s.forget(id)
	s.tellCommand(c.tenant, id)
	return nil
}

func (s *Service) keep(id string, c openCommand) {
	s.commandMu.Lock()
	defer s.commandMu.Unlock()
	if _, open := s.commands[id]; open || c.look.Equal(c.deadline) {
		s.commands[id] = c
	}
}
