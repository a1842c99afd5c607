-- +goose Up
CREATE TABLE faults_session (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,       -- whose shop; '' = not known
  device TEXT NOT NULL,       -- '' = a fix without a device
  case_id TEXT NOT NULL,      -- '' = none yet
  fault TEXT NOT NULL,        -- the article's id
  revision TEXT NOT NULL,     -- the article as it was when the fix began
  state TEXT NOT NULL,
  step TEXT NOT NULL,
  path TEXT NOT NULL,         -- JSON: the steps behind, for the way back
  command TEXT NOT NULL,      -- of the running or the last machine step
  run_key TEXT NOT NULL,      -- made before the command is asked for: at most once
  since BIGINT NOT NULL,      -- the last action; only a newer reading proves anything
  deadline BIGINT NOT NULL,   -- of what is waited for
  reason TEXT NOT NULL,       -- why it was handed over
  token_hash TEXT NOT NULL,   -- of the guest's link, '' = none
  token_until BIGINT NOT NULL,
  delivered BIGINT NOT NULL,  -- 1: the case has the summary
  started_kind TEXT NOT NULL,
  started_id TEXT NOT NULL,
  started_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX faults_session_case ON faults_session (tenant, case_id, created_at);
CREATE INDEX faults_session_device ON faults_session (tenant, device, created_at);
CREATE INDEX faults_session_waiting ON faults_session (tenant, id) WHERE state IN ('running', 'checking', 'proving');
CREATE INDEX faults_session_undelivered ON faults_session (tenant, id) WHERE state = 'handed_over' AND delivered = 0;
CREATE UNIQUE INDEX faults_session_token ON faults_session (token_hash) WHERE token_hash <> '';

CREATE TABLE faults_step_event (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  session TEXT NOT NULL REFERENCES faults_session (id),
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  step TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  detail TEXT NOT NULL        -- JSON
);
CREATE UNIQUE INDEX faults_step_event_order ON faults_step_event (session, seq);
