package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/link"
	"github.com/tillwright/tillwright/internal/scope"
)

// slots tells each agent its second of the minute, in the order of ids: what
// agents report falls side by side in the database, and they do not come all
// at once.
type slots struct {
	agents *link.Service
	clock  clock.Clock
	mu     sync.Mutex
	lists  map[string]slotList // by tenant
}

type slotList struct {
	ids  []string // sorted
	read time.Time
}

// slotsOld is how long a list is good: an agent that came meanwhile is put
// where it will stand.
const slotsOld = time.Minute

func newSlots(agents *link.Service, clk clock.Clock) *slots {
	return &slots{agents: agents, clock: clk, lists: map[string]slotList{}}
}

func (s *slots) of(ctx context.Context, tenant, agent string, heartbeat time.Duration) (time.Duration, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.lists[tenant]
	if now := s.clock.Now(); now.Sub(list.read) > slotsOld {
		ids, err := s.read(ctx, tenant)
		if err != nil {
			return 0, err
		}
		list = slotList{ids: ids, read: now}
		s.lists[tenant] = list
	}
	place, _ := slices.BinarySearch(list.ids, agent)
	return heartbeat * time.Duration(place) / time.Duration(len(list.ids)+1), nil
}

func (s *slots) read(ctx context.Context, tenant string) (ids []string, err error) {
	f := link.AgentFilter{Limit: 1000}
	for {
		page, err := s.agents.ListAgents(ctx, scope.System(tenant, "slots"), f)
		if err != nil {
			return nil, err
		}
		for _, a := range page {
			ids = append(ids, a.ID)
		}
		if len(page) < f.Limit {
			slices.Sort(ids)
			return ids, nil
		}
		last := page[len(page)-1]
		f.AfterName, f.AfterID = last.Name, last.ID
	}
}
