-- +goose Up
CREATE TABLE fnchange_procedure (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  client TEXT NOT NULL,
  device TEXT NOT NULL,
  case_id TEXT NOT NULL,      -- '' = none
  reason TEXT NOT NULL,
  state TEXT NOT NULL,
  old_drive TEXT NOT NULL,    -- '' = it was out of the register before the procedure began
  new_drive TEXT NOT NULL,
  steps TEXT NOT NULL,        -- JSON, in their order
  run_keys TEXT NOT NULL,     -- JSON: step -> key made before a command is asked for: at most once
  started_kind TEXT NOT NULL,
  started_id TEXT NOT NULL,
  started_name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,   -- 0 = it goes on
  version BIGINT NOT NULL
);
CREATE UNIQUE INDEX fnchange_open ON fnchange_procedure (tenant, device) WHERE ended_at = 0;
CREATE INDEX fnchange_device ON fnchange_procedure (tenant, device, created_at);
CREATE INDEX fnchange_newest ON fnchange_procedure (tenant, created_at, id);
