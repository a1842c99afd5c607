package spool

import (
	"encoding/json"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/agent/folder"
)

// state is what the segments cannot tell. It may be behind by some seconds:
// then reports are sent again, which the server knows by their numbers.
type state struct {
	Done    int64 `json:"done"`
	Next    int64 `json:"next"`
	Lost    int64 `json:"lost"`
	Refused int64 `json:"refused"`
	// Doubt is the first number given since a start that no welcome of the
	// server followed; 0 = none. See SkipTo.
	Doubt int64 `json:"doubt,omitempty"`
}

func (s *Spool) statePath() string { return filepath.Join(s.dir, "state.json") }

func (s *Spool) loadState() state {
	var st state
	data, err := folder.ReadFile(s.statePath())
	if err == nil && data != nil {
		err = json.Unmarshal(data, &st)
	}
	if err != nil || st.Done < 0 || st.Next < 0 || st.Doubt < 0 {
		s.opt.Log.Warn("spool: the state file is damaged; reports may be sent twice", "error", err)
		return state{}
	}
	return st
}

func (s *Spool) saveState() error {
	data, err := json.Marshal(state{Done: s.done, Next: s.next, Lost: s.lost, Refused: s.refused, Doubt: s.doubt})
	if err == nil {
		err = folder.WriteFile(s.statePath(), data)
	}
	if err != nil {
		s.opt.Log.Warn("spool: the state cannot be saved", "error", err)
		return err
	}
	s.unsaved = false
	return nil
}
