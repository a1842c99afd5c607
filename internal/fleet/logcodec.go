package fleet

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/tillwright/tillwright/internal/signal"
)

// The log keeps what one commit changed, packed, in one row: the only thing
// written before an answer besides alerts. A checkpoint turns it into rows of
// state and history and deletes it.

// errLog is what decoding says of a row that no encodeLog made.
var errLog = errors.New("fleet: a row of the change log is damaged")

const logVersion = 1

// logged is one device's part of a commit.
type logged struct {
	device    string
	lastAt    int64
	tracks    []track
	ruleNames []string // of tracks, in their order
	changes   []change
}

// encodeLog numbers the changes and packs the stage; nil when nothing changed.
func (st *stage) encodeLog(seq *int64) []byte {
	b := append(st.s.logRoom[:0], logVersion)
	var marks, entries int
	head := len(b)
	b = append(b, make([]byte, 8)...)
	for _, ad := range st.agents {
		if ad.marked {
			b = appendText(b, ad.a.id)
			b = binary.AppendVarint(b, ad.seq)
			b = binary.AppendVarint(b, ad.contact)
			marks++
		}
	}
	for _, dr := range st.drafts {
		if !dr.mustLog() {
			continue
		}
		for i := range dr.changes {
			*seq++
			dr.changes[i].seq = *seq
		}
		b = st.appendEntry(b, dr)
		entries++
	}
	binary.LittleEndian.PutUint32(b[head:], uint32(marks))
	binary.LittleEndian.PutUint32(b[head+4:], uint32(entries))
	st.s.logRoom = b
	if marks+entries == 0 {
		return nil
	}
	return b
}

func (st *stage) appendEntry(b []byte, dr *draft) []byte {
	b = appendText(b, dr.d.id)
	b = binary.AppendVarint(b, dr.lastAt)
	b = st.s.names.appendTracks(b, dr.tracks)
	b = binary.AppendUvarint(b, uint64(len(dr.changes)))
	for i := range dr.changes {
		c := &dr.changes[i]
		b = binary.AppendVarint(b, c.seq)
		b = binary.AppendVarint(b, c.at)
		b = binary.AppendVarint(b, c.received)
		b = append(b, bit(c.late))
		b = appendItems(b, c.items, func(ch signal.Change) signal.Value { return ch.Old })
		b = appendItems(b, c.items, func(ch signal.Change) signal.Value { return ch.New })
	}
	return b
}

func bit(v bool) byte {
	if v {
		return 1
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// appendItems packs one side of changes as a set; a key that is only on the
// other side was not known on this one.
func appendItems(b []byte, changes []signal.Change, side func(signal.Change) signal.Value) []byte {
	items := make([]signal.Item, 0, len(changes))
	for _, c := range changes {
		if v := side(c); v.Known() {
			items = append(items, signal.Item{ID: c.ID, Value: v})
		}
	}
	set := signal.Of(items...)
	packed := set.AppendPacked(nil)
	b = binary.AppendUvarint(b, uint64(len(packed)))
	return append(b, packed...)
}

func (n *names) appendTracks(b []byte, tracks []track) []byte {
	b = binary.AppendUvarint(b, uint64(len(tracks)))
	for i := range tracks {
		t := &tracks[i]
		b = appendText(b, n.texts[t.rule])
		b = append(b, bit(t.ill))
		b = binary.AppendVarint(b, t.since)
		b = binary.AppendUvarint(b, uint64(len(t.flips)))
		for _, f := range t.flips {
			b = binary.AppendVarint(b, f)
		}
	}
	return b
}

// logReader takes values off packed bytes; the first damage sticks.
type logReader struct {
	b   []byte
	err error
}

func (r *logReader) bytes(n uint64) []byte {
	if r.err != nil || n > uint64(len(r.b)) {
		r.err = errLog
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *logReader) uvarint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errLog
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *logReader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.err = errLog
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *logReader) text() string { return string(r.bytes(r.uvarint())) }

func (r *logReader) flag() bool {
	b := r.bytes(1)
	return len(b) == 1 && b[0] == 1
}

// count reads how many things follow, each at least one byte long.
func (r *logReader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.b)) {
		r.err = errLog
		return 0
	}
	return int(n)
}

// mark is an agent's highest number of a report in a commit.
type mark struct {
	agent        string
	seq, contact int64
}

// decodeLog reads one row of the log.
func decodeLog(b []byte) ([]mark, []logged, error) {
	if len(b) < 9 || b[0] != logVersion {
		return nil, nil, errLog
	}
	nMarks, nEntries := binary.LittleEndian.Uint32(b[1:]), binary.LittleEndian.Uint32(b[5:])
	r := &logReader{b: b[9:]}
	var marks []mark
	for range nMarks {
		marks = append(marks, mark{agent: r.text(), seq: r.varint(), contact: r.varint()})
		if r.err != nil {
			return nil, nil, r.err
		}
	}
	var entries []logged
	for range nEntries {
		entries = append(entries, r.entry())
		if r.err != nil {
			return nil, nil, r.err
		}
	}
	if len(r.b) != 0 {
		return nil, nil, errLog
	}
	return marks, entries, nil
}

func (r *logReader) entry() logged {
	e := logged{device: r.text(), lastAt: r.varint()}
	e.tracks, e.ruleNames = r.tracks()
	for range r.count() {
		c := change{seq: r.varint(), at: r.varint(), received: r.varint(), late: r.flag()}
		old, now := r.set(), r.set()
		if r.err != nil {
			return e
		}
		for _, it := range old.Diff(&now) {
			var before signal.Value
			if d, ok := signal.ByID(it.ID); ok {
				before = old.Get(d)
			}
			c.items = append(c.items, signal.Change{ID: it.ID, Old: before, New: it.Value})
		}
		e.changes = append(e.changes, c)
	}
	return e
}

func (r *logReader) set() (s signal.Set) {
	if err := s.DecodePacked(r.bytes(r.uvarint())); err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: %w", errLog, err)
	}
	return s
}

func (r *logReader) tracks() (tracks []track, ruleNames []string) {
	for range r.count() {
		ruleNames = append(ruleNames, r.text())
		t := track{ill: r.flag(), since: r.varint()}
		for range r.count() {
			t.flips = append(t.flips, r.varint())
		}
		if r.err != nil {
			return nil, nil
		}
		tracks = append(tracks, t)
	}
	return tracks, ruleNames
}
