package operator

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// book is what the operator remembers, in memory alone.
type book struct {
	keep, most int

	mu     sync.Mutex
	drives map[string]*drive
}

// drive is one fiscal drive: its last documents, oldest first.
type drive struct {
	serial    string
	documents []Document
	taken     int64
	repeats   int64
	refused   int64
	refusal   Verdict // the last one
	heard     time.Time
}

func (d *drive) last() uint32 {
	if len(d.documents) == 0 {
		return 0
	}
	return d.documents[len(d.documents)-1].Number
}

// enter takes a good document when it is the next one of its drive. One that
// was taken before, by number and sign, is only answered again. A drive that
// was never heard of may begin with any number.
func (b *book) enter(v Verdict, now time.Time) Verdict {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := b.find(v.Document.Drive, now)
	if d == nil {
		return v
	}
	if v.Code == codeTaken {
		v = d.take(v, now, b.keep)
	}
	if v.Code != codeTaken {
		d.refused++
		d.refusal = v
		d.refusal.Document.Data = nil
	}
	return v
}

func (d *drive) take(v Verdict, now time.Time, keep int) Verdict {
	n := v.Document.Number
	at := slices.IndexFunc(d.documents, func(k Document) bool { return k.Number == n })
	switch {
	case at >= 0 && d.documents[at].Sign == v.Document.Sign:
		v.Again = true
		d.documents[at].Repeats++
		d.repeats++
	case at >= 0, d.taken > 0 && n <= d.last():
		v.Code, v.Why = codeNumber, "number_taken"
	case d.taken > 0 && n != d.last()+1:
		v.Code, v.Why = codeNumber, "number_gap"
	default:
		v.Document.Received = now
		v.Document.Data = slices.Clone(v.Document.Data)
		d.documents = append(d.documents, v.Document)
		if len(d.documents) > keep {
			d.documents = slices.Delete(d.documents, 0, len(d.documents)-keep)
		}
		d.taken++
	}
	return v
}

// find is the drive of a number, made when it is new; nil for a number that is
// none of a dummy: strangers do not fill the book.
func (b *book) find(serial string, now time.Time) *drive {
	if !strings.HasPrefix(serial, dummies) || strings.Trim(serial, "0123456789") != "" {
		return nil
	}
	d := b.drives[serial]
	if d == nil {
		if len(b.drives) >= b.most {
			b.dropSilent()
		}
		d = &drive{serial: serial}
		b.drives[serial] = d
	}
	d.heard = now
	return d
}

// dropSilent forgets the drive that has been silent longest.
func (b *book) dropSilent() {
	var oldest *drive
	for _, d := range b.drives {
		if oldest == nil || d.heard.Before(oldest.heard) {
			oldest = d
		}
	}
	if oldest != nil {
		delete(b.drives, oldest.serial)
	}
}

func (b *book) forget(serial string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.drives, serial)
}

// Documents are those kept of a drive, oldest first.
func (o *Operator) Documents(serial string) []Document {
	o.book.mu.Lock()
	defer o.book.mu.Unlock()
	if d := o.book.drives[serial]; d != nil {
		return slices.Clone(d.documents)
	}
	return nil
}
