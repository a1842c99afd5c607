// Package help is what stands behind the public help page: for which company
// it is, what readers say of an article and ask under it, what was searched
// and not found, requests that a person takes over, and whether an article
// spares a case.
//
// A reader needs no login. All that is known of one is a random number in a
// cookie, of which only a hash is kept; see Visitor.
package help
