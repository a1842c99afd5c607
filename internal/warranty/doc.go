// Package warranty decides whether a claim is covered and says why.
//
// What a maker promises is data: for each kind of device the dates its term is
// counted from, the grounds on which a claim is refused and the parts that are
// never covered. [Check] is a pure function over them; it reads no clock and
// names every reason that holds, the weightiest first. DESIGN.md tells where
// each rule comes from and how the open questions were settled.
package warranty
