-- +goose Up
CREATE TABLE job (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  lane TEXT NOT NULL,
  kind TEXT NOT NULL,
  unique_key TEXT NOT NULL,
  payload TEXT NOT NULL,
  state TEXT NOT NULL, -- waiting, running, failed (given up); a finished job is deleted
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  lease_until BIGINT NOT NULL DEFAULT 0,
  last_error TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_key ON job (unique_key) WHERE state <> 'failed';
CREATE INDEX job_due ON job (lane, run_at) WHERE state <> 'failed';

CREATE TABLE audit_entry (
  tenant TEXT NOT NULL,
  number BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant, number)
);
CREATE INDEX audit_subject ON audit_entry (tenant, subject, subject_id, number);

CREATE TABLE audit_head (
  tenant TEXT PRIMARY KEY,
  number BIGINT NOT NULL,
  hash TEXT NOT NULL
);
