-- +goose Up
-- One row for each content that a company keeps. Whoever puts a file there or
-- sweeps one away locks this row first.
CREATE TABLE files_blob (
  tenant TEXT NOT NULL,
  hash TEXT NOT NULL, -- SHA-256, hex
  size BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, hash)
);

CREATE TABLE files_file (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL, -- who of the company's clients may see it; '' = the company alone
  area TEXT NOT NULL,   -- what it belongs to: "case" …
  owner TEXT NOT NULL,  -- … and its id
  hash TEXT NOT NULL,
  size BIGINT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,   -- media type, by its bytes
  width BIGINT NOT NULL, -- of a picture as it is seen, 0 for what is none
  height BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL
);
CREATE INDEX files_file_owner ON files_file (tenant, area, owner, id);
CREATE INDEX files_file_hash ON files_file (tenant, hash);
