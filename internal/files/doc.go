// Package files keeps what people send: photographs of screens and receipts,
// papers. The bytes lie in a folder under their SHA-256, each content once,
// whoever sent it; the rows say whose they are and in what they belong. A row
// is written only when its bytes are on disk, so nothing is ever half there.
package files
