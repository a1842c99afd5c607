package spool

import "github.com/tillwright/tillwright/internal/wire"

// A disk put back from a backup goes on with numbers that the server has
// already seen on other reports. The server would pass over what comes under
// them, so it tells at each welcome how far it has come. What is in doubt are
// the reports since the first start that no welcome followed: a backup can only
// be put back between two lives. Everything older is the server's, because it
// takes numbers in their order.

// renumberAtOnce is how many reports are copied between two syncs.
const renumberAtOnce = 500

// SkipTo makes sure that no number up to the one given, the highest that the
// server has, is used from now on. When reports were kept under such numbers
// since this disk last heard of the server, everything kept since then gets new
// ones: those whose numbers lie above would else be told before the rest.
// Nothing may be on its way to the server meanwhile.
func (s *Spool) SkipTo(seq int64) {
	s.mu.Lock()
	from := s.doubt
	if from == 0 { // numbers given since the last welcome are this life's own
		from = s.next
	}
	if seq >= from {
		s.opt.Log.Warn("spool: the server has higher numbers than this disk; going on above them", "here", from, "server", seq)
		upTo := max(s.next-1, seq)
		s.next = upTo + 1
		s.renumber(from, upTo)
	}
	if s.doubt != 0 || s.unsaved {
		s.doubt, s.unsaved = 0, true
		_ = s.saveState() // before anything is sent; if it fails some reports may be told twice
	}
	s.mu.Unlock()
	s.tell()
}

// renumber copies the reports from one number to another behind all others. A
// copy is durable before the original goes, so that a crash at any moment
// leaves at worst both.
func (s *Spool) renumber(from, upTo int64) {
	s.done, s.unsaved = max(s.done, from-1), true
	for s.done < upTo {
		s.sync()
		b := batch{after: s.done, n: renumberAtOnce, bytes: bytesAtOnce}
		if err := s.collect(&b, &s.place); err != nil {
			s.opt.Log.Error("spool: reports cannot be read to be renumbered", "error", err)
			break
		}
		if len(b.out) == 0 || b.out[0].Seq > upTo {
			break
		}
		for _, r := range b.out {
			if r.Seq <= upTo {
				s.copyUp(r)
			}
		}
		s.sync()
		s.forgetMemory()
		if s.trouble == nil { // else the originals are all that is durable
			s.dropDone()
		}
	}
	unread := s.pending()
	s.done = max(s.done, upTo)
	s.lose(int64(unread - s.pending()))
	s.forgetMemory()
	s.place = place{}
	s.wake()
}

const bytesAtOnce = 256 << 10

// copyUp appends a report under the next number.
func (s *Spool) copyUp(r wire.Report) {
	s.done = max(s.done, r.Seq)
	r.Seq = s.next
	rec, err := encode(r)
	if err != nil { // it was written once before, only its number is longer
		s.opt.Log.Error("spool: a report cannot be renumbered", "error", err)
		s.lose(1)
		return
	}
	s.next++
	if s.trouble != nil {
		s.hold(rec)
	} else if err := s.write(rec); err != nil {
		s.hold(rec)
		s.fail(err)
	}
}

// forgetMemory drops what memory holds of reports that are done.
func (s *Spool) forgetMemory() {
	for len(s.memory) > 0 && s.memory[0].seq <= s.done {
		s.memory = s.memory[1:]
	}
}
