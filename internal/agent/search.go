package agent

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/agent/discover"
	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/kkt"
	"github.com/tillwright/tillwright/internal/wire"
)

// Where an agent looks for registers that nobody told it of.
const (
	SearchAll    = "all"    // serial ports and the network; the default
	SearchSerial = "serial" // this machine alone
	SearchNone   = "none"
)

const (
	fileFound   = "found.json"
	searchEvery = 24 * time.Hour   // without being asked
	portsEvery  = 30 * time.Second // between looks at the list of serial ports
	searchCalm  = 20 * time.Second // the first search by itself waits up to so long
)

// search looks for registers in the background and remembers what it found.
type search struct {
	*office
	finder *discover.Finder
	wanted chan struct{} // one token when the server may want a search

	mu    sync.Mutex
	last  wire.Found
	known []string // the registers' serial ports at the last look
}

func newSearch(o *office) *search {
	s := &search{office: o, wanted: make(chan struct{}, 1)}
	opt := o.deps.Discover
	opt.Protocols, opt.Clock, opt.Log, opt.Taken = o.deps.Protocols, o.deps.Clock, o.deps.Log, s.taken
	opt.Serial = o.cfg.Search == "" || o.cfg.Search == SearchAll || o.cfg.Search == SearchSerial
	opt.Network = o.cfg.Search == "" || o.cfg.Search == SearchAll
	s.finder = discover.New(opt)
	data, err := folder.ReadFile(o.dir.Path(fileFound))
	if err == nil && data != nil {
		err = json.Unmarshal(data, &s.last)
	}
	if err != nil {
		o.deps.Log.Warn("agent: what the last search found cannot be read; searching anew", "error", err)
		s.last = wire.Found{}
	}
	return s
}

// taken is the endpoints that this agent reads.
func (s *search) taken() (out []kkt.Endpoint) {
	for _, d := range merge(s.cfg.Devices, s.set.get().Devices) {
		out = append(out, d.Endpoint)
	}
	return out
}

// run searches when the server wants it, when a register's port appears, and
// once a day, until ctx ends.
func (s *search) run(ctx context.Context) {
	look := time.NewTimer(s.deps.Jitter(searchCalm))
	defer look.Stop()
	for {
		calm := false
		select {
		case <-ctx.Done():
			return
		case <-s.wanted:
		case <-look.C:
			calm = true
			look.Reset(portsEvery)
		}
		want := s.set.get().Search
		if due, asked := s.due(want, calm); due {
			s.do(ctx, want, asked)
		}
	}
}

// due says whether to search now, and whether a person asked for it. What
// nobody asked for waits for a calm moment.
func (s *search) due(want int64, calm bool) (due, asked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case want <= 0, s.cfg.Search == SearchNone && want <= s.last.Search:
		return false, false
	case want > s.last.Search && want > 1:
		return true, true
	case !calm:
		return false, false
	}
	now := s.deps.Clock.Now()
	ports := s.finder.Ports()
	fresh := slices.ContainsFunc(ports, func(p string) bool { return !slices.Contains(s.known, p) })
	s.known = ports
	old := now.Sub(time.UnixMilli(s.last.At)).Abs() > searchEvery
	return want > s.last.Search || fresh || old, false
}

func (s *search) do(ctx context.Context, want int64, asked bool) {
	offers, more := s.finder.Search(ctx, asked)
	if ctx.Err() != nil {
		return // half a search is no answer
	}
	f := wire.Found{Search: want, At: s.deps.Clock.Now().UnixMilli(), Offers: slices.Clip(offers), More: more, Off: s.cfg.Search == SearchNone}
	s.deps.Log.Info("agent: searched for registers", "search", want, "asked", asked, "found", len(offers))
	s.mu.Lock()
	s.last = f
	s.mu.Unlock()
	data, err := json.Marshal(f)
	if err == nil {
		err = s.dir.Write(fileFound, data)
	}
	if err != nil { // it is told all the same
		s.deps.Log.Warn("agent: what was found cannot be kept", "error", err)
	}
	nudge(s.changed)
}

// outgoing is what the last search found, for a server that takes it.
func (s *search) outgoing() []wire.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last.Search == 0 || s.set.get().Search == 0 || s.speaks.Load() < wire.FoundSince {
		return nil
	}
	f := s.last
	f.Now = s.deps.Clock.Now().UnixMilli()
	return []wire.Message{{Type: wire.TypeFound, Found: &f}}
}
