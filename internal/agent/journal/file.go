package journal

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/agent/framed"
	"github.com/tillwright/tillwright/internal/wire"
)

// maxFile is the size in bytes from which the file is written anew, without
// what is no longer needed, when it has also doubled since the last time.
const maxFile = 1 << 20

// The operations of a line.
const (
	opTake  = "take"
	opBegin = "begin"
	opEnd   = "end"
	opAck   = "ack"
)

// line is one step of one command as it stands on disk.
type line struct {
	Op      string        `json:"op"`
	ID      string        `json:"id,omitempty"`
	Command *wire.Command `json:"command,omitempty"`
	Result  *wire.Result  `json:"result,omitempty"`
	At      int64         `json:"at"`
}

func (j *Journal) load() error {
	f, err := os.Open(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	r := framed.NewReader(f)
	for {
		content, err := r.Next()
		if errors.Is(err, io.EOF) || errors.Is(err, framed.ErrTorn) {
			return nil // a torn step was never acted upon: it was not yet durable
		}
		if err != nil {
			return err
		}
		var l line
		if json.Unmarshal(content, &l) == nil {
			j.apply(l)
		}
	}
}

// apply makes one step in memory. A step that does not fit is passed over.
func (j *Journal) apply(l line) {
	if l.Op == opTake && l.Command != nil {
		j.count++
		j.entries[l.Command.ID] = &entry{Command: *l.Command, at: l.At, order: j.count}
		return
	}
	e, ok := j.entries[l.ID]
	if !ok {
		return
	}
	e.at = l.At
	switch {
	case l.Op == opBegin && e.stage == taken:
		e.stage = begun
	case l.Op == opEnd && e.stage < ended && l.Result != nil:
		e.stage, e.Result = ended, *l.Result
	case l.Op == opAck && e.stage == ended:
		e.stage = acked
	}
}

// write makes a step durable and then makes it in memory.
func (j *Journal) write(l line, now time.Time) error {
	if j.broken || j.file == nil || j.size > max(maxFile, 2*j.fresh) {
		j.prune(now)
		if err := j.rewrite(); err != nil {
			return ErrDisk.Because(err)
		}
	}
	data, err := encode(nil, l)
	if err != nil {
		return ErrDisk.Because(err)
	}
	_, err = j.file.Write(data)
	if err == nil {
		err = j.file.Sync()
	}
	if err != nil {
		j.broken = true
		return ErrDisk.Because(err)
	}
	j.size += int64(len(data))
	j.apply(l)
	return nil
}

func encode(b []byte, l line) ([]byte, error) {
	content, err := json.Marshal(l)
	if err != nil {
		return nil, err
	}
	return framed.Append(b, content), nil
}

// rewrite replaces the file by what memory holds, as a whole or not at all.
func (j *Journal) rewrite() error {
	var data []byte
	var err error
	for _, e := range j.sorted(func(*entry) bool { return true }) {
		for _, l := range e.lines() {
			if data, err = encode(data, l); err != nil {
				return err
			}
		}
	}
	if j.file != nil { // Windows replaces no open file
		_ = j.file.Close()
		j.file = nil
	}
	if err := folder.WriteFile(j.path, data); err != nil {
		return err
	}
	f, err := os.OpenFile(j.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	j.file, j.size, j.fresh, j.broken = f, int64(len(data)), int64(len(data)), false
	return nil
}

func (e *entry) lines() []line {
	id := e.Command.ID
	out := []line{{Op: opTake, Command: &e.Command, At: e.at}}
	if e.stage == begun {
		out = append(out, line{Op: opBegin, ID: id, At: e.at})
	}
	if e.stage >= ended {
		out = append(out, line{Op: opEnd, ID: id, Result: &e.Result, At: e.at})
	}
	if e.stage == acked {
		out = append(out, line{Op: opAck, ID: id, At: e.at})
	}
	return out
}
