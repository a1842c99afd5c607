package shop

import (
	"encoding/json"

	"github.com/tillwright/tillwright/internal/wire"
)

// maxTold is how many bytes of entries one message carries: it also goes in an
// HTTPS exchange beside others.
const maxTold = 96 << 10

// codeNotFound is the server's answer to a sale whose breakdown it does not
// know, or to a register that is not this agent's.
const codeNotFound = "not_found"

// Pending is what a server that speaks this version of the language is to be
// told next: breakdowns first, and sales of those alone that it has taken. What
// it would misunderstand waits until it was renewed. nil when there is nothing.
func (b *Book) Pending(speaks int) *wire.Sold {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.speaks = speaks
	s := &wire.Sold{ID: b.seq, Now: b.clock.Now().UnixMilli()}
	size := 0
	for _, outages := range []bool{true, false} {
		for _, id := range b.order {
			l := b.byID[id]
			if l.Answer != nil && !l.again || (l.Outage != nil) != outages || l.Sale != nil && !b.opened(l.Sale.Outage) || l.Since() > speaks {
				continue
			}
			data, err := json.Marshal(l.Entry)
			if err != nil {
				continue // what cannot be written was never taken in
			}
			if size += len(data); len(s.Entries) > 0 && (size > maxTold || len(s.Entries) >= wire.MaxSold) {
				return s
			}
			s.Entries = append(s.Entries, l.Entry)
		}
	}
	if len(s.Entries) == 0 {
		return nil
	}
	return s
}

// opened says whether the server has the breakdown, in whatever revision.
func (b *Book) opened(outage string) bool {
	o := b.byID[outage]
	return o != nil && o.Known
}

// Again has everything that was refused told once more: the company may have
// mended the reason. It is to be called when a connection comes up.
func (b *Book) Again() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.healed)
	for _, l := range b.byID {
		l.again = l.again || l.Refused()
	}
	b.seq++
}

// Answered takes in what the server said.
func (b *Book) Answered(a wire.SoldAck) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var news []wire.SoldAnswer
	for _, one := range a.Answers {
		l := b.byID[one.ID]
		if l == nil {
			continue
		}
		b.heal(l, one)
		if b.news(l, one) {
			news = append(news, one)
		}
	}
	b.seq++
	if len(news) == 0 {
		return
	}
	if err := b.write(record{Answers: news}); err != nil { // it is told again
		b.log.Warn("agent: what the server has of the shop's journal cannot be noted", "error", err)
	}
}

// news says whether an answer is to be written down. One to an older revision
// only says that the entry is known there.
func (b *Book) news(l *Line, a wire.SoldAnswer) bool {
	switch {
	case a.Rev > l.Rev:
		return false
	case a.Rev < l.Rev:
		return a.Code == "" && !l.Known
	case l.Answer != nil && l.Answer.Code == a.Code:
		l.again = false
		return false
	default:
		return true
	}
}

// heal has a breakdown told again that the server took once and knows no more,
// because it was put back from a backup or the agent has another identity
// there, and then the sales that it refused for that; once on a connection, so
// that no disagreement goes round in circles.
func (b *Book) heal(l *Line, a wire.SoldAnswer) {
	switch {
	case a.Rev != l.Rev:
	case l.Sale != nil && a.Code == codeNotFound && !b.healed[l.Sale.Outage]:
		if o := b.byID[l.Sale.Outage]; o != nil && o.Outage != nil {
			b.healed[o.ID], o.again = true, true
		}
	case l.Outage != nil && a.Code == "" && b.healed[l.ID]:
		for _, s := range b.byID {
			if s.Sale != nil && s.Sale.Outage == l.ID && s.Refused() && s.Answer.Code == codeNotFound {
				s.again = true
			}
		}
	}
}

// Waiting is how many entries the server does not have as they stand.
func (b *Book) Waiting() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, l := range b.byID {
		if !l.Taken() {
			n++
		}
	}
	return n
}
