// Package drive is the fiscal drive (ФН) in a register of the bench, of
// whatever protocol: its phase and life, the documents that it signs and keeps,
// those that wait for the operator, and when it refuses or warns. It signs
// nothing: signs are drawn, and its number is out of the makers' dummies.
//
// A drive has no clock and no lock of its own: its register gives it the time
// that its clock shows, and keeps the lock.
package drive

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/tillwright/tillwright/internal/fn"
	"github.com/tillwright/tillwright/internal/sim/paper"
)

// freshLife is how many days a new drive has.
const freshLife = 470

// Drive is one fiscal drive. The zero value is one that was never prepared.
type Drive struct {
	Serial        string // 16 digits
	Phase         fn.Phase
	ValidTill     time.Time
	Receipts      int64 // receipts and corrections ever made
	Registrations int64
	Registered    paper.Document // the report on its registration, where the register tells it
	Last          paper.Document
	LastSale      paper.Document // the last receipt or correction
	Confirmed     time.Time      // when the operator last confirmed a document; zero when it never did
	Ends          Refusal        // what it says past its end: KeysOver or LifeOver
	Keeps         int            // how many documents it can be asked for at least; 0: the last, the last receipt and those that wait

	documents []paper.Document // the last ones, oldest first; none without Keeps
	queue     []paper.Document // not confirmed by the operator yet, oldest first
}

// Draw gives a registered drive in the middle of its life. Its last document is
// for DrawLast.
func Draw(rnd *rand.Rand, now time.Time) Drive {
	return Drive{
		Serial: drawSerial(rnd), Phase: fn.PhaseFiscal, Ends: KeysOver, Registrations: 1,
		ValidTill: now.AddDate(0, 0, 120+rnd.IntN(300)), Receipts: int64(200 + rnd.IntN(20_000)),
	}
}

// DrawLast gives the drive its last document: the closing of a shift, eight
// hours ago.
func (d *Drive) DrawLast(rnd *rand.Rand, now time.Time, shift int64) {
	d.Last = paper.Document{
		Number: uint32(d.Receipts) + uint32(rnd.IntN(900)) + 500, At: now.Add(-8 * time.Hour), Sign: rnd.Uint32(), Form: paper.CloseShift, Shift: shift,
	}
	if d.Keeps > 0 {
		d.documents = []paper.Document{d.Last}
	}
}

func drawSerial(rnd *rand.Rand) string { return fmt.Sprintf("9999078902%06d", rnd.IntN(1_000_000)) }

// Replace puts a new drive in the place of this one, ready to be registered.
func (d *Drive) Replace(rnd *rand.Rand, now time.Time) {
	*d = Drive{Serial: drawSerial(rnd), Phase: fn.PhaseReady, ValidTill: now.AddDate(0, 0, freshLife), Ends: KeysOver, Keeps: d.Keeps}
}

// Sign makes a document of the shift, with the sign that was drawn for it. It
// waits for the operator. Whether the drive refuses is asked before.
func (d *Drive) Sign(doc paper.Document, s *Shift, now time.Time, sign uint32) paper.Document {
	doc.Number, doc.At, doc.Sign, doc.Shift = d.Last.Number+1, now, sign, s.Current()
	if s.Open {
		s.Documents++
	}
	if doc.Form == paper.Receipt || doc.Form == paper.Correction {
		d.Receipts++
		s.Receipts++
		doc.Receipt = s.Receipts
		d.LastSale = doc
	}
	d.Last = doc
	d.queue = append(d.queue, doc)
	d.keep(doc)
	return doc
}

// keep remembers a document. The list is cut when it is twice as long as it
// need be, so that it is not moved with every document.
func (d *Drive) keep(doc paper.Document) {
	if d.Keeps == 0 {
		return
	}
	d.documents = append(d.documents, doc)
	if n := len(d.documents); n > 2*d.Keeps {
		d.documents = append([]paper.Document(nil), d.documents[n-d.Keeps:]...)
	}
}

// Find is a document that the drive still has.
func (d *Drive) Find(number int64) (paper.Document, bool) {
	if number == 0 {
		return paper.Document{}, false
	}
	for _, list := range [][]paper.Document{d.queue, d.documents, {d.Last, d.LastSale}} {
		for _, doc := range list {
			if int64(doc.Number) == number {
				return doc, true
			}
		}
	}
	return paper.Document{}, false
}

// Paper is a document of the drive as it goes out: with the days that the
// drive's keys last, and one item where nobody rang up items.
func (d *Drive) Paper(doc paper.Document) paper.Document {
	doc.KeyDays = int64(d.ValidTill.Sub(doc.At) / (24 * time.Hour))
	if doc.Form == paper.Receipt && len(doc.Items) == 0 {
		doc.Items = paper.Whole(doc.Sum)
	}
	return doc
}
