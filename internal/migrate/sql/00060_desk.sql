-- +goose Up
CREATE TABLE desk_counter (
  tenant TEXT PRIMARY KEY,
  last_number BIGINT NOT NULL
);

CREATE TABLE desk_case (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  client TEXT NOT NULL,
  outlet TEXT NOT NULL,
  device TEXT NOT NULL,
  fault TEXT NOT NULL,
  subject TEXT NOT NULL,
  severity TEXT NOT NULL,
  terms TEXT NOT NULL,
  state TEXT NOT NULL,
  wait_reason TEXT NOT NULL,
  owner TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  source TEXT NOT NULL,
  alert TEXT NOT NULL,
  alert_severity TEXT NOT NULL, -- the worst that the alert has been
  evidence TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  closed_at BIGINT NOT NULL,
  -- What follows is worked out from desk_clock at every change, for sorting
  -- and for the queue; the events are the truth.
  due_at BIGINT NOT NULL,
  limit_at BIGINT NOT NULL,
  queue_at BIGINT NOT NULL,
  broken_at BIGINT NOT NULL,
  passed BIGINT NOT NULL, -- marks that the timeline tells of: 1 promise, 2 limit
  folded TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX desk_case_number ON desk_case (tenant, number);
CREATE UNIQUE INDEX desk_case_alert ON desk_case (tenant, alert) WHERE alert <> '';
CREATE INDEX desk_case_queue ON desk_case (tenant, queue_at, id) WHERE closed_at = 0;
-- Counts of the active cases are read from this index alone, on every page.
CREATE INDEX desk_case_active ON desk_case (tenant, severity, state, client, owner, broken_at) WHERE closed_at = 0;
CREATE INDEX desk_case_closed ON desk_case (tenant, closed_at, id) WHERE closed_at > 0;
CREATE INDEX desk_case_device ON desk_case (tenant, device, opened_at);
CREATE INDEX desk_case_outlet ON desk_case (tenant, outlet, opened_at);
CREATE INDEX desk_case_client ON desk_case (tenant, client, opened_at);

CREATE TABLE desk_schedule (
  id TEXT NOT NULL, -- SHA-256 of spec and zone
  tenant TEXT NOT NULL,
  zone TEXT NOT NULL,
  spec TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
);

CREATE TABLE desk_clock (
  case_id TEXT NOT NULL,
  seq BIGINT NOT NULL,
  tenant TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  reason TEXT NOT NULL,
  marks TEXT NOT NULL,
  schedule TEXT NOT NULL,
  keep TEXT NOT NULL,
  PRIMARY KEY (case_id, seq)
);

CREATE TABLE desk_entry (
  id TEXT PRIMARY KEY,
  case_id TEXT NOT NULL,
  tenant TEXT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  text TEXT NOT NULL,
  data TEXT NOT NULL
);
CREATE INDEX desk_entry_case ON desk_entry (case_id, id);

-- A company's own hours, for working out promises by hand. A promise that was
-- given keeps its hours by content in desk_schedule.
CREATE TABLE desk_calendar (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  name TEXT NOT NULL,
  spec TEXT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX desk_calendar_name ON desk_calendar (tenant, name, id);
