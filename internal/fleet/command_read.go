package fleet

import (
	"context"

	"github.com/tillwright/tillwright/internal/bus"
	"github.com/tillwright/tillwright/internal/db"
	"github.com/tillwright/tillwright/internal/problem"
	"github.com/tillwright/tillwright/internal/scope"
)

// Command is one command that the scope may see.
func (s *Service) Command(ctx context.Context, sc scope.Scope, id string) (Command, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Command"); err != nil {
		return Command{}, err
	}
	var out Command
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+commandColumns+` FROM fleet_command WHERE id = $1 AND tenant = $2 AND ($3 = '' OR client = $3)`,
			id, sc.Tenant(), sc.Client())
		list, err := db.Rows(rows, err, scanCommand)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return problem.New(problem.NotFound, "not_found").In("fleet.Command")
		}
		out = *list[0]
		return nil
	})
	return out, err
}

// Commands is a device's commands, newest first, before the given id; limit 0
// is 50.
func (s *Service) Commands(ctx context.Context, sc scope.Scope, device, before string, limit int) ([]Command, error) {
	if err := need(sc, scope.SeeFleet, "fleet.Commands"); err != nil {
		return nil, err
	}
	var out []Command
	err := s.db.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+commandColumns+` FROM fleet_command
			WHERE device = $1 AND tenant = $2 AND ($3 = '' OR client = $3) AND ($4 = '' OR id < $4) ORDER BY asked_at DESC, id DESC LIMIT $5`,
			device, sc.Tenant(), sc.Client(), before, pageSize(limit))
		list, err := db.Rows(rows, err, scanCommand)
		for _, c := range list {
			out = append(out, *c)
		}
		return err
	})
	return out, err
}

// AwaitCommand waits until the command has ended or ctx does, and returns how
// it stands then. The end of ctx is no error: the command goes on.
func (s *Service) AwaitCommand(ctx context.Context, sc scope.Scope, id string) (Command, error) {
	sub := s.bus.Subscribe(func(e bus.Event) bool {
		return e.Tenant == sc.Tenant() && (e.Topic == "command" && e.ID == id || e.Topic == bus.Lost)
	})
	defer sub.Close()
	for {
		c, err := s.Command(context.WithoutCancel(ctx), sc, id)
		if err != nil || c.Ended() {
			return c, err
		}
		select {
		case <-sub.C:
		case <-ctx.Done():
			return c, nil
		}
	}
}
