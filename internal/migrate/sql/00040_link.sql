-- +goose Up
CREATE TABLE link_agent (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  outlet TEXT NOT NULL,
  name TEXT NOT NULL,
  public_key BYTEA NOT NULL, -- Ed25519, 32 bytes
  enrolled_at BIGINT NOT NULL,
  enrolled_by TEXT NOT NULL, -- who made the code
  revoked_at BIGINT NOT NULL DEFAULT 0,
  revoked_by TEXT NOT NULL DEFAULT '',
  build TEXT NOT NULL DEFAULT '',
  os TEXT NOT NULL DEFAULT '',
  arch TEXT NOT NULL DEFAULT '',
  host TEXT NOT NULL DEFAULT '',
  remote_addr TEXT NOT NULL DEFAULT '',
  last_hello_at BIGINT NOT NULL DEFAULT 0,
  clock_skew_ms BIGINT NOT NULL DEFAULT 0, -- agent's clock minus the server's
  pending BIGINT NOT NULL DEFAULT 0, -- reports in its buffer at the last hello
  oldest BIGINT NOT NULL DEFAULT 0, -- the oldest of them, agent's clock
  lost BIGINT NOT NULL DEFAULT 0, -- reports it had to drop since enrolment
  config_version BIGINT NOT NULL DEFAULT 0, -- last sent with a welcome
  last_instant BIGINT NOT NULL DEFAULT 0 -- of its last signed HTTPS exchange; against replays
);
CREATE INDEX link_agent_list ON link_agent (tenant, name, id);
CREATE INDEX link_agent_outlet ON link_agent (tenant, outlet);

CREATE TABLE link_enrolment (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  code_hash TEXT NOT NULL, -- SHA-256 in hex; the code itself is shown once and kept nowhere
  outlet TEXT NOT NULL,
  name TEXT NOT NULL, -- of the agent to be; '' = its host's
  created_by TEXT NOT NULL,
  created_by_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  used_at BIGINT NOT NULL DEFAULT 0,
  used_by TEXT NOT NULL DEFAULT '' -- the agent
);
CREATE UNIQUE INDEX link_enrolment_code ON link_enrolment (code_hash);
CREATE INDEX link_enrolment_open ON link_enrolment (tenant, used_at, expires_at);

-- One row per agent, code and hour, so that a bad agent cannot fill the disk.
CREATE TABLE link_note (
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  code TEXT NOT NULL,
  hour BIGINT NOT NULL, -- Unix hours
  detail TEXT NOT NULL, -- of the last one
  count BIGINT NOT NULL,
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, agent, code, hour)
);
CREATE INDEX link_note_last ON link_note (tenant, agent, last_at);
