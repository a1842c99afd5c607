// Package faults knows what is wrong with a register and how it is mended.
//
// Three parts, each usable alone: the catalogue of articles (package
// catalogue), the matcher that finds the article for words, codes and a
// device's state (package match), and the guided fix: a session that walks a
// person and the machine through an article's steps until the device's own
// state proves it mended or a person who knows more takes over. See DESIGN.md.
package faults
