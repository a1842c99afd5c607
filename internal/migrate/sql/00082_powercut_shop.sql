-- +goose Up
-- What a shop wrote down at its agent, by the id that the agent gave it: so
-- that what is told twice is taken once.
CREATE TABLE powercut_told (
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  id TEXT NOT NULL,
  rev BIGINT NOT NULL,
  journal TEXT NOT NULL,
  settlement TEXT NOT NULL,  -- '' = a breakdown, or a sale that is not in the journal
  version BIGINT NOT NULL,   -- of the settlement as it was last told: a change by others is seen
  told_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, agent, id)
);
