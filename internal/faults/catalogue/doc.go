// Package catalogue holds what is known about faults of cash registers and
// what stands around them: for each fault one TOML file with its names,
// signs, codes, causes and a graph of steps that ends mended or with a person
// who knows more.
//
// An article is data, not code. Load checks each one against a strict schema
// and refuses it as a whole when a text misses a language, a branch leads
// nowhere, a path cannot end or a procedure does not exist, so that a broken
// article never reaches a shop. How to write one: docs/guides/catalogue.md.
package catalogue
