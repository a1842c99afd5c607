-- +goose Up
CREATE TABLE files_file (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  area TEXT NOT NULL,       -- what it belongs to: 'case'
  owner TEXT NOT NULL,      -- the id there
  client TEXT NOT NULL,     -- '' = the company's own
  name TEXT NOT NULL,
  media TEXT NOT NULL,      -- by its first bytes
  size BIGINT NOT NULL,
  hash TEXT NOT NULL,       -- SHA-256 of the bytes, in hex
  at BIGINT NOT NULL,
  by_name TEXT NOT NULL
);
CREATE INDEX files_owner ON files_file (tenant, area, owner, at, id);
CREATE INDEX files_hash ON files_file (hash);
