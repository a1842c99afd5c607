package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/tillwright/tillwright/internal/db"
)

const (
	readyWithin = 2 * time.Second // for the whole answer
	readyFor    = 2 * time.Second // an answer stands so long: anybody may ask
	busyFor     = 15 * time.Second
	roomBytes   = 64 << 10 // the data folder must take a file of this size
)

// readiness remembers its last answer for a moment, because finding out costs
// a small writing.
type readiness struct {
	mu     sync.Mutex
	at     time.Time
	reason string
}

// unready is why the server cannot do its work now, "" when it can: its data
// folder has no room or is not writable, or the database takes no changes.
// What is wrong is looked at anew each time, so that it is ready again by
// itself.
func (a *App) unready(ctx context.Context) string {
	r := &a.readiness
	r.mu.Lock()
	defer r.mu.Unlock()
	if time.Since(r.at) < readyFor {
		return r.reason
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyWithin) // the answer is others' too
	defer cancel()
	was := r.reason
	r.reason = a.look(ctx)
	r.at = time.Now()
	switch {
	case r.reason == was:
	case r.reason == "":
		a.log.Info("app: ready again")
	default:
		a.log.Warn("app: not ready", "reason", r.reason)
	}
	return r.reason
}

func (a *App) look(ctx context.Context) string {
	if err := room(a.cfg.Data); err != nil {
		return fmt.Sprintf("the data disk takes nothing: %v", err)
	}
	if err := a.DB.Ping(ctx); err != nil {
		return "the database does not answer"
	}
	switch err := a.DB.Writable(ctx, busyFor); {
	case err == nil:
		return ""
	case errors.Is(err, db.ErrFull):
		return "the database's disk is full"
	default:
		a.log.Warn("app: the database cannot be written to", "error", err)
		return "the database cannot be written to"
	}
}

// room tries whether a folder still takes a file of some size.
func room(dir string) error {
	f, err := os.CreateTemp(dir, ".room-*")
	if err != nil {
		return bare(err)
	}
	_, err = f.Write(make([]byte, roomBytes))
	return bare(errors.Join(err, f.Close(), os.Remove(filepath.Join(dir, filepath.Base(f.Name())))))
}

// bare is an error of the file system without the path, which is nobody's
// business who only asks for readiness.
func bare(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
