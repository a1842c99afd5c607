-- +goose Up
-- The searches for registers, one row per agent that was ever asked or ever told.
CREATE TABLE link_search (
  agent TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  wanted BIGINT NOT NULL, -- number of the search that is wanted; 1 is the agent's own
  asked_at BIGINT NOT NULL DEFAULT 0,
  asked_by TEXT NOT NULL DEFAULT '', -- a person's name
  done BIGINT NOT NULL DEFAULT 0, -- number of the last that was told of
  done_at BIGINT NOT NULL DEFAULT 0,
  more BIGINT NOT NULL DEFAULT 0 -- it found more than it told of
);

-- Registers that an agent came upon and nobody has told it of. The last search
-- says which are there; ignored ones stay, so that they are not offered again.
CREATE TABLE link_offer (
  id TEXT PRIMARY KEY,
  tenant TEXT NOT NULL,
  agent TEXT NOT NULL,
  protocol TEXT NOT NULL,
  transport TEXT NOT NULL,
  address TEXT NOT NULL,
  baud BIGINT NOT NULL,
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  firmware TEXT NOT NULL,
  maker TEXT NOT NULL,
  usb TEXT NOT NULL,
  held BIGINT NOT NULL, -- another program has the port: nobody asked who it is
  found_at BIGINT NOT NULL,
  ignored_at BIGINT NOT NULL DEFAULT 0,
  ignored_by TEXT NOT NULL DEFAULT '' -- a person's name
);
CREATE UNIQUE INDEX link_offer_place ON link_offer (agent, protocol, transport, address, serial);
