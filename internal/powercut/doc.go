// Package powercut keeps the journal of the operations that a shop made while
// its register could not (power cut, breakdown), and makes correction receipts
// (чеки коррекции) out of it: one for each settlement, checked before anything
// goes, made at most once each, and reconciled with what the register says it
// registered.
//
// Sources: 54-ФЗ of 22.05.2003, art. 4.3 p. 4; order of the tax service
// ЕД-7-20/662@ of 14.09.2020 with its changes; the tax service's letters
// ЕД-4-20/24899 of 07.12.2017 and ЕД-4-20/25867 of 20.12.2017 (one correction a
// settlement, a total only after a mass technical failure). No law gives the
// journal a form: it holds whatever a correction with items needs.
package powercut
