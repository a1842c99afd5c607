// Package ofd speaks with an operator of fiscal data (ОФД): the session header
// and the container that a fiscal drive's message travels in, and a look at
// whether an operator can be reached at all and, if not, why.
//
// What a real drive sends is enciphered by the drive. This package carries
// messages and never makes one for a real operator: its look opens a connection
// and says nothing.
package ofd
