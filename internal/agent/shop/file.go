package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/tillwright/tillwright/internal/agent/folder"
	"github.com/tillwright/tillwright/internal/clock"
	"github.com/tillwright/tillwright/internal/wire"
)

// record is one line of the file: an entry as it stands from now on, or the
// server's answers. A file that was written anew has one line for each entry
// with all that is known of it.
type record struct {
	Entry   *wire.Entry       `json:"entry,omitempty"`
	At      int64             `json:"at,omitempty"`
	Known   bool              `json:"known,omitempty"`
	Answers []wire.SoldAnswer `json:"answers,omitempty"`
}

// Open reads the book; a missing file is an empty one. changed is called, with
// the book locked, when there may be something to tell the server. A last line
// that was torn by a power cut is cut off: the page never said that it was
// written.
func Open(path string, clk clock.Clock, log *slog.Logger, changed func()) (*Book, error) {
	b := &Book{path: path, clock: clk, log: log, changed: changed, byID: map[string]*Line{}, healed: map[string]bool{}}
	data, err := folder.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("shop: %w", err)
	}
	b.size, b.broken = int64(len(data)), !b.read(data)
	if len(b.bad) > 0 {
		log.Error("agent: the shop's journal has lines that cannot be read; they are left as they are", "lines", len(b.bad), "file", path)
	}
	if b.broken { // it is tried again before the next entry
		if err := b.rewrite(); err != nil {
			log.Error("agent: the shop's journal cannot be written", "error", err)
		}
	}
	return b, nil
}

// Close lets the file go.
func (b *Book) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.release()
}

func (b *Book) release() error {
	if b.file == nil {
		return nil
	}
	err := b.file.Close()
	b.file = nil
	return err
}

// read takes the file's content in; whole says whether its last line is ended.
func (b *Book) read(data []byte) (whole bool) {
	for len(data) > 0 {
		line, rest, ended := bytes.Cut(data, []byte("\n"))
		var r record
		if err := json.Unmarshal(line, &r); err == nil && r.sound() {
			b.apply(r)
			b.lines++
		} else if ended && len(line) > 0 {
			b.bad = append(b.bad, bytes.Clone(line))
			b.lines++
		}
		if !ended {
			return false
		}
		data = rest
	}
	return true
}

// sound says whether a line holds what a line holds.
func (r *record) sound() bool {
	if r.Entry != nil {
		return r.Entry.Whole() == nil
	}
	return len(r.Answers) > 0
}

// apply makes one line in memory. An entry does not turn from a breakdown into
// a sale.
func (b *Book) apply(r record) {
	b.seq++
	if e := r.Entry; e != nil {
		l := b.byID[e.ID]
		if l == nil {
			l = &Line{}
			b.byID[e.ID] = l
			b.order = append(b.order, e.ID)
		} else if (l.Sale == nil) != (e.Sale == nil) {
			return
		}
		if e.Rev > l.Rev {
			*l = Line{Entry: *e, At: r.At, Known: l.Known || r.Known}
		}
	}
	for i := range r.Answers {
		a := r.Answers[i]
		l := b.byID[a.ID]
		if l == nil {
			continue
		}
		l.Known = l.Known || a.Code == ""
		if a.Rev == l.Rev {
			l.Answer, l.again = &a, false
		}
	}
}

// write makes a line durable and then makes it in memory. It is called with
// the lock held.
func (b *Book) write(r record) error {
	r.At = b.clock.Now().UnixMilli()
	data, err := json.Marshal(r)
	if err != nil {
		return ErrDisk.Because(err)
	}
	data = append(data, '\n')
	if err := b.makeRoom(len(data), r.Entry != nil); err != nil {
		return err
	}
	if err := b.append(data); err != nil {
		b.log.Error("agent: the shop's journal cannot be written", "error", err)
		return ErrDisk.Because(err)
	}
	b.size += int64(len(data))
	b.lines++
	b.apply(r)
	b.changed()
	return nil
}

// makeRoom writes the file anew where it has become long or may end in half a
// line. Only entries need room: answers are what makes some.
func (b *Book) makeRoom(n int, entry bool) error {
	room := func() bool { return b.lines < maxLines && b.size+int64(n) <= maxBytes }
	if b.broken || !room() {
		if err := b.rewrite(); err != nil {
			b.log.Error("agent: the shop's journal cannot be written", "error", err)
			return ErrDisk.Because(err)
		}
	}
	if entry && !room() {
		return ErrFull.With("lines", maxLines)
	}
	return nil
}

// append puts bytes at the end of the file, durably. What came half is taken
// off again.
func (b *Book) append(data []byte) error {
	if b.file == nil {
		f, err := os.OpenFile(b.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return err
		}
		b.file = f
		if err := folder.SyncDir(filepath.Dir(b.path)); err != nil {
			return err
		}
	}
	_, err := b.file.Write(data)
	if err == nil {
		err = b.file.Sync()
	}
	if err != nil {
		b.broken = b.file.Truncate(b.size) != nil
	}
	return err
}

// rewrite replaces the file by what memory holds, without what was changed
// since and what is the server's for long, as a whole or not at all.
func (b *Book) rewrite() error {
	b.forget()
	var data []byte
	for _, line := range b.bad {
		data = append(append(data, line...), '\n')
	}
	for _, id := range b.order {
		l := b.byID[id]
		r := record{Entry: &l.Entry, At: l.At, Known: l.Known}
		if l.Answer != nil {
			r.Answers = []wire.SoldAnswer{*l.Answer}
		}
		line, err := json.Marshal(r)
		if err != nil {
			return err
		}
		data = append(append(data, line...), '\n')
	}
	err := errors.Join(b.release(), folder.WriteFile(b.path, data)) // Windows replaces no open file
	if err == nil {
		b.size, b.lines, b.broken = int64(len(data)), len(b.order)+len(b.bad), false
	}
	return err
}

// forget drops breakdowns that are over, with their sales, when the server has
// had all of it for a month.
func (b *Book) forget() {
	until := b.clock.Now().Add(-keep).UnixMilli()
	stays := map[string]bool{}
	for _, l := range b.byID {
		fresh := !l.Taken() || l.At > until
		switch {
		case l.Outage != nil && (fresh || l.Outage.To == 0):
			stays[l.ID] = true
		case l.Sale != nil && fresh:
			stays[l.Sale.Outage] = true
		}
	}
	kept := b.order[:0:0]
	for _, id := range b.order {
		l := b.byID[id]
		if l.Outage != nil && stays[id] || l.Sale != nil && stays[l.Sale.Outage] {
			kept = append(kept, id)
			continue
		}
		delete(b.byID, id)
	}
	b.order = kept
}
