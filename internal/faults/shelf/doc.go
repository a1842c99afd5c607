// Package shelf keeps a company's own articles over the shipped catalogue: its
// drafts, what it published, the history of that, and in memory what holds for
// each company now.
//
// A company writes articles of its own or one in place of a shipped article;
// the shipped files are never touched. A draft may be unfinished; publishing
// checks it by the schema and the graph check of the catalogue, writes text,
// version and audit entry in one transaction, and then builds catalogue and
// matcher anew beside the old ones, which answer until the new ones are ready.
package shelf
