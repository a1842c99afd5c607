// Package desk keeps the cases: what somebody asked for or a register fell ill
// of, what was promised, what has been done, and how it ended.
//
// A case's promise is a list of clock events (package calendar); deadlines in
// the case's row are only worked out from it, for sorting. Everything that
// happens to a case is an entry of its timeline, written in the transaction
// that did it.
package desk
