// Package fnchange is the replacement of a fiscal drive (замена ФН) as a
// tracked procedure: which steps there are, what proves each of them, what the
// law allows how long, and who did what. The readings of the register prove
// what they can; what happens elsewhere (the operator's cabinet, the tax
// office) is said by a person.
//
// Sources: 54-ФЗ of 22.05.2003, art. 4.1 (thirty days), 4.2 p. 8.1 and 8.2
// (broken drive), 5 (the drive is kept for five years); the tax service's
// letter ЕД-4-20/24091@ of 12.12.2018.
package fnchange
