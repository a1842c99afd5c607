package kkt

import "bytes"

// MaxEvidence is how many bytes of a GarbageError are kept: enough to see what
// speaks there, and no more than a report may carry.
const MaxEvidence = 128

// Garbage is an answer that is not of the protocol. It keeps a copy of the
// first bytes.
func Garbage(b []byte, why string) *GarbageError {
	return &GarbageError{Bytes: bytes.Clone(b[:min(len(b), MaxEvidence)]), Why: why}
}
