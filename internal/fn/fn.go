// Package fn knows the fiscal drive (ФН) that signs every receipt of a
// Russian cash register: its phases, warnings, errors, how long it lives and
// on which day it stops signing. It is pure: no register, no clock of its own.
package fn

import "slices"

// Phase is how far the drive has come. It is made of bits of steps that were
// done and never goes back.
type Phase int

// The phases (FN interface description 1.2, command 30h).
const (
	PhaseSetup   Phase = 0  // not prepared yet
	PhaseReady   Phase = 1  // ready to be registered
	PhaseFiscal  Phase = 3  // signs documents
	PhaseClosed  Phase = 7  // fiscal mode closed, still sends to the OFD
	PhaseArchive Phase = 15 // only its archive can be read
)

// Known says whether the number is one of the five phases.
func (p Phase) Known() bool {
	return slices.Contains([]Phase{PhaseSetup, PhaseReady, PhaseFiscal, PhaseClosed, PhaseArchive}, p)
}

// Signs says whether receipts can be made in this phase.
func (p Phase) Signs() bool { return p == PhaseFiscal }

// Key is the message key of the phase's name; an unknown phase has one too.
func (p Phase) Key() string {
	switch p {
	case PhaseSetup:
		return "kkt.fn.phase.setup"
	case PhaseReady:
		return "kkt.fn.phase.ready"
	case PhaseFiscal:
		return "kkt.fn.phase.fiscal"
	case PhaseClosed:
		return "kkt.fn.phase.closed"
	case PhaseArchive:
		return "kkt.fn.phase.archive"
	default:
		return "kkt.fn.phase.unknown"
	}
}

// Warnings is the warning byte of the drive.
type Warnings uint8

// The warning bits. 10, 20 and 40 mean nothing.
const (
	WarnThreeDays  Warnings = 0x01 // the crypto chip must be replaced, 3 days left
	WarnThirtyDays Warnings = 0x02 // the crypto chip runs out, 30 days left
	WarnMemory     Warnings = 0x04 // the archive is 90 % full
	WarnOFD        Warnings = 0x08 // the OFD has not answered in time
	WarnCritical   Warnings = 0x80 // critical error; newer drives only
)

// Keys lists the message keys of the set bits, gravest first.
func (w Warnings) Keys() []string {
	var keys []string
	for _, b := range []struct {
		bit Warnings
		key string
	}{
		{WarnCritical, "kkt.fn.warning.critical"},
		{WarnThreeDays, "kkt.fn.warning.three_days"},
		{WarnThirtyDays, "kkt.fn.warning.thirty_days"},
		{WarnMemory, "kkt.fn.warning.memory"},
		{WarnOFD, "kkt.fn.warning.ofd"},
	} {
		if w&b.bit != 0 {
			keys = append(keys, b.key)
		}
	}
	return keys
}
