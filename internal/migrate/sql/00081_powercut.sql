-- +goose Up
CREATE TABLE powercut_journal (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,
  outlet TEXT NOT NULL,
  device TEXT NOT NULL,
  case_id TEXT NOT NULL,       -- '' = none
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  began_at BIGINT NOT NULL,
  over_at BIGINT NOT NULL,     -- 0 = the breakdown lasts
  state TEXT NOT NULL,
  plan TEXT NOT NULL,          -- JSON: what was chosen when the drafts were made
  consent TEXT NOT NULL,
  stopped TEXT NOT NULL,       -- why the sending stands, '' = it does not
  stopped_at TEXT NOT NULL,    -- the draft that it stands at
  started_kind TEXT NOT NULL,
  started_id TEXT NOT NULL,
  started_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,   -- 0 = not
  closed_by TEXT NOT NULL,
  verdict TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX powercut_newest ON powercut_journal (tenant, created_at, id);
CREATE INDEX powercut_of_client ON powercut_journal (tenant, client, created_at);
CREATE INDEX powercut_of_device ON powercut_journal (tenant, device, created_at);
CREATE INDEX powercut_sending ON powercut_journal (tenant) WHERE state = 'sending';
CREATE TABLE powercut_draft (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  journal TEXT NOT NULL,
  no BIGINT NOT NULL,
  state TEXT NOT NULL,
  uuid TEXT NOT NULL,          -- what the document is made under, once
  correction TEXT NOT NULL,    -- JSON
  ground TEXT NOT NULL,        -- of one total for many settlements
  command TEXT NOT NULL,
  run_key TEXT NOT NULL,       -- written before the command is asked for: at most once
  asked_at BIGINT NOT NULL,
  doubt BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  code TEXT NOT NULL,
  refusal BIGINT NOT NULL,
  said TEXT NOT NULL           -- JSON of what was registered, '' = nothing yet
);
CREATE UNIQUE INDEX powercut_draft_no ON powercut_draft (tenant, journal, no);
CREATE UNIQUE INDEX powercut_draft_uuid ON powercut_draft (uuid);
CREATE TABLE powercut_settlement (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  journal TEXT NOT NULL,
  no BIGINT NOT NULL,
  at BIGINT NOT NULL,
  operation BIGINT NOT NULL,
  items TEXT NOT NULL,         -- JSON
  payments TEXT NOT NULL,      -- JSON
  total BIGINT NOT NULL,
  note TEXT NOT NULL,
  by_name TEXT NOT NULL,
  entered_at BIGINT NOT NULL,
  draft TEXT NOT NULL,         -- the only correction that it is in, '' = none yet
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX powercut_settlement_no ON powercut_settlement (tenant, journal, no);
